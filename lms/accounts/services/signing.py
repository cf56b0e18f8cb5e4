"""Signing in and out. Only numbers and hashes travel here; the cookie's value is returned once and never stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import (
    AddressCounter,
    Credential,
    Person,
    PersonIdentifier,
    RoleAssignment,
    UnknownIdentifier,
    UserSession,
)
from lms.accounts.services import secrets
from lms.core import audit, roles
from lms.core.db import db, insert_new, read, write_tx
from lms.core.errors import Refusal
from lms.core.keys import keys
from lms.core.permissions import SYSTEM, Actor
from lms.core.types import UtcDateTime
from lms.lib import clock
from lms.lib.identifiers import normalise_email, normalise_nik, normalise_phone, parse_participant_code

OWN_PHONE = dt.timedelta(days=180)
SHARED_IDLE = dt.timedelta(minutes=30)
STAFF_IDLE = dt.timedelta(minutes=60)
STAFF_LONGEST = dt.timedelta(hours=12)
ADDRESS_WINDOW = dt.timedelta(minutes=15)


class WrongSecret(Refusal):
    """Nobody has this identifier with this secret. The two mistakes look the same."""

    status = 422


class AccountLocked(Refusal):
    """Too many wrong tries; the account is closed to everybody until `until`. An unknown one closes the same way."""

    status = 429


class NoRole(Refusal):
    """The person has no role in force, so there is nothing to open."""

    status = 422


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The result: the value for the cookie, how long the browser may keep it (None: until it closes), the person."""

    key: str
    max_age: int | None
    person_uuid: str
    must_change: bool


def hash_key(key: str) -> str:
    """Return the hash under which a session's cookie value is stored."""
    return hashlib.sha256(key.encode()).hexdigest()


def find_person(identifier: str) -> int | None:
    """Return whom an identifier names: participant code, NIK, e-mail, or a phone that only one person uses."""
    for kind, value in _meanings(identifier):
        if kind == "code":
            people: Sequence[int] = read(_OF_CODE, {"code": value}).scalars().all()
        else:
            people = _owners(kind, value)
        if len(people) == 1:
            return people[0]
    return None


_OF_CODE = sa.select(Person.id).where(Person.code == sa.bindparam("code"), Person.ended_at.is_(None))


def _owners(kind: str, value: str) -> Sequence[int]:
    rows = db.session.execute(
        sa.select(PersonIdentifier.person_id, Person.has_shared_phone)
        .join(Person, Person.id == PersonIdentifier.person_id)
        .where(PersonIdentifier.kind == kind, PersonIdentifier.lookup == keys().lookup_hash(kind, value),
               Person.ended_at.is_(None))
        .limit(2)
    ).all()
    if kind == "phone" and any(row.has_shared_phone for row in rows):
        return []
    return [row.person_id for row in rows]


def _meanings(identifier: str) -> list[tuple[str, str]]:
    """Return what an identifier may be, as (kind, normalised value), the likeliest first."""
    text = identifier.strip()[:200]
    code = parse_participant_code(text)
    guesses: list[tuple[str, str]] = [("code", code)] if code is not None else []
    if "@" in text:
        email, _codes = normalise_email(text)
        guesses += [("email", email)] if email else []
    else:
        nik, _codes = normalise_nik(text)
        guesses += [("nik", nik)] if nik and len(nik) == 16 else []
        phone, _codes = normalise_phone(text)
        guesses += [("phone", phone)] if phone else []
    return guesses


def _unknown_lookup(identifier: str) -> str:
    # However it is typed, one identifier is one: a code with and without its hyphen count together, as for an account.
    kind, value = (_meanings(identifier) or [("text", identifier.strip()[:200].casefold())])[0]
    return keys().lookup_hash("unknown", f"{kind}:{value}")


