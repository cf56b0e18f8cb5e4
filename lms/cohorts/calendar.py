"""The calendar of a class: the one law by which its dates say in which state it is, for a row and for SQL alike.

A class is planned before its first day, running from that day on, reporting from the day on which the independent task
opens (the report weeks), and finished when its last day is over. A day begins at midnight on the class's own clock, so
two classes with the same dates begin two hours apart in Jayapura and Jakarta. Nothing has to run for a class to begin
or to end: whoever asks later gets another answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from lms.config import DEFAULT_ZONE
from lms.lib import clock, words

PLANNED, RUNNING, REPORTING, FINISHED = "planned", "running", "reporting", "finished"
#: The states in which people of the class work on something.
UNDER_WAY = (RUNNING, REPORTING)


def today(zone: str) -> dt.date:
    """Return the day it is on a class's clock; a zone outside the country is read as the installation's."""
    return clock.local(clock.now(), _known(zone)).date()


def begins_at(day: dt.date, zone: str) -> dt.datetime:
    """Return the first moment of a day on a class's clock, in UTC."""
    return dt.datetime.combine(day, dt.time(), ZoneInfo(_known(zone))).astimezone(dt.UTC)


def state(starts_on: dt.date, ends_on: dt.date, task_opens_on: dt.date | None, zone: str) -> str:
    """Return the state of a class with these dates now."""
    day = today(zone)
    if day < starts_on:
        return PLANNED
    if day > ends_on:
        return FINISHED
    return RUNNING if task_opens_on is None or day < task_opens_on else REPORTING


def state_sql(starts_on: Any, ends_on: Any, task_opens_on: Any, zone: Any) -> sa.ColumnElement[str]:
    """Return the same law over columns; NULL where there is no class. The day is looked up when it is sent."""
    day = today_sql(zone)
    return sa.case(
        (day < starts_on, PLANNED), (day > ends_on, FINISHED), (day >= task_opens_on, REPORTING),
        (day >= starts_on, RUNNING),
    )


def order_sql(state: Any) -> sa.ColumnElement[int]:
    """Return what sorts classes: those under way first, then those ahead, then those that have ended."""
    return sa.case({RUNNING: 0, REPORTING: 1, PLANNED: 2}, value=state, else_=3)


def today_sql(zone: Any) -> sa.ColumnElement[dt.date]:
    """Return the day it is on the clock of a column of zones, for statements that are built once and sent for years."""
    return sa.case(
        {name: _day_in(name) for name in words.ZONES}, value=zone, else_=_day_in(DEFAULT_ZONE)
    )


@cache
def _day_in(zone: str) -> sa.BindParameter[dt.date]:
    look: Callable[[], dt.date] = lambda: today(zone)  # noqa: E731
    return sa.bindparam(f"today_{zone.lower().replace('/', '_')}", callable_=look, type_=sa.Date())


def _known(zone: str) -> str:
    return zone if zone in words.ZONES else DEFAULT_ZONE
