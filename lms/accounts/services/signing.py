"""Signing in and out. Only numbers and hashes travel here; the cookie's value is returned once and never stored."""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets as randomness
from collections.abc import Sequence
from dataclasses import dataclass

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
from lms.core.db import db, insert_new, write_tx
from lms.core.errors import Refusal
from lms.core.keys import keys
from lms.core.permissions import SYSTEM, Actor
from lms.lib import clock
from lms.lib.identifiers import normalise_email, normalise_nik, normalise_phone, parse_participant_code

OWN_PHONE = dt.timedelta(days=180)
SHARED_IDLE = dt.timedelta(minutes=30)
STAFF_IDLE = dt.timedelta(minutes=60)
STAFF_LONGEST = dt.timedelta(hours=12)
ADDRESS_WINDOW = dt.timedelta(minutes=15)
ADDRESS_FREE = 30


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
            people = db.session.scalars(
                sa.select(Person.id).where(Person.code == value, Person.ended_at.is_(None))
            ).all()
        else:
            people = _owners(kind, value)
        if len(people) == 1:
            return people[0]
    return None


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


def sign_in(identifier: str, secret: str, *, shared: bool, address: str, device: str) -> SignedIn:
    """Check a secret and open a session. Raises `WrongSecret`, `AccountLocked` or `NoRole`; counts wrong tries."""
    person_id = find_person(identifier)
    credential = db.session.get(Credential, person_id) if person_id is not None else None
    hashed = credential.hash if credential is not None else None
    counted = credential or db.session.get(UnknownIdentifier, _unknown_lookup(identifier))
    if counted is not None and counted.locked_until is not None and counted.locked_until > clock.now():
        secrets.matches(None, secret)
        raise AccountLocked(until=counted.locked_until)
    fits = secrets.matches(hashed, secret)
    if not fits or credential is None:
        _count_failure(None if credential is None else credential.person_id, identifier, address)
        raise WrongSecret
    with write_tx() as session:
        locked = session.get(Credential, credential.person_id, with_for_update=True)
        if locked is None or locked.hash != hashed:
            raise WrongSecret
        if locked.locked_until is not None and locked.locked_until > clock.now():
            raise AccountLocked(until=locked.locked_until)
        return _open_session(locked, shared=shared, device=device)


def _open_session(credential: Credential, *, shared: bool, device: str) -> SignedIn:
    now = clock.now()
    person = db.session.get_one(Person, credential.person_id)
    # Six digits and a long session on a phone are for learning; who also works as staff needs a password for that.
    held = [
        role for role in roles_in_force(person.id)
        if credential.kind == "password" or not roles.ROLES[role].is_staff
    ]
    if not held:
        raise NoRole
    is_staff = any(roles.ROLES[role].is_staff for role in held)
    kind = "staff" if is_staff else ("shared" if shared or person.has_shared_phone else "own")
    key = randomness.token_urlsafe(32)
    credential.failures, credential.locked_until = 0, None
    row = UserSession(
        key_hash=hash_key(key), person_id=person.id, kind=kind, role=held[0], created_at=now, touched_at=now,
        expires_at=expiry(kind, created_at=now, touched_at=now), device=device[:80],
    )
    db.session.add(row)
    db.session.flush()  # The audit row names the session.
    actor = Actor(person.id, str(person.uuid), held[0], session_id=row.id)
    audit.record("session.opened", "person", person.uuid, by=actor, after={"kind": kind})
    return SignedIn(key, int(OWN_PHONE.total_seconds()) if kind == "own" else None, str(person.uuid),
                    credential.must_change)


def expiry(kind: str, *, created_at: dt.datetime, touched_at: dt.datetime) -> dt.datetime:
    """Return when a session ends if nothing more happens."""
    if kind == "own":
        return touched_at + OWN_PHONE
    if kind == "shared":
        return touched_at + SHARED_IDLE
    return min(touched_at + STAFF_IDLE, created_at + STAFF_LONGEST)


def roles_in_force(person_id: int) -> list[str]:
    """Return the roles a person holds now: learning first, then in the order they were given."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(RoleAssignment.role).where(
            RoleAssignment.person_id == person_id, RoleAssignment.starts_at <= now,
            sa.or_(RoleAssignment.ends_at.is_(None), RoleAssignment.ends_at > now),
        ).order_by(RoleAssignment.id)
    ).scalars()
    held = dict.fromkeys(rows)
    return sorted((role for role in held if role in roles.ROLES), key=lambda role: roles.ROLES[role].is_staff)


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


def _count_failure(person_id: int | None, identifier: str, address: str) -> None:
    now, hashed = clock.now(), keys().lookup_hash("address", address)
    with write_tx() as session:
        if person_id is not None:
            if secrets.note_failure(session.get_one(Credential, person_id, with_for_update=True)):
                audit.record("account.closed", "person", session.get_one(Person, person_id).uuid, by=SYSTEM)
        else:
            lookup = _unknown_lookup(identifier)
            insert_new(UnknownIdentifier, lookup=lookup, failures=0, locked_until=None)
            secrets.note_failure(session.get_one(UnknownIdentifier, lookup, with_for_update=True))
        if insert_new(AddressCounter, address=hashed, window_started_at=now, failures=1):
            return
        counter = session.get_one(AddressCounter, hashed, with_for_update=True)
        if now - counter.window_started_at > ADDRESS_WINDOW:
            counter.window_started_at, counter.failures = now, 1
        else:
            counter.failures += 1


def address_is_slow(address: str) -> bool:
    """Tell whether so many tries failed from an address that its forms must wait a little. It is never locked."""
    counter = db.session.get(AddressCounter, keys().lookup_hash("address", address))
    return (
        counter is not None and counter.failures > ADDRESS_FREE
        and clock.now() - counter.window_started_at <= ADDRESS_WINDOW
    )
