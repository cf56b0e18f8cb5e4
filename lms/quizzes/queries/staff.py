"""The instructor's lists: essays that wait for a mark, those marked, late answers that wait for a decision."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import db
from lms.core.permissions import Actor
from lms.lib.gift import Text
from lms.lib.identifiers import fold_name
from lms.programs import catalogue
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion, EssayMark, QuestionVersion
from lms.quizzes.reach import as_uuid
from lms.quizzes.wording import WordedQuestion

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class EssayLine:
    """An essay that waits."""

    attempt_uuid: uuid.UUID
    slot: int
    quiz_id: str
    quiz_title: dict[str, str]
    question: Text
    answer: str
    learner: str
    enrolment_uuid: uuid.UUID
    cohort_name: str
    timezone: str
    submitted_at: dt.datetime


def essays_to_mark(
    *, by: Actor, cohort_uuid: uuid.UUID | str | None = None, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[EssayLine], int]:
    """Return one page of the essays that wait for the actor, oldest first, and how many there are: two statements."""
    waiting = [
        Attempt.state == "submitted", AttemptQuestion.fraction.is_(None), AttemptQuestion.answered_at.is_not(None)
    ]
    if cohort_uuid is not None:
        waiting.append(Cohort.uuid == as_uuid(cohort_uuid))

    def listed(*columns: Any) -> sa.Select[Any]:
        return (
            scope.enrolments(*columns, actor=by, capability="essay.mark")
            .join(Person, Person.id == Enrolment.person_id)
            .join(Attempt, Attempt.enrolment_id == Enrolment.id)
            .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
            .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
            .where(*waiting, Enrolment.person_id != by.person_id)
        )

    total = db.session.scalar(listed(sa.func.count())) or 0
    rows = db.session.execute(
        listed(
            Attempt.uuid.label("attempt_uuid"), Attempt.quiz_id, Attempt.submitted_at,
            AttemptQuestion.slot, AttemptQuestion.answer, QuestionVersion.content, Person.full_name,
            Enrolment.uuid.label("enrolment_uuid"), Cohort.name, Cohort.timezone, Cohort.program_version_id,
        )
        .order_by(Attempt.submitted_at, Attempt.id, AttemptQuestion.slot).limit(size).offset((page - 1) * size)
    )
    return [
        EssayLine(
            attempt_uuid=row.attempt_uuid, slot=row.slot, quiz_id=row.quiz_id,
            quiz_title=_title(row.program_version_id, row.quiz_id),
            question=WordedQuestion(row.content).in_language(by.language).text, answer=row.answer,
            learner=row.full_name, enrolment_uuid=row.enrolment_uuid, cohort_name=row.name, timezone=row.timezone,
            submitted_at=row.submitted_at,
        )
        for row in rows
    ], total


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """An essay with the mark that counts; `changes` is how often it was replaced."""

    attempt_uuid: uuid.UUID
    slot: int
    quiz_title: dict[str, str]
    learner: str
    cohort_name: str
    timezone: str
    mark: Decimal
    marked_at: dt.datetime
    marker: str
    changes: int


def marked_essays(
    *, by: Actor, text: str = "", cohort_uuid: uuid.UUID | str | None = None, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[MarkedLine], int]:
    """Return one page of the essays that have a mark, the newest mark first, and how many there are: two statements.

    `text` is a part of the learner's name.
    """
    newest = (
        sa.select(sa.func.max(EssayMark.id).label("id"), sa.func.count().label("n"))
        .group_by(EssayMark.attempt_question_id).subquery()
    )
    wanted = [AttemptQuestion.fraction.is_not(None), Enrolment.person_id != by.person_id]
    if cohort_uuid is not None:
        wanted.append(Cohort.uuid == as_uuid(cohort_uuid))
    if text:
        wanted.append(Person.name_key.contains(fold_name(text), autoescape=True))
    marker = sa.orm.aliased(Person)

    def listed(*columns: Any) -> sa.Select[Any]:
        return (
            scope.enrolments(*columns, actor=by, capability="essay.mark")
            .join(Person, Person.id == Enrolment.person_id)
            .join(Attempt, Attempt.enrolment_id == Enrolment.id)
            .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
            .join(EssayMark, EssayMark.attempt_question_id == AttemptQuestion.id)
            .join(newest, newest.c.id == EssayMark.id).join(marker, marker.id == EssayMark.marked_by)
            .where(*wanted)
        )

    total = db.session.scalar(listed(sa.func.count())) or 0
    rows = db.session.execute(
        listed(
            Attempt.uuid.label("attempt_uuid"), Attempt.quiz_id, AttemptQuestion.slot, Person.full_name, Cohort.name,
            Cohort.timezone, Cohort.program_version_id, EssayMark.mark, EssayMark.marked_at,
            marker.full_name.label("marker"), newest.c.n,
        )
        .order_by(EssayMark.id.desc()).limit(size).offset((page - 1) * size)
    )
    return [
        MarkedLine(
            attempt_uuid=row.attempt_uuid, slot=row.slot, quiz_title=_title(row.program_version_id, row.quiz_id),
            learner=row.full_name, cohort_name=row.name, timezone=row.timezone, mark=row.mark, marked_at=row.marked_at,
            marker=row.marker, changes=row.n - 1,
        )
        for row in rows
    ], total


@dataclass(frozen=True, slots=True)
class LateLine:
    """An attempt with answers that came too late; `arrived_at` is when the last of them came."""

    attempt_uuid: uuid.UUID
    quiz_id: str
    quiz_title: dict[str, str]
    learner: str
    enrolment_uuid: uuid.UUID
    cohort_name: str
    timezone: str
    late_answers: int
    arrived_at: dt.datetime


def late_attempts(
    *, by: Actor, cohort_uuid: uuid.UUID | str | None = None, page: int = 1, size: int = PAGE_SIZE
) -> tuple[list[LateLine], int]:
    """Return one page of the attempts whose late answers wait for the actor's decision, and how many there are."""
    waiting = [Attempt.late_state == "waiting", Enrolment.person_id != by.person_id]
    if cohort_uuid is not None:
        waiting.append(Cohort.uuid == as_uuid(cohort_uuid))

    def listed(*columns: Any) -> sa.Select[Any]:
        return (
            scope.enrolments(*columns, actor=by, capability="attempt.grant")
            .join(Person, Person.id == Enrolment.person_id)
            .join(Attempt, Attempt.enrolment_id == Enrolment.id)
            .where(*waiting)
        )

    def late(what: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
        return (
            sa.select(what).where(AnswerLog.attempt_id == Attempt.id, AnswerLog.flag == "late")
            .correlate(Attempt).scalar_subquery()
        )

    total = db.session.scalar(listed(sa.func.count())) or 0
    rows = db.session.execute(
        listed(
            Attempt.uuid.label("attempt_uuid"), Attempt.quiz_id, Person.full_name,
            Enrolment.uuid.label("enrolment_uuid"), Cohort.name, Cohort.timezone, Cohort.program_version_id,
            late(sa.func.count(AnswerLog.slot.distinct())).label("late_answers"),
            late(sa.func.max(AnswerLog.received_at, type_=AnswerLog.received_at.type)).label("arrived_at"),
        )
        .order_by(Attempt.id).limit(size).offset((page - 1) * size)
    )
    return [
        LateLine(
            attempt_uuid=row.attempt_uuid, quiz_id=row.quiz_id,
            quiz_title=_title(row.program_version_id, row.quiz_id), learner=row.full_name,
            enrolment_uuid=row.enrolment_uuid, cohort_name=row.name, timezone=row.timezone,
            late_answers=row.late_answers, arrived_at=row.arrived_at,
        )
        for row in rows
    ], total


def _title(version_id: int, quiz_id: str) -> dict[str, str]:
    _module, quiz = catalogue.version(version_id).program.quiz(quiz_id)
    return dict(quiz.title)
