"""Loading an attempt to change it: within scope, behind the learner's lock, with its quiz and its class."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import COLUMNS, LearnerEnrolment, as_enrolment
from lms.core.db import db, locks_rows, read
from lms.core.errors import NotFound
from lms.core.permissions import Actor, Scope
from lms.lib import clock
from lms.programs.catalogue import Version
from lms.programs.content import Quiz
from lms.quizzes.lateness import closes_at, deadline, is_overdue
from lms.quizzes.models import Attempt
from lms.quizzes.reach import as_uuid, version_of
from lms.quizzes.refusals import OwnWork
from lms.quizzes.slots import LoadedSlot, load_slots

ACTIVITY_STEP = dt.timedelta(minutes=5)


@dataclass(slots=True)
class Work:
    """An attempt in hand: nobody else changes it until the transaction ends."""

    attempt: Attempt
    enrolment: LearnerEnrolment
    version: Version
    quiz: Quiz
    slots: list[LoadedSlot]

    @property
    def ends_at(self) -> dt.datetime:
        return deadline(self.attempt.due_at, closes_at(self.enrolment, self.quiz))

    @property
    def is_overdue(self) -> bool:
        """Whether it still runs although its time is over."""
        return self.attempt.state == "running" and is_overdue(
            self.quiz, self.attempt.due_at, closes_at(self.enrolment, self.quiz), clock.now()
        )

    @property
    def quiz_link(self) -> str:
        return f"/kuis/{self.enrolment.uuid}/{self.quiz.id}"


def learners_attempt(attempt_uuid: uuid.UUID | str, *, by: Actor) -> Work:
    """Return the actor's own attempt. Raises `NotFound` for anybody else's."""
    return _load(as_uuid(attempt_uuid), by=by, capability="learning.do")


def attempt_in_scope(attempt_uuid: uuid.UUID | str, *, by: Actor, capability: str) -> Work:
    """Return an attempt an instructor may decide about. Raises `NotFound`, `OwnWork`."""
    work = _load(as_uuid(attempt_uuid), by=by, capability=capability)
    if work.enrolment.person_id == by.person_id:
        raise OwnWork
    return work


def _load(attempt_uuid: uuid.UUID, *, by: Actor, capability: str) -> Work:
    values = {"actor_id": by.person_id, "attempt_uuid": attempt_uuid}
    if locks_rows():
        # The lock comes first and alone: only what is read after waiting for it is certainly the newest.
        read(_lock(by.role, by.scopes, capability), values)
    row = read(_enrolment_of(by.role, by.scopes, capability), values).first()
    if row is None:
        raise NotFound
    enrolment = as_enrolment(row)
    attempt = db.session.scalars(_ATTEMPT, {"attempt_uuid": attempt_uuid}).one()
    version = version_of(enrolment)
    _module, quiz = version.program.quiz(attempt.quiz_id)
    return Work(attempt, enrolment, version, quiz, load_slots(attempt.id, version.program))


_ATTEMPT = (
    sa.select(Attempt).where(Attempt.uuid == sa.bindparam("attempt_uuid", type_=sa.Uuid))
    .execution_options(populate_existing=True)
)


@lru_cache(maxsize=1000)
def _enrolment_of(role: str, scopes: tuple[Scope, ...], capability: str) -> sa.Select[Any]:
    return _of_attempt(COLUMNS, role, scopes, capability)


@lru_cache(maxsize=1000)
def _lock(role: str, scopes: tuple[Scope, ...], capability: str) -> sa.Select[Any]:
    return _of_attempt((Enrolment.id,), role, scopes, capability).with_for_update(of=Enrolment, key_share=True)


def _of_attempt(columns: tuple[Any, ...], role: str, scopes: tuple[Scope, ...], capability: str) -> sa.Select[Any]:
    return (
        scope.enrolments(*columns, actor=scope.anybody(role, scopes), capability=capability)
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .where(Attempt.uuid == sa.bindparam("attempt_uuid", type_=sa.Uuid))
    )


def note_activity(enrolment: LearnerEnrolment) -> None:
    """Keep when the learner was last active, to a few minutes; "who has not begun" reads it.

    The enrolment was read in this transaction, behind the learner's lock.
    """
    now = clock.now()
    if enrolment.last_active_at is None or enrolment.last_active_at < now - ACTIVITY_STEP:
        db.session.execute(
            sa.update(Enrolment).where(Enrolment.id == enrolment.id).values(last_active_at=now)
            .execution_options(synchronize_session=False)
        )
