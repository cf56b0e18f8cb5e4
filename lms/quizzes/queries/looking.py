"""What staff look at before they decide: an attempt with its times, late answers beside those that count, its history.

Everything here is read; what is decided goes through the services.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.core.db import db
from lms.core.permissions import Actor
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion, EssayMark, LateDecision
from lms.quizzes.queries.review import Review, ReviewSlot, review
from lms.quizzes.reach import as_uuid, version_of
from lms.quizzes.slots import read_slots


@dataclass(frozen=True, slots=True)
class LateAnswer:
    """The newest answer to a question that came too late."""

    summary: str
    arrived_at: dt.datetime


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A question of an attempt as staff see it. `late` is None where nothing came late."""

    seen: ReviewSlot
    answered_at: dt.datetime | None
    late: LateAnswer | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided about late answers: 'accepted' or 'left_out', by whom, when, why."""

    decision: str
    reason: str | None
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class StaffReview:
    """An attempt of a learner in scope, to be read only."""

    review: Review
    started_at: dt.datetime
    due_at: dt.datetime | None
    slots: tuple[LookedAt, ...]
    decisions: tuple[Decision, ...]

    @property
    def has_late(self) -> bool:
        return any(slot.late is not None for slot in self.slots)

    @property
    def may_be_accepted(self) -> bool:
        """Whether late answers wait for a decision, or were left out by one."""
        return self.review.late_state == "waiting" or bool(
            self.decisions and self.decisions[-1].decision == "left_out"
        )


def attempt_of_learner(attempt_uuid: UUID | str, *, by: Actor) -> StaffReview:
    """Return an attempt of a learner the actor follows, also one that runs: six statements. Raises `NotFound`."""
    seen = review(attempt_uuid, by=by)
    attempt = db.session.execute(
        sa.select(Attempt.id, Attempt.started_at, Attempt.due_at).where(Attempt.uuid == seen.uuid)
    ).one()
    rows = db.session.execute(
        sa.select(AttemptQuestion.slot, AttemptQuestion.answered_at).where(AttemptQuestion.attempt_id == attempt.id)
    )
    answered: dict[int, dt.datetime | None] = {row.slot: row.answered_at for row in rows}
    late = _late(attempt.id, seen, by)
    return StaffReview(
        seen, attempt.started_at, attempt.due_at,
        tuple(LookedAt(slot, answered[slot.number], late.get(slot.number)) for slot in seen.slots),
        _decisions(attempt.id),
    )


def _late(attempt_id: int, seen: Review, by: Actor) -> dict[int, LateAnswer]:
    if seen.late_state is None:
        return {}
    rows = db.session.execute(
        sa.select(AnswerLog.slot, AnswerLog.value, AnswerLog.received_at)
        .where(AnswerLog.attempt_id == attempt_id, AnswerLog.flag == "late").order_by(AnswerLog.id)
    )
    questions = {
        item.number: item.question for item in read_slots(attempt_id, version_of(seen.enrolment).program)
    }
    return {
        row.slot: LateAnswer(questions[row.slot].summary(row.value, by.language), row.received_at) for row in rows
    }


def _decisions(attempt_id: int) -> tuple[Decision, ...]:
    rows = db.session.execute(
        sa.select(LateDecision.decision, LateDecision.reason, Person.full_name, LateDecision.decided_at)
        .join(Person, Person.id == LateDecision.decided_by)
        .where(LateDecision.attempt_id == attempt_id).order_by(LateDecision.id)
    )
    return tuple(Decision(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class GivenMark:
    """A mark that was given to an essay, the newest of which counts."""

    mark: Decimal
    comment: str | None
    reason: str | None
    by: str
    at: dt.datetime


def essay_marks(attempt_uuid: UUID | str, slot: int) -> tuple[GivenMark, ...]:
    """Return every mark an essay was given, newest first, in one statement. The caller has checked the scope."""
    rows = db.session.execute(
        sa.select(EssayMark.mark, EssayMark.comment, EssayMark.reason, Person.full_name, EssayMark.marked_at)
        .join(AttemptQuestion, AttemptQuestion.id == EssayMark.attempt_question_id)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id).join(Person, Person.id == EssayMark.marked_by)
        .where(Attempt.uuid == as_uuid(attempt_uuid), AttemptQuestion.slot == slot).order_by(EssayMark.id.desc())
    )
    return tuple(GivenMark(*row) for row in rows)
