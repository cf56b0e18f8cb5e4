"""The arithmetic of marks: pure functions. None means "not there yet" and is never taken for zero."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
HIGHEST = Decimal(100)


def rounded(value: Decimal) -> Decimal:
    """Return a mark with two places, rounded half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def mean(marks: Iterable[Decimal | None]) -> Decimal | None:
    """Return the mean of marks; None when there are none or one of them is missing."""
    values = list(marks)
    present = [value for value in values if value is not None]
    if not present or len(present) < len(values):
        return None
    return rounded(sum(present, Decimal(0)) / len(present))


def stage_mark(components: Sequence[tuple[int, Decimal | None]]) -> Decimal | None:
    """Return Σ(mark × weight) / 100, at most 100; None until every component has a mark."""
    if not components or any(mark is None for _weight, mark in components):
        return None
    weighted = sum((weight * mark for weight, mark in components if mark is not None), Decimal(0))
    return min(rounded(weighted / 100), HIGHEST)


def total(stages: Sequence[tuple[int, Decimal | None]]) -> Decimal | None:
    """Return the final mark from stage marks and their weights; None until every stage has a mark."""
    return stage_mark(stages)


def predicate(mark: Decimal | None, predicates: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the highest predicate a mark reaches, as the programme's data has it; None without a mark or below all."""
    if mark is None:
        return None
    reached = [item for item in predicates if mark >= item["min"]]
    return max(reached, key=lambda item: item["min"], default=None)


def passes(mark: Decimal | None, independent_task: Decimal | None, rules: Mapping[str, Any]) -> bool | None:
    """Tell whether the marks suffice to pass; None while one of them is missing. Other requirements stand beside."""
    if mark is None or independent_task is None:
        return None
    return bool(mark >= rules["mark"] and independent_task >= rules["independent_task"])
