"""Finding people, and one person with roles and account."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, PersonIdentifier, RoleAssignment, UserSession
from lms.accounts.services.people import open_identifier
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.cohorts.scope_names import ScopeName, scope_names
from lms.core import roles
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.keys import keys
from lms.core.permissions import Actor, Scope
from lms.core.types import UtcDateTime
from lms.lib import clock
from lms.lib.identifiers import (
    fold_name,
    mask_email,
    mask_nik,
    mask_phone,
    normalise_email,
    normalise_nik,
    normalise_phone,
    parse_participant_code,
)
from lms.regions.models import Institution


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person in the list. `roles` are the keys of the roles in force."""

    id: int
    uuid: UUID
    code: str
    full_name: str
    institution: str | None
    is_demo: bool
    ended_at: dt.datetime | None
    last_seen: dt.datetime | None
    roles: tuple[str, ...] = ()


def find_people(
    text: str, *, role: str = "", by: Actor, limit: int = 20, offset: int = 0
) -> tuple[list[PersonLine], int]:
    """Return people by name or code and how many there are: three statements."""
    by.require("person.read")
    wanted: list[sa.ColumnElement[bool]] = [Person.merged_into_id.is_(None)]
    if text:
        wanted.append(_matches(text))
    if role:
        wanted.append(sa.select(RoleAssignment.id).where(
            RoleAssignment.person_id == Person.id, RoleAssignment.role == role, RoleAssignment.in_force(clock.now())
        ).exists())
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(*wanted)) or 0
    return _lines(wanted, limit=limit, offset=offset), total


def of_identifier(text: str, *, by: Actor) -> list[PersonLine]:
    """Return who has a NIK, telephone or e-mail, also with an ended account: nobody, one, or a family with one phone.

    It is matched by its keyed hash, two statements. A text that cannot be any of the three finds nobody.
    """
    by.require("person.read")
    meanings = (
        ("nik", normalise_nik(text)[0]), ("phone", normalise_phone(text)[0]), ("email", normalise_email(text)[0]),
    )
    same = [
        sa.and_(PersonIdentifier.kind == kind, PersonIdentifier.lookup == keys().lookup_hash(kind, value))
        for kind, value in meanings if value
    ]
    if not same:
        return []
    owners = sa.select(PersonIdentifier.person_id).where(sa.or_(*same))
    return _lines([Person.merged_into_id.is_(None), Person.id.in_(owners)], limit=50)


def _lines(wanted: Sequence[sa.ColumnElement[bool]], *, limit: int, offset: int = 0) -> list[PersonLine]:
    seen = (
        sa.select(sa.func.max(UserSession.touched_at, type_=UtcDateTime())).where(UserSession.person_id == Person.id)
        .scalar_subquery()
    )
    rows = db.session.execute(
        sa.select(
            Person.id, Person.uuid, Person.code, Person.full_name, Institution.name.label("institution"),
            Person.is_demo, Person.ended_at, seen.label("last_seen"),
        )
        .outerjoin(Institution, Institution.id == Person.institution_id).where(*wanted)
        .order_by(Person.name_key, Person.id).limit(limit).offset(offset)
    ).all()
    held = _roles_of([row.id for row in rows])
    return [PersonLine(**row._mapping, roles=tuple(held[row.id])) for row in rows]


def _matches(text: str) -> sa.ColumnElement[bool]:
    found = [Person.name_key.contains(fold_name(text), autoescape=True)]
    if code := parse_participant_code(text):
        found.append(Person.code == code)
    else:
        found.append(Person.code == text.upper()[:12])
    return sa.or_(*found)


