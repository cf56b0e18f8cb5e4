"""Identifiers sort by time, never repeat, and the derived ones cannot be guessed or confused."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

import pytest

from lms.lib import clock
from lms.lib.uuid7 import _Sequence, derived_uuid, uuid7

FAR = datetime(2999, 1, 1, tzinfo=UTC)


def test_uuid7_has_the_version_the_variant_and_the_milliseconds_of_the_clock() -> None:
    # Far ahead, because ids do not go back to a time before those that other tests have made.
    with clock.freeze(FAR + timedelta(milliseconds=5)):
        made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(FAR.timestamp() * 1000) + 5


def test_ids_of_one_millisecond_rise_and_never_repeat() -> None:
    with clock.freeze(FAR + timedelta(days=1)):
        made = [uuid7() for _ in range(5000)]
    assert made == sorted(set(made))


def test_ids_rise_when_the_clock_steps_back() -> None:
    with clock.freeze(FAR + timedelta(days=2)):
        first = uuid7()
    with clock.freeze(FAR - timedelta(days=2)):
        second = uuid7()
    assert second > first


def test_ids_of_many_threads_never_repeat() -> None:
    made: list[UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(uuid7() for _ in range(500))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 4000


def test_two_ids_of_one_millisecond_differ_in_their_random_part() -> None:
    with clock.freeze(FAR + timedelta(days=3)):
        assert len({uuid7().int & 0xFFFFFFFF for _ in range(50)}) > 40


def test_a_full_counter_goes_on_in_the_next_millisecond() -> None:
    sequence = _Sequence()
    sequence.millisecond, sequence.counter = 1000, (1 << 42) - 1
    assert sequence.next(1000) == (1001, 0)
    assert sequence.next(1000) == (1001, 1)


def test_the_counter_starts_at_random_with_room_to_count() -> None:
    starts = {_Sequence().next(1)[1] for _ in range(50)}
    assert len(starts) > 40
    assert max(starts) < 1 << 41


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_worker_does_not_go_on_with_the_counter_of_its_parent() -> None:
    with clock.freeze(FAR + timedelta(days=4)):
        uuid7()
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.write(write, uuid7().bytes)
            os._exit(0)
        os.waitpid(child, 0)
        theirs, ours = UUID(bytes=os.read(read, 16)), uuid7()
    # Both count from the same moment; with a shared counter the 74 bits before the random tail would be
    # equal.
    assert theirs.int >> 32 != ours.int >> 32


def test_a_derived_id_is_the_same_for_the_same_key_and_parts() -> None:
    made = derived_uuid(b"key", "person", "form")
    assert made == derived_uuid(b"key", "person", "form")
    assert (made.version, made.variant) == (8, RFC_4122)


def test_a_derived_id_changes_with_the_key_each_part_and_their_borders() -> None:
    made = {
        derived_uuid(b"key", "ab", "c"),
        derived_uuid(b"key", "a", "bc"),
        derived_uuid(b"key", "abc"),
        derived_uuid(b"key", "abc", ""),
        derived_uuid(b"key", "c", "ab"),
        derived_uuid(b"yek", "ab", "c"),
    }
    assert len(made) == 6


def test_a_derived_id_does_not_change_between_releases() -> None:
    assert str(derived_uuid(b"key", "person", "form")) == "f341a634-738f-8bea-812f-857d56162047"


def test_a_derived_id_needs_a_key_and_a_part() -> None:
    with pytest.raises(ValueError, match="key"):
        derived_uuid(b"", "a")
    with pytest.raises(ValueError, match="part"):
        derived_uuid(b"key")
