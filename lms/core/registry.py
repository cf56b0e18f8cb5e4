"""What domains bring along, told once at start: operation kinds, notice kinds, jobs, columns that point at a person.

`sync`, the notice centre, the runner, privacy and reports read these registers, so nothing low imports anything high.
A key that is registered twice with different content is a mistake in the program and stops the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from lms.config import DEFAULT_ZONE
from lms.core.permissions import Actor
from lms.core.words_lazy import Lazy

T = TypeVar("T")


class Register(Generic[T]):
    """A named collection that grows at start and is only read afterwards."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._items: dict[str, T] = {}

    def add(self, key: str, item: T) -> T:
        """Register an item. The same item again is harmless; another one under the same key raises."""
        known = self._items.setdefault(key, item)
        if known != item:
            raise ValueError(f"{self.name}: {key!r} is registered twice")
        return item

    def __getitem__(self, key: str) -> T:
        return self._items[key]

    def get(self, key: str) -> T | None:
        return self._items.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._items))

    def items(self) -> Mapping[str, T]:
        return dict(self._items)


@dataclass(frozen=True, slots=True)
class OperationKind:
    """A kind of write that can be repeated safely. `queueable`: a phone may send it later."""

    key: str
    queueable: bool = False


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice: its sentence (a message id with named places) and its icon."""

    key: str
    sentence: Lazy
    icon: str


@dataclass(frozen=True, slots=True)
class Job:
    """Work done outside a request. `run` gets the job's values; it must be safe to run twice.

    A daily one is asked for by the runner itself, once for each day of the calendar.
    """

    key: str
    run: Callable[[dict[str, Any]], object]
    is_daily: bool = False


@dataclass(frozen=True, slots=True)
class PersonColumn:
    """A column that points at a person, and what a merge of two records does with it."""

    table: str
    column: str
    on_merge: str


operation_kinds: Register[OperationKind] = Register("operation kinds")
notice_kinds: Register[NoticeKind] = Register("notice kinds")
jobs: Register[Job] = Register("jobs")
person_columns: Register[PersonColumn] = Register("person columns")
zones: Register[Callable[[Actor], str]] = Register("zones")
providers: Register[Callable[[Actor], list[int]]] = Register("providers")


def operation_kind(key: str, *, queueable: bool = False) -> None:
    """Register a kind of operation."""
    operation_kinds.add(key, OperationKind(key, queueable))


def tells_zone(find: Callable[[Actor], str]) -> Callable[[Actor], str]:
    """Register the one function that knows by which clock somebody lives; usable as a decorator."""
    return zones.add("actor", find)


def zone_of(actor: Actor) -> str:
    """Return the zone in which times that belong to no class are told to this person."""
    find = zones.get("actor")
    return DEFAULT_ZONE if find is None else find(actor)


def tells_providers(find: Callable[[Actor], list[int]]) -> Callable[[Actor], list[int]]:
    """Register the one function that knows with which training providers somebody learns or works."""
    return providers.add("actor", find)


def providers_of(actor: Actor) -> list[int]:
    """Return the ids of the providers this person has to do with; empty when that is not known."""
    find = providers.get("actor")
    return [] if find is None else find(actor)


def person_column(path: str, *, on_merge: str = "move") -> None:
    """Register `table.column` as pointing at a person. `on_merge`: move, keep (history) or refuse."""
    table, column = path.split(".")
    person_columns.add(path, PersonColumn(table, column, on_merge))
