"""Announcements of a class, as its learners read them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts import scope
from lms.cohorts.models import Announcement, Cohort, Enrolment
from lms.core.db import db, read
from lms.core.errors import NotFound
from lms.core.permissions import Actor, Scope


@dataclass(frozen=True, slots=True)
class Notice:
    """An announcement of a class in a list."""

    uuid: uuid.UUID
    title: str
    text: str
    author: str
    created_at: dt.datetime
    timezone: str


def announcements(
    *, by: Actor, cohort_id: int | None = None, page: int = 1, size: int = 20
) -> tuple[list[Notice], int]:
    """Return one page of the announcements of the actor's own classes, newest first, and how many there are.

    One statement; a page after the last one takes another, for without a row there is no number of rows in it.
    """
    wanted = {"actor_id": by.person_id, "cohort_id": cohort_id, "most": size, "skipped": (page - 1) * size}
    statement = _statement(by.role, by.scopes, cohort_id is not None)
    rows = read(statement, wanted).all()
    if not rows and page > 1:
        first = read(statement, {**wanted, "most": 1, "skipped": 0}).first()
        return [], first.total if first else 0
    return [_notice(row) for row in rows], rows[0].total if rows else 0


@lru_cache(maxsize=1000)
def _statement(role: str, scopes: tuple[Scope, ...], is_of_class: bool) -> Any:
    actor = scope.anybody(role, scopes)
    own = scope.enrolments(Enrolment.cohort_id, actor=actor, capability="learning.read").where(
        Enrolment.person_id == actor.person_id, Enrolment.cohort_id.is_not(None)
    )
    if is_of_class:
        own = own.where(Enrolment.cohort_id == sa.bindparam("cohort_id", type_=sa.Integer))
    return (
        sa.select(
            Announcement.uuid, Announcement.title, Announcement.text, Announcement.created_at, Cohort.timezone,
            Person.full_name, Person.title_prefix, Person.title_suffix, sa.func.count().over().label("total"),
        )
        .join(Cohort, Cohort.id == Announcement.cohort_id)
        .join(Person, Person.id == Announcement.author_id)
        .where(Announcement.cohort_id.in_(own), Announcement.ended_at.is_(None))
        .order_by(Announcement.id.desc()).limit(sa.bindparam("most")).offset(sa.bindparam("skipped"))
    )


def announcement(announcement_uuid: uuid.UUID, *, by: Actor) -> Notice:
    """Return one announcement of an own class; raises `NotFound`."""
    own = scope.enrolments(Enrolment.cohort_id, actor=by, capability="learning.read").where(
        Enrolment.cohort_id.is_not(None)
    )
    row = db.session.execute(
        sa.select(
            Announcement.uuid, Announcement.title, Announcement.text, Announcement.created_at, Cohort.timezone,
            Person.full_name, Person.title_prefix, Person.title_suffix,
        )
        .join(Cohort, Cohort.id == Announcement.cohort_id)
        .join(Person, Person.id == Announcement.author_id)
        .where(
            Announcement.uuid == announcement_uuid, Announcement.cohort_id.in_(own), Announcement.ended_at.is_(None)
        )
    ).first()
    if row is None:
        raise NotFound
    return _notice(row)


def _notice(row: Any) -> Notice:
    return Notice(row.uuid, row.title, row.text, full_name(row), row.created_at, row.timezone)


def full_name(row: Any) -> str:
    """Return a person's name with titles, as it stands on paper."""
    named = f"{row.title_prefix} {row.full_name}" if row.title_prefix else str(row.full_name)
    return f"{named}, {row.title_suffix}" if row.title_suffix else named
