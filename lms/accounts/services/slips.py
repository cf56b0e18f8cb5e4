"""Account slips: a new secret for people who have none or have forgotten it.

A secret exists in plain text only between `draw` and the page that is printed. It is hashed before the write
transaction, only the hash is stored, and it stands in no operation reply, no log, no audit row and no address.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.accounts.services import people, secrets
from lms.core.db import db
from lms.core.errors import Conflict, NotFound
from lms.core.permissions import Actor

#: As many as one class; hashing them takes about a second.
MOST = 40


class StaffSecret(Conflict):
    """The person works as staff, now or soon: only an administrator makes their secret, or a slip would be a way up."""


class TooMany(Conflict):
    """More slips at a time than one class has."""


@dataclass(frozen=True)
class Slip:
    """What one slip says. The secret is left out of every representation, so that no log can show it."""

    person_id: int
    code: str
    full_name: str
    kind: str
    secret: str = field(repr=False)
    hash: str = field(repr=False)


def draw(person_ids: Sequence[int], *, by: Actor) -> list[Slip]:
    """Make new secrets for people the caller has found within the actor's scope. Slow: call it outside `write_tx`."""
    if len(person_ids) > MOST:
        raise TooMany(most=MOST, n=len(person_ids))
    rows = db.session.execute(
        sa.select(Person.id, Person.code, Person.full_name)
        .where(Person.id.in_(person_ids), Person.ended_at.is_(None)).order_by(Person.name_key, Person.id)
    ).all()
    if not rows:
        raise NotFound
    slips = []
    for row in rows:
        kind = _kind(row.id, by)
        secret = secrets.make_password() if kind == "password" else secrets.make_pin()
        slips.append(Slip(row.id, row.code, row.full_name, kind, secret, secrets.hash_secret(secret)))
    return slips


def store(slips: Sequence[Slip], *, by: Actor) -> int:
    """Put the hashes in place of the old ones: sessions end, a lock is lifted, the first sign-in asks for a change."""
    for slip in slips:
        if _kind(slip.person_id, by) != slip.kind:
            raise StaffSecret
        secrets.store_secret(slip.person_id, slip.kind, slip.hash, must_change=True, by=by)
    return len(slips)


def _kind(person_id: int, by: Actor) -> str:
    # The slip is printed before the first day of work, not after it.
    is_staff = people.works_as_staff(person_id)
    if is_staff and by.role != "system" and not by.can("person.write"):
        raise StaffSecret
    return "password" if is_staff else "pin"
