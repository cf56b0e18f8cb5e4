"""Lateness: one law. The server's clock for quizzes that need a connection, the work's own time for all others."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import RIGHT, WRONG, answering, choosing, finish_modules, note, save, start, submit

from lms.cohorts.queries import learner_enrolment
from lms.completion.queries import facts
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.core.notices import Notice
from lms.lib import clock
from lms.lib.words import end_of_day
from lms.programs import catalogue
from lms.quizzes import queries, services
from lms.quizzes.lateness import closes_soon, is_late, is_overdue, worked_at
from lms.quizzes.models import AnswerLog, Attempt
from lms.testing_program import quiz, tiny_program, with_quiz
from lms.testing_stories import Story

NOON = dt.datetime(2026, 11, 2, 4, 0, tzinfo=dt.UTC)
ENDS = NOON + dt.timedelta(minutes=30)
ONLINE, OFFLINE = quiz("a", "module", online=True, minutes=30), quiz("b", "module")


def seconds(count):
    return dt.timedelta(seconds=count)


@pytest.mark.parametrize(("after", "late"), [(-1, False), (0, False), (30, False), (31, True)])
def test_online_the_deadline_and_thirty_seconds_count_and_no_claim_of_the_client(after, late):
    """ABUSE-A15."""
    for claim in (None, NOON, NOON - dt.timedelta(days=9)):
        assert is_late(ONLINE, ENDS, now=ENDS + seconds(after), client_at=claim) is late


@pytest.mark.parametrize(("after", "late"), [(0, False), (300, False), (301, True)])
def test_offline_five_minutes_after_the_close_count(after, late):
    assert is_late(OFFLINE, ENDS, now=ENDS + seconds(after)) is late


def test_offline_work_done_in_time_may_travel_for_three_days():
    done = ENDS - seconds(60)
    assert is_late(OFFLINE, ENDS, now=ENDS + dt.timedelta(hours=72), client_at=done) is False
    assert is_late(OFFLINE, ENDS, now=ENDS + dt.timedelta(hours=72, seconds=1), client_at=done) is True


def test_work_is_never_older_than_what_the_server_last_heard_nor_younger_than_its_arrival():
    heard = ENDS + dt.timedelta(hours=1)
    assert is_late(OFFLINE, ENDS, now=ENDS + dt.timedelta(hours=2), client_at=NOON, heard_at=heard) is True
    assert worked_at(NOON, NOON + dt.timedelta(days=1), None) == NOON


def test_an_attempt_is_over_when_nothing_that_arrives_would_count_by_itself():
    assert is_overdue(OFFLINE, None, ENDS, ENDS + dt.timedelta(hours=72)) is False
    assert is_overdue(OFFLINE, None, ENDS, ENDS + dt.timedelta(hours=72, seconds=1)) is True
    assert is_overdue(OFFLINE, NOON, ENDS, NOON + dt.timedelta(hours=72)) is False
    assert is_overdue(OFFLINE, NOON, ENDS, NOON + dt.timedelta(hours=73)) is True
    assert is_overdue(ONLINE, NOON, ENDS, NOON + seconds(30)) is False
    assert is_overdue(ONLINE, None, ENDS, ENDS + seconds(31)) is True


@pytest.mark.parametrize(("days", "soon"), [(8, False), (7, True), (0, True), (-1, False)])
def test_a_close_is_told_in_the_last_week_by_the_days_of_the_class(days, soon):
    closes = end_of_day(dt.date(2026, 11, 20), "Asia/Jayapura")
    # 20.00 UTC is already the next day in Jayapura.
    now = dt.datetime(2026, 11, 19 - days, 20, tzinfo=dt.UTC)
    assert closes_soon(closes, "Asia/Jayapura", now) is soon


@pytest.fixture
def story(app):
    return Story()


def attempt_row():
    return db.session.scalars(sa.select(Attempt).execution_options(populate_existing=True)).one()


def flags():
    return list(db.session.scalars(sa.select(AnswerLog.flag).order_by(AnswerLog.id)))


@pytest.mark.both
def test_online_after_the_deadline_answers_are_stored_acknowledged_and_not_scored(story):
    """ABUSE-A15, ABUSE-A17."""
    with clock.freeze(NOON) as now:
        learner = story.teacher()
        finish_modules(learner, "M00")
        attempt = start(learner, "m02-kuis")
        save(learner, attempt, choosing(learner, attempt, {1: RIGHT, 2: RIGHT}))
        now.tick(dt.timedelta(minutes=30, seconds=31))
        reply = save(
            learner, attempt, choosing(learner, attempt, {3: RIGHT}), device="hp-1", seq=1,
            client_at=NOON + seconds(5),
        )
        assert (reply["late"], reply["saved"], reply["answered"]) == (True, [3], 2)
        assert save(learner, attempt, choosing(learner, attempt, {4: RIGHT}))["late"] is True
        result = submit(learner, attempt, choosing(learner, attempt, {1: WRONG}))
        assert (result["state"], result["late"]) == ("graded", True)
    row = attempt_row()
    assert (row.mark, row.is_timed_out, row.late_state) == (Decimal(50), True, "kept")
    assert row.submitted_at == row.due_at
    assert flags() == [None, None, "late", "late", "late"]


@pytest.mark.both
def test_online_late_answers_are_never_scored_whoever_accepts(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort()
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m02-kuis")
        now.tick(dt.timedelta(minutes=31))
        save(learner, attempt, choosing(learner, attempt, {1: RIGHT}))
        with pytest.raises(services.NothingLate), write_tx():
            services.accept_late(attempt, by=instructor.actor)
        assert queries.late_attempts(by=instructor.actor) == ([], 0)


@pytest.mark.both
def test_an_overdue_attempt_is_shown_closed_and_closed_by_the_next_start(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher()
        finish_modules(learner, "M00")
        first = start(learner, "m02-kuis")
        save(learner, first, choosing(learner, first, {1: RIGHT, 2: RIGHT, 3: RIGHT}))
        now.tick(dt.timedelta(minutes=31))
        page = queries.attempt_page(first, by=learner.actor)
        assert (page.state, page.is_overdue) == ("submitted", True)
        shown = overview(learner, "m02-kuis")
        assert (shown.open_attempt, shown.attempts[0].state, shown.attempts[0].is_overdue) == (None, "submitted", True)
        review = queries.review(first, by=learner.actor)
        assert (review.is_open, review.mark, review.is_overdue) == (False, None, True)
        assert attempt_row().state == "running", "reading writes nothing"
        second = start(learner, "m02-kuis")
        assert second != first
        shown = overview(learner, "m02-kuis")
        assert (shown.attempts[0].state, shown.attempts[0].mark) == ("graded", Decimal(75))
        # The last attempt runs out: starting again leads to its result and closes it.
        now.tick(dt.timedelta(minutes=31))
        assert start(learner, "m02-kuis") == second
        assert overview(learner, "m02-kuis").attempts[1].state == "graded"
        with pytest.raises(services.AttemptsUsedUp):
            start(learner, "m02-kuis")


def overview(learner, quiz_id):
    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    return queries.overview(enrolment, catalogue.version(enrolment.program_version_id), quiz_id)


@pytest.mark.both
def test_handing_in_an_overdue_attempt_gives_the_result_of_what_was_saved(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher()
        finish_modules(learner, "M00")
        attempt = start(learner, "m02-kuis")
        save(learner, attempt, answering(learner, attempt, right=3))
        now.tick(dt.timedelta(hours=5))
        assert submit(learner, attempt)["is_passed"] is True
        assert facts(learner.enrolment_id).passed == {"m02-kuis"}


@pytest.mark.both
def test_after_the_end_of_the_class_an_answer_counts_only_when_an_instructor_accepts(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        learner, instructor, other = story.teacher(cohort), story.instructor(cohort), story.instructor(story.cohort())
        note(learner, "lesson_read", "m01-1", "m01-2")
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        fields = answering(learner, attempt, right=4)
        save(learner, attempt, {1: fields[1], 2: fields[2]})
        now.tick(dt.timedelta(days=2))
        reply = submit(learner, attempt, fields)
        assert (reply["late"], reply["is_passed"]) == (True, False)
        assert attempt_row().mark == Decimal(50)
        lines, total = queries.late_attempts(by=instructor.actor)
        assert (total, lines[0].late_answers, lines[0].arrived_at) == (1, 2, now.at)
        assert queries.late_attempts(by=other.actor) == ([], 0)
        with pytest.raises(NotFound), write_tx():
            services.accept_late(attempt, by=other.actor)
        with write_tx():
            services.accept_late(attempt, by=instructor.actor)
        assert (attempt_row().mark, attempt_row().is_passed) == (Decimal(100), True)
        assert facts(learner.enrolment_id).modules == {"M00", "M01"}
        assert queries.late_attempts(by=instructor.actor) == ([], 0)
        with pytest.raises(services.NothingLate), write_tx():
            services.accept_late(attempt, by=instructor.actor)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "late.accepted")).one()
    assert (entry.before["mark"], entry.after["mark"], entry.after["slots"]) == ("50.00", "100.00", [3, 4])
    told = sa.select(Notice.kind, Notice.person_id).order_by(Notice.id)
    assert [tuple(row) for row in db.session.execute(told)] == [
        ("staff.late", instructor.person_id), ("quiz.late_accepted", learner.person_id)
    ]


@pytest.mark.both
def test_work_done_before_the_close_counts_though_it_arrives_later(story):
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(ends=0))
        attempt = start(learner, "m00-awal")
        closes = learner_enrolment(learner.enrolment_uuid, by=learner.actor).closes_at
        now.tick(closes - NOON + dt.timedelta(hours=10))
        fields = choosing(learner, attempt, {1: RIGHT})
        assert save(learner, attempt, fields, device="hp-1", seq=1, client_at=closes - seconds(9))["late"] is False
        # The server has heard from this device now; an earlier time is no longer believed.
        fields = choosing(learner, attempt, {2: RIGHT})
        assert save(learner, attempt, fields, device="hp-1", seq=2, client_at=closes - seconds(8))["late"] is True


@pytest.mark.both
def test_an_accepted_late_answer_to_an_essay_waits_for_its_mark(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m03-kuis")
        now.tick(dt.timedelta(days=2))
        assert submit(learner, attempt, {1: {"answer": ["Sari menangis."]}})["state"] == "graded"
        with write_tx():
            assert services.accept_late(attempt, by=instructor.actor)["state"] == "submitted"
        assert queries.essays_to_mark(by=instructor.actor)[1] == 1


@pytest.mark.both
def test_nobody_accepts_or_grants_for_themselves(story):
    cohort = story.cohort()
    person = story.person()
    learner = story.teacher(cohort, person=person)
    same = story.instructor(cohort, person=person)
    attempt = start(learner, "m00-awal")
    for act in (
        lambda: services.accept_late(attempt, by=same.actor),
        lambda: services.mark_essay(attempt, 1, mark=Decimal(100), comment="", by=same.actor),
        lambda: services.grant_allowance(
            learner.enrolment_uuid, "m00-awal", extra_attempts=1, extra_minutes=0, reason="x", by=same.actor
        ),
    ):
        with pytest.raises(services.OwnWork), write_tx():
            act()


@pytest.mark.both
def test_a_time_limit_without_a_connection_leaves_three_days_for_the_journey(story):
    version = story.program(with_quiz(tiny_program(), "m01-kuis", minutes=20))
    with clock.freeze(NOON) as now:
        learner = story.teacher(story.cohort(version))
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        now.tick(dt.timedelta(hours=20))
        assert start(learner, "m01-kuis") == attempt
        fields = answering(learner, attempt, right=4)
        done_at = NOON + dt.timedelta(minutes=19)
        assert submit(learner, attempt, fields, device="hp", seq=1, client_at=done_at)["is_passed"] is True
