"""Pages of long lists: a page after the last one is the last, and none is asked for twice without need."""

from __future__ import annotations

import pytest

from lms.core.web.paging import Pager


@pytest.mark.parametrize(("page", "shown", "rows"), [
    (1, 1, [0, 1, 2]), (3, 3, [6]), (4, 3, [6]), (999_999, 3, [6]),
])
def test_a_page_after_the_last_one_is_the_last(page: int, shown: int, rows: list[int]) -> None:
    pager = Pager(page, 3)
    assert pager.part(range(7)) == rows
    assert (pager.page, pager.total, pager.first) == (shown, 7, rows[0] + 1)


def test_an_empty_list_has_one_page() -> None:
    pager = Pager(5, 3)
    assert pager.part([]) == []
    assert (pager.page, pager.pages, pager.first, pager.last) == (1, 1, 0, 0)


def test_a_page_that_is_there_is_read_once() -> None:
    pager, reads = Pager(2, 3), []

    def read() -> tuple[list[int], int]:
        reads.append(pager.offset)
        return [3, 4], 5

    assert pager.fill(read) == [3, 4]
    assert reads == [3]
