"""Reading attempts for pages: plain columns, each statement built once.

A page of an attempt is asked for as often as a lesson. Entities of the session, which a service needs to change
something, cost such a page more than its database does.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.queries import COLUMNS, LearnerEnrolment, as_enrolment
from lms.core.db import read
from lms.core.errors import NotFound
from lms.core.permissions import Actor, Scope
from lms.quizzes.models import Attempt, AttemptAllowance


@dataclass(frozen=True, slots=True)
class AttemptRow:
    """An attempt as it stands in its table, for reading."""

    id: int
    uuid: uuid.UUID
    quiz_id: str
    number: int
    state: str
    started_at: dt.datetime
    due_at: dt.datetime | None
    submitted_at: dt.datetime | None
    mark: Decimal | None
    is_passed: bool | None
    late_state: str | None
    version: int


@dataclass(frozen=True, slots=True)
class Use:
    """How often a quiz was tried: attempts used, attempts that run, attempts granted beyond the limit."""

    used: int
    running: int
    extra: int


_FIELDS = tuple(AttemptRow.__dataclass_fields__)
_ATTEMPT: tuple[Any, ...] = tuple(getattr(Attempt, name).label(f"attempt_{name}") for name in _FIELDS)
_OF_ENROLMENT = (
    sa.select(*_ATTEMPT).where(Attempt.enrolment_id == sa.bindparam("enrolment_id")).order_by(Attempt.number)
)
_OF_QUIZ = _OF_ENROLMENT.where(Attempt.quiz_id == sa.bindparam("quiz_id"))


def all_attempts_of(enrolment_id: int) -> list[AttemptRow]:
    """Return a learner's attempts at all quizzes, in one statement. The caller has checked the scope."""
    return [AttemptRow(*row) for row in read(_OF_ENROLMENT, {"enrolment_id": enrolment_id})]


def attempts_of(enrolment_id: int, quiz_id: str) -> list[AttemptRow]:
    """Return a learner's attempts at a quiz in their order, in one statement. The caller has checked the scope."""
    return [AttemptRow(*row) for row in read(_OF_QUIZ, {"enrolment_id": enrolment_id, "quiz_id": quiz_id})]


def attempt_in_reach(
    attempt_uuid: uuid.UUID, *, by: Actor, capability: str
) -> tuple[AttemptRow, LearnerEnrolment, Use]:
    """Return an attempt within the actor's scope with its enrolment, in one statement. Raises `NotFound`."""
    row = read(
        _statement(by.role, by.scopes, capability), {"actor_id": by.person_id, "attempt_uuid": attempt_uuid}
    ).first()
    if row is None:
        raise NotFound
    return AttemptRow(*row[: len(_FIELDS)]), as_enrolment(row), Use(row.used, row.running, int(row.extra))


@lru_cache(maxsize=1000)
def _statement(role: str, scopes: tuple[Scope, ...], capability: str) -> sa.Select[Any]:
    return (
        scope.enrolments(*_ATTEMPT, *COLUMNS, *_use(), actor=scope.anybody(role, scopes), capability=capability)
        .join(Attempt, Attempt.enrolment_id == COLUMNS[0])
        .where(Attempt.uuid == sa.bindparam("attempt_uuid", type_=sa.Uuid))
    )


def _use() -> tuple[sa.Label[int], ...]:
    """Return the fields of `Use`, riding along with the attempt's own row."""
    other = sa.orm.aliased(Attempt)
    same = (other.enrolment_id == Attempt.enrolment_id, other.quiz_id == Attempt.quiz_id)
    used = sa.select(sa.func.count(other.id)).where(*same).correlate(Attempt).scalar_subquery()
    running = (
        sa.select(sa.func.count(other.id)).where(*same, other.state == "running").correlate(Attempt).scalar_subquery()
    )
    extra = (
        sa.select(sa.func.coalesce(sa.func.sum(AttemptAllowance.extra_attempts), 0))
        .where(AttemptAllowance.enrolment_id == Attempt.enrolment_id, AttemptAllowance.quiz_id == Attempt.quiz_id)
        .correlate(Attempt).scalar_subquery()
    )
    return used.label("used"), running.label("running"), extra.label("extra")
