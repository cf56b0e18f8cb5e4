"""The questions of an attempt, each with its words and the answer that counts."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from lms.core.db import db
from lms.programs.content import Program
from lms.quizzes.models import AttemptQuestion, QuestionVersion
from lms.quizzes.wording import WordedQuestion


@dataclass(frozen=True, slots=True)
class LoadedSlot:
    """One place of an attempt: its row, the id of its question, and the words of the pinned version."""

    row: AttemptQuestion
    question_id: str
    question: WordedQuestion

    @property
    def number(self) -> int:
        return self.row.slot

    @property
    def is_answered(self) -> bool:
        return self.question.is_answered(self.row.answer)


def load_slots(attempt_id: int, program: Program) -> list[LoadedSlot]:
    """Return the slots of an attempt in their order, in one statement, fresh from the database.

    The words are those the attempt pinned. Where the programme still has the same Indonesian question, it may have
    translations that were added since.
    """
    rows = db.session.execute(
        sa.select(AttemptQuestion, QuestionVersion.question_id, QuestionVersion.sha256, QuestionVersion.content)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(AttemptQuestion.attempt_id == attempt_id)
        .order_by(AttemptQuestion.slot)
        .execution_options(populate_existing=True)
    )
    slots = []
    for row, question_id, sha256, content in rows:
        known = program.questions.get(question_id)
        words = known.content if known is not None and known.sha256 == sha256 else content
        slots.append(LoadedSlot(row, question_id, WordedQuestion(words)))
    return slots
