"""Reads about people: who is on this phone, one's own account and sessions, whom to ask for help."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, UserSession
from lms.core.db import db
from lms.core.permissions import Actor
from lms.lib import clock
from lms.regions.models import Institution, Provider


@dataclass(frozen=True, slots=True)
class PhoneUser:
    """Somebody who uses this shared phone, as the sign-in page shows them."""

    uuid: str
    code: str
    full_name: str
    institution: str | None


def phone_users(uuids: list[str]) -> list[PhoneUser]:
    """Return the people of a shared phone in the given order; closed accounts are left out."""
    wanted = [uuid.UUID(item) for item in uuids if _is_uuid(item)]
    if not wanted:
        return []
    rows = db.session.execute(
        sa.select(Person.uuid, Person.code, Person.full_name, Institution.name)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .where(Person.uuid.in_(wanted), Person.ended_at.is_(None))
    ).all()
    found = {row.uuid: PhoneUser(str(row.uuid), row.code, row.full_name, row.name) for row in rows}
    return [found[item] for item in wanted if item in found]


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """One's own account page."""

    code: str
    full_name: str
    institution: str | None
    secret_kind: str
    secret_changed_at: dt.datetime
    sessions: list[UserSession]


def own_account(*, by: Actor) -> OwnAccount:
    """Return what the account page shows to its owner."""
    row = db.session.execute(
        sa.select(Person.code, Person.full_name, Institution.name, Credential.kind, Credential.changed_at)
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.id == by.person_id)
    ).one()
    open_sessions = db.session.scalars(
        sa.select(UserSession)
        .where(UserSession.person_id == by.person_id, UserSession.ended_at.is_(None),
               UserSession.expires_at > clock.now())
        .order_by(UserSession.touched_at.desc()).limit(20)
    )
    return OwnAccount(row.code, row.full_name, row.name, row.kind, row.changed_at, list(open_sessions))


def credential_hash(person_id: int) -> tuple[str, str] | None:
    """Return (kind, hash) of a person's secret, for checking it outside a write transaction."""
    row = db.session.execute(
        sa.select(Credential.kind, Credential.hash).where(Credential.person_id == person_id)
    ).first()
    return (row.kind, row.hash) if row else None


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A provider's public help desk, for those who cannot sign in."""

    name: str
    help_name: str
    help_phone: str


def help_desks() -> list[HelpDesk]:
    """Return the help desks of the providers that have one."""
    rows = db.session.execute(
        sa.select(Provider.name, Provider.help_name, Provider.help_phone)
        .where(Provider.help_phone.is_not(None), Provider.ended_at.is_(None)).order_by(Provider.name).limit(20)
    )
    return [HelpDesk(row.name, row.help_name or row.name, row.help_phone) for row in rows]
