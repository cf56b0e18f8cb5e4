"""PIN and password: making, checking, changing, and closing an account after wrong tries.

Hashing costs about 25 ms and stays outside write transactions: callers hash first and pass the hash in.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets as randomness

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from lms.accounts.models import Credential, Person, UnknownIdentifier, UserSession
from lms.core import audit
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.identifiers import new_pin, pin_is_weak

_hasher = PasswordHasher(memory_cost=19456, time_cost=2, parallelism=1)
#: Checked when the person is unknown, so that the answer takes the same time.
_NOBODY = _hasher.hash("nobody has this secret")

FREE_TRIES = 5
FIRST_LOCK = dt.timedelta(minutes=1)
LONGEST_LOCK = dt.timedelta(hours=1)
#: Longer than the longest lock: guessing on is never worse than waiting for the count to begin anew.
FORGOTTEN_AFTER = dt.timedelta(days=1)


def hash_secret(secret: str) -> str:
    """Return the Argon2id hash of a PIN or password."""
    return _hasher.hash(secret)


def matches(hashed: str | None, secret: str) -> bool:
    """Tell whether a secret fits; takes the same time for an unknown person."""
    try:
        return _hasher.verify(hashed or _NOBODY, secret) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def make_pin() -> str:
    """Return a new PIN of six digits from the system's randomness."""
    return new_pin(random.SystemRandom())


def make_password() -> str:
    """Return a first password for staff; it must be changed at the first sign-in."""
    return randomness.token_urlsafe(9)


def check_new_secret(kind: str, secret: str, again: str) -> None:
    """Raise `Invalid` with a sentence when a chosen PIN or password cannot be used."""
    if kind == "pin":
        if not (len(secret) == 6 and secret.isascii() and secret.isdigit()):
            raise Invalid({"secret": _("PIN harus 6 angka.")})
        if pin_is_weak(secret):
            raise Invalid({"secret": _("PIN ini mudah ditebak. Pilih angka yang acak.")})
    elif not 8 <= len(secret) <= 128:
        raise Invalid({"secret": _("Kata sandi 8 sampai 128 huruf atau angka.")})
    if secret != again:
        raise Invalid({"again": _("Kedua isian harus sama. Ketik ulang.")})


def store_secret(
    person_id: int, kind: str, hashed: str, *, must_change: bool, by: Actor, keep_session: int | None = None
) -> None:
    """Replace a person's secret and end their sessions everywhere, but for the one named; lifts a lock."""
    now = clock.now()
    credential = db.session.get(Credential, person_id)
    if credential is None:
        credential = Credential(person_id=person_id, failures=0)
        db.session.add(credential)
    credential.kind, credential.hash, credential.must_change = kind, hashed, must_change
    credential.changed_at, credential.failures, credential.locked_until = now, 0, None
    db.session.execute(
        sa.update(UserSession)
        .where(UserSession.person_id == person_id, UserSession.ended_at.is_(None),
               UserSession.id != (keep_session or 0))
        .values(ended_at=now)
    )
    person = db.session.get_one(Person, person_id)
    audit.record("secret.changed", "person", person.uuid, by=by, after={"kind": kind, "must_change": must_change})


def note_failure(counted: Credential | UnknownIdentifier) -> bool:
    """Count a wrong try; from the fifth on the account is closed for a minute, doubling up to an hour: True then.

    After a day without any, counting begins anew: for an account too, or the purge of those that name nobody would
    tell the two apart.
    """
    now = clock.now()
    if counted.locked_until is not None and counted.locked_until < now - FORGOTTEN_AFTER:
        counted.failures = 0
    counted.failures += 1
    over = counted.failures - FREE_TRIES
    # A try that closes nothing leaves a moment that is over, by so much that another server's clock agrees.
    closed = min(FIRST_LOCK * 2**min(over, 10), LONGEST_LOCK) if over >= 0 else -FIRST_LOCK
    counted.locked_until = now + closed
    return over >= 0


def unlock(person_id: int, *, by: Actor) -> None:
    """Open an account that wrong tries had closed."""
    credential = db.session.get(Credential, person_id)
    if credential is not None:
        credential.failures, credential.locked_until = 0, None
        audit.record("account.unlocked", "person", db.session.get_one(Person, person_id).uuid, by=by)
