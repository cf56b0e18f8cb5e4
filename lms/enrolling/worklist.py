"""Who is where and whom to call: the conditions and lists behind the facilitator's pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.accounts.queries import phones_of
from lms.cohorts import calendar, scope
from lms.cohorts.models import LEARNING_STATES, LEFT_STATES, Cohort, Enrolment
from lms.completion import progress
from lms.core.db import db
from lms.core.permissions import Actor
from lms.lib import clock
from lms.lib.identifiers import fold_name, parse_participant_code
from lms.programs import catalogue
from lms.quizzes.models import Attempt
from lms.regions.models import Institution, Region

CAPABILITY = "worklist.read"
#: People who have a place in a class or will have one; earlier states wait for a letter or an answer.
PLACED = LEARNING_STATES
LEARNING = ("accepted", "active")
IDLE = dt.timedelta(days=7)
STUCK_TRIES = 3
#: The reasons to call somebody, the most telling first.
REASONS = ("never_signed_in", "not_begun", "stuck", "idle")


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of people is narrowed to."""

    text: str = ""
    region: str = ""
    cohort: UUID | None = None
    state: str = ""


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person in a list, with the one reason to call them, if any."""

    uuid: UUID
    person_id: int
    code: str
    full_name: str
    call_name: str | None
    sex: str
    institution: str | None
    region: str
    cohort_name: str | None
    cohort_uuid: UUID | None
    state: str
    modules_done: int
    modules: int
    last_activity: dt.datetime | None
    timezone: str
    reason: str | None
    stuck_quiz: str | None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Versions:
    """The programme versions of the classes in scope: modules of each, and the quizzes that can hold somebody up."""

    modules: Mapping[int, int]
    quizzes: Mapping[str, Mapping[str, str]]


def versions(actor: Actor) -> Versions:
    """Look up the versions the actor's classes use: one statement, the programmes themselves are in memory."""
    ids = db.session.scalars(
        scope.enrolments(Cohort.program_version_id, actor=actor, capability=CAPABILITY)
        .where(Cohort.id.is_not(None)).distinct()
    )
    found = [catalogue.version(version_id) for version_id in ids]
    quizzes: dict[str, Mapping[str, str]] = {}
    for version in found:
        for module in version.program.modules:
            for quiz in module.quizzes:
                if quiz.kind in ("module", "posttest"):
                    quizzes[quiz.id] = quiz.title
    return Versions({version.id: len(version.program.modules) for version in found}, quizzes)


def stuck_quiz(quiz_ids: Sequence[str]) -> sa.ScalarSelect[str]:
    """A quiz that the enrolment has tried three times or more without passing."""
    return (
        sa.select(Attempt.quiz_id)
        .where(Attempt.enrolment_id == Enrolment.id, Attempt.state == "graded", Attempt.quiz_id.in_(quiz_ids))
        .group_by(Attempt.quiz_id)
        .having(sa.func.count() >= STUCK_TRIES, sa.func.sum(sa.case((Attempt.is_passed.is_(True), 1), else_=0)) == 0)
        .order_by(Attempt.quiz_id).limit(1).correlate(Enrolment).scalar_subquery()
    )


def conditions(known: Versions) -> dict[str, sa.ColumnElement[bool]]:
    """The states a list can be narrowed to, as conditions; the same ones count them on the overview."""
    now = clock.now()
    learning = sa.and_(Enrolment.state.in_(LEARNING), Cohort.state != calendar.FINISHED)
    started = sa.and_(Enrolment.state.in_(LEARNING), Cohort.state.in_(calendar.UNDER_WAY))
    signed, begun = progress.has_signed_in(), progress.has_begun()
    done = progress.has_all_modules(known.modules)
    stuck = stuck_quiz(tuple(known.quizzes)).is_not(None)
    idle = sa.and_(started, begun, ~done, progress.last_activity() < now - IDLE)
    return {
        "never_signed_in": sa.and_(learning, ~signed),
        "not_begun": sa.and_(started, signed, ~begun),
        "stuck": sa.and_(started, stuck, ~done),
        "idle": sa.and_(idle, ~stuck),
        "done": sa.and_(Enrolment.state.in_(PLACED), done),
        "placed": Enrolment.state.in_(PLACED),
        "taking_part": taking_part(),
        "waiting": Enrolment.state.not_in((*PLACED, *LEFT_STATES)),
    }


