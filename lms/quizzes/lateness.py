"""When a quiz opens and closes, and what counts as late: foundations §4 as pure functions of times."""

from __future__ import annotations

import datetime as dt

from lms.cohorts.models import LEARNING_STATES
from lms.cohorts.queries import LearnerEnrolment
from lms.lib import clock, words
from lms.programs.content import Quiz

#: A quiz that needs a connection is judged by the server's clock alone, with this much for a slow network.
ONLINE_GRACE = dt.timedelta(seconds=30)
#: Everything else is judged by when the work was done, and may arrive this long after the close.
OFFLINE_GRACE = dt.timedelta(minutes=5)
LONGEST_JOURNEY = dt.timedelta(hours=72)
#: The page of an attempt names the close of its quiz when it is at most this many days ahead.
SOON = 7


def closed_reason(enrolment: LearnerEnrolment, quiz: Quiz, now: dt.datetime) -> tuple[str, dt.date | None] | None:
    """Return why a quiz cannot be started now, as (code, day), or None when it can.

    Codes: `not_learning` (no class, or a state that does not learn), `not_begun`, `ended` (the class), `window_ahead`,
    `window_over` (the post-test). The day is when it opens or when it closed.
    """
    if enrolment.cohort_id is None or enrolment.state not in LEARNING_STATES:
        return "not_learning", None
    today = clock.local(now, enrolment.timezone).date()
    if today < enrolment.starts_on:
        return "not_begun", enrolment.starts_on
    if now > enrolment.closes_at:
        return "ended", enrolment.ends_on
    if quiz.kind == "posttest":
        if enrolment.posttest_opens_on is not None and today < enrolment.posttest_opens_on:
            return "window_ahead", enrolment.posttest_opens_on
        if enrolment.posttest_closes_on is not None and today > enrolment.posttest_closes_on:
            return "window_over", enrolment.posttest_closes_on
    return None


def over_reason(
    enrolment: LearnerEnrolment, quiz: Quiz, now: dt.datetime
) -> tuple[str, dt.date | None] | None:
    """Return why a quiz can never be started again, as in `closed_reason`; None while it can, or will be able to."""
    reason = closed_reason(enrolment, quiz, now)
    return None if reason is None or reason[0] in ("not_begun", "window_ahead") else reason


def closes_at(enrolment: LearnerEnrolment, quiz: Quiz) -> dt.datetime:
    """Return when a quiz closes for a class: the end of the class, or of the window of the post-test."""
    last = enrolment.ends_on
    if quiz.kind == "posttest" and enrolment.posttest_closes_on is not None:
        last = min(last, enrolment.posttest_closes_on)
    return words.end_of_day(last, enrolment.timezone)


def closes_soon(closes: dt.datetime, zone: str, now: dt.datetime) -> bool:
    """Tell whether a close is near enough to be told on each page, by the days of the class's own calendar."""
    return now <= closes and (clock.local(closes, zone).date() - clock.local(now, zone).date()).days <= SOON


def deadline(due_at: dt.datetime | None, closes: dt.datetime) -> dt.datetime:
    """Return the deadline of an attempt: its time limit or the close of the quiz, whichever comes first."""
    return closes if due_at is None else min(due_at, closes)


def is_late(
    quiz: Quiz,
    ends: dt.datetime,
    *,
    now: dt.datetime,
    client_at: dt.datetime | None = None,
    heard_at: dt.datetime | None = None,
) -> bool:
    """Tell whether an answer that arrives now is late. `ends` is the attempt's deadline.

    A device's own time counts only for quizzes that may be done without a connection, and only between when the
    server last heard from the device (`heard_at`) and the arrival.
    """
    if quiz.online:
        return now > ends + ONLINE_GRACE
    return now > ends + LONGEST_JOURNEY or worked_at(now, client_at, heard_at) > ends + OFFLINE_GRACE


def worked_at(now: dt.datetime, client_at: dt.datetime | None, heard_at: dt.datetime | None) -> dt.datetime:
    """Return when the work was done, as far as it can be believed; the arrival when nothing else is known."""
    if client_at is None:
        return now
    earliest = client_at if heard_at is None else max(client_at, heard_at)
    return min(earliest, now)


def is_overdue(quiz: Quiz, due_at: dt.datetime | None, closes: dt.datetime, now: dt.datetime) -> bool:
    """Tell whether a running attempt is over by the clock, so that it is closed with what was saved.

    Work without a connection may still be on its way for three days after the deadline. What arrives later counts only
    when an instructor accepts it, so there is nothing left to wait for.
    """
    return now > deadline(due_at, closes) + (ONLINE_GRACE if quiz.online else LONGEST_JOURNEY)
