"""The post-test beside the pre-test: marks, what was gained, and how each module did in both."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.core.db import db
from lms.programs.content import Module, Program
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion

FULL = Decimal(100)
#: Right answers and questions of one module in one test.
Count = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Test:
    """One test that was handed in and graded."""

    mark: Decimal
    at: dt.datetime
    right: int
    total: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """A post-test beside the pre-test. `points` are percent points with one decimal."""

    pre: Test
    post: Test
    modules: tuple[tuple[Module, Count, Count], ...]

    @property
    def points(self) -> Decimal:
        return (self.post.mark - self.pre.mark).quantize(Decimal("0.1"))


def compare(enrolment_id: int, program: Program, attempt_uuid: UUID) -> Comparison | None:
    """Return an attempt at the post-test beside the pre-test, in one statement; None until both are graded.

    The caller has found the attempt within scope.
    """
    pretests = [quiz.id for module in program.modules for quiz in module.quizzes if quiz.kind == "pretest"]
    rows = db.session.execute(
        sa.select(
            Attempt.uuid, Attempt.mark, Attempt.submitted_at, QuestionVersion.question_id, AttemptQuestion.fraction
        )
        .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(
            Attempt.enrolment_id == enrolment_id, Attempt.state == "graded",
            sa.or_(Attempt.uuid == attempt_uuid, Attempt.quiz_id.in_(pretests)),
        )
    ).all()
    post = [row for row in rows if row.uuid == attempt_uuid]
    pre = [row for row in rows if row.uuid != attempt_uuid]
    if not pre or not post:
        return None
    return Comparison(_test(pre), _test(post), tuple(_modules(program, _counts(program, pre), _counts(program, post))))


def _test(rows: list[Any]) -> Test:
    return Test(rows[0].mark, rows[0].submitted_at, sum(row.fraction == FULL for row in rows), len(rows))


def _counts(program: Program, rows: Iterable[Any]) -> dict[str, Count]:
    """Return right answers and questions by the module a question is tagged with."""
    found: dict[str, Count] = defaultdict(lambda: (0, 0))
    modules = {module.id for module in program.modules}
    for row in rows:
        question = program.questions.get(row.question_id)
        for tag in modules.intersection(question.tags if question else ()):
            right, total = found[tag]
            found[tag] = (right + (row.fraction == FULL), total + 1)
    return found


def _modules(
    program: Program, pre: dict[str, Count], post: dict[str, Count]
) -> Iterable[tuple[Module, Count, Count]]:
    for module in program.modules:
        if module.id in pre and module.id in post:
            yield module, pre[module.id], post[module.id]