def sign_in(
    identifier: str, secret: str, *, shared: bool, address: str, device: str, instead_of: Actor | None = None
) -> SignedIn:
    """Check a secret and open a session. Raises `WrongSecret`, `AccountLocked` or `NoRole`; counts wrong tries.

    The session of `instead_of`, who was signed in on this browser until now, ends with it.
    """
    person_id = find_person(identifier)
    credential = None if person_id is None else read(_CREDENTIAL, {"person_id": person_id}).first()
    hashed = None if credential is None else credential.hash
    locked_until = _unknown_until(identifier) if credential is None else credential.locked_until
    if locked_until is not None and locked_until > clock.now():
        secrets.matches(None, secret)
        raise AccountLocked(until=locked_until)
    fits = secrets.matches(hashed, secret)
    if not fits or credential is None:
        count_failure(None if credential is None else person_id, identifier, address)
        raise WrongSecret
    with write_tx():
        # Hashing took its time: the secret may have been changed, or the account closed, since it was read.
        locked = read(_CREDENTIAL.with_for_update(of=Credential), {"person_id": person_id}).first()
        if locked is None or locked.hash != hashed:
            raise WrongSecret
        if locked.locked_until is not None and locked.locked_until > clock.now():
            raise AccountLocked(until=locked.locked_until)
        opened = _open_session(locked, shared=shared, device=device)
        if instead_of is not None and instead_of.session_id is not None:
            sign_out(instead_of.session_id, by=instead_of)
        return opened


_CREDENTIAL = (
    sa.select(
        Credential.person_id, Credential.kind, Credential.hash, Credential.must_change, Credential.failures,
        Credential.locked_until, Person.uuid.label("person_uuid"), Person.has_shared_phone,
    )
    .join(Person, Person.id == Credential.person_id).where(Credential.person_id == sa.bindparam("person_id"))
)
_FORGET_FAILURES = (
    sa.update(Credential.__table__)  # type: ignore[arg-type]
    .where(Credential.person_id == sa.bindparam("whose")).values(failures=0, locked_until=None)
)
_NEW_SESSION = sa.insert(UserSession.__table__).returning(UserSession.id)  # type: ignore[arg-type]


def _unknown_until(identifier: str) -> dt.datetime | None:
    counted = db.session.get(UnknownIdentifier, _unknown_lookup(identifier))
    return None if counted is None else counted.locked_until


def _open_session(credential: sa.Row[Any], *, shared: bool, device: str) -> SignedIn:
    now = clock.now()
    # Six digits and a long session on a phone are for learning; who also works as staff needs a password for that.
    held = [
        role for role in roles_in_force(credential.person_id)
        if credential.kind == "password" or not roles.ROLES[role].is_staff
    ]
    if not held:
        raise NoRole
    is_staff = any(roles.ROLES[role].is_staff for role in held)
    kind = "staff" if is_staff else ("shared" if shared or credential.has_shared_phone else "own")
    key = randomness.token_urlsafe(32)
    connection = db.session.connection()
    if credential.failures or credential.locked_until:
        connection.execute(_FORGET_FAILURES, {"whose": credential.person_id})
    session_id: int = connection.execute(_NEW_SESSION, {
        "key_hash": hash_key(key), "person_id": credential.person_id, "kind": kind, "role": held[0], "created_at": now,
        "touched_at": now, "expires_at": expiry(kind, created_at=now, touched_at=now), "device": device[:80],
    }).scalar_one()
    person_uuid = str(credential.person_uuid)
    actor = Actor(credential.person_id, person_uuid, held[0], session_id=session_id)
    audit.record("session.opened", "person", person_uuid, by=actor, after={"kind": kind})
    return SignedIn(
        key, int(OWN_PHONE.total_seconds()) if kind == "own" else None, person_uuid, credential.must_change
    )


def expiry(kind: str, *, created_at: dt.datetime, touched_at: dt.datetime) -> dt.datetime:
    """Return when a session ends if nothing more happens."""
    if kind == "own":
        return touched_at + OWN_PHONE
    if kind == "shared":
        return touched_at + SHARED_IDLE
    return min(touched_at + STAFF_IDLE, created_at + STAFF_LONGEST)


