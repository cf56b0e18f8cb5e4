"""Creating a person with a first role, ending an account, giving and ending roles. Every step is in the audit log."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment, UserSession
from lms.accounts.services import people, secrets
from lms.administration.scopes import scope_choices
from lms.core import audit
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock


class OwnAccount(Conflict):
    """An administrator does not end their own account or role: somebody must be left who can."""


class MergedAccount(Conflict):
    """The account was merged into another one, which goes on in its place."""


class LastAdmin(Conflict):
    """There would be no administrator left."""


def create_person(
    full_name: str, sex: str, *, by: Actor, call_name: str | None = None, identifiers: dict[str, str] | None = None
) -> str:
    """Create a person without a role and without a secret; returns the uuid. Raises `IdentifierTaken`, `NotAllowed`."""
    by.require("person.write")
    person = people.create_person(full_name, sex, by=by, call_name=call_name, identifiers=identifiers)
    return str(person.uuid)


def end_account(person_uuid: UUID, *, by: Actor) -> None:
    """Close an account: sessions and roles end now, nothing is deleted. Raises `OwnAccount`, `LastAdmin`."""
    by.require("person.write")
    person = _person(person_uuid)
    if person.id == by.person_id:
        raise OwnAccount
    now = clock.now()
    if person.ended_at is not None:
        return
    _leave_an_admin(person.id, now)
    person.ended_at = now
    given = db.session.scalars(
        sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == person.id, RoleAssignment.not_over(now))
    ).all()
    for assignment in given:
        people.end_role(assignment, by=by)
    db.session.execute(
        sa.update(UserSession).where(UserSession.person_id == person.id, UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    audit.record("person.ended", "person", person.uuid, by=by, after={"ended": True})


def reopen_account(person_uuid: UUID, reason: str, *, by: Actor) -> None:
    """Open an account that was ended, with the reason in the log. Raises `MergedAccount`.

    The roles that ended with it stay ended: whoever gave them decides anew. An open account stays as it is.
    """
    by.require("person.write")
    person = _person(person_uuid)
    if person.merged_into_id is not None:
        raise MergedAccount
    if person.ended_at is None:
        return
    person.ended_at = None
    audit.record(
        "person.reopened", "person", person.uuid, by=by, before={"ended": True},
        after={"ended": False, "reason": reason},
    )


def give_role(
    person_uuid: UUID, role: str, scope: str, *, by: Actor, starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None, paper: str | None = None,
) -> str:
    """Give a role for one of the scopes that really exist; returns the assignment's uuid. Raises `Invalid`."""
    by.require("role.assign")
    person = _person(person_uuid)
    if person.ended_at is not None:
        raise NotFound
    if scope not in {key for key, _name in scope_choices(role)}:
        raise Invalid({"scope": _("Pilih lingkup dari daftar.")})
    if ends_at is not None and ends_at <= (starts_at or clock.now()):
        raise Invalid({"until": _("Tanggal selesai harus setelah tanggal mulai.")})
    kind, _colon, key = scope.partition(":")
    row = people.assign_role(
        person.id, role, kind, key, by=by, starts_at=starts_at, ends_at=ends_at, paper=paper
    )
    return str(row.uuid)


def end_role(assignment_uuid: UUID, *, by: Actor) -> str:
    """End a role now; returns the person's uuid. Raises `NotFound`, `OwnAccount`, `LastAdmin`."""
    by.require("role.assign")
    row = db.session.execute(
        sa.select(RoleAssignment.person_id, RoleAssignment.role, RoleAssignment.ends_at, Person.uuid)
        .join(Person, Person.id == RoleAssignment.person_id).where(RoleAssignment.uuid == assignment_uuid)
    ).first()
    if row is None:
        raise NotFound
    if row.role == "admin":
        if row.person_id == by.person_id:
            raise OwnAccount
        _leave_an_admin(row.person_id, clock.now())
    if row.ends_at is None or row.ends_at > clock.now():
        people.end_role(assignment_uuid, by=by)
    return str(row.uuid)


def unlock(person_uuid: UUID, *, by: Actor) -> None:
    """Open an account that wrong tries had closed."""
    by.require("person.write")
    secrets.unlock(_person(person_uuid).id, by=by)


def person_ids(person_uuid: UUID, *, by: Actor) -> list[int]:
    """Return the person an administrator makes a new secret for. Raises `NotFound`, `NotAllowed`."""
    by.require("person.write")
    return [_person(person_uuid).id]


def person_of(person_uuid: UUID, *, by: Actor) -> int:
    """Return the person whose data an administrator corrects. Raises `NotFound`, `NotAllowed`."""
    by.require("person.edit")
    return _person(person_uuid).id


def _person(person_uuid: UUID) -> Person:
    person = db.session.scalar(sa.select(Person).where(Person.uuid == person_uuid))
    if person is None:
        raise NotFound
    return person


def _leave_an_admin(person_id: int, now: dt.datetime) -> None:
    holds = sa.and_(RoleAssignment.role == "admin", RoleAssignment.in_force(now))
    admins = set(db.session.scalars(
        sa.select(RoleAssignment.person_id).join(Person, Person.id == RoleAssignment.person_id)
        .where(holds, Person.ended_at.is_(None))
    ))
    if person_id in admins and not admins - {person_id}:
        raise LastAdmin
