"""Before something closes, who still has something to do there is told: 14, 7, 3 and 1 days ahead, once each."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from quiz_acts import finish_modules, start, take
from work_acts import hand_in, save as write

from lms.accounts.models import Person
from lms.cohorts.models import Cohort
from lms.core import jobs, notices
from lms.core.batches import ItemsFailed
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.quizzes import services as quizzes
from lms.quizzes.models import Attempt
from lms.reminders import reminding
from lms.testing_program import with_works
from lms.testing_stories import Story

pytestmark = pytest.mark.both

NOON = dt.datetime(2026, 9, 1, 4, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ALL = ("M00", "M01", "M02", "M03", "M10")


@pytest.fixture
def now(app):
    with clock.freeze(NOON) as at:
        yield at


@pytest.fixture
def story(now):
    return Story()


def told(learner):
    """The notices of a learner, the oldest first: kind, day, link."""
    db.session.rollback()
    rows, _total = notices.of_person(learner.person_id, size=100)
    return [(row.kind, row.values["date"], row.link) for row in reversed(rows)]


def days_of_reminding(learner, now, days):
    """Let the daily work run for some days; return on which of them the learner was told something."""
    found = []
    for day in range(days):
        if reminding.remind():
            found.append(day)
        now.tick(DAY)
    return found


def test_the_end_of_the_class_is_told_four_times(story, now):
    learner = story.teacher(story.cohort(ends=20))

    assert days_of_reminding(learner, now, 30) == [20 - 14, 20 - 7, 20 - 3, 20 - 1]
    assert told(learner) == [("deadline.class", "2026-09-21", "/diklat/diklat-mini")] * 4


def test_the_window_of_the_post_test_is_told_four_times(story, now):
    learner = story.teacher(story.cohort(ends=90, posttest=(-5, 20)))

    assert days_of_reminding(learner, now, 30) == [6, 13, 17, 19]
    link = f"/kuis/{learner.enrolment_uuid}/m10-akhir"
    assert told(learner) == [("deadline.posttest", "2026-09-21", link)] * 4


def test_twice_on_one_day_tells_once(story):
    learner = story.teacher(story.cohort(ends=14))

    assert (reminding.remind(), reminding.remind()) == (1, 0)
    assert len(told(learner)) == 1


def test_a_day_on_which_nothing_ran_is_made_up_for_on_the_next(story, now):
    learner = story.teacher(story.cohort(ends=15))
    reminding.remind()
    now.tick(3 * DAY)  # The fourteenth day before was skipped.

    assert reminding.remind() == 1
    assert len(told(learner)) == 1


def test_a_deadline_that_moves_is_a_new_one(story):
    cohort = story.cohort(ends=7)
    learner = story.teacher(cohort)
    reminding.remind()
    with write_tx() as session:
        session.get_one(Cohort, cohort.id).ends_on += 7 * DAY

    reminding.remind()
    assert [day for _kind, day, _link in told(learner)] == ["2026-09-08", "2026-09-15"]


def test_who_has_done_everything_is_left_in_peace(story):
    cohort = story.cohort(ends=7, posttest=(-5, 3))
    done, nearly = story.teacher(cohort), story.teacher(cohort)
    finish_modules(done, *ALL)
    finish_modules(nearly, *ALL[:-1])
    take(done, "m10-akhir", right=4)
    take(nearly, "m10-akhir", right=0)

    reminding.remind()
    assert told(done) == []
    assert [kind for kind, _day, _link in told(nearly)] == ["deadline.class", "deadline.posttest"]


def test_who_has_used_all_attempts_is_not_sent_to_the_test_until_one_is_granted(story):
    cohort = story.cohort(ends=90, posttest=(-5, 3))
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, *ALL[:-1])
    for _ in range(2):
        take(learner, "m10-akhir", right=0)

    assert reminding.remind() == 0
    with write_tx():
        quizzes.grant_allowance(
            learner.enrolment_uuid, "m10-akhir", extra_attempts=1, extra_minutes=0, reason="Listrik padam",
            by=instructor.actor,
        )
    assert reminding.remind() == 1


def test_an_attempt_that_is_still_open_is_something_to_do(story):
    learner = story.teacher(story.cohort(ends=90, posttest=(-5, 3)))
    finish_modules(learner, *ALL[:-1])
    take(learner, "m10-akhir", right=0)
    start(learner, "m10-akhir")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 2

    assert reminding.remind() == 1


@pytest.mark.parametrize(("posttest", "kinds"), [
    ((1, 3), ["deadline.class"]), ((0, 3), ["deadline.class", "deadline.posttest"]), ((-5, 5), ["deadline.class"]),
    ((-9, 0), ["deadline.class"]), (None, ["deadline.class"]),
])
def test_a_window_is_told_while_it_is_open_and_closes_before_the_class(story, posttest, kinds):
    learner = story.teacher(story.cohort(ends=5, posttest=posttest))

    reminding.remind()
    assert [kind for kind, _day, _link in told(learner)] == kinds


@pytest.mark.parametrize("state", ["withdrawn", "transferred", "passed", "failed", "finished", "confirmed"])
def test_only_who_learns_in_the_class_is_told(story, state):
    learner = story.teacher(story.cohort(ends=7), state=state)

    assert reminding.remind() == 0
    assert told(learner) == []


def test_nobody_else_is_told(story):
    cohort = story.cohort(ends=7)
    accepted, gone = story.teacher(cohort, state="accepted"), story.teacher(cohort)
    elsewhere, instructor = story.teacher(story.cohort(ends=60)), story.instructor(cohort)
    with write_tx() as session:
        session.get_one(Person, gone.person_id).ended_at = clock.now()

    reminding.remind()
    assert [len(told(who)) for who in (accepted, gone, elsewhere, instructor)] == [1, 0, 0, 0]


@pytest.mark.parametrize(("starts", "ends"), [(1, 7), (-90, -1), (-90, 0)])
def test_a_class_that_is_ahead_over_or_ends_today_is_not_told(story, starts, ends):
    story.teacher(story.cohort(starts=starts, ends=ends))

    assert reminding.remind() == 0


@pytest.mark.parametrize("step", ["deadlines", "_remind_class"])
def test_a_class_that_fails_stops_no_other_and_is_named_in_the_log(story, monkeypatch, caplog, step):
    bad, good = story.cohort(ends=7), story.cohort(ends=7)
    unlucky, learner = story.teacher(bad), story.teacher(good)
    done = getattr(reminding, step)

    def broken(cohort, *more):
        if getattr(cohort, "id", cohort) == bad.id:
            raise ValueError("as if its programme were gone")
        return done(cohort, *more)

    monkeypatch.setattr(reminding, step, broken)
    with pytest.raises(ItemsFailed):
        reminding.remind()
    assert [len(told(who)) for who in (unlucky, learner)] == [0, 1]
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [f"class {bad.uuid} failed"]


def test_days_are_counted_on_the_clock_of_the_class(story, now):
    now.tick(dt.timedelta(hours=11, minutes=30))  # 22:30 in Jakarta; tomorrow began in Jayapura half an hour ago.
    west = story.teacher(story.cohort(ends=60, timezone="Asia/Jakarta"))
    east = story.teacher(story.cohort(ends=60, timezone="Asia/Jayapura"))
    with write_tx() as session:
        session.execute(sa.update(Cohort).values(ends_on=dt.date(2026, 9, 16)))

    reminding.remind()
    assert ([len(told(who)) for who in (west, east)]) == [0, 1]


def test_the_runner_reminds_by_itself_and_the_page_says_it_in_both_languages(app, story):
    learner = story.teacher(story.cohort(ends=7))
    db.session.rollback()
    jobs.turn()

    client = app.test_client()
    story.sign_in(client, learner)
    assert "Kelas Anda berakhir Selasa, 8 September 2026. Masih ada modul yang belum selesai." in (
        client.get("/pemberitahuan").text
    )
    client.get("/bahasa/en")
    page = client.get("/pemberitahuan").text
    assert "Your class ends on Tuesday, 8 September 2026. Some modules are not finished yet." in page
    assert client.get(told(learner)[0][2]).status_code == 200


def test_the_day_the_report_is_due_is_told_until_it_is_handed_in(story, now):
    cohort = story.cohort(story.program(with_works()), ends=90, task=(-5, 20))
    learner, sent = story.teacher(cohort), story.teacher(cohort)
    write(sent)
    hand_in(sent)

    assert days_of_reminding(learner, now, 30) == [6, 13, 17, 19]
    assert told(learner) == [("deadline.report", "2026-09-21", f"/laporan/{learner.enrolment_uuid}")] * 4
    assert told(sent) == []


def test_a_draft_is_something_to_do(story):
    learner = story.teacher(story.cohort(story.program(with_works()), ends=90, task=(-5, 3)))
    write(learner)

    assert reminding.remind() == 1
    assert [kind for kind, _day, _link in told(learner)] == ["deadline.report"]


def test_a_report_that_is_not_open_yet_or_that_nobody_asks_for_is_not_told(story):
    learners = [
        story.teacher(story.cohort(story.program(with_works()), ends=90, task=(1, 3))),
        story.teacher(story.cohort(story.program(major=2), ends=90, task=(-5, 3))),
    ]

    assert reminding.remind() == 0
    assert [told(learner) for learner in learners] == [[], []]
