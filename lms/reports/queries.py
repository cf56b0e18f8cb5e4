"""The scorecard of one period: joined against target, begun, finished, days for a module. One query for every use.

A page shows one period, and the periods share nobody, so no count can be found by taking one page from another.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.completion import progress
from lms.completion.models import CompletionFact
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor, ScopeColumns, in_scope
from lms.core.types import UtcDateTime
from lms.lib import clock
from lms.programs import catalogue
from lms.programs.content import Text
from lms.regions.models import Provider, Region
from lms.reports.suppression import SMALLEST, Cell, protect

CAPABILITY = "scorecard.read"
JOINED = ("accepted", "active", "finished", "passed", "failed")
#: The columns of the table of sub-districts, from left to right ever fewer people.
MEASURES = ("joined", "begun", "finished")
_PERIOD_COLUMNS = ScopeColumns(region=Period.region_code, provider=Provider.code, program=Period.program_id)


@dataclass(frozen=True, slots=True)
class PeriodChoice:
    """A period the actor may see numbers of. `target` only when the whole period lies in the scope."""

    id: int
    uuid: UUID
    title: str
    program_id: str
    starts_on: dt.date
    ends_on: dt.date
    target: int | None
    timezone: str


@dataclass(frozen=True, slots=True)
class RegionRow:
    """A sub-district with its counts, in the order of `MEASURES`."""

    code: str
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class ModuleDays:
    """The median of the days from the first recorded act in a module to its end; None below five people."""

    title: Text
    days: float | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """What the page, its print and its CSV say."""

    period: PeriodChoice
    on: dt.date
    rows: tuple[RegionRow, ...]
    totals: tuple[Cell, ...]
    median_days: float | None
    modules: tuple[ModuleDays, ...]

    @property
    def is_empty(self) -> bool:
        return not self.rows


def periods(actor: Actor) -> list[PeriodChoice]:
    """Return the periods in scope, the newest first: one statement."""
    whole = in_scope(actor, CAPABILITY, _PERIOD_COLUMNS)
    reachable = scope.enrolments(Enrolment.period_id, actor=actor, capability=CAPABILITY)
    rows = db.session.execute(
        sa.select(
            Period.id, Period.uuid, Period.title, Period.program_id, Period.starts_on, Period.ends_on,
            sa.case((whole, Period.target), else_=None).label("target"), Region.timezone,
        )
        .join(Region, Region.code == Period.region_code)
        .join(Provider, Provider.id == Period.provider_id)
        .where(sa.or_(whole, Period.id.in_(reachable)))
        .order_by(Period.starts_on.desc(), Period.id.desc())
    )
    return [PeriodChoice(**row._mapping) for row in rows]


def scorecard(actor: Actor, period: PeriodChoice) -> Scorecard:
    """Return the numbers of a period within the scope: three statements, whatever the number of people."""
    names, counts, versions = _counts(actor, period)
    codes = sorted(counts)
    table = protect([counts[code] for code in codes])
    rows = tuple(
        RegionRow(code, names[code], cells) for code, cells in zip(codes, table.rows, strict=True)
    )
    totals = table.totals or tuple(Cell(0) for _measure in MEASURES)
    median_days, modules = _days(actor, period, versions)
    return Scorecard(
        period, clock.local(clock.now(), period.timezone).date(), rows, totals, median_days, modules
    )


def chosen(choices: list[PeriodChoice], wanted: str) -> PeriodChoice | None:
    """Return the period asked for, or the newest that has begun; None without any. `NotFound` for a foreign one."""
    if not wanted:
        now = clock.now()
        begun = (choice for choice in choices if choice.starts_on <= clock.local(now, choice.timezone).date())
        return next(begun, choices[0] if choices else None)
    for choice in choices:
        if str(choice.uuid) == wanted:
            return choice
    raise NotFound


def _counts(actor: Actor, period: PeriodChoice) -> tuple[dict[str, str], dict[str, list[int]], list[int]]:
    each = scope.enrolments(
        Enrolment.work_region, Cohort.program_version_id, progress.modules_done().label("done"),
        sa.case((progress.has_begun(), 1), else_=0).label("begun"), actor=actor, capability=CAPABILITY,
    ).where(Enrolment.period_id == period.id, Enrolment.state.in_(JOINED)).subquery()
    keys = (each.c.work_region, each.c.program_version_id, each.c.done, each.c.begun)
    rows = db.session.execute(
        sa.select(*keys, Region.name, sa.func.count().label("n"))
        .join(Region, Region.code == each.c.work_region).group_by(*keys, Region.name)
    ).all()
    versions = sorted({row.program_version_id for row in rows if row.program_version_id is not None})
    modules = {version_id: len(catalogue.version(version_id).program.modules) for version_id in versions}
    counts: dict[str, list[int]] = defaultdict(lambda: [0] * len(MEASURES))
    for row in rows:
        needed = modules.get(row.program_version_id, 0)
        finished = needed > 0 and row.done >= needed
        for place, is_there in enumerate((True, bool(row.begun), bool(row.begun) and finished)):
            counts[row.work_region][place] += row.n if is_there else 0
    return {row.work_region: row.name for row in rows}, counts, versions


def _days(actor: Actor, period: PeriodChoice, versions: list[int]) -> tuple[float | None, tuple[ModuleDays, ...]]:
    titles, module_of = _modules(versions)
    if not titles:
        return None, ()
    module = sa.case(module_of, value=CompletionFact.content_id, else_=None)
    # Reading alone writes nothing, so the first act that leaves a fact is the earliest that is known.
    begun = sa.func.min(
        sa.case((CompletionFact.kind != "module_complete", CompletionFact.recorded_at)), type_=UtcDateTime()
    )
    complete = sa.func.min(
        sa.case((CompletionFact.kind == "module_complete", CompletionFact.recorded_at)), type_=UtcDateTime()
    )
    people = scope.enrolments(Enrolment.id, actor=actor, capability=CAPABILITY).where(
        Enrolment.period_id == period.id, Enrolment.state.in_(JOINED)
    )
    rows: Any = db.session.execute(
        sa.select(
            CompletionFact.enrolment_id, module.label("module"), begun.label("begun"), complete.label("complete")
        )
        .where(CompletionFact.enrolment_id.in_(people), CompletionFact.content_id.in_(list(module_of)))
        .group_by(CompletionFact.enrolment_id, module).having(complete.is_not(None), begun.is_not(None))
    )
    by_module: dict[str, list[float]] = defaultdict(list)
    by_person: set[int] = set()
    for row in rows:
        by_module[row.module].append(max(0.0, (row.complete - row.begun).total_seconds() / 86_400))
        by_person.add(row.enrolment_id)
    everything = [days for found in by_module.values() for days in found]
    return (
        _median(everything) if len(by_person) >= SMALLEST else None,
        tuple(
            ModuleDays(title, _median(by_module[key]) if len(by_module[key]) >= SMALLEST else None)
            for key, title in titles.items()
        ),
    )


def _modules(versions: list[int]) -> tuple[dict[str, Text], Mapping[str, str]]:
    titles: dict[str, Text] = {}
    module_of: dict[str, str] = {}
    for version_id in versions:
        for module in catalogue.version(version_id).program.modules:
            titles[module.id] = module.title
            parts = (module.id, *(lesson.id for lesson in module.lessons), *(quiz.id for quiz in module.quizzes))
            module_of |= dict.fromkeys(parts, module.id)
    return titles, module_of


def _median(days: list[float]) -> float:
    """The median, rounded up to half days: nobody finishes a module in 1.37 days."""
    return math.ceil(statistics.median(days) * 2) / 2
