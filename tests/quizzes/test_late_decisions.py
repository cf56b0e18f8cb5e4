"""Late answers are accepted or left out; each decision is kept, told, and empties the list."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import answering, finish_modules, save, start, submit

from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import Invalid, NotFound
from lms.core.notices import Notice
from lms.lib import clock
from lms.quizzes import queries, services
from lms.testing_stories import Story

pytestmark = pytest.mark.both
NOON = dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)


@pytest.fixture
def late(app):
    """An attempt of which two answers came two days after the class had ended: (story, cohort, learner, attempt)."""
    with clock.freeze(NOON) as now:
        story = Story()
        cohort = story.cohort(ends=0)
        learner = story.teacher(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        fields = answering(learner, attempt, right=4)
        save(learner, attempt, {1: fields[1], 2: fields[2]})
        now.tick(dt.timedelta(days=2))
        submit(learner, attempt, fields)
        yield story, cohort, learner, attempt


def told(learner):
    return db.session.scalars(
        sa.select(Notice.kind).where(Notice.person_id == learner.person_id).order_by(Notice.id)
    ).all()


def test_leaving_out_changes_no_mark_empties_the_list_and_is_told_and_kept(late):
    story, cohort, learner, attempt = late
    by = story.instructor(cohort).actor
    before = queries.review(attempt, by=learner.actor)
    with write_tx():
        services.leave_out_late(attempt, " Setelah pembahasan. ", by=by)

    after = queries.review(attempt, by=learner.actor)
    assert (after.mark, after.is_passed, after.late_state) == (before.mark, before.is_passed, "kept")
    assert queries.late_attempts(by=by) == ([], 0)
    assert told(learner) == ["quiz.late_left_out"]
    (decision,) = queries.attempt_of_learner(before.uuid, by=by).decisions
    assert (decision.decision, decision.reason) == ("left_out", "Setelah pembahasan.")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "late.left_out")).one()
    assert (entry.before["late"], entry.after["late"]) == ("waiting", "kept")


def test_what_was_left_out_by_mistake_is_accepted_after_all_and_both_decisions_stay(late):
    story, cohort, _learner, attempt = late
    by = story.instructor(cohort).actor
    with write_tx():
        services.leave_out_late(attempt, "Keliru.", by=by)
    assert queries.attempt_of_learner(queries.review(attempt, by=by).uuid, by=by).may_be_accepted
    with write_tx():
        services.accept_late(attempt, by=by)

    seen = queries.attempt_of_learner(queries.review(attempt, by=by).uuid, by=by)
    assert (seen.review.mark, seen.review.late_state) == (Decimal(100), "accepted")
    assert [item.decision for item in seen.decisions] == ["left_out", "accepted"]
    assert not seen.may_be_accepted
    for act in (lambda: services.accept_late(attempt, by=by), lambda: services.leave_out_late(attempt, "x", by=by)):
        with pytest.raises(services.NothingLate), write_tx():
            act()


def test_the_late_answers_stand_beside_those_that_count(late):
    story, cohort, learner, attempt = late
    seen = queries.attempt_of_learner(queries.review(attempt, by=learner.actor).uuid, by=story.instructor(cohort).actor)

    assert [item.late is not None for item in seen.slots] == [False, False, True, True]
    assert [item.seen.is_answered for item in seen.slots] == [True, True, False, False]
    assert seen.slots[2].late.summary == "tepat"
    assert seen.slots[2].late.arrived_at == NOON + dt.timedelta(days=2)
    assert seen.slots[0].answered_at == NOON


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_leaving_out_needs_a_reason(late, reason):
    story, cohort, _learner, attempt = late
    with pytest.raises(Invalid), write_tx():
        services.leave_out_late(attempt, reason, by=story.instructor(cohort).actor)


def test_nobody_else_decides(late):
    story, _cohort, learner, attempt = late
    for who in (story.instructor(story.cohort()), story.supervisor(), story.observer(), story.facilitator(), learner):
        for act in (services.accept_late, lambda uuid, by: services.leave_out_late(uuid, "x", by=by)):
            with pytest.raises(NotFound), write_tx():
                act(attempt, by=who.actor)
    assert told(learner) == []


def test_what_a_person_marked_after_an_acceptance_stays_when_more_comes_and_is_accepted(app):
    with clock.freeze(NOON) as now:
        story = Story()
        cohort = story.cohort(ends=0)
        learner, by = story.teacher(cohort), story.instructor(cohort).actor
        finish_modules(learner, "M00")
        attempt = start(learner, "m03-kuis")
        slots = queries.attempt_page(attempt, by=learner.actor).slots
        essay = next(slot.number for slot in slots if slot.presentation.type == "essay")
        other = next(slot.number for slot in slots if slot.presentation.type != "essay")
        now.tick(dt.timedelta(days=4))
        save(learner, attempt, {essay: {"answer": ["Saya bertanya dahulu."]}})
        with write_tx():
            services.accept_late(attempt, by=by)
        with write_tx():
            services.mark_essay(attempt, essay, mark=Decimal(80), comment="Jelas.", by=by)
        save(learner, attempt, {other: answering(learner, attempt, right=9)[other]})
        with write_tx():
            services.accept_late(attempt, by=by)

        kept = queries.review(attempt, by=by).slots[essay - 1]
        assert (kept.mark, kept.comment) == (Decimal(80), "Jelas.")


def test_what_was_left_out_is_not_accepted_along_with_what_came_later(app):
    with clock.freeze(NOON) as now:
        story = Story()
        cohort = story.cohort(ends=0)
        learner, by = story.teacher(cohort), story.instructor(cohort).actor
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        fields = answering(learner, attempt, right=4)
        now.tick(dt.timedelta(days=4))
        save(learner, attempt, {1: fields[1], 2: fields[2]})
        with write_tx():
            services.leave_out_late(attempt, "Setelah pembahasan.", by=by)
        save(learner, attempt, {3: fields[3]})
        with write_tx():
            services.accept_late(attempt, by=by)

        slots = queries.attempt_of_learner(queries.review(attempt, by=by).uuid, by=by).slots
        assert [item.seen.is_answered for item in slots][:3] == [False, False, True]
