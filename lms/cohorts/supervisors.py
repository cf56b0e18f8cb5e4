"""Which practice supervisors an actor may give to a teacher; the list on the page and the write ask the same."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.permissions import Actor, ScopeColumns, in_scope
from lms.lib import clock
from lms.regions.models import Institution

CAPABILITY = "supervisor.assign"
#: What the log of changes calls it when `services.assign_supervisor` gives a teacher another supervisor, or none.
ASSIGNED = "enrolment.supervisor_assigned"


def in_reach(*columns: Any, actor: Actor) -> sa.Select[Any]:
    """Return a select over the people who are practice supervisors now and whom the actor may assign.

    The role itself names no place. So a supervisor is near when they supervise or supervised somebody in the actor's
    scope, or when their institution lies in the region of one of the actor's classes or of the actor's role.
    """
    known = scope.enrolments(Enrolment.supervisor_id, actor=actor, capability=CAPABILITY).where(
        Enrolment.supervisor_id.is_not(None)
    )
    neighbour = scope.cohorts(Cohort.id, actor=actor, capability=CAPABILITY).where(
        sa.or_(
            Institution.region_code == Cohort.region_code,
            Institution.region_code.like(Cohort.region_code.concat(".%")),
        )
    ).correlate(Institution).exists()
    holds = sa.select(RoleAssignment.id).where(
        RoleAssignment.person_id == Person.id, RoleAssignment.role == "practice_supervisor",
        RoleAssignment.in_force(clock.now()),
    ).exists()
    return (
        sa.select(*columns).select_from(Person).outerjoin(Institution, Institution.id == Person.institution_id)
        .where(
            Person.ended_at.is_(None), holds,
            sa.or_(
                Person.id.in_(known), _plain(Person.uuid).in_(_taken_away(actor)), neighbour,
                in_scope(actor, CAPABILITY, ScopeColumns(region=Institution.region_code)),
            ),
        )
    )


def _taken_away(actor: Actor) -> sa.Select[Any]:
    """Select those who were taken from somebody in the actor's scope, so that a mistake can be undone.

    An enrolment tells the present supervisor alone; who it was before stands in the log of changes.
    """
    before = sa.type_coerce(AuditEntry.before, sa.JSON)["supervisor"].as_string()
    theirs = scope.enrolments(_plain(Enrolment.uuid), actor=actor, capability=CAPABILITY)
    return sa.select(_plain(before)).where(
        AuditEntry.action == ASSIGNED, before.is_not(None), _plain(AuditEntry.object_key).in_(theirs)
    )


def _plain(key: Any) -> sa.ColumnElement[str]:
    # The log holds ids as text with hyphens, SQLite's own columns hold them without.
    return sa.func.replace(sa.cast(key, sa.String), "-", "")


def supervisor_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return (uuid, name) of the practice supervisors the actor may assign: one statement."""
    rows = db.session.execute(in_reach(Person.uuid, Person.full_name, actor=by).order_by(Person.name_key).limit(300))
    return [(str(row.uuid), row.full_name) for row in rows]
