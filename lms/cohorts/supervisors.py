"""Which practice supervisors an actor may give to a teacher; the list on the page and the write ask the same."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import db
from lms.core.permissions import Actor, ScopeColumns, in_scope
from lms.lib import clock
from lms.regions.models import Institution

CAPABILITY = "supervisor.assign"


def in_reach(*columns: Any, actor: Actor) -> sa.Select[Any]:
    """Return a select over the people who are practice supervisors now and whom the actor may assign.

    The role itself names no place. So a supervisor is near when they already supervise somebody in the actor's scope,
    or when their institution lies in the region of one of the actor's classes or of the actor's role.
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
                Person.id.in_(known), neighbour,
                in_scope(actor, CAPABILITY, ScopeColumns(region=Institution.region_code)),
            ),
        )
    )


def supervisor_choices(*, by: Actor) -> list[tuple[str, str]]:
    """Return (uuid, name) of the practice supervisors the actor may assign: one statement."""
    rows = db.session.execute(in_reach(Person.uuid, Person.full_name, actor=by).order_by(Person.name_key).limit(300))
    return [(str(row.uuid), row.full_name) for row in rows]
