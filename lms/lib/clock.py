"""The only source of the present time.

`now()` is the system clock plus an offset that is zero in production. Outside production `LMS_CLOCK` moves it
(the configuration reads the variable, refuses it in production, and calls `set_offset(parse_clock(value))`);
tests stop it with `freeze`. The state is one per process and shared by its threads, because a request, a job
and a test that waits for both must see the same time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"([+-])(?=\d)(?:(\d{1,5})d)?(?:(\d{1,6})h)?(?:(\d{1,7})m)?(?:(\d{1,8})s)?")


class Frozen:
    """A stopped clock. It moves only when told to, and only forward, as a real one does."""

    def __init__(self, at: datetime) -> None:
        self._at = _aware(at)

    @property
    def at(self) -> datetime:
        """The time that `now()` gives while this clock is in force."""
        return self._at

    def tick(self, step: timedelta) -> datetime:
        """Move forward by `step` and return the new time; raises ValueError for a step back."""
        if step < timedelta(0):
            raise ValueError("a frozen clock does not run backwards; freeze again at an earlier time")
        self._at += step
        return self._at


class _State:
    offset = timedelta(0)
    frozen: Frozen | None = None


def now() -> datetime:
    """The present, aware and in UTC. It follows the system clock, so it may step back when that does."""
    if _State.frozen is not None:
        return _State.frozen.at
    return datetime.now(UTC) + _State.offset


def set_offset(offset: timedelta) -> None:
    """Move `now()` away from the system clock by `offset`, until it is set again; zero is the true time."""
    _State.offset = offset


def offset() -> timedelta:
    """How far `now()` is from the system clock; zero unless moved. A frozen clock does not count."""
    return _State.offset


def parse_clock(text: str, *, at: datetime | None = None) -> timedelta:
    """Read a value of `LMS_CLOCK` and return the offset it asks for.

    A time ("2026-12-01T08:00+08:00", the zone is required) is where the clock starts and runs on from; an
    offset ("+3d", "-2h30m", parts in the order d h m s) is taken as it is. `at` is the true time to measure
    from, the system clock when left out. Raises ValueError that says what was expected.
    """
    text = text.strip()
    found = _OFFSET.fullmatch(text)
    if found:
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
        step = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return -step if found[1] == "-" else step
    try:
        start = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(
            f"LMS_CLOCK: {text!r} is neither a time such as 2026-12-01T08:00+08:00 "
            "nor an offset such as +3d or -2h30m"
        ) from None
    return _aware(start) - _aware(at or datetime.now(UTC))


@contextmanager
def freeze(at: datetime) -> Iterator[Frozen]:
    """Stop `now()` at `at` (aware) for the length of a `with` block; blocks may stand inside each other."""
    before = _State.frozen
    _State.frozen = frozen = Frozen(at)
    try:
        yield frozen
    finally:
        _State.frozen = before


def local(moment: datetime, zone: str) -> datetime:
    """The same instant on the wall clock of `zone` ("Asia/Makassar"); raises ValueError for a naive time."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown in another one")
    return moment.astimezone(ZoneInfo(zone))


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no zone; write it as 2026-12-01T08:00+08:00")
    return moment.astimezone(UTC)
