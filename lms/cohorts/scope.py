"""Where scope meets classes: the one set of columns by which every list of people and classes is limited."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms.cohorts.models import Cohort, Enrolment, Period
from lms.core.permissions import Actor, Scope, ScopeColumns, in_scope
from lms.regions.models import Provider, Region

#: Needs the joins of `enrolments`; scope looks at the frozen work region, never at a home.
ENROLMENT_COLUMNS = ScopeColumns(
    person=Enrolment.person_id, region=Enrolment.work_region, provider=Provider.code, program=Period.program_id,
    cohort=Cohort.uuid, supervisor=Enrolment.supervisor_id,
)
#: What a role can be about without looking at who is in a class.
OWN_CLASS_COLUMNS = ScopeColumns(provider=Provider.code, cohort=Cohort.uuid)


def zone() -> sa.ColumnElement[str]:
    """The zone in which an enrolment's days are told: the class's, before there is a class its period's region's."""
    place = sa.select(Region.timezone).where(Region.code == Period.region_code).correlate(Period).scalar_subquery()
    return sa.func.coalesce(Cohort.timezone, place, type_=Region.timezone.type)


def anybody(role: str, scopes: tuple[Scope, ...]) -> Actor:
    """Return a stand-in for everybody with this role and these scopes, for a statement that is built once for them.

    Who acts is told when the statement is sent, as its value `actor_id`.
    """
    who: Any = sa.bindparam("actor_id", type_=sa.Integer)
    return Actor(person_id=who, person_uuid="", role=role, scopes=scopes)


def enrolments(*columns: Any, actor: Actor, capability: str) -> sa.Select[Any]:
    """Return a select over the enrolments the actor may reach, joined to period, provider and (outer) class."""
    return (
        sa.select(*columns)
        .select_from(Enrolment)
        .join(Period, Period.id == Enrolment.period_id)
        .join(Provider, Provider.id == Period.provider_id)
        .outerjoin(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(in_scope(actor, capability, ENROLMENT_COLUMNS))
    )


def cohorts(*columns: Any, actor: Actor, capability: str) -> sa.Select[Any]:
    """Return a select over the classes the actor may reach: those of a class or provider role, also while they are
    empty, and those in which an enrolment is within reach.
    """
    reachable = enrolments(Enrolment.cohort_id, actor=actor, capability=capability).where(
        Enrolment.cohort_id.is_not(None)
    )
    return (
        sa.select(*columns)
        .select_from(Cohort)
        .join(Period, Period.id == Cohort.period_id)
        .join(Provider, Provider.id == Period.provider_id)
        .where(sa.or_(Cohort.id.in_(reachable), in_scope(actor, capability, OWN_CLASS_COLUMNS)))
    )
