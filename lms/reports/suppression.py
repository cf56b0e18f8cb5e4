"""Hiding small counts so that they cannot be reckoned back from the others. Pure: numbers in, numbers out.

A table has rows (sub-districts), columns that narrow from left to right (everybody, those who have begun, those who
have finished) and a total of each column. Every cell under five is hidden. Hiding them alone is not enough: one
hidden cell of a column is the total minus the rest. So more is hidden until, for every hidden cell, there is another
table that looks exactly the same from outside and has another number there. That other table is looked for
explicitly: one cell goes one up or down, and a hidden cell of the same column in another row goes the other way (or
the total is hidden). The difference of two columns is no cell: docs/decisions/0014-small-cells.md says why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product

SMALLEST = 5


@dataclass(frozen=True)
class Cell:
    """A count as it may be shown: a number, "fewer than five", or closed because it would give another one away."""

    value: int | None
    is_small: bool = False

    @property
    def is_hidden(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class Protected:
    """A table that may be shown."""

    rows: tuple[tuple[Cell, ...], ...]
    totals: tuple[Cell, ...]


def protect(rows: Sequence[Sequence[int]]) -> Protected:
    """Hide what must be hidden. Each row narrows: a later column never exceeds an earlier one."""
    table = _Table(rows)
    table.close()
    return Protected(
        tuple(
            tuple(_cell(value, (i, k) in table.hidden) for k, value in enumerate(row)) for i, row in enumerate(rows)
        ),
        tuple(_cell(value, k in table.hidden_totals) for k, value in enumerate(table.totals)),
    )


def _cell(value: int, is_hidden: bool) -> Cell:
    return Cell(None, value < SMALLEST) if is_hidden else Cell(value)


def _same_kind(before: int, after: int) -> bool:
    # Whoever reads "< 5" knows 0 to 4, and a closed cell without that mark is known to be 5 or more.
    return after >= 0 and (before < SMALLEST) == (after < SMALLEST)


#: Closing a total costs the reader more than closing a row's cell.
_PRICE_OF_A_TOTAL = 20


@dataclass(frozen=True)
class _Way:
    """One way in which the table could be another one, and what must be hidden so that nobody can tell."""

    cells: frozenset[tuple[int, int]]
    totals: frozenset[int]


class _Table:
    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        self.rows = [tuple(row) for row in rows]
        self.columns = len(self.rows[0]) if self.rows else 0
        self.totals = [sum(row[k] for row in self.rows) for k in range(self.columns)]
        self.hidden = {
            (i, k) for i, row in enumerate(self.rows) for k, value in enumerate(row) if value < SMALLEST
        }
        self.hidden_totals = {k for k, total in enumerate(self.totals) if total < SMALLEST}

    def close(self) -> None:
        """Hide more until every hidden cell could have another value. What is hidden later never opens a cell again."""
        waiting = sorted(self.hidden)
        while waiting:
            way = self._cheapest(*waiting.pop(0))
            waiting += sorted(way.cells - self.hidden)
            self.hidden |= way.cells
            self.hidden_totals |= way.totals

    def _cheapest(self, i: int, k: int) -> _Way:
        best: tuple[int, int] | None = None
        chosen: _Way | None = None
        for way in self._ways(i, k):
            new_cells = sum(self.rows[row][column] for row, column in way.cells - self.hidden)
            new_totals = len(way.totals - self.hidden_totals)
            price = (len(way.cells - self.hidden) + _PRICE_OF_A_TOTAL * new_totals, new_cells)
            if best is None or price < best:
                best, chosen = price, way
            if price == (0, 0):
                break
        if chosen is None:
            # No table was found for which this happens; should there be one, nothing of it is shown.
            every = range(self.columns)
            return _Way(frozenset(product(range(len(self.rows)), every)), frozenset(every))
        return chosen

    def _ways(self, i: int, k: int) -> Iterator[_Way]:
        spans = sorted((range(a, b + 1) for a in range(k + 1) for b in range(k, self.columns)), key=len)
        others = [j for j in range(len(self.rows)) if j != i]
        for span, step in product(spans, (1, -1)):
            if not self._can_move(i, span, step):
                continue
            own = frozenset((i, column) for column in span)
            for moved, j in [((), i), *product(self._subsets, others)]:
                # A column in which only one of the two rows moves has another total, so that total must be hidden too.
                sums = {column: step * ((column in span) - (column in moved)) for column in range(self.columns)}
                changed = [column for column, change in sums.items() if change]
                if all(_same_kind(self.totals[c], self.totals[c] + sums[c]) for c in changed) and (
                    not moved or self._can_move(j, moved, -step)
                ):
                    yield _Way(own | {(j, column) for column in moved}, frozenset(changed))

    @property
    def _subsets(self) -> list[tuple[int, ...]]:
        return [part for size in range(1, self.columns + 1) for part in combinations(range(self.columns), size)]

    def _can_move(self, i: int, columns: Sequence[int], step: int) -> bool:
        """Whether a row may change by `step` in these columns and still read and narrow the same way."""
        row = self.rows[i]
        if any(not _same_kind(row[k], row[k] + step) for k in columns):
            return False
        changed = [value + step if k in columns else value for k, value in enumerate(row)]
        return all(left >= right for left, right in pairwise(changed))
