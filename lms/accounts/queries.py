"""Reads about people: who is on this phone, one's own account and sessions, whom to ask for help."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, PersonIdentifier, UserSession
from lms.accounts.services.people import open_identifier
from lms.core.db import db
from lms.core.permissions import Actor
from lms.lib import clock
from lms.lib.identifiers import mask_phone
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
    #: With titles, as it will stand on a certificate.
    full_name: str
    call_name: str | None
    institution: str | None
    #: Masked: somebody else may look over a shoulder.
    phone: str | None
    secret_kind: str
    sessions: list[UserSession]


def own_account(*, by: Actor) -> OwnAccount:
    """Return what the account page shows to its owner."""
    row = db.session.execute(
        sa.select(
            Person.code, Person.full_name, Person.title_prefix, Person.title_suffix, Person.call_name,
            Institution.name, Credential.kind,
        )
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.id == by.person_id)
    ).one()
    open_sessions = db.session.scalars(
        sa.select(UserSession)
        .where(UserSession.person_id == by.person_id, UserSession.ended_at.is_(None),
               UserSession.expires_at > clock.now())
        .order_by(UserSession.touched_at.desc())
    )
    named = f"{row.title_prefix or ''} {row.full_name}".strip()
    phone = phones_of([by.person_id]).get(by.person_id)
    return OwnAccount(
        row.code, f"{named}, {row.title_suffix}" if row.title_suffix else named, row.call_name, row.name,
        mask_phone(phone) if phone else None, row.kind, list(open_sessions),
    )


def secret_kind(*, by: Actor) -> str:
    """Return what the actor signs in with: a PIN or a password."""
    return db.session.scalars(sa.select(Credential.kind).where(Credential.person_id == by.person_id)).one()


@dataclass(frozen=True, slots=True)
class HelpDesk:
    """A provider's public help desk, for those who cannot sign in."""

    name: str
    help_name: str
    help_phone: str


def help_desks(provider_ids: Sequence[int] = ()) -> list[HelpDesk]:
    """Return the help desks of these providers, or of all when none of these has one or none is named."""
    has_one = (Provider.help_phone.is_not(None), Provider.ended_at.is_(None))
    desks = sa.select(Provider.name, Provider.help_name, Provider.help_phone).where(*has_one).order_by(Provider.name)
    rows = db.session.execute(desks.where(Provider.id.in_(provider_ids))).all() if provider_ids else []
    return [
        HelpDesk(row.name, row.help_name or row.name, row.help_phone)
        for row in rows or db.session.execute(desks).all()
    ]


def phones_of(person_ids: Sequence[int]) -> dict[int, str]:
    """Return phones in plain text: one statement. Only for one's own, or with `see.phone` over these people."""
    rows = db.session.scalars(
        sa.select(PersonIdentifier)
        .where(PersonIdentifier.kind == "phone", PersonIdentifier.person_id.in_(person_ids))
    )
    return {row.person_id: open_identifier(row) for row in rows}
