"""The administrator's overview, the versions that classes use, the audit log."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, RoleAssignment
from lms.cohorts import calendar
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.core import audit, roles
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.jobs import JobRow
from lms.core.permissions import Actor
from lms.lib import clock, words
from lms.lib.identifiers import fold_name
from lms.programs import catalogue

SOON = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Overview:
    """Figures and what needs a hand."""

    people: int
    demo_people: int
    learners: int
    classes: int
    locked: int
    roles_ending: int
    failed_jobs: int
    updates: int
    by_role: dict[str, int]


def overview(*, by: Actor) -> Overview:
    """Return the figures of the first page: five statements."""
    by.require("person.read")
    now = clock.now()
    in_force = RoleAssignment.in_force(now)

    def count(*where: Any) -> sa.ScalarSelect[int]:
        return sa.select(sa.func.count()).where(*where).scalar_subquery()

    row = db.session.execute(sa.select(
        count(Person.ended_at.is_(None), Person.merged_into_id.is_(None)).label("people"),
        count(Person.is_demo.is_(True)).label("demo_people"),
        count(
            Enrolment.cohort_id == Cohort.id, Enrolment.state.in_(("accepted", "active")),
            Cohort.state.in_(calendar.UNDER_WAY),
        ).label("learners"),
        count(Cohort.state.in_(calendar.UNDER_WAY)).label("classes"),
        count(Credential.locked_until > now).label("locked"),
        count(in_force, RoleAssignment.ends_at < now + SOON).label("roles_ending"),
        count(JobRow.state == "failed").label("failed_jobs"),
    )).one()
    held = db.session.execute(
        sa.select(RoleAssignment.role, sa.func.count(RoleAssignment.person_id.distinct())).where(in_force)
        .group_by(RoleAssignment.role)
    )
    by_role = {role: n for role, n in held if role in roles.ROLES}
    updates = sum(line.offered is not None for item in versions(by=by) for line in item.classes)
    return Overview(**row._mapping, updates=updates, by_role=by_role)


@dataclass(frozen=True, slots=True)
class UsingClass:
    """A class that uses a version; `offered` is the newer text it can take with one click."""

    uuid: UUID
    name: str
    period: str
    state: str
    offered: str | None


@dataclass(frozen=True, slots=True)
class VersionUse:
    """A published version and who uses it."""

    line: catalogue.VersionLine
    classes: tuple[UsingClass, ...]


def versions(*, by: Actor) -> list[VersionUse]:
    """Return every version with the classes that use it, newest first: two statements."""
    by.require("program.read")
    lines = catalogue.list_versions()
    newest: dict[tuple[str, int], catalogue.VersionLine] = {}
    for line in lines:
        newest.setdefault((line.program_id, line.major), line)
    using: dict[int, list[UsingClass]] = defaultdict(list)
    by_id = {line.id: line for line in lines}
    rows = db.session.execute(
        sa.select(Cohort.uuid, Cohort.name, Period.title, Cohort.state, Cohort.program_version_id)
        .join(Period, Period.id == Cohort.period_id).order_by(Cohort.starts_on.desc(), Cohort.name)
    )
    for row in rows:
        line = by_id[row.program_version_id]
        best = newest[line.program_id, line.major]
        offered = best.label if best.minor > line.minor and row.state != calendar.FINISHED else None
        using[line.id].append(UsingClass(row.uuid, row.name, row.title, row.state, offered))
    return [VersionUse(line, tuple(using[line.id])) for line in lines]


#: What a row says under these names is the uuid of a person.
PEOPLE = ("supervisor",)


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """What the log is narrowed to."""

    action: str = ""
    person: str = ""
    object: str = ""
    since: dt.date | None = None
    until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A row of the log. `is_intact` is false when it was changed behind the triggers."""

    id: int
    at: dt.datetime
    actor: str | None
    role: str
    action: str
    object_kind: str
    object_key: str
    object_name: str | None
    before: Any
    after: Any
    is_intact: bool


def audit_page(
    wanted: AuditFilter, *, by: Actor, zone: str, limit: int = 30, offset: int = 0
) -> tuple[list[AuditLine], int]:
    """Return one page of the log, newest first, and how many rows there are: three statements."""
    by.require("audit.read")
    where = _narrowed(wanted, zone)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(*where)) or 0
    rows = db.session.scalars(
        sa.select(AuditEntry).where(*where).order_by(AuditEntry.id.desc()).limit(limit).offset(offset)
    ).all()
    by_id, by_key = _names(rows)
    return [
        AuditLine(
            row.id, row.at, by_id.get(row.actor_id), row.role, row.action, row.object_kind, row.object_key,
            by_key.get(row.object_key) if row.object_kind == "person" else None, _told(row.before, by_key),
            _told(row.after, by_key), audit.is_intact(row),
        )
        for row in rows
    ], total


def _narrowed(wanted: AuditFilter, zone: str) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.action:
        found.append(AuditEntry.action == wanted.action)
    if wanted.person:
        people = sa.select(Person.id).where(
            sa.or_(
                Person.code == wanted.person.upper(),
                Person.name_key.contains(fold_name(wanted.person), autoescape=True),
            )
        )
        found.append(AuditEntry.actor_id.in_(people))
    if wanted.object:
        found.append(sa.or_(AuditEntry.object_key == wanted.object, AuditEntry.object_kind == wanted.object))
    if wanted.since is not None:
        # The end of the day before is the last second that does not count.
        found.append(AuditEntry.at > words.end_of_day(wanted.since - dt.timedelta(days=1), zone))
    if wanted.until is not None:
        found.append(AuditEntry.at <= words.end_of_day(wanted.until, zone))
    return found


def _names(rows: Sequence[AuditEntry]) -> tuple[dict[int, str], dict[str, str]]:
    """Return the names of the people of these rows: of those who acted by number, of those it is about by uuid."""
    named = {row.object_key for row in rows if row.object_kind == "person"}
    for row in rows:
        named |= {str(side[field]) for side in (row.before, row.after) if side for field in PEOPLE if side.get(field)}
    people = db.session.execute(
        sa.select(Person.id, Person.uuid, Person.full_name).where(
            sa.or_(Person.id.in_({row.actor_id for row in rows}), Person.uuid.in_(_uuids(named)))
        )
    ).all()
    return {row.id: row.full_name for row in people}, {str(row.uuid): row.full_name for row in people}


def _uuids(texts: Iterable[str]) -> list[UUID]:
    found = []
    for text in texts:
        # A row that was edited behind the triggers may say anything; the page still has to show it.
        with contextlib.suppress(ValueError):
            found.append(UUID(text))
    return found


def _told(side: dict[str, Any] | None, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return what a row says with the names of the people it names by uuid."""
    if side is None:
        return None
    return {field: names.get(str(value), value) if field in PEOPLE else value for field, value in side.items()}


def audit_actions(*, by: Actor) -> list[str]:
    """Return the actions that occur in the log: one statement, answered from the index."""
    by.require("audit.read")
    return list(db.session.scalars(sa.select(AuditEntry.action).distinct().order_by(AuditEntry.action)))
