"""The days of the story, all reckoned from the day of the first start in the zone of the classes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lms.lib import clock

ZONE = "Asia/Makassar"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the programme after the model calendar; weeks begin on Monday."""

    starts_on: dt.date

    def week(self, number: int) -> dt.date:
        """Return the Monday of a week; the first is week 1."""
        return self.starts_on + dt.timedelta(weeks=number - 1)

    @property
    def ends_on(self) -> dt.date:
        """The Friday of week 22, when the second marks are given."""
        return self.week(23) - dt.timedelta(days=3)

    @property
    def posttest(self) -> tuple[dt.date, dt.date]:
        return self.week(6), self.week(10) - dt.timedelta(days=1)

    @property
    def tasks(self) -> tuple[dt.date, dt.date]:
        return self.week(8), self.week(20) - dt.timedelta(days=1)


def run_in_week(number: int) -> Run:
    """Return the run whose week of this number is the present week; 0 or less begins in the future."""
    today = clock.local(clock.now(), ZONE).date()
    monday = today - dt.timedelta(days=today.weekday())
    return Run(monday - dt.timedelta(weeks=number - 1))


def moment(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    """Return a time of day in the zone of the classes, in UTC."""
    return dt.datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo(ZONE)).astimezone(dt.UTC)
