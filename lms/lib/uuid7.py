"""Identifiers that leave the system: ordered by time (version 7) or derived from their object (version 8)."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from uuid import UUID

from lms.lib import clock

_COUNTER_BITS = 42
_VARIANT = 0b10 << 62
DERIVED_VERSION = 8


class _Sequence:
    """The last (millisecond, counter) given out; the lock keeps it one line for all threads of a process."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.millisecond = -1
        self.counter = 0

    def next(self, millisecond: int) -> tuple[int, int]:
        with self.lock:
            if millisecond > self.millisecond:
                self.millisecond = millisecond
                # The top bit starts as zero, so that a burst inside one millisecond has room to count in.
                self.counter = int.from_bytes(os.urandom(6), "big") >> (48 - _COUNTER_BITS + 1)
            else:
                # A clock that stands or steps back must not bring ids that sort before those already given.
                self.counter += 1
                if self.counter >> _COUNTER_BITS:
                    self.millisecond += 1
                    self.counter = 0
            return self.millisecond, self.counter


_sequence = _Sequence()


def _forget() -> None:
    global _sequence
    _sequence = _Sequence()


# A forked worker must neither repeat its parent's counter nor inherit a lock that another thread was holding.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def uuid7() -> UUID:
    """A new UUID version 7 (RFC 9562), greater than every one this process made before.

    The first 48 bits are the milliseconds of `lms.lib.clock`, so anyone who sees the id can read when it was
    made: it is an address, never a secret. 42 bits of counter with a random start follow, then 32 random
    bits.
    """
    millisecond, counter = _sequence.next(int(clock.now().timestamp() * 1000))
    value = (millisecond & (1 << 48) - 1) << 80
    value |= 0x7 << 76
    value |= (counter >> 30) << 64
    value |= _VARIANT
    value |= (counter & (1 << 30) - 1) << 32
    value |= int.from_bytes(os.urandom(4), "big")
    return UUID(int=value)


def derived_uuid(key: bytes, *parts: str) -> UUID:
    """The same UUID (version 8) for the same key and parts, and one nobody can guess without the key.

    It is an HMAC-SHA256 cut to 122 bits. Every part goes in with its length, so ("ab", "c") and ("a", "bc")
    differ. Raises ValueError for an empty key or no part, both of which would make a public constant.
    """
    if not key or not parts:
        raise ValueError("a derived UUID needs a key and at least one part")
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        mac.update(len(raw).to_bytes(8, "big"))
        mac.update(raw)
    value = int.from_bytes(mac.digest()[:16], "big")
    value = value & ~(0xF << 76) | DERIVED_VERSION << 76
    value = value & ~(0b11 << 62) | _VARIANT
    return UUID(int=value)
