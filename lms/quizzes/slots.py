"""The questions of an attempt, each with its words and the answer that counts.

The words are those the attempt pinned. Where the programme still has the same Indonesian question, it may have
translations that were added since, and its words are in memory already.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import sqlalchemy as sa

from lms.core.db import db, read
from lms.programs.content import Program
from lms.quizzes.models import AttemptQuestion, QuestionVersion
from lms.quizzes.question_types import Response
from lms.quizzes.wording import WordedQuestion, worded


@dataclass(frozen=True, slots=True)
class LoadedSlot:
    """One place of an attempt for a service: its row, the id of its question, and the words of the pinned version."""

    row: AttemptQuestion
    question_id: str
    question: WordedQuestion

    @property
    def number(self) -> int:
        return self.row.slot

    @property
    def is_answered(self) -> bool:
        return self.question.is_answered(self.row.answer)


@dataclass(frozen=True, slots=True)
class SeenSlot:
    """One place of an attempt for a page. `fraction` is 0 to 100, None until graded."""

    question: WordedQuestion
    question_id: str
    number: int
    seed: int
    answer: Response
    is_flagged: bool
    fraction: Decimal | None
    comment: str | None

    @property
    def is_answered(self) -> bool:
        return self.question.is_answered(self.answer)


_PINNED = (QuestionVersion.id, QuestionVersion.question_id, QuestionVersion.sha256)
_OF_ATTEMPT = AttemptQuestion.attempt_id == sa.bindparam("attempt_id")
_TO_CHANGE = (
    sa.select(*_PINNED, AttemptQuestion)
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(_OF_ATTEMPT).order_by(AttemptQuestion.slot).execution_options(populate_existing=True)
)
_TO_SEE = (
    sa.select(
        *_PINNED, AttemptQuestion.slot, AttemptQuestion.seed, AttemptQuestion.answer, AttemptQuestion.is_flagged,
        AttemptQuestion.fraction, AttemptQuestion.comment,
    )
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(_OF_ATTEMPT).order_by(AttemptQuestion.slot)
)


def load_slots(attempt_id: int, program: Program) -> list[LoadedSlot]:
    """Return the slots of an attempt in their order, to change them, fresh from the database.

    One statement; one more for questions whose Indonesian words have changed since.
    """
    rows = db.session.execute(_TO_CHANGE, {"attempt_id": attempt_id}).all()
    words = _words([(row[0], row[1], row[2]) for row in rows], program)
    return [LoadedSlot(row[3], row[1], words[row[0]]) for row in rows]


def read_slots(attempt_id: int, program: Program) -> list[SeenSlot]:
    """Return the slots of an attempt in their order, to show them; statements as in `load_slots`."""
    rows = read(_TO_SEE, {"attempt_id": attempt_id}).all()
    words = _words([(row[0], row[1], row[2]) for row in rows], program)
    return [SeenSlot(words[row[0]], row[1], *row[3:]) for row in rows]


def _words(pinned: Iterable[tuple[int, str, str]], program: Program) -> dict[int, WordedQuestion]:
    found: dict[int, WordedQuestion] = {}
    changed: list[int] = []
    for version_id, question_id, sha256 in pinned:
        known = program.questions.get(question_id)
        if known is not None and known.sha256 == sha256:
            found[version_id] = worded(known)
        else:
            changed.append(version_id)
    if changed:
        rows = read(sa.select(QuestionVersion.id, QuestionVersion.content).where(QuestionVersion.id.in_(changed)))
        found |= {row.id: WordedQuestion(row.content) for row in rows}
    return found
