"""Work is due at the end of the last day of its window, told by the calendar of the class; five minutes are given."""

import dataclasses
import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest

from lms.cohorts.models import ENROLMENT_STATES, LEARNING_STATES
from lms.cohorts.queries import LearnerEnrolment
from lms.workshops import deadlines
from lms.workshops.contract import Returning

ZONES = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
FIRST, LAST = dt.date(2027, 1, 4), dt.date(2027, 1, 31)
SECOND, MINUTE, DAY = dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta(days=1)
ENROLMENT = LearnerEnrolment(
    id=1, uuid=uuid.UUID(int=1), person_id=1, state="active", program_id="p", period_title="", provider_name="",
    cohort_id=1, cohort_uuid=uuid.UUID(int=2), cohort_name="", timezone="Asia/Makassar", program_version_id=1,
    starts_on=FIRST, ends_on=LAST, posttest_opens_on=None, posttest_closes_on=None, task_opens_on=FIRST,
    task_closes_on=LAST, supervisor_id=None, last_active_at=None,
)


def window(*, rules=Returning(), return_until=None, **changes):  # noqa: B008 - it is frozen.
    return deadlines.window(dataclasses.replace(ENROLMENT, **changes), rules, return_until=return_until)


@pytest.mark.parametrize("zone", ZONES)
def test_work_is_due_in_the_last_second_of_the_last_day_of_the_class(zone):
    due = window(timezone=zone).due_at
    assert due == dt.datetime(2027, 1, 31, 23 - ZONES[zone], 59, 59, tzinfo=dt.UTC)
    assert due.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == dt.datetime(2027, 1, 31, 23, 59, 59)  # noqa: DTZ001


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("after", "days"), [
    (-DAY, 0), (-SECOND, 0), (0 * SECOND, 0), (SECOND, 0), (5 * MINUTE, 0), (5 * MINUTE + SECOND, 1), (DAY, 1),
    (DAY + SECOND, 2), (14 * DAY, 14),
])
def test_days_late_are_those_of_the_calendar_after_five_minutes_of_grace(zone, after, days):
    due = window(timezone=zone).due_at
    assert deadlines.late_days(due, due + after, zone) == days


def test_the_same_moment_is_another_day_in_another_zone():
    due = window(timezone="Asia/Jakarta").due_at
    # Half past ten in the evening of the next day in Jakarta is the day after that in Jayapura.
    now = dt.datetime(2027, 2, 1, 22, 30, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert deadlines.late_days(due, now, "Asia/Jakarta") == 1
    later = window(timezone="Asia/Jayapura").due_at
    assert deadlines.late_days(later, now, "Asia/Jayapura") == 2


def test_a_deadline_within_a_day_is_late_by_one_day_on_that_same_day():
    due = dt.datetime(2027, 1, 31, 1, 0, tzinfo=dt.UTC)
    assert deadlines.late_days(due, due + 6 * MINUTE, "Asia/Makassar") == 1


def test_work_shuts_as_many_days_after_its_deadline_as_the_programme_says():
    assert window().shuts_at == window().due_at + 14 * DAY
    assert window(rules=Returning(late_days=3)).shuts_at == window().due_at + 3 * DAY


def test_returned_work_is_due_when_its_return_is_and_never_before_the_others():
    due = window().due_at
    assert window(return_until=due + 9 * DAY).due_at == due + 9 * DAY
    assert window(return_until=due + 9 * DAY).shuts_at == due + 23 * DAY
    assert window(return_until=due - 9 * DAY).due_at == due


@pytest.mark.parametrize("missing", ["task_opens_on", "task_closes_on"])
def test_without_both_days_there_is_no_window(missing):
    assert window(**{missing: None}) is None


def reason(now, **changes):
    enrolment = dataclasses.replace(ENROLMENT, **changes)
    return deadlines.closed_reason(enrolment, deadlines.window(enrolment, Returning()), now)


@pytest.mark.parametrize("zone", ZONES)
def test_writing_begins_with_the_first_day_of_the_class_and_has_no_end(zone):
    begins = dt.datetime(2027, 1, 4, tzinfo=ZoneInfo(zone))
    assert reason(begins - SECOND, timezone=zone) == "not_open"
    assert reason(begins, timezone=zone) is None
    assert reason(begins + 1000 * DAY, timezone=zone) is None


@pytest.mark.parametrize("state", sorted(set(ENROLMENT_STATES) - set(LEARNING_STATES)))
def test_nobody_writes_who_does_not_learn(state):
    now = window().due_at
    assert reason(now, state=state) == "not_learning"
    assert reason(now, cohort_id=None) == "not_learning"
    assert reason(now, task_closes_on=None) == "no_window"
