"""Counters beside the accounts: slow addresses, a slowed form that counts once, and the daily removal of old ones."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms.accounts.models import AddressCounter, UnknownIdentifier
from lms.accounts.services.secrets import FORGOTTEN_AFTER
from lms.accounts.services.signing import ADDRESS_WINDOW
from lms.core import registry
from lms.core.db import db, insert_new, read, write_tx
from lms.core.keys import keys
from lms.lib import clock

JOB = "accounts.forget_tries"
#: Wrong tries from one address in one window that slow nothing yet: a school behind one address mistypes too.
ADDRESS_FREE = 30
#: Rows of each kind in one transaction: so few that nobody who signs in waits for them.
ROWS = 500


def use_form(form: str) -> bool:
    """Note that a slowed form was sent; False when it was sent before. `form` names it for one browser.

    It is noted before the secret is looked at, so of many that are sent at the same moment one counts.
    """
    with write_tx():
        return insert_new(
            AddressCounter, address=keys().lookup_hash("form", form), window_started_at=clock.now(), failures=1
        )


def address_is_slow(address: str) -> bool:
    """Tell whether so many tries failed from an address that its forms must wait a little. It is never locked."""
    counter = read(_TRIES_FROM, {"address": keys().lookup_hash("address", address)}).first()
    return (
        counter is not None and counter.failures > ADDRESS_FREE
        and clock.now() - counter.window_started_at <= ADDRESS_WINDOW
    )


_TRIES_FROM = sa.select(AddressCounter.failures, AddressCounter.window_started_at).where(
    AddressCounter.address == sa.bindparam("address")
)


def forget_tries(_values: dict[str, Any] | None = None) -> int:
    """Remove counters that count nothing any more, in short transactions; return how many there were.

    Safe to run twice and to be killed. Accounts keep their row: there `note_failure` begins anew by itself.
    """
    now = clock.now()
    tried, began = UnknownIdentifier.locked_until, AddressCounter.window_started_at
    return _remove(UnknownIdentifier.lookup, sa.or_(tried.is_(None), tried < now - FORGOTTEN_AFTER)) + _remove(
        AddressCounter.address, began < now - ADDRESS_WINDOW
    )


def _remove(key: sa.orm.InstrumentedAttribute[str], is_old: sa.ColumnElement[bool]) -> int:
    removed = 0
    while old := db.session.scalars(sa.select(key).where(is_old).limit(ROWS)).all():
        with write_tx() as session:
            # Asked again inside: somebody may have tried once more since.
            session.execute(sa.delete(key.class_).where(key.in_(old), is_old))
        removed += len(old)
    return removed


registry.jobs.add(JOB, registry.Job(JOB, forget_tries, is_daily=True))
