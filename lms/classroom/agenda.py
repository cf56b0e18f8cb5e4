"""The dates of a class: what is coming first, what is over apart from it.

A page is told what is over when it is made, so it says the same with and without a script.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import sqlalchemy as sa

from lms.cohorts.models import Meeting
from lms.cohorts.queries import LearnerEnrolment
from lms.core.db import db
from lms.core.types import UtcDateTime
from lms.lib import clock, words

#: A class has a dozen meetings; a list that is longer was imported wrongly and may not fill a phone.
MOST_MEETINGS = 16
_ADDRESS = re.compile(r"https://[^\s<>\"']+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Event:
    """A date of a class. `kind` is a kind of meeting, or `posttest`, `task`, `class`, which have days, not hours.

    `link` leads to a meeting that is held at an address of the web.
    """

    kind: str
    ends_at: dt.datetime
    title: str = ""
    place: str | None = None
    link: str | None = None
    starts_at: dt.datetime | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What is coming, the next first, and what is over, the last first."""

    coming: tuple[Event, ...] = ()
    past: tuple[Event, ...] = ()


def agenda_of(enrolment: LearnerEnrolment) -> Agenda:
    """Return the dates of an enrolment's class, in one statement.

    Of more than `MOST_MEETINGS` the next ones are kept, then the last that are over.
    """
    now = clock.now()
    meetings = db.session.scalars(_MEETINGS, {"cohort_id": enrolment.cohort_id, "now": now})
    events = [*(_meeting(row) for row in meetings), *_windows(enrolment)] or [_whole(enrolment)]
    return Agenda(
        tuple(sorted((item for item in events if item.ends_at >= now), key=lambda item: _begins(item, enrolment))),
        tuple(sorted((item for item in events if item.ends_at < now), key=lambda item: item.ends_at, reverse=True)),
    )


_IS_COMING = Meeting.ends_at >= sa.bindparam("now", type_=UtcDateTime)
_MEETINGS = (
    sa.select(Meeting).where(Meeting.cohort_id == sa.bindparam("cohort_id"))
    # Those that are over have no place in the first order, so the second puts the last of them first.
    .order_by(_IS_COMING.desc(), sa.case((_IS_COMING, Meeting.starts_at)), Meeting.starts_at.desc())
    .limit(MOST_MEETINGS)
)


def _meeting(row: Meeting) -> Event:
    found = _ADDRESS.search(row.place or "")
    place = (row.place or "").replace(found[0], "").strip(" :,-") if found else row.place
    return Event(
        kind=row.kind, title=row.title, place=place or None, link=found[0] if found else None, starts_at=row.starts_at,
        ends_at=row.ends_at,
    )


def _windows(enrolment: LearnerEnrolment) -> list[Event]:
    windows = (
        ("posttest", enrolment.posttest_opens_on, enrolment.posttest_closes_on),
        ("task", enrolment.task_opens_on, enrolment.task_closes_on),
    )
    return [
        Event(kind=kind, first_day=first, last_day=last, ends_at=words.end_of_day(last, enrolment.timezone))
        for kind, first, last in windows if first is not None and last is not None
    ]


def _whole(enrolment: LearnerEnrolment) -> Event:
    return Event(
        kind="class", first_day=enrolment.starts_on, last_day=enrolment.ends_on, ends_at=enrolment.closes_at
    )


def _begins(event: Event, enrolment: LearnerEnrolment) -> dt.datetime:
    if event.starts_at is not None:
        return event.starts_at
    assert event.first_day is not None
    return words.end_of_day(event.first_day - dt.timedelta(days=1), enrolment.timezone)
