"""One's own secret, asked again of somebody who is signed in: who only holds the phone must not find it by trying.

A wrong one counts as at the sign-in page, in the same counter, and closes the account the same way. The session goes
on; whatever asks for the secret refuses until the time is over.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lms.accounts.models import Credential
from lms.accounts.services import secrets
from lms.accounts.services.signing import AccountLocked, WrongSecret, count_failure
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock


@dataclass(frozen=True, slots=True)
class Change:
    """A checked change of a secret: its kind, the hash it replaces and the new one."""

    kind: str
    old_hash: str = field(repr=False)
    new_hash: str = field(repr=False)


def check(secret: str, *, by: Actor, address: str) -> tuple[str, str]:
    """Return (kind, hash) of the actor's secret when this is it. Slow, and never inside `write_tx`.

    Raises `WrongSecret` and counts the try, `AccountLocked` while wrong tries keep the account closed: then nothing is
    compared that could be told.
    """
    credential = db.session.get_one(Credential, by.person_id, populate_existing=True)
    kind, hashed, until = credential.kind, credential.hash, credential.locked_until
    if until is not None and until > clock.now():
        raise AccountLocked(until=until)
    if not secrets.matches(hashed, secret):
        count_failure(by.person_id, "", address)
        raise WrongSecret
    return kind, hashed


def prepare(current: str, new: str, again: str, *, by: Actor, address: str) -> Change:
    """Check a wished change and hash the new secret. Raises as `check`, and `Invalid` for what cannot be used."""
    kind, hashed = check(current, by=by, address=address)
    secrets.check_new_secret(kind, new, again)
    if new == current:
        raise Invalid({"secret": _("Pilih yang berbeda dari yang sekarang.")})
    return Change(kind, hashed, secrets.hash_secret(new))


def store(change: Change, *, by: Actor) -> None:
    """Replace the actor's secret; their other sessions end.

    Hashing took its time: raises `AccountLocked` when the account was closed since, as one right try among many wrong
    ones sent at once must not show, and `WrongSecret` when the secret is another one by now.
    """
    credential = db.session.get_one(Credential, by.person_id, with_for_update=True, populate_existing=True)
    if credential.locked_until is not None and credential.locked_until > clock.now():
        raise AccountLocked(until=credential.locked_until)
    if credential.hash != change.old_hash:
        raise WrongSecret
    secrets.store_secret(
        by.person_id, change.kind, change.new_hash, must_change=False, by=by, keep_session=by.session_id
    )
