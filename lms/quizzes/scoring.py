"""From fractions to marks, which attempt counts, and what was gained between two tests: pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar

from lms.programs.content import Program, Quiz

CENT = Decimal("0.01")
FULL = Decimal(100)


class Graded(Protocol):
    """An attempt as far as choosing the best one needs it."""

    @property
    def number(self) -> int: ...
    @property
    def mark(self) -> Decimal | None: ...


G = TypeVar("G", bound=Graded)


def as_mark(fraction: Decimal) -> Decimal:
    """Return a fraction from 0 to 1 as a mark from 0 to 100."""
    return (fraction * 100).quantize(CENT, ROUND_HALF_UP)


def attempt_mark(marks: Iterable[Decimal]) -> Decimal:
    """Return the mark of an attempt: the mean over its questions, rounded half up; 0 without any."""
    values = list(marks)
    return (sum(values, Decimal(0)) / len(values)).quantize(CENT, ROUND_HALF_UP) if values else Decimal(0)


def is_pass(kind: str, pass_mark: int, mark: Decimal | None) -> bool | None:
    """Tell whether a mark passes a quiz; None where nothing can be passed (pre-test, practice) or nothing is graded."""
    if kind in ("pretest", "practice") or mark is None:
        return None
    return mark >= pass_mark


def best(attempts: Iterable[G]) -> G | None:
    """Return the attempt that counts: the highest mark among the graded ones, the earliest on a tie."""
    graded = [attempt for attempt in attempts if attempt.mark is not None]
    return max(graded, key=lambda attempt: (attempt.mark or Decimal(0), -attempt.number), default=None)


def quizzes_of_kind(program: Program, kind: str) -> list[Quiz]:
    """Return the quizzes of one kind in the order of the programme."""
    return [quiz for module in program.modules for quiz in module.quizzes if quiz.kind == kind]


def best_of_kind(marks: Mapping[str, Decimal], program: Program, kind: str) -> Decimal | None:
    """Return the best of a learner's best marks (by quiz) at the quizzes of one kind; None before there is one."""
    return max((marks[quiz.id] for quiz in quizzes_of_kind(program, kind) if quiz.id in marks), default=None)


@dataclass(frozen=True, slots=True)
class Gain:
    """What was gained between the pre-test and the best post-test. Marks are 0 to 100, `points` percent points."""

    pre: Decimal
    post: Decimal

    @property
    def points(self) -> Decimal:
        return self.post - self.pre


def gain(marks: Mapping[str, Decimal], program: Program) -> Gain | None:
    """Return the gain from a learner's best marks by quiz; None until both tests are graded.

    Every page that tells a gain tells this one, whichever attempt it is about.
    """
    pre, post = (best_of_kind(marks, program, kind) for kind in ("pretest", "posttest"))
    return None if pre is None or post is None else Gain(pre, post)
