"""What both reading and writing begin with: addresses, the pinned version, and how many attempts there are."""

from __future__ import annotations

import uuid

import sqlalchemy as sa

from lms.cohorts.queries import LearnerEnrolment
from lms.core.db import read
from lms.core.errors import NotFound
from lms.programs import catalogue
from lms.programs.catalogue import Version
from lms.programs.content import Quiz
from lms.quizzes.models import AttemptAllowance


def as_uuid(value: uuid.UUID | str) -> uuid.UUID:
    """Return an address as a UUID; what is none names nothing, so it raises `NotFound`."""
    try:
        return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
    except ValueError:
        raise NotFound from None


def version_of(enrolment: LearnerEnrolment) -> Version:
    """Return the version the class has pinned. Raises `NotFound` before there is a class."""
    if enrolment.program_version_id is None:
        raise NotFound
    return catalogue.version(enrolment.program_version_id)


_GRANTED = sa.select(
    sa.func.coalesce(sa.func.sum(AttemptAllowance.extra_attempts), 0),
    sa.func.coalesce(sa.func.sum(AttemptAllowance.extra_minutes), 0),
).where(
    AttemptAllowance.enrolment_id == sa.bindparam("enrolment_id"), AttemptAllowance.quiz_id == sa.bindparam("quiz_id")
)


def granted(enrolment_id: int, quiz_id: str) -> tuple[int, int]:
    """Return the extra attempts and the extra minutes an enrolment was granted for a quiz, in one statement."""
    row = read(_GRANTED, {"enrolment_id": enrolment_id, "quiz_id": quiz_id}).one()
    return int(row[0]), int(row[1])


def attempt_limit(quiz: Quiz, extra_attempts: int) -> int | None:
    """Return how many attempts there are in all; None without a limit. A practice never has one."""
    return None if quiz.kind == "practice" or quiz.attempts == 0 else quiz.attempts + extra_attempts
