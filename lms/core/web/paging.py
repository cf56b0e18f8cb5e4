"""Pages of long lists."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request


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
