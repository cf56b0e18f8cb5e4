"""Reads about a learner's own enrolments; a page of a learner begins with one of these."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.cohorts import calendar, scope
from lms.cohorts.models import LEARNING_STATES, LEFT_STATES, Cohort, Enrolment, Period
from lms.core.db import read
from lms.core.errors import NotFound
from lms.core.permissions import Actor, Scope
from lms.lib import words
from lms.regions.models import Provider


@dataclass(frozen=True, slots=True)
class LearnerEnrolment:
    """An enrolment with what a learner's page needs of period and class; class fields are None before acceptance."""

    id: int
    uuid: UUID
    person_id: int
    state: str
    program_id: str
    period_title: str
    provider_name: str
    cohort_id: int | None
    cohort_uuid: UUID | None
    cohort_name: str | None
    #: IANA name; the class's zone once there is a class, before that the zone of the period's region.
    timezone: str
    program_version_id: int | None
    starts_on: dt.date
    ends_on: dt.date
    posttest_opens_on: dt.date | None
    posttest_closes_on: dt.date | None
    task_opens_on: dt.date | None
    task_closes_on: dt.date | None
    supervisor_id: int | None
    last_active_at: dt.datetime | None

    @property
    def has_begun(self) -> bool:
        """Whether the first day of the class has come, in the class's zone."""
        return self.starts_on <= calendar.today(self.timezone)

    @property
    def has_ended(self) -> bool:
        """Whether the last day of the class is over, in the class's zone."""
        return self.ends_on < calendar.today(self.timezone)

    @property
    def closes_at(self) -> dt.datetime:
        """The end of the last day of the class, in UTC."""
        return words.end_of_day(self.ends_on, self.timezone)

    @property
    def can_learn(self) -> bool:
        """Whether lessons are open: the person has a place in a class, and its first day has come."""
        return self.cohort_id is not None and self.state in LEARNING_STATES and self.has_begun

    @property
    def has_left(self) -> bool:
        """Whether nothing comes of this enrolment any more: refused, declined, withdrawn or transferred."""
        return self.state in LEFT_STATES

    @property
    def awaits_date(self) -> bool:
        """Whether the first day came without a place in a class, so that the day when lessons open is not known."""
        return self.has_begun and not self.can_learn and not self.has_left


#: The columns of a `LearnerEnrolment`, for a statement over `scope.enrolments` that needs more besides.
COLUMNS: tuple[Any, ...] = (
    Enrolment.id, Enrolment.uuid, Enrolment.person_id, Enrolment.state, Enrolment.supervisor_id,
    Enrolment.last_active_at, Period.program_id, Period.title.label("period_title"),
    Provider.name.label("provider_name"),
    Cohort.id.label("cohort_id"), Cohort.uuid.label("cohort_uuid"), Cohort.name.label("cohort_name"),
    Cohort.program_version_id, Cohort.posttest_opens_on, Cohort.posttest_closes_on,
    Cohort.task_opens_on, Cohort.task_closes_on,
    scope.zone().label("timezone"),
    sa.func.coalesce(Cohort.starts_on, Period.starts_on, type_=sa.Date()).label("starts_on"),
    sa.func.coalesce(Cohort.ends_on, Period.ends_on, type_=sa.Date()).label("ends_on"),
)


_NAMES = tuple(LearnerEnrolment.__dataclass_fields__)


def as_enrolment(row: Any) -> LearnerEnrolment:
    """Return the enrolment of a row that holds `COLUMNS`."""
    return LearnerEnrolment(*[getattr(row, name) for name in _NAMES])


def learner_enrolment(enrolment_uuid: UUID, *, by: Actor, capability: str = "learning.read") -> LearnerEnrolment:
    """Return one enrolment within the actor's scope, in one statement. Raises `NotFound`."""
    row = read(
        _statement(by.role, by.scopes, capability, True),
        {"actor_id": by.person_id, "enrolment_uuid": enrolment_uuid},
    ).first()
    if row is None:
        raise NotFound
    return as_enrolment(row)


def own_enrolments(*, by: Actor) -> list[LearnerEnrolment]:
    """Return the actor's own enrolments, the newest period first, in one statement."""
    rows = read(
        _statement(by.role, by.scopes, "learning.read", False), {"actor_id": by.person_id}
    )
    return [as_enrolment(row) for row in rows]


@lru_cache(maxsize=1000)
def _statement(role: str, scopes: tuple[Scope, ...], capability: str, is_one: bool) -> sa.Select[Any]:
    """Build a statement once for everybody with the same role and scopes; who acts is filled in when it is sent.

    Nearly every learner page begins with it, and building it costs more than the database needs to answer.
    """
    actor = scope.anybody(role, scopes)
    found = scope.enrolments(*COLUMNS, actor=actor, capability=capability)
    if is_one:
        return found.where(Enrolment.uuid == sa.bindparam("enrolment_uuid", type_=sa.Uuid))
    return found.where(Enrolment.person_id == actor.person_id).order_by(Period.starts_on.desc(), Enrolment.id.desc())
