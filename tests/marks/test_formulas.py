"""The arithmetic of marks: half up, rounded before comparing, empty is not zero."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from lms.marks import formulas
from lms.testing_program import tiny_program

DATA = tiny_program().data
MARKS = st.decimals(0, 100, places=2)


def figures(pm, tm):
    pm, tm = (None if mark is None else Decimal(mark) for mark in (pm, tm))
    total = formulas.total([(40, pm), (60, tm)])
    predicate = formulas.predicate(total, DATA["predicates"])
    return total, predicate and (predicate["title"]["id"], predicate["medal"]), formulas.passes(total, tm, DATA["pass"])


@pytest.mark.parametrize(
    ("pm", "tm", "total", "predicate", "passed"),
    [
        ("82.50", "76.00", "78.60", ("Cukup", "bronze"), True),
        ("85.00", "76.66", "80.00", ("Baik", "silver"), True),
        ("95", "68", "78.80", ("Cukup", "bronze"), False),
        ("82.50", None, None, None, None),
        (None, "82.50", None, None, None),
        ("90", "90", "90.00", ("Amat Baik", "gold"), True),
        ("60", "70", "66.00", None, False),
        ("70", "70", "70.00", ("Cukup", "bronze"), True),
    ],
)
def test_total_predicate_and_passing(pm, tm, total, predicate, passed):
    """Scenario 14."""
    assert figures(pm, tm) == (None if total is None else Decimal(total), predicate, passed)


def test_a_stage_has_no_mark_until_every_component_has_one():
    assert formulas.stage_mark([(60, Decimal(80)), (40, None)]) is None
    assert formulas.stage_mark([(60, Decimal(80)), (40, Decimal(0))]) == Decimal(48)
    assert formulas.stage_mark([]) is None


def test_a_stage_mark_is_never_above_100():
    assert formulas.stage_mark([(60, Decimal(100)), (50, Decimal(100))]) == 100


def test_half_a_hundredth_goes_up():
    assert formulas.rounded(Decimal("79.995")) == Decimal("80.00")
    assert formulas.rounded(Decimal("79.9949")) == Decimal("79.99")


def test_a_mean_with_a_missing_mark_is_missing_and_not_lower():
    assert formulas.mean([Decimal(80), None]) is None
    assert formulas.mean([]) is None
    assert formulas.mean([Decimal(80), Decimal(81), Decimal(81)]) == Decimal("80.67")


@given(MARKS, MARKS)
def test_a_total_lies_between_its_stages(pm, tm):
    total = formulas.total([(40, pm), (60, tm)])
    assert min(pm, tm) <= total <= max(pm, tm)
