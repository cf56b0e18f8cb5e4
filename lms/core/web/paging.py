"""Pages of long lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask import request

T = TypeVar("T")


@dataclass
class Pager:
    """Which page of a list is asked for, and what the page needs to draw the way to the others."""

    page: int
    size: int
    total: int = 0

    @classmethod
    def of_request(cls, size: int = 20) -> Pager:
        """Read `?hal=` of the request; nonsense and huge numbers become the nearest sensible page."""
        text = request.args.get("hal", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1
        return cls(max(1, number), size)

    def fill(self, read: Callable[[], tuple[list[T], int]]) -> list[T]:
        """Return the rows of this page from `read`, which gives rows and how many there are by `page` and `offset`.

        A page after the last one becomes the last: the list may have grown shorter since the address was kept.
        """
        rows, self.total = read()
        if self.page > self.pages:
            self.page = self.pages
            rows, self.total = read()
        return rows

    def part(self, rows: Sequence[T]) -> list[T]:
        """Return this page's rows of a list that is there as a whole."""
        return self.fill(lambda: (list(rows[self.offset:self.offset + self.size]), len(rows)))

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.size

    @property
    def first(self) -> int:
        return min(self.offset + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.offset + self.size, self.total)
