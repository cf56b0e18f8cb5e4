"""Reads about the learner's own work under a lesson."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts.models import LEARNING_STATES, Enrolment
from lms.core.db import db, read
from lms.lessons.models import LessonAnswer, LessonQuestion, Reflection


@dataclass(frozen=True, slots=True)
class Author:
    """Who answered."""

    full_name: str
    call_name: str | None
    sex: str


@dataclass(frozen=True, slots=True)
class Turn:
    """A question or an answer, in the order they were said. `author` is None for the learner."""

    text: str
    at: dt.datetime
    author: Author | None


@dataclass(frozen=True, slots=True)
class LessonWork:
    """The reflection (version 0 when there is none yet) and the conversation with the instructors."""

    reflection: str
    is_shared: bool
    version: int
    turns: tuple[Turn, ...]
    #: How many questions were asked; names the next question's form.
    asked: int


_ENROLMENT: sa.BindParameter[int] = sa.bindparam("enrolment_id")
_LESSON: sa.BindParameter[str] = sa.bindparam("lesson_id")
# One statement for all that a lesson page needs of its learner: the note, the questions, the answers. It is built once,
# because building it costs more than the database needs to answer it.
_REFLECTION = sa.select(
    sa.literal(0).label("kind"), sa.literal(0).label("question"), sa.literal(0).label("place"), Reflection.text,
    Reflection.updated_at.label("at"), Reflection.version, Reflection.is_shared, sa.null().label("full_name"),
    sa.null().label("call_name"), sa.null().label("sex"),
).where(Reflection.enrolment_id == _ENROLMENT, Reflection.lesson_id == _LESSON)
_QUESTIONS = sa.select(
    sa.literal(1), LessonQuestion.id, sa.literal(0), LessonQuestion.text, LessonQuestion.asked_at, sa.literal(0),
    sa.false(), sa.null(), sa.null(), sa.null(),
).where(LessonQuestion.enrolment_id == _ENROLMENT, LessonQuestion.lesson_id == _LESSON)
_ANSWERS = (
    sa.select(
        sa.literal(1), LessonQuestion.id, LessonAnswer.id, LessonAnswer.text, LessonAnswer.answered_at, sa.literal(0),
        sa.false(), Person.full_name, Person.call_name, Person.sex,
    )
    .join(LessonQuestion, LessonQuestion.id == LessonAnswer.question_id)
    .join(Person, Person.id == LessonAnswer.author_id)
    .where(LessonQuestion.enrolment_id == _ENROLMENT, LessonQuestion.lesson_id == _LESSON)
)
_WORK: Any = sa.union_all(_REFLECTION, _QUESTIONS, _ANSWERS).order_by("kind", "question", "place")


def lesson_work(enrolment_id: int, lesson_id: str) -> LessonWork:
    """Return the learner's own work under a lesson, in one statement. The caller has checked the scope."""
    rows = read(_WORK, {"enrolment_id": enrolment_id, "lesson_id": lesson_id}).all()
    note = next((row for row in rows if row.kind == 0), None)
    turns = tuple(
        Turn(row.text, row.at, None if row.full_name is None else Author(row.full_name, row.call_name, row.sex))
        for row in rows if row.kind == 1
    )
    return LessonWork(
        reflection=note.text if note else "", is_shared=bool(note and note.is_shared),
        version=note.version if note else 0, turns=turns, asked=sum(turn.author is None for turn in turns),
    )


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """An answer of an instructor, for the home page."""

    lesson_id: str
    text: str
    author: Author


_RECENT = (
    sa.select(LessonQuestion.lesson_id, LessonAnswer.text, Person.full_name, Person.call_name, Person.sex)
    .join(LessonQuestion, LessonQuestion.id == LessonAnswer.question_id)
    .join(Person, Person.id == LessonAnswer.author_id)
    .where(LessonQuestion.enrolment_id == _ENROLMENT)
    .order_by(LessonAnswer.id.desc()).limit(sa.bindparam("most"))
)


def recent_answers(enrolment_id: int, *, most: int = 2) -> list[RecentAnswer]:
    """Return the newest answers to a learner's questions. The caller has checked the scope."""
    rows = read(_RECENT, {"enrolment_id": enrolment_id, "most": most})
    return [
        RecentAnswer(row.lesson_id, row.text, Author(row.full_name, row.call_name, row.sex)) for row in rows
    ]


@dataclass(frozen=True, slots=True)
class SharedReflection:
    """A reflection that its writer has shared with the class."""

    text: str
    at: dt.datetime
    author: Author


def is_shared() -> sa.ColumnElement[bool]:
    """The condition that a reflection is for its class: its writer ticked it, wrote something, and is of the class.

    An empty text was taken back. Needs the enrolment beside the reflection.
    """
    return sa.and_(Reflection.is_shared, Reflection.text != "", Enrolment.state.in_(LEARNING_STATES))


def shared_reflections(
    cohort_id: int, lesson_id: str, *, size: int, offset: int = 0
) -> tuple[list[SharedReflection], int]:
    """Return what a class has shared under a lesson, newest first, and how many there are.

    The caller has checked that the reader belongs to the class.
    """
    found = (
        sa.select(Reflection.text, Reflection.updated_at, Person.full_name, Person.call_name, Person.sex)
        .join(Enrolment, Enrolment.id == Reflection.enrolment_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(Enrolment.cohort_id == cohort_id, Reflection.lesson_id == lesson_id, is_shared())
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(found.subquery())) or 0
    rows = db.session.execute(
        found.order_by(Reflection.updated_at.desc(), Reflection.id.desc()).limit(size).offset(offset)
    )
    return [
        SharedReflection(row.text, row.updated_at, Author(row.full_name, row.call_name, row.sex)) for row in rows
    ], total
