"""Daily work on many items, some of them in one transaction: an item that fails stops no other and is told."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from lms.core import jobs
from lms.core.db import DatabaseBusy, write_tx

Key = TypeVar("Key")


class ItemsFailed(Exception):
    """All items were tried and some failed; the log names each with its trace."""


class Batches:
    """One round of work on items of a kind, `what`, told to a log when they fail."""

    def __init__(self, what: str, log: logging.Logger) -> None:
        self.what, self.log, self.failed = what, log, 0

    def run(self, keys: Sequence[Key], do: Callable[[Sequence[Key]], int], *, size: int = 1) -> int:
        """Do something to items, `size` of them in one write transaction; return the sum of what `do` returned.

        The items of a batch that fails are done again, each in a transaction of its own, so only the one at fault is
        left out. A database that others hold is not the fault of an item: `DatabaseBusy` ends the work.
        """
        return sum(self._part(keys[start:start + size], do) for start in range(0, len(keys), size))

    def _part(self, keys: Sequence[Key], do: Callable[[Sequence[Key]], int]) -> int:
        try:
            with write_tx():
                jobs.keep()
                return do(keys)
        except DatabaseBusy:
            raise
        except Exception:  # Whatever is wrong with one item must not stop the others.
            if len(keys) == 1:
                self._note(keys[0])
                return 0
        return sum(self._part([key], do) for key in keys)

    @contextmanager
    def item(self, key: Any) -> Iterator[None]:
        """Guard what is read of an item before its turn to be written; its failure is noted and goes no further."""
        try:
            yield
        except Exception:
            self._note(key)

    def finish(self) -> None:
        """End the round. Raises `ItemsFailed` when an item failed, so that the row of the job says so."""
        if self.failed:
            raise ItemsFailed(f"{self.what}: {self.failed}")

    def _note(self, key: Any) -> None:
        self.failed += 1
        self.log.exception("%s %s failed", self.what, key)
