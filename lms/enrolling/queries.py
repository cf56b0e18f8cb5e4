"""Who is where, as counts: the funnel of everybody, of each sub-district and of each class, from one statement."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.cohorts import calendar, scope
from lms.cohorts.models import LEFT_STATES, Cohort, Enrolment, Period
from lms.completion import progress
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.enrolling.worklist import CAPABILITY, PLACED, Versions, taking_part
from lms.regions.models import Region


@dataclass
class Funnel:
    """How many were accepted, have signed in, have half of the modules, have all of them."""

    name: str
    key: str = ""
    counts: list[int] = field(default_factory=lambda: [0, 0, 0, 0])

    def add(self, n: int, *, signed_in: bool, done: int, modules: int) -> None:
        """Count `n` people who are equally far."""
        reached = (True, signed_in, modules > 0 and done * 2 >= modules, modules > 0 and done >= modules)
        for place, is_there in enumerate(reached):
            if is_there:
                self.counts[place] += n


@dataclass(frozen=True, slots=True)
class ClassLine:
    """A class in scope."""

    id: int
    uuid: UUID
    name: str
    period: str
    state: str
    starts_on: dt.date
    ends_on: dt.date
    version_id: int


@dataclass
class Overview:
    """The facilitator's first page."""

    everybody: Funnel
    regions: list[Funnel]
    classes: list[tuple[ClassLine, Funnel]]
    #: People who have no place yet and may still get one, by state.
    waiting: dict[str, int]


def overview(actor: Actor, known: Versions) -> Overview:
    """Return who is where: three statements, whatever the number of people. Ended classes count only for themselves.

    A region counts whom the list of those `taking_part` there shows, a class whom the list of those `placed` shows.
    """
    classes = {line.id: (line, Funnel(line.name, str(line.uuid))) for line in class_lines(actor)}
    names = dict(region_choices(actor))
    everybody, regions, waiting = Funnel(""), {code: Funnel(name, code) for code, name in names.items()}, Counter[str]()
    for row in db.session.execute(_histogram(actor)):
        if row.state not in PLACED:
            if row.state not in LEFT_STATES:
                waiting[row.state] += row.n
            continue
        line, funnel = classes.get(row.cohort_id, (None, None))
        modules = known.modules.get(line.version_id, 0) if line else 0
        step: dict[str, Any] = {"signed_in": bool(row.signed_in), "done": row.done, "modules": modules}
        if funnel is not None:
            funnel.add(row.n, **step)
        if row.taking_part:
            everybody.add(row.n, **step)
            regions[row.work_region].add(row.n, **step)
    shown = [funnel for funnel in regions.values() if funnel.counts[0]]
    return Overview(everybody, shown, list(classes.values()), dict(waiting))


def _histogram(actor: Actor) -> sa.Select[Any]:
    each = scope.enrolments(
        Enrolment.state, Enrolment.work_region, Enrolment.cohort_id, progress.modules_done().label("done"),
        sa.case((progress.has_signed_in(), 1), else_=0).label("signed_in"),
        sa.case((taking_part(), 1), else_=0).label("taking_part"), actor=actor, capability=CAPABILITY,
    ).subquery()
    keys = (each.c.state, each.c.work_region, each.c.cohort_id, each.c.done, each.c.signed_in, each.c.taking_part)
    return sa.select(*keys, sa.func.count().label("n")).group_by(*keys)


def class_lines(actor: Actor, capability: str = CAPABILITY) -> list[ClassLine]:
    """Return the classes in scope, the running ones first: one statement."""
    return [ClassLine(**row._mapping) for row in db.session.execute(_classes(actor, capability))]


def class_line(actor: Actor, cohort: UUID, capability: str = CAPABILITY) -> ClassLine:
    """Return one class in scope, however many there are: one statement. Raises `NotFound`."""
    row = db.session.execute(_classes(actor, capability).where(Cohort.uuid == cohort)).first()
    if row is None:
        raise NotFound
    return ClassLine(**row._mapping)


def _classes(actor: Actor, capability: str) -> sa.Select[Any]:
    return scope.cohorts(
        Cohort.id, Cohort.uuid, Cohort.name, Period.title.label("period"), Cohort.state, Cohort.starts_on,
        Cohort.ends_on, Cohort.program_version_id.label("version_id"), actor=actor, capability=capability,
    ).order_by(calendar.order_sql(Cohort.state), Cohort.starts_on.desc(), Cohort.name)


def region_choices(actor: Actor) -> list[tuple[str, str]]:
    """Return (code, name) of the sub-districts in which the actor has people: one statement."""
    reachable = scope.enrolments(Enrolment.work_region, actor=actor, capability=CAPABILITY)
    rows = db.session.execute(
        sa.select(Region.code, Region.name).where(Region.code.in_(reachable)).order_by(Region.code)
    )
    return [(row.code, row.name) for row in rows]
