"""When work opens, when it is due, and what counts as late: foundations §4 as pure functions of times.

Work is written between the first and the last day of the class's task window. What comes after the last day is taken
and marked as late, with its days; fourteen days later only a class admin can open it again. A draft stays readable and
can be written for ever: what somebody typed is never lost to a deadline.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lms.cohorts.models import LEARNING_STATES
from lms.cohorts.queries import LearnerEnrolment
from lms.lib import clock, words
from lms.workshops.contract import Returning

#: Signals are weak: what arrives within this time after a deadline is in time.
GRACE = dt.timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Window:
    """The days of a piece of work. `due_at` ends the day; `shuts_at` is when only a class admin can open it again."""

    opens_on: dt.date
    due_at: dt.datetime
    shuts_at: dt.datetime


def window(
    enrolment: LearnerEnrolment, rules: Returning, *, return_until: dt.datetime | None = None
) -> Window | None:
    """Return the window of an enrolment's work; None while the class has no task window.

    A returned work is due when its return is, but never before everybody else's.
    """
    if enrolment.task_opens_on is None or enrolment.task_closes_on is None:
        return None
    due = words.end_of_day(enrolment.task_closes_on, enrolment.timezone)
    if return_until is not None:
        due = max(due, return_until)
    return Window(enrolment.task_opens_on, due, due + dt.timedelta(days=rules.late_days))


def closed_reason(enrolment: LearnerEnrolment, found: Window | None, now: dt.datetime) -> str | None:
    """Return why nothing can be written now: not_learning, no_window, not_open; None when it can."""
    if enrolment.cohort_id is None or enrolment.state not in LEARNING_STATES:
        return "not_learning"
    if found is None:
        return "no_window"
    return "not_open" if clock.local(now, enrolment.timezone).date() < found.opens_on else None


def late_days(due_at: dt.datetime, now: dt.datetime, zone: str) -> int:
    """Return how many days after its deadline something comes, by the days of the class's calendar; 0 is in time."""
    if now <= due_at + GRACE:
        return 0
    return max(1, (clock.local(now, zone).date() - clock.local(due_at, zone).date()).days)
