"""What a role's scope is called, "Kabupaten Lombok Tengah" in place of 52.02, and by which clock it lives."""

from __future__ import annotations

import contextlib
import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.cohorts.models import Cohort, Enrolment, Period
from lms.cohorts.scope import zone
from lms.config import DEFAULT_ZONE
from lms.core import registry
from lms.core.db import db
from lms.core.permissions import Actor
from lms.programs.models import ProgramVersion
from lms.regions.models import Provider, Region


@dataclass(frozen=True, slots=True)
class ScopeName:
    """One scope with its name. `level` is the region's level, or empty."""

    kind: str
    key: str
    name: str
    level: str = ""


def scope_names(actor: Actor) -> list[ScopeName]:
    """Return the names of the actor's scopes, in their order: one statement for each kind of scope they hold."""
    keys: dict[str, list[str]] = {}
    for scope in actor.scopes:
        keys.setdefault(scope.kind, []).append(scope.key)
    found = {(kind, key): name for kind, wanted in keys.items() for key, name in _names(kind, wanted).items()}
    return [
        found.get((scope.kind, scope.key)) or ScopeName(scope.kind, scope.key, scope.key) for scope in actor.scopes
    ]


@registry.tells_zone
def zone_of(actor: Actor) -> str:
    """Return the zone of the place the actor works or learns in, for times that belong to no class.

    One statement for each scope until one has a place. A role for everything, or for a whole programme, has none; it
    reads the installation's zone.
    """
    for scope in actor.scopes:
        found: str | None = None
        if scope.kind == "region":
            found = db.session.scalar(sa.select(Region.timezone).where(Region.code == scope.key))
        elif scope.kind == "provider":
            found = db.session.scalar(
                sa.select(Region.timezone).join(Provider, Provider.region_code == Region.code)
                .where(Provider.code == scope.key)
            )
        elif scope.kind == "class":
            found = db.session.scalar(sa.select(Cohort.timezone).where(Cohort.uuid == uuid.UUID(scope.key)))
        elif scope.kind == "self":
            found = _zone_where(Enrolment.person_id == actor.person_id)
        elif scope.kind == "supervision":
            found = _zone_where(Enrolment.supervisor_id == actor.person_id)
        if found is not None:
            return found
    return DEFAULT_ZONE


@registry.tells_providers
def providers_of(actor: Actor) -> list[int]:
    """Return the providers of the actor's classes: of the newest enrolment, of the classes they teach or administer."""
    here = sa.select(Period.provider_id).distinct()
    for scope in actor.scopes:
        if scope.kind == "self":
            newest = (
                sa.select(Enrolment.period_id).where(Enrolment.person_id == actor.person_id)
                .order_by(Enrolment.id.desc()).limit(1).scalar_subquery()
            )
            return list(db.session.scalars(here.where(Period.id == newest)))
    held = {kind: [scope.key for scope in actor.scopes if scope.kind == kind] for kind in ("class", "provider")}
    found = set(db.session.scalars(sa.select(Provider.id).where(Provider.code.in_(held["provider"]))))
    cohorts = []
    for key in held["class"]:
        # A role recorded with a key that no class has leads to no class; the account page must not break.
        with contextlib.suppress(ValueError):
            cohorts.append(uuid.UUID(key))
    found |= set(db.session.scalars(
        here.join(Cohort, Cohort.period_id == Period.id).where(Cohort.uuid.in_(cohorts))
    ))
    return sorted(found)


def _zone_where(who: sa.ColumnElement[bool]) -> str | None:
    """Return the zone of the newest of these enrolments, or None without any."""
    return db.session.scalar(
        sa.select(zone()).select_from(Enrolment).join(Period, Period.id == Enrolment.period_id)
        .outerjoin(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(who).order_by(Period.starts_on.desc(), Enrolment.id.desc()).limit(1)
    )


def _names(kind: str, keys: list[str]) -> dict[str, ScopeName]:
    rows: Any
    if kind == "region":
        rows = db.session.execute(sa.select(Region.code, Region.name, Region.level).where(Region.code.in_(keys)))
    elif kind == "provider":
        rows = db.session.execute(
            sa.select(Provider.code, Provider.name, sa.literal("")).where(Provider.code.in_(keys))
        )
    elif kind == "class":
        rows = db.session.execute(
            sa.select(Cohort.uuid, Cohort.name, Period.title).join(Period, Period.id == Cohort.period_id)
            .where(Cohort.uuid.in_([uuid.UUID(key) for key in keys]))
        )
    elif kind == "program":
        newest = sa.select(sa.func.max(ProgramVersion.id)).where(ProgramVersion.program_id.in_(keys)).group_by(
            ProgramVersion.program_id
        )
        rows = db.session.execute(
            sa.select(ProgramVersion.program_id, ProgramVersion.title, sa.literal(""))
            .where(ProgramVersion.id.in_(newest))
        )
    else:
        return {}
    return {str(row[0]): ScopeName(kind, str(row[0]), row[1], row[2]) for row in rows}
