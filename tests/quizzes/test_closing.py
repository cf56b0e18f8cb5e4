"""The daily work of closing: what was answered gets its mark, also when its learner never comes back."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import RIGHT, answering, choosing, finish_modules, save, start, submit

from lms.completion.queries import facts
from lms.core import jobs, registry
from lms.core.audit import AuditEntry
from lms.core.batches import ItemsFailed
from lms.core.db import db, write_tx
from lms.core.jobs import JobRow
from lms.core.notices import Notice
from lms.lib import clock
from lms.lib.words import end_of_day
from lms.quizzes import closing, queries, services
from lms.quizzes.closing import JOB, close_overdue
from lms.quizzes.models import Attempt
from lms.testing_program import tiny_program, with_quiz
from lms.testing_stories import Story

pytestmark = pytest.mark.both
NOON = dt.datetime(2026, 11, 2, 4, 0, tzinfo=dt.UTC)
#: The end of the day of NOON where the class is.
CLOSE = end_of_day(dt.date(2026, 11, 2), "Asia/Makassar")


@pytest.fixture
def story(app):
    return Story()


def rows():
    return list(db.session.scalars(sa.select(Attempt).order_by(Attempt.id).execution_options(populate_existing=True)))


def entries():
    return list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "attempt.timed_out")))


def told():
    return [(notice.person_id, notice.kind, notice.link) for notice in db.session.scalars(sa.select(Notice))]


def left_running(story, quiz_id="m01-kuis", right=3):
    """A learner of a class that ends today, who answers and leaves without handing in."""
    learner = story.teacher(story.cohort(ends=0))
    finish_modules(learner, "M00")
    attempt = start(learner, quiz_id)
    save(learner, attempt, answering(learner, attempt, right=right))
    return learner, attempt


def test_an_attempt_left_running_is_closed_three_days_after_the_close_with_what_was_answered(story):
    with clock.freeze(NOON) as now:
        learner, _attempt = left_running(story)
        now.tick(CLOSE - NOON + dt.timedelta(hours=72))
        assert close_overdue() == 0
        now.tick(dt.timedelta(seconds=1))
        assert close_overdue() == 1
    row = rows()[0]
    assert (row.state, row.mark, row.is_passed, row.is_timed_out) == ("graded", Decimal(75), True, True)
    assert row.submitted_at == CLOSE, "it counts as handed in at the close, not when the work was done"
    assert facts(learner.enrolment_id).passed == {"m01-kuis"}
    entry = entries()[0]
    assert (entry.actor_id, entry.role, entry.after["mark"]) == (0, "system", "75.00")
    assert told() == [(learner.person_id, "quiz.closed", f"/kuis/{learner.enrolment_uuid}/m01-kuis")]


def test_closing_twice_has_one_effect(story):
    with clock.freeze(NOON) as now:
        left_running(story)
        now.tick(dt.timedelta(days=5))
        assert (close_overdue(), close_overdue()) == (1, 0)
    assert (len(entries()), len(told())) == (1, 1)


def test_the_window_of_the_post_test_closes_it_while_the_class_goes_on(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(posttest=(-3, 0)))
        finish_modules(learner, "M00", "M01", "M02", "M03")
        start(learner, "m10-akhir")
        start(learner, "m10-latihan")
        now.tick(dt.timedelta(days=4))
        assert close_overdue() == 1
    assert [(row.quiz_id, row.state) for row in rows()] == [("m10-akhir", "graded"), ("m10-latihan", "running")]


def test_a_practice_is_closed_without_a_word(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(ends=0))
        start(learner, "m00-latihan")
        now.tick(dt.timedelta(days=4))
        assert close_overdue() == 1
    assert told() == []


def test_who_has_left_the_class_is_neither_graded_nor_told(story):
    with clock.freeze(NOON) as now:
        learner, _attempt = left_running(story)
        with write_tx() as session:
            session.execute(sa.text("UPDATE enrolment SET state = 'withdrawn'"))
        now.tick(dt.timedelta(days=4))
        assert close_overdue() == 0
    assert rows()[0].state == "running"
    assert learner.person_id not in [person for person, _kind, _link in told()]


def test_an_attempt_of_a_class_under_way_stays_with_its_learner(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(ends=60))
        start(learner, "m00-awal")
        now.tick(dt.timedelta(days=30))
        assert close_overdue() == 0


def test_a_time_limit_is_closed_when_it_is_over(story):
    version = story.program(with_quiz(tiny_program(), "m01-kuis", minutes=20))
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(version))
        finish_modules(learner, "M00")
        start(learner, "m01-kuis")
        now.tick(dt.timedelta(minutes=20, hours=72, seconds=1))
        assert close_overdue() == 1
    assert rows()[0].submitted_at == NOON + dt.timedelta(minutes=20)


def test_what_arrives_after_the_closing_is_late_and_counts_when_an_instructor_accepts(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        save(learner, attempt, choosing(learner, attempt, {1: RIGHT, 2: RIGHT}))
        now.tick(dt.timedelta(days=5))
        close_overdue()
        sent = submit(learner, attempt, choosing(learner, attempt, {3: RIGHT, 4: RIGHT}), client_at=NOON)
        assert (sent["late"], rows()[0].mark) == (True, Decimal(50))
        with write_tx():
            services.accept_late(attempt, by=instructor.actor)
    assert (rows()[0].mark, rows()[0].submitted_at) == (Decimal(100), CLOSE)


def test_an_essay_of_a_closed_attempt_waits_for_the_instructor(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m03-kuis")
        save(learner, attempt, choosing(learner, attempt, {1: "Sari menangis.", 2: RIGHT}))
        now.tick(dt.timedelta(days=4))
        assert close_overdue() == 1
        assert queries.essays_to_mark(by=instructor.actor)[1] == 1


def test_many_attempts_are_closed_in_small_transactions(story, monkeypatch):
    monkeypatch.setattr("lms.quizzes.closing.PAGE", 2)
    monkeypatch.setattr("lms.quizzes.closing.BATCH", 2)
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        for _n in range(5):
            start(story.teacher(cohort), "m00-awal")
        now.tick(dt.timedelta(days=4))
        assert close_overdue() == 5


@pytest.mark.parametrize("step", ["_is_over", "close_if_overdue"])
def test_an_attempt_that_cannot_be_closed_stops_no_other_and_is_named_in_the_log(story, monkeypatch, caplog, step):
    monkeypatch.setattr(closing, "BATCH", 2)
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        attempts = [start(story.teacher(cohort), "m00-awal") for _n in range(5)]
        now.tick(dt.timedelta(days=4))
        done = getattr(closing, step)

        def broken(item, **more):
            found = done(item, **more)
            if str(getattr(item, "attempt_uuid", None) or item.attempt.uuid) == attempts[0]:
                raise ValueError("as if its version were gone")
            return found

        monkeypatch.setattr(closing, step, broken)
        with pytest.raises(ItemsFailed):
            close_overdue()
    assert [row.state for row in rows()] == ["running", "graded", "graded", "graded", "graded"]
    assert len(entries()) == len(told()) == 4
    traces = [record.getMessage() for record in caplog.records if record.exc_info]
    assert traces == [f"attempt {attempts[0]} failed"]


def test_a_closing_that_left_something_undone_says_so_in_the_row_of_the_job(story, monkeypatch):
    with clock.freeze(NOON) as now:
        left_running(story)
        now.tick(dt.timedelta(days=4))
        monkeypatch.setattr(closing, "_is_over", lambda _row: 1 / 0)
        jobs.turn(limit=100)
    row = db.session.scalars(sa.select(JobRow).where(JobRow.key == JOB)).one()
    assert (row.state, row.tries, row.error) == ("waiting", 1, "ItemsFailed")


def test_the_runner_asks_for_it_every_day(story):
    with clock.freeze(NOON) as now:
        left_running(story)
        assert registry.jobs[JOB].is_daily
        now.tick(dt.timedelta(days=4))
        jobs.turn(limit=100)
    assert rows()[0].state == "graded"