def roles_in_force(person_id: int) -> list[str]:
    """Return the roles a person holds now: learning first, then in the order they were given."""
    held = dict.fromkeys(read(_ROLES_HELD, {"person_id": person_id, "now": clock.now()}).scalars())
    return sorted((role for role in held if role in roles.ROLES), key=lambda role: roles.ROLES[role].is_staff)


_ROLES_HELD = (
    sa.select(RoleAssignment.role)
    .where(
        RoleAssignment.person_id == sa.bindparam("person_id"),
        RoleAssignment.in_force(sa.bindparam("now", type_=UtcDateTime())),
    )
    .order_by(RoleAssignment.id)
)


def sign_out(session_id: int, *, by: Actor) -> None:
    """End one session everywhere. Ending it twice is harmless."""
    row = db.session.get(UserSession, session_id)
    if row is not None and row.person_id == by.person_id and row.ended_at is None:
        row.ended_at = clock.now()
        audit.record("session.ended", "person", by.person_uuid, by=by)


def end_other_sessions(*, by: Actor) -> int:
    """End every session of the actor but the present one; return how many there were."""
    result = db.session.execute(
        sa.update(UserSession)
        .where(UserSession.person_id == by.person_id, UserSession.ended_at.is_(None), UserSession.id != by.session_id)
        .values(ended_at=clock.now())
    )
    audit.record("session.others_ended", "person", by.person_uuid, by=by)
    return int(result.rowcount)  # type: ignore[attr-defined]


def choose_role(role: str, *, by: Actor) -> str:
    """Make another of the actor's own roles the active one of this session; return its key."""
    row = db.session.get_one(UserSession, by.session_id)
    if role not in roles_in_force(by.person_id) or (roles.ROLES[role].is_staff and row.kind != "staff"):
        raise NoRole
    audit.record(
        "session.role_chosen", "person", by.person_uuid, by=by, before={"role": row.role}, after={"role": role}
    )
    row.role = role
    return role


def touch(session_id: int) -> None:
    """Note that a session is in use; called at most once a day on an own phone, every 5 minutes otherwise."""
    now = clock.now()
    with write_tx() as session:
        row = session.get(UserSession, session_id)
        if row is not None and row.ended_at is None:
            row.touched_at = now
            row.expires_at = expiry(row.kind, created_at=row.created_at, touched_at=now)


def count_failure(person_id: int | None, identifier: str, address: str) -> None:
    """Count a wrong secret for the person, else for the identifier that names nobody, and for the address.

    In a transaction of its own, which no refusal rolls back. Raises `AccountLocked` when it was closed meanwhile.
    """
    now, hashed = clock.now(), keys().lookup_hash("address", address)
    with write_tx() as session:
        counted: Credential | UnknownIdentifier
        if person_id is not None:
            counted = session.get_one(Credential, person_id, with_for_update=True)
        else:
            lookup = _unknown_lookup(identifier)
            insert_new(UnknownIdentifier, lookup=lookup, failures=0, locked_until=None)
            counted = session.get_one(UnknownIdentifier, lookup, with_for_update=True)
        if counted.locked_until is not None and counted.locked_until > now:
            # Closed while this one was hashed: of many sent at once, wrong and right ones are answered alike.
            raise AccountLocked(until=counted.locked_until)
        if secrets.note_failure(counted) and person_id is not None:
            audit.record("account.closed", "person", session.get_one(Person, person_id).uuid, by=SYSTEM)
        if insert_new(AddressCounter, address=hashed, window_started_at=now, failures=1):
            return
        counter = session.get_one(AddressCounter, hashed, with_for_update=True)
        if now - counter.window_started_at > ADDRESS_WINDOW:
            counter.window_started_at, counter.failures = now, 1
        else:
            counter.failures += 1
