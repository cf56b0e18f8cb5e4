"""The instructor's desk: own classes only, what waits first, everything typed stays on an error."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
import quiz_acts
import sqlalchemy as sa
from desk import Desk, done, learned

from lms.cohorts.models import Announcement
from lms.cohorts.queries import learner_enrolment
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.core.notices import Notice
from lms.lessons import services as lessons
from lms.lib import clock
from lms.programs import catalogue
from lms.quizzes import queries as quiz_queries
from lms.quizzes.models import AttemptAllowance, AttemptQuestion
from lms.teaching import learner as learners, queries
from lms.teaching.views import advice
from lms.testing_program import tiny_program
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort(name="Kelas Satu")


@pytest.fixture
def other(story):
    return story.cohort(name="Kelas Dua")


@pytest.fixture
def desk(app, story, cohort):
    return Desk(app, story, story.instructor(cohort))


def hand_in_essay(learner, words="Saya akan bertanya dahulu."):
    quiz_acts.finish_modules(learner, "M00")
    attempt = quiz_acts.start(learner, "m03-kuis")
    slots = quiz_queries.attempt_page(attempt, by=learner.actor).slots
    number = next(slot.number for slot in slots if slot.presentation.type == "essay")
    quiz_acts.submit(learner, attempt, {number: {"answer": [words]}})
    return attempt


def ask(learner, text="Bagaimana caranya?"):
    with write_tx():
        return lessons.ask(learner.enrolment_uuid, "m00-1", text, by=learner.actor)


def test_the_class_page_shows_progress_jp_and_the_mean_of_the_best_marks(story, cohort, desk):
    learner = story.teacher(cohort, name="Baiq Mariani")
    learned(learner, "M00", "M01")
    page = desk.get(f"/kelas/{cohort.uuid}").text

    assert "Baiq Mariani" in page
    assert "2 dari 5 modul" in page
    (line,), _total = queries.learners(story.instructor(cohort).actor, "class.teach", cohort=cohort.uuid)
    assert (line.modules_done, line.jp, line.mean) == (2, 6, None)


@pytest.mark.parametrize(
    ("state", "names"),
    [("not_begun", {"Belum"}), ("idle", {"Diam"}), ("learning", {"Diam", "Rajin"}), ("done", {"Tuntas"})],
)
def test_people_are_narrowed_by_how_far_they_are(story, cohort, state, names):
    story.teacher(cohort, name="Belum")
    learned(story.teacher(cohort, name="Diam"), "M00", days_ago=8)
    learned(story.teacher(cohort, name="Rajin"), "M00", days_ago=1)
    learned(story.teacher(cohort, name="Tuntas"), "M00", "M01", "M02", "M03", "M10", days_ago=30)
    lines, total = queries.learners(story.instructor(cohort).actor, "class.teach", state=state)

    assert {line.full_name for line in lines} == names
    assert total == len(names)


@pytest.mark.parametrize(("starts", "ends", "idle"), [(-60, 0, 1), (-60, -1, 0)])
def test_nobody_is_idle_in_a_class_that_has_ended(app, story, starts, ends, idle):
    ours = story.cohort(starts=starts, ends=ends)
    learned(story.teacher(ours, name="Diam"), "M00", days_ago=20)
    instructor = story.instructor(ours)
    (line,), _total = queries.learners(instructor.actor, "class.teach")

    assert bool(line.is_idle) == bool(idle)
    assert queries.learners(instructor.actor, "class.teach", state="idle")[1] == idle
    assert queries.learners(instructor.actor, "class.teach", state="learning")[1] == 1


def test_ABUSE_A05_an_instructor_reads_nothing_of_the_class_beside(app, story, cohort, other, desk):
    story.teacher(cohort)
    learner = story.teacher(other, name="Kenari Sebelah")
    question, attempt = ask(learner, "Kenari bertanya?"), hand_in_essay(learner, "Kenari menulis.")
    for address in (
        f"/kelas/{other.uuid}", f"/kelas/{other.uuid}/cetak", f"/kelas/{other.uuid}/kuis",
        f"/kelas/{other.uuid}/kuis/m01-kuis", f"/kelas/{other.uuid}/pengumuman", f"/pertanyaan/{question}",
        f"/penilaian/{attempt}/1", f"/peserta/{learner.enrolment_uuid}",
        f"/peserta/{learner.enrolment_uuid}/kuis/m01-kuis",
    ):
        assert desk.get(address).status_code == 404, address
    for address in ("/kelas", f"/kelas/{cohort.uuid}", "/pertanyaan", "/penilaian"):
        assert "Kenari" not in desk.get(address).text, address


@pytest.mark.parametrize("asked", [
    "kelas={other}", "q=Kenari", "urut=person_id", "urut=password&keadaan=x", "hal=-1", "hal=99999", "kelas=0",
    "kelas[]={other}", "keadaan=idle%27--",
])
def test_ABUSE_A06_no_filter_or_order_of_a_list_opens_another_class(story, cohort, other, desk, asked):
    story.teacher(cohort)
    learner = story.teacher(other, name="Kenari Sebelah")
    ask(learner, "Kenari bertanya?")
    hand_in_essay(learner, "Kenari menulis.")
    for page in ("/kelas", f"/kelas/{cohort.uuid}", "/pertanyaan", "/penilaian"):
        reply = desk.get(f"{page}?{asked.format(other=other.uuid)}")
        assert reply.status_code in (200, 404), page
        assert "Kenari Sebelah" not in reply.text
        assert "Kenari bertanya" not in reply.text


def test_ABUSE_A08_nothing_of_another_class_is_answered_marked_granted_or_announced(story, cohort, other, desk):
    story.teacher(cohort)
    learner = story.teacher(other)
    question, attempt = ask(learner), hand_in_essay(learner)
    rows = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
    for address, typed in (
        (f"/pertanyaan/{question}", {"text": "Begini."}), (f"/penilaian/{attempt}/1", {"mark": "80"}),
        (f"/peserta/{learner.enrolment_uuid}/kuis/m01-kuis/tambahan",
         {"extra_attempts": "1", "extra_minutes": "0", "reason": "x"}),
        (f"/peserta/{learner.enrolment_uuid}/terlambat/{attempt}", {}),
        (f"/kelas/{other.uuid}/pengumuman", {"title": "A", "text": "B"}),
    ):
        assert desk.post(address, **typed).status_code == 404, address
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry)) == rows


def test_ABUSE_A11_nobody_who_learns_finds_people_by_their_id(app, story, cohort):
    learner, classmate = story.teacher(cohort), story.teacher(cohort)
    walker = Desk(app, story, learner)
    for address in (f"/peserta/{classmate.enrolment_uuid}", f"/pemantauan/peserta/{classmate.enrolment_uuid}",
                    f"/kelola/orang/{classmate.person_uuid}"):
        assert walker.get(address).status_code == 404, address


def test_the_oldest_open_question_stands_first_and_leaves_when_answered(story, cohort, desk):
    learner = story.teacher(cohort)
    first, _second = ask(learner, "Yang pertama?"), ask(learner, "Yang kedua?")
    page = desk.get("/pertanyaan").text
    assert page.index("Yang pertama?") < page.index("Yang kedua?")

    reply = desk.send(desk.get(f"/pertanyaan/{first}"), "", text="Begini caranya.")
    assert reply.status_code == 303
    assert "Yang pertama?" not in desk.get("/pertanyaan").text
    assert "Begini caranya." in desk.get("/pertanyaan?tampil=terjawab").text
    assert db.session.scalar(sa.select(Notice.kind).where(Notice.person_id == learner.person_id)) == "question.answered"


def test_an_essay_is_marked_with_a_comma_and_the_next_one_opens(story, cohort, desk):
    first, second = (hand_in_essay(story.teacher(cohort)) for _ in range(2))
    queue = desk.get("/penilaian").text
    assert queue.index(first) < queue.index(second)
    slot = int(queue.split(f"/penilaian/{first}/")[1].split('"')[0])

    reply = desk.send(desk.get(f"/penilaian/{first}/{slot}"), "", mark="82,5", comment="Sudah jelas.")
    assert reply.status_code == 303
    assert f"/penilaian/{second}/" in reply.location
    row = db.session.execute(
        sa.select(AttemptQuestion.fraction, AttemptQuestion.comment).where(AttemptQuestion.comment.is_not(None))
    ).one()
    assert tuple(row) == (Decimal("82.50"), "Sudah jelas.")


@pytest.mark.parametrize("mark", ["", "101", "-1", "delapan", "NaN"])
def test_a_refused_mark_keeps_everything_that_was_typed(story, cohort, desk, mark):
    attempt = hand_in_essay(story.teacher(cohort))
    slot = int(desk.get("/penilaian").text.split(f"/penilaian/{attempt}/")[1].split('"')[0])
    reply = desk.send(desk.get(f"/penilaian/{attempt}/{slot}"), "", mark=mark, comment="Catatan yang panjang.")

    assert reply.status_code == 422
    assert "Catatan yang panjang." in reply.text
    assert f'value="{mark}"' in reply.text
    assert 'role="alert"' in reply.text


def test_an_extra_attempt_needs_a_reason_and_is_written_down_once(story, cohort, desk):
    learner = story.teacher(cohort)
    address = f"/peserta/{learner.enrolment_uuid}/kuis/m01-kuis"
    refused = desk.send(desk.get(address), "/tambahan", extra_attempts="1", reason="")
    assert refused.status_code == 422
    assert "Alasan" in refused.text

    page = desk.get(address)
    for _again in range(2):
        assert desk.send(page, "/tambahan", extra_attempts="1", reason="Listrik padam.").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AttemptAllowance)) == 1
    assert "Listrik padam." in desk.get(address).text


def test_an_announcement_reaches_the_class_and_can_be_taken_back(story, cohort, desk):
    learner = story.teacher(cohort)
    page = desk.get(f"/kelas/{cohort.uuid}/pengumuman")
    for _again in range(2):
        assert desk.send(page, "", title="Pertemuan", text="Hari Sabtu.").status_code == 303
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Announcement)) == 1
    assert db.session.scalar(sa.select(Notice.kind).where(Notice.person_id == learner.person_id)) \
        == "announcement.published"

    page = desk.get(f"/kelas/{cohort.uuid}/pengumuman")
    assert desk.send(page, "/tarik").status_code == 303
    db.session.expire_all()
    assert db.session.scalar(sa.select(Announcement.ended_at)) is not None
    assert "Ditarik" in desk.get(f"/kelas/{cohort.uuid}/pengumuman").text


def test_a_practice_supervisor_sees_exactly_the_assigned_people(app, story, cohort):
    supervisor = story.supervisor()
    mine = story.teacher(cohort, name="Bimbingan Saya", supervisor=supervisor)
    theirs = story.teacher(cohort, name="Bimbingan Lain")
    desk = Desk(app, story, supervisor)
    page = desk.get("/bimbingan").text

    assert "Bimbingan Saya" in page
    assert "Bimbingan Lain" not in page
    assert desk.get(f"/peserta/{mine.enrolment_uuid}").status_code == 200
    assert desk.get(f"/peserta/{theirs.enrolment_uuid}").status_code == 404
    assert "Beri tambahan" not in desk.get(f"/peserta/{mine.enrolment_uuid}/kuis/m01-kuis").text


@pytest.mark.parametrize(
    ("facility", "discrimination", "verdict"),
    [(None, None, "Belum cukup jawaban"), ("0.95", "0.4", "Terlalu mudah"), ("0.2", "0.4", "Terlalu sulit"),
     ("0.6", "-0.1", "Perlu ditinjau"), ("0.95", "-0.2", "Perlu ditinjau"), ("0.6", "0.1", "Perlu ditinjau"),
     ("0.6", "0.4", "Baik")],
)
def test_the_figures_of_a_question_are_told_in_words(facility, discrimination, verdict):
    from lms.lib.gift import Text
    from lms.quizzes.queries import Item

    def number(text):
        return None if text is None else Decimal(text)

    item = Item("q", Text("?", "plain"), True, "multichoice", 9, number(facility), number(discrimination))
    assert advice(item)[1] == verdict


@pytest.mark.parametrize("page", ["", "/cetak"])
def test_the_statements_of_the_class_page_do_not_grow_with_the_class(story, cohort, desk, count_statements, page):
    done(story.crowd(cohort, 3), "M00")
    address = f"/kelas/{cohort.uuid}{page}"
    desk.get(address)
    with count_statements() as few:
        desk.get(address)
    done(story.crowd(cohort, 120), "M00", "M01")
    with count_statements() as many:
        desk.get(address)

    assert len(many) == len(few) <= 8


def test_a_class_opens_however_many_there_are(story, desk, cohort):
    admin = story.class_admin(cohort)
    for day in range(101):
        with write_tx():
            newer = story.cohort(cohort.version_id, starts=-20 + day % 3)
            story.crowd(newer, 1)
    story.crowd(cohort, 1)
    everything = story.staff("instructor", "all")
    actor = replace(everything.actor, role="instructor")

    assert cohort.uuid not in {card.uuid for card in queries.class_cards(actor)[0]}
    assert queries.class_card(actor, cohort.uuid).name == "Kelas Satu"
    with pytest.raises(NotFound):
        queries.class_card(admin.actor, cohort.uuid)


def test_an_overdue_attempt_reads_on_the_desk_as_on_the_learners_own_page(app, story, cohort):
    learner = story.teacher(cohort)
    quiz_acts.finish_modules(learner, "M00")
    attempt = quiz_acts.start(learner, "m02-kuis")
    with clock.freeze(clock.now() + dt.timedelta(days=1)):
        enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
        own = quiz_queries.overview(enrolment, catalogue.version(cohort.version_id), "m02-kuis")
        instructor = story.instructor(cohort)
        _page, seen = learners.quiz_desk(learner.enrolment_uuid, "m02-kuis", by=instructor.actor)

        assert [str(line.uuid) for line in seen.attempts] == [attempt]
        assert seen.attempts == own.attempts
        assert seen.attempts[0].is_overdue
        page = Desk(app, story, instructor).get(f"/peserta/{learner.enrolment_uuid}/kuis/m02-kuis").text
        assert "Waktunya habis" in page


def test_a_practice_has_no_limit_on_the_desk_either():
    practice = replace(tiny_program().quiz("m00-latihan")[1], attempts=3)

    assert learners.QuizDesk(practice, (), ()).allowed is None


def test_a_class_in_which_nobody_is_enrolled_yet_is_seen_by_its_own_people_only(app, story):
    empty = story.cohort(name="Kelas Baru")
    seen = {}
    for who in (story.instructor(empty), story.instructor(story.cohort())):
        client = app.test_client()
        story.sign_in(client, who, kind="staff")
        seen[who.person_id] = client.get(f"/kelas/{empty.uuid}").status_code

    assert list(seen.values()) == [200, 404]
