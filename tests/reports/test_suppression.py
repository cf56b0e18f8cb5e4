"""Hidden counts stay hidden: whatever is shown, every hidden cell could have been another number."""

from __future__ import annotations

from itertools import product

from hypothesis import given, settings, strategies as st

from lms.reports.suppression import SMALLEST, Cell, Protected, protect


def narrowing_rows(most: int, *, rows: int = 3, columns: int = 2) -> st.SearchStrategy[list[list[int]]]:
    row = st.lists(st.integers(0, most), min_size=columns, max_size=columns).map(lambda it: sorted(it, reverse=True))
    return st.lists(row, min_size=1, max_size=rows)


def possible_values(shown: Cell, most: int) -> range:
    """What a reader holds possible for one cell."""
    if shown.value is not None:
        return range(shown.value, shown.value + 1)
    return range(SMALLEST) if shown.is_small else range(SMALLEST, most + 1)


def narrows(row: tuple[int, ...]) -> bool:
    return list(row) == sorted(row, reverse=True)


def tables_that_look_the_same(table: Protected, most: int) -> list[tuple[tuple[int, ...], ...]]:
    """Every table a reader cannot tell from the true one, found by trying them all."""
    each_row = [
        [row for row in product(*(possible_values(cell, most) for cell in cells)) if narrows(row)]
        for cells in table.rows
    ]
    fits = []
    for rows in product(*each_row):
        sums = [sum(column) for column in zip(*rows, strict=True)]
        shown = [possible_values(cell, most * len(rows)) for cell in table.totals]
        if all(total in values for total, values in zip(sums, shown, strict=True)):
            fits.append(rows)
    return fits


@settings(max_examples=150, deadline=None)
@given(narrowing_rows(9))
def test_no_hidden_cell_can_be_reckoned_back(rows: list[list[int]]) -> None:
    """An attacker who tries every table finds at least two numbers for each hidden cell."""
    most = 11
    table = protect(rows)
    fits = tables_that_look_the_same(table, most)
    assert tuple(tuple(row) for row in rows) in fits
    for i, cells in enumerate(table.rows):
        for k, cell in enumerate(cells):
            if cell.is_hidden:
                assert len({rows[i][k] for rows in fits}) > 1, (rows, i, k)


@settings(max_examples=300, deadline=None)
@given(narrowing_rows(40, rows=12, columns=3))
def test_every_count_under_five_is_hidden_and_the_others_are_true(rows: list[list[int]]) -> None:
    table = protect(rows)
    for row, cells in zip(rows, table.rows, strict=True):
        for value, cell in zip(row, cells, strict=True):
            assert cell.is_hidden if value < SMALLEST else cell.value in (None, value)
            assert cell.is_small == (value < SMALLEST)
    for total, cell in zip([sum(column) for column in zip(*rows, strict=True)], table.totals, strict=True):
        assert cell.is_hidden if total < SMALLEST else cell.value in (None, total)


def test_one_small_cell_closes_a_second_one_and_keeps_the_total() -> None:
    """22 + 20 + 3 = 45: without closing a second cell the 3 would be 45 − 42."""
    table = protect([[22], [20], [3]])
    assert table.rows == ((Cell(22),), (Cell(None),), (Cell(None, is_small=True),))
    assert table.totals == (Cell(45),)


def test_a_table_without_small_cells_is_shown_whole() -> None:
    table = protect([[22, 15], [20, 12]])
    assert not any(cell.is_hidden for row in table.rows for cell in row)
    assert table.totals == (Cell(42), Cell(27))


def test_a_table_that_is_small_altogether_shows_nothing() -> None:
    table = protect([[2, 1], [1, 0]])
    assert all(cell.is_hidden and cell.is_small for row in (*table.rows, table.totals) for cell in row)
