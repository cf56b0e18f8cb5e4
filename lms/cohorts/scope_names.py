"""What a role's scope is called, "Kabupaten Lombok Tengah" in place of 52.02, and by which clock it lives."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.cohorts.models import Cohort, Period
from lms.config import DEFAULT_ZONE
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


def zone_of(actor: Actor) -> str:
    """Return the zone of the place the actor works for, for times that belong to no class: at most one statement.

    A role for everything, or for a whole programme, has no place; it reads the installation's zone.
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
        if found is not None:
            return found
    return DEFAULT_ZONE


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
