"""Creating people and their identifiers; giving and ending roles."""

from __future__ import annotations

import datetime as dt
import random
import uuid

import sqlalchemy as sa

from lms.accounts.models import Person, PersonIdentifier, RoleAssignment, UserSession
from lms.core import audit, roles
from lms.core.db import db, insert_new
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.keys import keys
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.identifiers import fold_name, participant_code
from lms.lib.uuid7 import uuid7


class IdentifierTaken(Conflict):
    """Another person already has this identifier."""


def create_person(
    full_name: str,
    sex: str,
    *,
    by: Actor,
    call_name: str | None = None,
    title_prefix: str | None = None,
    title_suffix: str | None = None,
    institution_id: int | None = None,
    identifiers: dict[str, str] | None = None,
    has_shared_phone: bool = False,
    is_demo: bool = False,
    code: str | None = None,
) -> Person:
    """Create a person with a new participant code. Identifiers come normalised: nik, phone, email, nuptk."""
    person = Person(
        uuid=uuid7(), code=code or _free_code(), full_name=full_name, name_key=fold_name(full_name),
        call_name=call_name,
        title_prefix=title_prefix, title_suffix=title_suffix, sex=sex, institution_id=institution_id,
        has_shared_phone=has_shared_phone, is_demo=is_demo, created_at=clock.now(),
    )
    db.session.add(person)
    db.session.flush()  # The identifiers need the person's id.
    for kind, value in (identifiers or {}).items():
        add_identifier(person.id, kind, value)
    audit.record("person.created", "person", person.uuid, by=by, after={"code": person.code})
    return person


def add_identifier(person_id: int, kind: str, value: str) -> None:
    """Seal and store one identifier of a person who has none of this kind yet.

    Raises `IdentifierTaken` when another person has it, unless it is a phone, which a family may share.
    """
    row = {"uuid": uuid7(), "person_id": person_id, "kind": kind, "lookup": keys().lookup_hash(kind, value)}
    # The unique key decides: of two that write the same one at the same moment, one is refused in words.
    if not insert_new(PersonIdentifier, **row, sealed=keys().seal(value, row=f"person_identifier:{row['uuid']}")):
        raise IdentifierTaken(kind=kind)


def replace_identifier(person_id: int, kind: str, value: str | None) -> None:
    """Put an identifier in the place of a person's present one, or take it away. Raises `IdentifierTaken`."""
    db.session.execute(
        sa.delete(PersonIdentifier).where(PersonIdentifier.person_id == person_id, PersonIdentifier.kind == kind)
    )
    if value is not None:
        add_identifier(person_id, kind, value)


def owners(kind: str, value: str) -> set[int]:
    """Return who has this identifier, also when their account has ended: one, or several who share a telephone."""
    return set(db.session.scalars(
        sa.select(PersonIdentifier.person_id)
        .where(PersonIdentifier.kind == kind, PersonIdentifier.lookup == keys().lookup_hash(kind, value))
    ))


def works_as_staff(person_id: int) -> bool:
    """Tell whether a person holds a staff role, or will: one that begins tomorrow counts today."""
    held = db.session.scalars(
        sa.select(RoleAssignment.role)
        .where(RoleAssignment.person_id == person_id, RoleAssignment.not_over(clock.now()))
    )
    return any(role in roles.ROLES and roles.ROLES[role].is_staff for role in held)


def had_administrator() -> bool:
    """Tell whether an administrator was ever made: in an installation without one nobody can be let in.

    One whose role has ended counts, because teachers and staff go on without them.
    """
    return db.session.scalar(sa.select(RoleAssignment.id).where(RoleAssignment.role == "admin").limit(1)) is not None


def open_identifier(row: PersonIdentifier) -> str:
    """Return an identifier in plain text. Callers must hold the field capability and mask what they show."""
    return keys().open(row.sealed, row=f"person_identifier:{row.uuid}")


def _free_code() -> str:
    source = random.SystemRandom()
    while True:
        code = participant_code(source)
        if db.session.scalar(sa.select(Person.id).where(Person.code == code)) is None:
            return code


def assign_role(
    person_id: int,
    role: str,
    scope_kind: str,
    scope_key: str = "",
    *,
    by: Actor,
    starts_at: dt.datetime | None = None,
    ends_at: dt.datetime | None = None,
    paper: str | None = None,
) -> RoleAssignment:
    """Give a person a role in a scope. The same assignment, in force or ahead, is returned as it is.

    Raises `Invalid` when the role is held there with another paper, another end, or another beginning than asked for.

    A staff role ends the sessions that did not begin with a password: the person signs in anew to use it.
    """
    known = roles.ROLES.get(role)
    if known is None or scope_kind not in known.scope_kinds:
        raise Invalid({"role": _("Peran dan lingkup ini tidak cocok.")})
    now = clock.now()
    same = db.session.scalar(
        sa.select(RoleAssignment).where(
            RoleAssignment.person_id == person_id, RoleAssignment.role == role,
            RoleAssignment.scope_kind == scope_kind, RoleAssignment.scope_key == scope_key,
            RoleAssignment.not_over(now),
        )
    )
    if same is not None:
        if (same.ends_at, same.paper) != (ends_at, paper) or starts_at not in (None, same.starts_at):
            raise Invalid({"scope": _(
                "Orang ini sudah memegang peran ini di lingkup itu, dengan tanggal atau surat lain. "
                "Akhiri dahulu peran itu, lalu beri lagi."
            )})
        return same
    assignment = RoleAssignment(
        person_id=person_id, role=role, scope_kind=scope_kind, scope_key=scope_key, starts_at=starts_at or now,
        ends_at=ends_at, paper=paper, uuid=uuid7(),
    )
    db.session.add(assignment)
    if known.is_staff:
        db.session.execute(
            sa.update(UserSession)
            .where(UserSession.person_id == person_id, UserSession.ended_at.is_(None), UserSession.kind != "staff")
            .values(ended_at=now)
        )
    audit.record(
        "role.assigned", "person", db.session.get_one(Person, person_id).uuid, by=by,
        after={
            "role": role, "scope": f"{scope_kind}:{scope_key}", "paper": paper,
            "starts_at": _written(assignment.starts_at), "ends_at": _written(ends_at),
        },
    )
    return assignment


def _written(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat(timespec="seconds")


def _as_uuid(text: str | uuid.UUID) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise NotFound from None


def end_role(assignment_uuid: str | uuid.UUID, *, by: Actor) -> None:
    """End a role assignment now; the person's next request no longer has it."""
    assignment = db.session.scalar(sa.select(RoleAssignment).where(RoleAssignment.uuid == _as_uuid(assignment_uuid)))
    if assignment is None:
        raise NotFound
    if assignment.person_id == by.person_id and assignment.role == "admin":
        raise Conflict(reason="own_admin_role")
    ended_at, planned_end = clock.now(), assignment.ends_at
    assignment.ends_at = ended_at
    audit.record(
        "role.ended", "person", db.session.get_one(Person, assignment.person_id).uuid, by=by,
        before={
            "role": assignment.role, "scope": f"{assignment.scope_kind}:{assignment.scope_key}",
            "starts_at": _written(assignment.starts_at), "ends_at": _written(planned_end),
        },
        after={"ends_at": _written(ended_at)},
    )
