"""Reads of the desk: classes, their people with progress, questions. The statements do not grow with the class."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.accounts.queries import phones_of
from lms.cohorts import calendar, scope
from lms.cohorts.models import LEARNING_STATES, Announcement, Cohort, Enrolment, Period
from lms.completion import progress
from lms.completion.queries import facts_of
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.lessons.models import LessonAnswer, LessonQuestion
from lms.lib import clock
from lms.lib.identifiers import fold_name
from lms.programs import catalogue
from lms.quizzes.models import Attempt, AttemptQuestion
from lms.quizzes.queries import best_marks_of
from lms.regions.models import Institution

IDLE = dt.timedelta(days=7)
STATES = ("not_begun", "learning", "idle", "done")
SORTS = ("name", "progress", "active")


@dataclass(frozen=True, slots=True)
class ClassCard:
    """A class with what waits in it."""

    id: int
    uuid: UUID
    name: str
    period: str
    state: str
    timezone: str
    starts_on: dt.date
    ends_on: dt.date
    version_id: int
    people: int
    modules_done: int
    open_questions: int
    essays: int

    @property
    def modules(self) -> int:
        """How many modules the class's programme has."""
        return len(catalogue.version(self.version_id).program.modules)

    @property
    def percent(self) -> int:
        """The part of all modules of all people that is complete, rounded down."""
        whole = self.people * self.modules
        return min(100, 100 * self.modules_done // whole) if whole else 0


def class_cards(
    actor: Actor, capability: str = "class.teach", *, limit: int = 20, offset: int = 0
) -> tuple[list[ClassCard], int]:
    """Return one page of the actor's classes, the running ones first, and how many there are: two statements."""
    total = db.session.scalar(scope.cohorts(sa.func.count(), actor=actor, capability=capability)) or 0
    rows = db.session.execute(_cards(actor, capability).limit(limit).offset(offset))
    return [ClassCard(**row._mapping) for row in rows], total


def class_card(actor: Actor, cohort: UUID, capability: str = "class.teach") -> ClassCard:
    """Return one class of the actor, however many they have: one statement. Raises `NotFound`."""
    row = db.session.execute(_cards(actor, capability).where(Cohort.uuid == cohort)).first()
    if row is None:
        raise NotFound
    return ClassCard(**row._mapping)


def _cards(actor: Actor, capability: str) -> sa.Select[Any]:
    here = sa.and_(Enrolment.cohort_id == Cohort.id, Enrolment.state.in_(LEARNING_STATES))
    people = sa.select(sa.func.count()).select_from(Enrolment).where(here)
    done = (
        sa.select(sa.func.coalesce(sa.func.sum(progress.modules_done()), 0)).select_from(Enrolment).where(here)
    )
    questions = sa.select(sa.func.count()).select_from(LessonQuestion).join(
        Enrolment, Enrolment.id == LessonQuestion.enrolment_id
    ).where(here, LessonQuestion.answered_at.is_(None))
    essays = waiting_essays(sa.func.count()).where(here)
    columns = {"people": people, "modules_done": done, "open_questions": questions, "essays": essays}
    return scope.cohorts(
        Cohort.id, Cohort.uuid, Cohort.name, Period.title.label("period"), Cohort.state, Cohort.timezone,
        Cohort.starts_on, Cohort.ends_on, Cohort.program_version_id.label("version_id"),
        *(select.correlate(Cohort).scalar_subquery().label(name) for name, select in columns.items()),
        actor=actor, capability=capability,
    ).order_by(calendar.order_sql(Cohort.state), Cohort.starts_on.desc(), Cohort.name, Cohort.id)


def waiting_essays(*columns: Any) -> sa.Select[Any]:
    """A select over the answers that wait for a person's mark, joined to attempt and enrolment."""
    return (
        sa.select(*columns).select_from(AttemptQuestion)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(
            Attempt.state == "submitted", AttemptQuestion.fraction.is_(None), AttemptQuestion.answered_at.is_not(None)
        )
    )


@dataclass(frozen=True, slots=True)
class LearnerLine:
    """A learner in a list with progress. `mean` is the mean of the best marks of `marks` module quizzes."""

    id: int
    uuid: UUID
    person_id: int
    full_name: str
    call_name: str | None
    sex: str
    institution: str | None
    cohort_name: str | None
    version_id: int | None
    timezone: str
    modules_done: int
    modules: int
    last_activity: dt.datetime | None
    is_idle: bool
    has_begun: bool
    jp: int = 0
    mean: Decimal | None = None
    marks: int = 0
    phone: str | None = None


def learners(
    actor: Actor,
    capability: str,
    *,
    cohort: UUID | None = None,
    text: str = "",
    state: str = "",
    sort: str = "name",
    limit: int | None = 20,
    offset: int = 0,
) -> tuple[list[LearnerLine], int]:
    """Return one page of the actor's learners with progress, all of them without a limit, and how many there are.

    Five statements, six with phones, whatever the number of learners.
    """
    versions = db.session.scalars(
        scope.enrolments(Cohort.program_version_id, actor=actor, capability=capability)
        .where(Cohort.id.is_not(None)).distinct()
    ).all()
    programs = {version_id: catalogue.version(version_id).program for version_id in versions}
    totals = {version_id: len(program.modules) for version_id, program in programs.items()}
    begun, done, active = progress.has_begun(), progress.has_all_modules(totals), progress.last_activity()
    idle = sa.and_(Cohort.state.in_(calendar.UNDER_WAY), begun, ~done, active < clock.now() - IDLE)
    wanted: list[sa.ColumnElement[bool]] = [Enrolment.state.in_(LEARNING_STATES)]
    if cohort is not None:
        wanted.append(Cohort.uuid == cohort)
    if text:
        wanted.append(Person.name_key.contains(fold_name(text), autoescape=True))
    states = {"not_begun": ~begun, "idle": idle, "done": done, "learning": sa.and_(begun, ~done)}
    if state in states:
        wanted.append(states[state])
    total = db.session.scalar(
        scope.enrolments(sa.func.count(), actor=actor, capability=capability)
        .join(Person, Person.id == Enrolment.person_id).where(*wanted)
    ) or 0
    count = progress.modules_done()
    orders: dict[str, list[Any]] = {"progress": [count], "active": [active.is_not(None), active]}
    order = orders.get(sort, [])
    rows = db.session.execute(
        scope.enrolments(
            Enrolment.id, Enrolment.uuid, Enrolment.person_id, Person.full_name, Person.call_name, Person.sex,
            Institution.name.label("institution"), Cohort.name.label("cohort_name"),
            Cohort.program_version_id.label("version_id"),
            scope.zone().label("timezone"), count.label("modules_done"),
            progress.module_total(totals).label("modules"), active.label("last_activity"), idle.label("is_idle"),
            begun.label("has_begun"), actor=actor, capability=capability,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .where(*wanted).order_by(*order, Person.name_key, Enrolment.id).limit(limit).offset(offset)
    ).all()
    ids = [row.id for row in rows]
    facts, marks = facts_of(ids), best_marks_of(ids)
    phones = phones_of([row.person_id for row in rows]) if actor.can("see.phone") else {}
    lines = []
    for row in rows:
        program = programs.get(row.version_id)
        modules = program.modules if program else ()
        found = [marks[row.id][quiz.id] for module in modules for quiz in module.quizzes
                 if quiz.kind == "module" and quiz.id in marks[row.id]]
        lines.append(LearnerLine(
            **row._mapping, jp=sum(module.jp for module in modules if module.id in facts[row.id].modules),
            mean=sum(found, Decimal(0)) / len(found) if found else None, marks=len(found),
            phone=phones.get(row.person_id),
        ))
    return lines, total


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """A question under a lesson with the answers given so far."""

    id: int
    uuid: UUID
    full_name: str
    enrolment_uuid: UUID
    cohort_name: str
    cohort_uuid: UUID
    timezone: str
    version_id: int
    lesson_id: str
    text: str
    asked_at: dt.datetime
    answered_at: dt.datetime | None
    answers: tuple[tuple[str, str, dt.datetime], ...] = ()


def questions(
    actor: Actor, *, answered: bool, cohort: UUID | None = None, only: UUID | None = None,
    limit: int = 20, offset: int = 0,
) -> tuple[list[QuestionLine], int]:
    """Return learners' questions, the oldest open one first, the newest answered one first: three statements."""
    wanted: list[sa.ColumnElement[bool]] = [
        LessonQuestion.answered_at.is_not(None) if answered else LessonQuestion.answered_at.is_(None)
    ]
    if only is not None:
        wanted = [LessonQuestion.uuid == only]
    if cohort is not None:
        wanted.append(Cohort.uuid == cohort)

    def select(*columns: Any) -> sa.Select[Any]:
        return (
            scope.enrolments(*columns, actor=actor, capability="question.answer")
            .join(LessonQuestion, LessonQuestion.enrolment_id == Enrolment.id)
            .join(Person, Person.id == Enrolment.person_id).where(*wanted)
        )

    total = db.session.scalar(select(sa.func.count()))
    order = [LessonQuestion.answered_at.desc()] if answered else [LessonQuestion.asked_at]
    rows = db.session.execute(
        select(
            LessonQuestion.id, LessonQuestion.uuid, Person.full_name, Enrolment.uuid.label("enrolment_uuid"),
            Cohort.name.label("cohort_name"), Cohort.uuid.label("cohort_uuid"), Cohort.timezone,
            Cohort.program_version_id.label("version_id"), LessonQuestion.lesson_id, LessonQuestion.text,
            LessonQuestion.asked_at, LessonQuestion.answered_at,
        ).order_by(*order, LessonQuestion.id).limit(limit).offset(offset)
    ).all()
    given = _answers([row.id for row in rows])
    return [QuestionLine(**row._mapping, answers=tuple(given[row.id])) for row in rows], total or 0


def _answers(question_ids: Sequence[int]) -> dict[int, list[tuple[str, str, dt.datetime]]]:
    found: dict[int, list[tuple[str, str, dt.datetime]]] = defaultdict(list)
    if question_ids:
        rows = db.session.execute(
            sa.select(LessonAnswer.question_id, Person.full_name, LessonAnswer.text, LessonAnswer.answered_at)
            .join(Person, Person.id == LessonAnswer.author_id)
            .where(LessonAnswer.question_id.in_(question_ids)).order_by(LessonAnswer.id)
        )
        for row in rows:
            found[row.question_id].append((row.full_name, row.text, row.answered_at))
    return found


@dataclass(frozen=True, slots=True)
class AnnouncementLine:
    """An announcement of a class; `ended_at` once it was withdrawn."""

    uuid: UUID
    title: str
    text: str
    author: str
    created_at: dt.datetime
    ended_at: dt.datetime | None


def announcements(cohort_id: int, *, limit: int = 20, offset: int = 0) -> tuple[list[AnnouncementLine], int]:
    """Return a class's announcements, newest first: two statements. The caller has checked the scope."""
    total = db.session.scalar(
        sa.select(sa.func.count()).select_from(Announcement).where(Announcement.cohort_id == cohort_id)
    ) or 0
    rows = db.session.execute(
        sa.select(
            Announcement.uuid, Announcement.title, Announcement.text, Person.full_name.label("author"),
            Announcement.created_at, Announcement.ended_at,
        )
        .join(Person, Person.id == Announcement.author_id).where(Announcement.cohort_id == cohort_id)
        .order_by(Announcement.id.desc()).limit(limit).offset(offset)
    )
    return [AnnouncementLine(**row._mapping) for row in rows], total
