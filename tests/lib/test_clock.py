"""The clock is the true one unless it is moved or stopped, and always aware."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from lms.lib import clock

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def true_clock() -> Iterator[None]:
    yield
    clock.set_offset(timedelta(0))


def test_now_is_the_system_time_in_utc() -> None:
    before = datetime.now(UTC)
    now = clock.now()
    assert before <= now <= datetime.now(UTC)
    assert now.tzinfo is UTC


def test_an_offset_moves_now_and_time_runs_on() -> None:
    clock.set_offset(timedelta(days=3))
    assert clock.offset() == timedelta(days=3)
    before = datetime.now(UTC) + timedelta(days=3)
    first, second = clock.now(), clock.now()
    assert before <= first <= second


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("+3d", timedelta(days=3)),
        ("-2h30m", timedelta(hours=-2, minutes=-30)),
        (" +1d2h3m4s ", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("+90s", timedelta(seconds=90)),
        ("2026-12-01T08:00+08:00", timedelta(days=9, hours=12)),
        ("2026-11-21T11:00:00Z", timedelta(hours=-1)),
    ],
)
def test_lms_clock_is_a_time_or_an_offset(text: str, offset: timedelta) -> None:
    assert clock.parse_clock(text, at=NOON) == offset


@pytest.mark.parametrize(
    "text", ["", "+", "3d", "+3", "+2m1h", "+1w", "besok", "2026-12-01T08:00", "2026-12-01"]
)
def test_anything_else_in_lms_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"LMS_CLOCK|zone"):
        clock.parse_clock(text, at=NOON)


def test_a_time_in_lms_clock_is_where_the_clock_starts() -> None:
    clock.set_offset(clock.parse_clock("2030-01-01T00:00+00:00"))
    assert timedelta(0) <= clock.now() - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(minutes=1)


def test_a_frozen_clock_stands_still_and_ends_with_its_block() -> None:
    clock.set_offset(timedelta(days=1))
    with clock.freeze(NOON) as frozen:
        assert clock.now() == clock.now() == frozen.at == NOON
        with clock.freeze(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() > datetime.now(UTC)


def test_a_frozen_clock_ends_with_its_block_after_an_error_too() -> None:
    with pytest.raises(KeyError), clock.freeze(NOON):
        raise KeyError
    assert clock.now() != NOON


def test_a_frozen_clock_moves_only_forward() -> None:
    with clock.freeze(NOON) as frozen:
        assert frozen.tick(timedelta(minutes=5)) == clock.now() == NOON + timedelta(minutes=5)
        with pytest.raises(ValueError, match="backwards"):
            frozen.tick(timedelta(seconds=-1))


def test_a_frozen_time_comes_back_in_utc() -> None:
    with clock.freeze(clock.local(NOON, "Asia/Makassar")):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


def test_local_is_the_same_instant_on_the_clock_of_the_zone() -> None:
    there = clock.local(NOON, "Asia/Makassar")
    assert there == NOON
    assert (there.hour, there.utcoffset()) == (20, timedelta(hours=8))


def test_a_time_without_a_zone_is_refused() -> None:
    naive = NOON.replace(tzinfo=None)
    with pytest.raises(ValueError, match="zone"):
        clock.local(naive, "Asia/Makassar")
    with pytest.raises(ValueError, match="zone"), clock.freeze(naive):
        pass
