"""From fractions to marks, and which attempt counts: pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar

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
