"""Where scope meets classes: the one set of columns by which every list of people and classes is limited."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from lms.cohorts.models import Cohort, Enrolment, Period
from lms.core.permissions import Actor, ScopeColumns, in_scope
from lms.regions.models import Provider

#: Needs the joins of `enrolments`; scope looks at the frozen work region, never at a home.
ENROLMENT_COLUMNS = ScopeColumns(
    person=Enrolment.person_id, region=Enrolment.work_region, provider=Provider.code, program=Period.program_id,
    cohort=Cohort.uuid, supervisor=Enrolment.supervisor_id,
)


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
    """Return a select over the classes in which the actor may reach at least one enrolment."""
    reachable = enrolments(Enrolment.cohort_id, actor=actor, capability=capability).where(
        Enrolment.cohort_id.is_not(None)
    )
    return (
        sa.select(*columns)
        .select_from(Cohort)
        .join(Period, Period.id == Cohort.period_id)
        .join(Provider, Provider.id == Period.provider_id)
        .where(Cohort.id.in_(reachable))
    )