def taking_part() -> sa.ColumnElement[bool]:
    """Who has a place, and not in a class that has ended. Needs the class joined."""
    return sa.and_(
        Enrolment.state.in_(PLACED), sa.or_(Cohort.id.is_(None), Cohort.state != calendar.FINISHED)
    )


def people(
    actor: Actor, known: Versions, wanted: Filter, *, limit: int | None = 20, offset: int = 0,
    only_reasons: bool = False, by_place: bool = False,
) -> tuple[list[PersonLine], int]:
    """Return one page of the people in scope, all without a limit, and how many there are: three or four statements.

    `by_place` puts neighbours together, as somebody visits them; otherwise names or reasons give the order.
    """
    rules = conditions(known)
    narrowed = [*_narrowed(wanted, rules)]
    if only_reasons:
        narrowed.append(sa.or_(*(rules[reason] for reason in REASONS)))
    total = db.session.scalar(
        scope.enrolments(sa.func.count(), actor=actor, capability=CAPABILITY)
        .join(Person, Person.id == Enrolment.person_id).where(*narrowed)
    ) or 0
    reason = sa.case(*((rules[key], key) for key in REASONS), else_=None)
    order: list[Any] = (
        [sa.case({key: place for place, key in enumerate(REASONS)}, value=reason, else_=9), progress.last_activity()]
        if only_reasons else []
    )
    if by_place:
        order = [Region.name, Region.code, sa.func.coalesce(Institution.name, "")]
    rows = db.session.execute(
        scope.enrolments(
            Enrolment.uuid, Enrolment.person_id, Person.code, Person.full_name, Person.call_name, Person.sex,
            Institution.name.label("institution"), Region.name.label("region"), Cohort.name.label("cohort_name"),
            Cohort.uuid.label("cohort_uuid"), Enrolment.state, progress.modules_done().label("modules_done"),
            progress.module_total(known.modules).label("modules"), progress.last_activity().label("last_activity"),
            scope.zone().label("timezone"), reason.label("reason"),
            stuck_quiz(tuple(known.quizzes)).label("stuck_quiz"), actor=actor, capability=CAPABILITY,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Region, Region.code == Enrolment.work_region)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .where(*narrowed).order_by(*order, Person.name_key, Enrolment.id).limit(limit).offset(offset)
    )
    lines = [PersonLine(**row._mapping) for row in rows]
    if actor.can("see.phone") and lines:
        phones = phones_of([line.person_id for line in lines])
        lines = [replace(line, phone=phones.get(line.person_id)) for line in lines]
    return lines, total


def _narrowed(wanted: Filter, rules: Mapping[str, sa.ColumnElement[bool]]) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.text:
        code = parse_participant_code(wanted.text)
        folded = fold_name(wanted.text)
        found.append(
            sa.or_(Person.name_key.contains(folded, autoescape=True), Person.code == (code or wanted.text.upper()))
        )
    if wanted.region:
        found.append(Enrolment.work_region == wanted.region)
    if wanted.cohort is not None:
        found.append(Cohort.uuid == wanted.cohort)
    if wanted.state == "to_contact":
        found.append(sa.or_(*(rules[reason] for reason in REASONS)))
    elif wanted.state:
        # A state that nobody knows holds nobody; a wrong filter must never mean "everybody".
        found.append(rules.get(wanted.state, sa.false()))
    return found


def reason_counts(actor: Actor, known: Versions) -> dict[str, int]:
    """Return how many people there are for each reason, and how many altogether: one statement."""
    rules = conditions(known)
    columns = [sa.func.coalesce(sa.func.sum(sa.case((rules[key], 1), else_=0)), 0).label(key) for key in REASONS]
    anyone = sa.or_(*(rules[key] for key in REASONS))
    columns.append(sa.func.coalesce(sa.func.sum(sa.case((anyone, 1), else_=0)), 0).label("to_contact"))
    row = db.session.execute(scope.enrolments(*columns, actor=actor, capability=CAPABILITY)).one()
    return {key: int(value) for key, value in row._mapping.items()}
