"""The daily work of the calendar: write into enrolments what the dates of their classes have made of them.

Nobody has to wait for it, because a person who was accepted may learn from the first day on and quizzes close by the
date. It keeps the chain of states true: accepted → active when the class begins, active → finished when its last day is
over. Whether somebody passed is decided by people, so `passed` and `failed` are never touched.
"""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from lms.cohorts import calendar
from lms.cohorts.models import Cohort, Enrolment
from lms.core import audit, registry
from lms.core.batches import Batches
from lms.core.db import db, read
from lms.core.permissions import SYSTEM

JOB = "cohorts.calendar"
log = logging.getLogger("lms.cohorts.moving")
#: Enrolments moved in one transaction, so that learners who write meanwhile wait for some milliseconds at most.
BATCH = 100


def move_enrolments(_values: dict[str, Any] | None = None) -> int:
    """Move every enrolment whose class has begun or ended; return how many moves were made.

    Safe to run twice, by two at once, and to be killed: each batch is done or not, and what was moved is not found
    again. One audit row each, by the system. An enrolment that cannot be moved is logged and stops no other;
    `ItemsFailed` is raised after the last.
    """
    batches, moved = Batches("enrolment", log), 0
    for waiting, move in ((_to_begin(), _begin), (_to_finish(), _finish)):
        last = 0
        while rows := read(_page(waiting, last)).all():
            last = rows[-1].id
            moved += batches.run([row.uuid for row in rows], move, size=BATCH)
    batches.finish()
    return moved


def _begin(uuids: Sequence[uuid.UUID]) -> int:
    rows = _locked(_to_begin(), uuids)
    for enrolment, cohort in rows:
        _move(enrolment, "active", calendar.begins_at(cohort.starts_on, cohort.timezone))
    return len(rows)


def _finish(uuids: Sequence[uuid.UUID]) -> int:
    rows = _locked(_to_finish(), uuids)
    for enrolment, cohort in rows:
        _move(enrolment, "finished", calendar.begins_at(cohort.ends_on + dt.timedelta(days=1), cohort.timezone))
    return len(rows)


def _to_begin() -> sa.Select[Enrolment, Cohort]:
    return _waiting("accepted").where(Cohort.state != calendar.PLANNED)


def _to_finish() -> sa.Select[Enrolment, Cohort]:
    return _waiting("active").where(Cohort.state == calendar.FINISHED)


def _waiting(state: str) -> sa.Select[Enrolment, Cohort]:
    return (
        sa.select(Enrolment, Cohort).join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.state == state).order_by(Enrolment.id)
    )


def _page(waiting: sa.Select[Enrolment, Cohort], last: int) -> sa.Select[int, uuid.UUID]:
    """Name the next of those who wait, after the enrolment with this id; one that fails is so not met for ever."""
    return waiting.with_only_columns(Enrolment.id, Enrolment.uuid).where(Enrolment.id > last).limit(BATCH)


def _locked(waiting: sa.Select[Enrolment, Cohort], uuids: Sequence[uuid.UUID]) -> Sequence[Any]:
    """Return those of them who still wait, locked: of two runners the second finds what the first has left."""
    return db.session.execute(waiting.where(Enrolment.uuid.in_(uuids)).with_for_update(of=Enrolment)).all()


def _move(enrolment: Enrolment, state: str, since: dt.datetime) -> None:
    before, enrolment.state = enrolment.state, state
    # The day on the calendar counts, not the hour of this work; who came later came when they came.
    enrolment.state_since = max(enrolment.state_since, since)
    audit.record(
        "enrolment.moved", "enrolment", enrolment.uuid, by=SYSTEM, before={"state": before}, after={"state": state}
    )


registry.jobs.add(JOB, registry.Job(JOB, move_enrolments, is_daily=True))
