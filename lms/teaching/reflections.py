"""What learners of a class have shared under its lessons, for those who teach it. Private notes are never read here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import db
from lms.core.permissions import Actor
from lms.lessons.models import Reflection
from lms.lessons.queries import is_shared
from lms.programs.content import DEFAULT_LANGUAGE, Program, Text


@dataclass(frozen=True, slots=True)
class SharedLine:
    """A shared reflection; `lesson_id` may name a lesson that newer files no longer have."""

    full_name: str
    enrolment_uuid: UUID
    lesson_id: str
    text: str
    updated_at: dt.datetime


def shared(
    cohort: UUID, *, by: Actor, lesson_id: str = "", limit: int = 20, offset: int = 0
) -> tuple[list[SharedLine], dict[str, int]]:
    """Return what the actor's class has shared, newest first, of one lesson or of all: two statements.

    With it comes how many there are under each lesson. Of a class outside the scope nothing is found.
    """

    def select(*columns: Any) -> sa.Select[Any]:
        return (
            scope.enrolments(*columns, actor=by, capability="class.teach")
            .join(Reflection, Reflection.enrolment_id == Enrolment.id)
            .join(Person, Person.id == Enrolment.person_id).where(Cohort.uuid == cohort, is_shared())
        )

    counts = db.session.execute(select(Reflection.lesson_id, sa.func.count()).group_by(Reflection.lesson_id))
    found = select(
        Person.full_name, Enrolment.uuid.label("enrolment_uuid"), Reflection.lesson_id, Reflection.text,
        Reflection.updated_at,
    )
    if lesson_id:
        found = found.where(Reflection.lesson_id == lesson_id)
    rows = db.session.execute(
        found.order_by(Reflection.updated_at.desc(), Reflection.id.desc()).limit(limit).offset(offset)
    )
    return [SharedLine(**row._mapping) for row in rows], {row[0]: row[1] for row in counts}


def in_order(counts: Mapping[str, int], program: Program) -> list[tuple[str, Text, int]]:
    """Return (id, title, how many) of the lessons in the programme's order; one it no longer has comes last."""
    titles = {lesson.id: lesson.title for module in program.modules for lesson in module.lessons}
    places = {key: place for place, key in enumerate(titles)}
    known = sorted(counts.items(), key=lambda item: (places.get(item[0], len(places)), item[0]))
    return [(key, titles.get(key, {DEFAULT_LANGUAGE: key}), n) for key, n in known]
