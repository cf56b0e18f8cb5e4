"""The places a role can be given for: real regions, providers, programmes and classes, never a typed key."""

from __future__ import annotations

import sqlalchemy as sa

from lms.cohorts import calendar
from lms.cohorts.models import Cohort, Period
from lms.core import roles
from lms.core.db import db
from lms.programs.models import ProgramVersion
from lms.regions.models import Provider, Region


def scope_choices(role: str) -> list[tuple[str, str]]:
    """Return ("kind:key", name) of every scope a role can have: at most one statement for each kind."""
    known = roles.ROLES.get(role)
    if known is None:
        return []
    found: list[tuple[str, str]] = []
    for kind in sorted(known.scope_kinds):
        found += [(f"{kind}:{key}", name) for key, name in _choices(kind)]
    return found


def _choices(kind: str) -> list[tuple[str, str]]:
    if kind in ("all", "self", "supervision"):
        return [("", "")]
    if kind == "region":
        rows = db.session.execute(
            sa.select(Region.code, Region.name).where(Region.level.in_(("province", "regency", "city", "subdistrict")))
            .order_by(Region.code).limit(1000)
        )
        return [(row.code, f"{row.code} {row.name}") for row in rows]
    if kind == "provider":
        providers = db.session.execute(
            sa.select(Provider.code, Provider.name).where(Provider.ended_at.is_(None))
            .order_by(Provider.name).limit(500)
        )
        return [(row.code, row.name) for row in providers]
    if kind == "program":
        programs = db.session.execute(
            sa.select(ProgramVersion.program_id, sa.func.max(ProgramVersion.title).label("title"))
            .group_by(ProgramVersion.program_id).order_by(ProgramVersion.program_id)
        )
        return [(row.program_id, row.title) for row in programs]
    if kind == "class":
        classes = db.session.execute(
            sa.select(Cohort.uuid, Cohort.name, Period.title).join(Period, Period.id == Cohort.period_id)
            .where(Cohort.state != calendar.FINISHED).order_by(Cohort.starts_on.desc(), Cohort.name).limit(500)
        )
        return [(str(row.uuid), f"{row.name} ({row.title})") for row in classes]
    return []