def _roles_of(person_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    if person_ids:
        rows = db.session.execute(
            sa.select(RoleAssignment.person_id, RoleAssignment.role)
            .where(RoleAssignment.person_id.in_(person_ids), RoleAssignment.in_force(clock.now())).distinct()
        )
        for person_id, role in rows:
            found[person_id].append(role)
    return found


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role assignment. `is_over` once it has ended."""

    uuid: UUID
    role: str
    scope: ScopeName
    starts_at: dt.datetime
    ends_at: dt.datetime | None
    paper: str | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class PersonPage:
    """A person as an administrator sees them; identifiers are masked."""

    id: int
    uuid: UUID
    code: str
    full_name: str
    title_prefix: str | None
    title_suffix: str | None
    call_name: str | None
    sex: str
    has_shared_phone: bool
    merged_into_id: int | None
    institution: str | None
    is_demo: bool
    created_at: dt.datetime
    ended_at: dt.datetime | None
    secret_kind: str | None
    must_change: bool | None
    locked_until: dt.datetime | None
    failures: int | None
    last_seen: dt.datetime | None
    identifiers: dict[str, str]
    roles: tuple[RoleLine, ...]
    enrolments: tuple[tuple[UUID, str, str | None, str], ...]

    @property
    def is_locked(self) -> bool:
        return self.locked_until is not None and self.locked_until > clock.now()

    @property
    def needs_password(self) -> bool:
        """Tell whether a staff role waits for a password: with a PIN it does not open."""
        known = [roles.ROLES.get(line.role) for line in self.roles if not line.is_over]
        return self.secret_kind not in (None, "password") and any(role is not None and role.is_staff for role in known)


def person_page(person: UUID, *, by: Actor) -> PersonPage:
    """Return one person. Raises `NotFound`."""
    by.require("person.read")
    row = db.session.execute(
        sa.select(
            Person.id, Person.uuid, Person.code, Person.full_name, Person.title_prefix, Person.title_suffix,
            Person.call_name, Person.sex, Person.has_shared_phone, Person.merged_into_id,
            Institution.name.label("institution"), Person.is_demo, Person.created_at, Person.ended_at,
            Credential.kind.label("secret_kind"), Credential.must_change,
            Credential.locked_until, Credential.failures,
            sa.select(sa.func.max(UserSession.touched_at, type_=UtcDateTime()))
            .where(UserSession.person_id == Person.id).scalar_subquery().label("last_seen"),
        )
        .outerjoin(Institution, Institution.id == Person.institution_id)
        .outerjoin(Credential, Credential.person_id == Person.id).where(Person.uuid == person)
    ).first()
    if row is None:
        raise NotFound
    enrolments = db.session.execute(
        sa.select(Enrolment.uuid, Period.title, Cohort.name, Enrolment.state)
        .join(Period, Period.id == Enrolment.period_id).outerjoin(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id == row.id).order_by(Enrolment.id.desc()).limit(20)
    ).all()
    return PersonPage(
        **row._mapping, identifiers=_masked(row.id), roles=_role_lines(row.id),
        enrolments=tuple((item.uuid, item.title, item.name, item.state) for item in enrolments),
    )


def _masked(person_id: int) -> dict[str, str]:
    found = {}
    rows = db.session.scalars(sa.select(PersonIdentifier).where(PersonIdentifier.person_id == person_id))
    for row in rows:
        text = open_identifier(row)
        if row.kind == "phone":
            found[row.kind] = mask_phone(text)
        elif row.kind == "email":
            found[row.kind] = mask_email(text)
        else:
            found[row.kind] = mask_nik(text)
    return found


def _role_lines(person_id: int) -> tuple[RoleLine, ...]:
    now = clock.now()
    rows = db.session.scalars(
        sa.select(RoleAssignment).where(RoleAssignment.person_id == person_id).order_by(RoleAssignment.id.desc())
        .limit(100)
    ).all()
    names = scope_names(Actor(0, "", "", tuple(Scope(row.scope_kind, row.scope_key) for row in rows)))
    return tuple(
        RoleLine(
            row.uuid, row.role, name, row.starts_at, row.ends_at, row.paper,
            row.ends_at is not None and row.ends_at <= now,
        )
        for row, name in zip(rows, names, strict=True)
    )
