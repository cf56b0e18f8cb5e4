"""Reading the session of a request in one statement: person, roles in force, unread notices."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, RoleAssignment, UserSession
from lms.accounts.services import signing
from lms.core import notices, roles
from lms.core.db import db, read
from lms.core.permissions import Actor, Scope
from lms.core.types import UtcDateTime
from lms.lib import clock

TOUCH_OWN = dt.timedelta(days=1)
TOUCH_OTHER = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class LoadedSession:
    """What a request knows about its visitor."""

    actor: Actor
    name: str
    full_name: str
    sex: str
    call_name: str | None
    key_hash: str
    kind: str
    roles: tuple[str, ...]
    must_change: bool
    unread: int
    needs_touch: bool


_STATEMENT = (
    sa.select(
        UserSession.id.label("session_id"), UserSession.key_hash, UserSession.kind, UserSession.role,
        UserSession.touched_at, UserSession.expires_at, Person.id.label("person_id"), Person.uuid, Person.full_name,
        Person.call_name, Person.sex, Credential.must_change, RoleAssignment.role.label("held"),
        RoleAssignment.scope_kind, RoleAssignment.scope_key,
        notices.unread_count(UserSession.person_id).label("unread"),
    )
    .join(Person, Person.id == UserSession.person_id)
    .outerjoin(Credential, Credential.person_id == Person.id)
    .outerjoin(
        RoleAssignment,
        sa.and_(
            RoleAssignment.person_id == Person.id, RoleAssignment.in_force(sa.bindparam("now", type_=UtcDateTime())),
        ),
    )
    .where(
        UserSession.key_hash == sa.bindparam("key_hash"), UserSession.ended_at.is_(None), Person.ended_at.is_(None)
    )
    .order_by(RoleAssignment.id)
)


def load(key: str | None) -> LoadedSession | None:
    """Return the session of a cookie value, or None when it is unknown, ended or expired."""
    if not key or len(key) > 100:
        return None
    now = clock.now()
    rows = read(_STATEMENT, {"key_hash": signing.hash_key(key), "now": now}).all()
    if not rows:
        return None
    first = rows[0]
    if first.expires_at <= now:
        return None
    held = [
        row for row in rows
        # A session that did not begin with a password carries no staff role, whatever was given since.
        if row.held in roles.ROLES and (first.kind == "staff" or not roles.ROLES[row.held].is_staff)
    ]
    names = sorted(dict.fromkeys(row.held for row in held), key=lambda role: roles.ROLES[role].is_staff)
    if not names:
        return None
    role = first.role if first.role in names else names[0]
    actor = Actor(
        person_id=first.person_id, person_uuid=str(first.uuid), role=role,
        scopes=tuple(Scope(row.scope_kind, row.scope_key) for row in held if row.held == role),
        session_id=first.session_id,
    )
    return LoadedSession(
        actor=actor, name=first.call_name or first.full_name, full_name=first.full_name, sex=first.sex,
        call_name=first.call_name, key_hash=first.key_hash, kind=first.kind, roles=tuple(names),
        must_change=bool(first.must_change), unread=first.unread,
        needs_touch=now - first.touched_at > (TOUCH_OWN if first.kind == "own" else TOUCH_OTHER),
    )


def owner(key: str) -> str | None:
    """Return the uuid of the person whose session a cookie value was, also after its end."""
    found = db.session.scalar(
        sa.select(Person.uuid).join(UserSession, UserSession.person_id == Person.id)
        .where(UserSession.key_hash == signing.hash_key(key))
    )
    return None if found is None else str(found)
