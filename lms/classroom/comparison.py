"""The best post-test beside the pre-test: marks, what was gained, and how each module did in both."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms.core.db import read
from lms.programs.content import Module, Program
from lms.quizzes import scoring
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion

#: Right answers and questions of one module in one test.
Count = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Test:
    """One test that was handed in and graded; `number` counts the attempts at it."""

    number: int
    mark: Decimal
    at: dt.datetime
    right: int
    total: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The best post-test beside the pre-test; `gain` is the one that every page tells."""

    pre: Test
    post: Test
    gain: scoring.Gain
    modules: tuple[tuple[Module, Count, Count], ...]


def compare(enrolment_id: int, program: Program) -> Comparison | None:
    """Return a learner's best post-test beside the pre-test, in one statement; None until both are graded.

    The caller has found the enrolment within scope.
    """
    kinds = {quiz.id: kind for kind in ("pretest", "posttest") for quiz in scoring.quizzes_of_kind(program, kind)}
    rows = read(_GRADED, {"enrolment_id": enrolment_id, "quizzes": list(kinds)}).all()
    tests = [_best([row for row in rows if kinds[row.quiz_id] == kind]) for kind in ("pretest", "posttest")]
    gain = scoring.gain({test[0].quiz_id: test[0].mark for test in tests if test}, program)
    if gain is None:
        return None
    pre, post = tests
    modules = _modules(program, _counts(program, pre), _counts(program, post))
    return Comparison(_test(pre), _test(post), gain, tuple(modules))


_GRADED = (
    sa.select(
        Attempt.id, Attempt.quiz_id, Attempt.number, Attempt.mark, Attempt.submitted_at, QuestionVersion.question_id,
        AttemptQuestion.fraction,
    )
    .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
    .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
    .where(
        Attempt.enrolment_id == sa.bindparam("enrolment_id"), Attempt.state == "graded",
        Attempt.quiz_id.in_(sa.bindparam("quizzes", expanding=True)),
    )
)


def _best(rows: list[Any]) -> list[Any]:
    """Return the rows of the attempt that counts."""
    best = scoring.best(rows)
    return [] if best is None else [row for row in rows if row.id == best.id]


def _test(rows: list[Any]) -> Test:
    right = sum(row.fraction == scoring.FULL for row in rows)
    return Test(rows[0].number, rows[0].mark, rows[0].submitted_at, right, len(rows))


def _counts(program: Program, rows: Iterable[Any]) -> dict[str, Count]:
    """Return right answers and questions by the module a question is tagged with."""
    found: dict[str, Count] = defaultdict(lambda: (0, 0))
    modules = {module.id for module in program.modules}
    for row in rows:
        question = program.questions.get(row.question_id)
        for tag in modules.intersection(question.tags if question else ()):
            right, total = found[tag]
            found[tag] = (right + (row.fraction == scoring.FULL), total + 1)
    return found


def _modules(
    program: Program, pre: dict[str, Count], post: dict[str, Count]
) -> Iterable[tuple[Module, Count, Count]]:
    for module in program.modules:
        if module.id in pre and module.id in post:
            yield module, pre[module.id], post[module.id]
