"""Instructors look at the attempts of their learners and decide about late answers; supervisors only look."""

from __future__ import annotations

import datetime as dt

import pytest
import quiz_acts
import sqlalchemy as sa
from desk import Desk

from lms.core.db import db
from lms.core.notices import Notice
from lms.lib import clock
from lms.quizzes.models import Attempt, LateDecision
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort()


def seen_at(learner, attempt):
    return f"/peserta/{learner.enrolment_uuid}/percobaan/{attempt}"


def test_an_instructor_reads_answers_marks_times_and_the_key_and_gets_there_by_clicking(app, story, cohort):
    learner = story.teacher(cohort)
    attempt = quiz_acts.take(learner, "m00-awal", right=1)["attempt"]
    desk = Desk(app, story, story.instructor(cohort))

    assert seen_at(learner, attempt) in desk.get(f"/peserta/{learner.enrolment_uuid}/kuis/m00-awal").text
    page = desk.get(seen_at(learner, attempt)).text
    assert "Jawaban yang dihitung" in page
    assert "meleset" in page
    assert "Jawaban yang tepat:" in page
    assert "Mulai" in page


def test_a_running_attempt_is_read_and_not_changed(app, story, cohort):
    learner = story.teacher(cohort)
    attempt = quiz_acts.start(learner, "m00-awal")
    page = Desk(app, story, story.instructor(cohort)).get(seen_at(learner, attempt))

    assert page.status_code == 200
    assert "Sedang dikerjakan" in page.text
    assert db.session.scalar(sa.select(Attempt.state)) == "running"


def test_a_supervisor_reads_the_assigned_without_the_key_and_decides_nothing(app, story, cohort):
    supervisor = story.supervisor()
    mine, theirs = story.teacher(cohort, supervisor=supervisor), story.teacher(cohort)
    own, other = (quiz_acts.take(who, "m00-latihan", right=0)["attempt"] for who in (mine, theirs))
    desk = Desk(app, story, supervisor)
    page = desk.get(seen_at(mine, own))

    assert page.status_code == 200
    assert "meleset" in page.text
    assert "Jawaban yang tepat:" not in page.text
    assert "UMPAN-umum" not in page.text
    assert desk.get(seen_at(theirs, other)).status_code == 404
    assert desk.get(seen_at(mine, other)).status_code == 404
    assert desk.post(f"/peserta/{mine.enrolment_uuid}/terlambat/{own}/kesampingkan", reason="x").status_code == 404


def test_ABUSE_A05_nobody_else_reads_an_attempt(app, story, cohort):
    learner = story.teacher(cohort)
    attempt = quiz_acts.take(learner, "m00-awal", right=1)["attempt"]
    for who in (story.instructor(story.cohort()), story.observer(), story.coordinator(), story.facilitator(),
                story.class_admin(cohort), story.teacher(cohort), learner):
        assert Desk(app, story, who).get(seen_at(learner, attempt)).status_code == 404


@pytest.fixture
def late(app, story):
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        cohort = story.cohort(ends=0)
        learner = story.teacher(cohort, name="Baiq Terlambat")
        quiz_acts.finish_modules(learner, "M00")
        attempt = quiz_acts.start(learner, "m01-kuis")
        now.tick(dt.timedelta(days=2))
        quiz_acts.submit(learner, attempt, quiz_acts.answering(learner, attempt, right=4))
        yield learner, attempt, Desk(app, story, story.instructor(cohort))


@pytest.mark.parametrize(("act", "typed", "state", "said"), [
    ("", {}, "accepted", "Jawaban yang terlambat kini diperhitungkan."),
    ("/kesampingkan", {"reason": "Setelah pembahasan."}, "kept", "Jawaban terlambat tidak dihitung."),
])
def test_the_list_of_late_answers_leads_to_them_and_each_decision_empties_it(late, act, typed, state, said):
    learner, attempt, desk = late
    assert f'href="{seen_at(learner, attempt)}"' in desk.get("/penilaian").text
    page = desk.get(seen_at(learner, attempt))
    assert "Jawaban terlambat" in page.text
    reply = desk.send(page, f"/terlambat/{attempt}{act}", **typed)

    assert reply.status_code == 303
    assert said in desk.get(reply.location).text
    assert "Baiq Terlambat" not in desk.get("/penilaian").text
    db.session.expire_all()
    assert db.session.scalar(sa.select(Attempt.late_state)) == state
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LateDecision)) == 1
    assert "quiz.late" in db.session.scalars(
        sa.select(Notice.kind).where(Notice.person_id == learner.person_id)
    ).one()


def test_leaving_out_without_a_reason_is_a_sentence_beside_the_field(late):
    learner, attempt, desk = late
    reply = desk.send(desk.get(seen_at(learner, attempt)), "/kesampingkan", reason="")

    assert reply.status_code == 422
    assert 'id="reason-e"' in reply.text
    assert db.session.scalar(sa.select(Attempt.late_state)) == "waiting"


@pytest.mark.parametrize(("dates", "quiz_id", "sentence"), [
    ({"starts": -40, "ends": -1}, "m01-kuis", "Kelas selesai "),
    ({"starts": -40, "ends": 10, "posttest": (-9, -1)}, "m10-akhir", "Tes ini ditutup "),
])
def test_nothing_is_offered_for_a_quiz_that_is_over(app, story, dates, quiz_id, sentence):
    cohort = story.cohort(**dates)
    learner = story.teacher(cohort)
    desk = Desk(app, story, story.instructor(cohort))
    address = f"/peserta/{learner.enrolment_uuid}/kuis/{quiz_id}"
    page = desk.get(address).text

    assert sentence in page
    assert "tanyakan periode berikutnya" in page
    assert "/tambahan" not in page
    refused = desk.post(f"{address}/tambahan", extra_attempts="1", extra_minutes="0", reason="Listrik padam.")
    assert refused.status_code == 409
    assert "tidak dapat dikerjakan lagi" in refused.text
