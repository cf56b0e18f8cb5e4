"""Those who teach a class are told what waits there: one line for a class and kind until they open it."""

from __future__ import annotations

import datetime as dt
import html
import re

import pytest
import quiz_acts
import sqlalchemy as sa
from desk import Desk
from test_desk import ask, hand_in_essay

from lms.cohorts import services as cohorts
from lms.core import notices
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.core.notices import Notice
from lms.core.permissions import Actor, Scope
from lms.lib import clock
from lms.testing_program import tiny_program
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort(name="Kelas Satu")


def told(who):
    rows = db.session.scalars(sa.select(Notice).where(Notice.person_id == who.person_id).order_by(Notice.id))
    return [(row.kind, row.values.get("n"), row.read_at is None) for row in rows]


@pytest.mark.both
def test_thirty_questions_are_one_line_with_a_count_until_it_is_opened(story, cohort):
    learner, first, second = story.teacher(cohort), story.instructor(cohort), story.staff(
        "extra_instructor", "class", str(cohort.uuid)
    )
    for number in range(30):
        ask(learner, f"Pertanyaan {number}?")
    assert told(first) == told(second) == [("staff.question", 30, True)]

    notice = db.session.scalar(sa.select(Notice.uuid).where(Notice.person_id == first.person_id))
    with write_tx():
        assert notices.open_one(notice, by=first.actor) == f"/pertanyaan?kelas={cohort.uuid}"
    ask(learner)
    assert told(first) == [("staff.question", 30, False), ("staff.question", 1, True)]
    assert told(second) == [("staff.question", 31, True)]


@pytest.mark.both
def test_classes_and_kinds_have_lines_of_their_own_and_only_their_own_staff_is_told(story, cohort):
    both, other = story.person(), story.cohort(name="Kelas Dua")
    for here in (cohort, other):
        both = story.instructor(here, person=both)
    apart = [story.instructor(story.cohort()), story.class_admin(cohort), story.facilitator(), story.admin(),
             story.supervisor()]
    for here in (cohort, other):
        learner = story.teacher(here)
        ask(learner)
        hand_in_essay(learner)

    assert sorted(told(both)) == [("staff.essay", 1, True)] * 2 + [("staff.question", 1, True)] * 2
    assert [told(who) for who in apart] == [[], [], [], [], []]


@pytest.mark.both
def test_a_late_answer_is_told_once_for_an_attempt_however_often_it_is_saved(story):
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        cohort = story.cohort(ends=0)
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        quiz_acts.finish_modules(learner, "M00")
        attempt = quiz_acts.start(learner, "m01-kuis")
        now.tick(dt.timedelta(days=2))
        for texts in ({1: quiz_acts.RIGHT}, {2: quiz_acts.RIGHT}, {1: quiz_acts.WRONG}):
            quiz_acts.save(learner, attempt, quiz_acts.choosing(learner, attempt, texts))

        assert told(instructor) == [("staff.late", 1, True)]


@pytest.mark.both
def test_nobody_is_told_about_themselves(story, cohort):
    person = story.person()
    story.instructor(cohort, person=person)
    learner = story.teacher(cohort, person=person)
    ask(learner)

    assert told(person) == []


@pytest.mark.both
def test_newer_text_is_told_once_to_those_who_may_give_it_and_then_to_those_who_teach(story):
    version = story.program()
    cohort, ended = story.cohort(version), story.cohort(version, starts=-90, ends=-9)
    admin, instructor = story.admin(), story.instructor(cohort)
    past = story.instructor(ended)
    newer = story.program(tiny_program(), minor=1)
    for _again in range(2):
        with write_tx():
            cohorts.tell_newer_text(newer)
    assert (told(admin), told(instructor)) == ([("staff.newer_text", 1, True)], [])

    with write_tx():
        cohorts.take_minor_update(cohort.uuid, by=Actor(admin.person_id, "", "admin", (Scope("all", ""),)))
    assert (told(instructor), told(past)) == ([("staff.text_given", None, True)], [])


def test_opening_a_notice_without_a_script_leads_on_and_takes_it_off_the_bell(app, story, cohort):
    who = story.instructor(cohort)
    ask(story.teacher(cohort))
    desk = Desk(app, story, who)
    page = desk.get("/pemberitahuan")
    assert "Pertanyaan baru dari peserta Kelas Satu: 1." in page.text
    assert "pemberitahuan baru" in page.text
    address = html.unescape(re.search(r'action="(/pemberitahuan/[^"]+)"', page.text)[1])

    reply = desk.send(page, address)
    assert (reply.status_code, reply.location) == (303, f"/pertanyaan?kelas={cohort.uuid}")
    assert desk.get(reply.location).status_code == 200
    after = desk.get("/pemberitahuan").text
    assert "pemberitahuan baru" not in after
    assert f'href="/pertanyaan?kelas={cohort.uuid}"' in after
    assert told(who) == [("staff.question", 1, False)]


def test_somebody_elses_notice_is_not_opened(app, story, cohort):
    who, other = story.instructor(cohort), story.instructor(story.cohort())
    ask(story.teacher(cohort))
    notice = db.session.scalar(sa.select(Notice.uuid).where(Notice.person_id == who.person_id))
    assert Desk(app, story, other).post(f"/pemberitahuan/{notice}").status_code == 404
    with pytest.raises(NotFound), write_tx():
        notices.open_one(notice, by=other.actor)
    assert told(who)[0][2]


@pytest.mark.parametrize(("role", "words"), [
    ("instructor", "Pertanyaan baru, esai dan jawaban terlambat"), ("admin", "Naskah yang lebih baru"),
    ("facilitator", "Pekerjaan Anda ada di menu"), ("teacher", "Kabar dari pengajar dan admin kelas"),
])
def test_the_empty_page_says_what_will_come_to_this_role(app, story, cohort, role, words):
    who = {
        "instructor": lambda: story.instructor(cohort), "admin": story.admin, "facilitator": story.facilitator,
        "teacher": lambda: story.teacher(cohort),
    }[role]()

    assert words in Desk(app, story, who).get("/pemberitahuan").text
