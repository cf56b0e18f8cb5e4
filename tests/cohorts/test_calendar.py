"""A class is planned, running, reporting or finished as its dates say on its own clock; nothing has to run for it."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st

from lms.cohorts import services
from lms.cohorts.models import Cohort
from lms.core.db import db, write_tx
from lms.enrolling import queries as enrolling_queries
from lms.lib import clock, words
from lms.teaching import queries as teaching_queries
from lms.testing_stories import Story

pytestmark = pytest.mark.both

FIRST, REPORTS, LAST = dt.date(2026, 7, 6), dt.date(2026, 8, 24), dt.date(2026, 12, 4)
HOURS = {"Asia/Jakarta": 7, "Asia/Pontianak": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
#: Any hour of half a year around any class, and zones of the country and of elsewhere.
MOMENTS = st.integers(0, 210 * 24 * 60).map(
    lambda minutes: dt.datetime(2026, 6, 1, tzinfo=dt.UTC) + dt.timedelta(minutes=minutes)
)
DAYS = st.dates(dt.date(2026, 6, 1), dt.date(2026, 12, 31))


def on_the_clock_of(zone: str, day: dt.date, time: dt.time) -> dt.datetime:
    return dt.datetime.combine(day, time, dt.timezone(dt.timedelta(hours=HOURS[zone])))


def dated(cohort_id: int, starts_on: dt.date, ends_on: dt.date, task_opens_on: dt.date | None, zone: str) -> None:
    with write_tx() as session:
        session.execute(sa.update(Cohort).where(Cohort.id == cohort_id).values(
            starts_on=starts_on, ends_on=ends_on, task_opens_on=task_opens_on, timezone=zone
        ))


def states(cohort_id: int) -> set[str]:
    """What the row and the database say; one word when they agree."""
    db.session.rollback()
    return {
        db.session.get_one(Cohort, cohort_id).state,
        db.session.scalars(sa.select(Cohort.state).where(Cohort.id == cohort_id)).one(),
    }


@pytest.mark.parametrize("zone", HOURS)
def test_a_state_changes_at_midnight_on_the_clock_of_the_class(app, zone):
    cohort = Story().cohort()
    dated(cohort.id, FIRST, LAST, REPORTS, zone)
    one_day, last_minute, midnight = dt.timedelta(days=1), dt.time(23, 59, 59), dt.time()

    for before, day, after in (
        ("planned", FIRST, "running"), ("running", REPORTS, "reporting"), ("reporting", LAST + one_day, "finished")
    ):
        with clock.freeze(on_the_clock_of(zone, day - one_day, last_minute)) as now:
            assert states(cohort.id) == {before}
            now.tick(dt.timedelta(seconds=1))
            assert now.at == on_the_clock_of(zone, day, midnight)
            assert states(cohort.id) == {after}


def test_in_one_moment_a_class_has_ended_in_the_east_and_goes_on_in_the_west(app):
    story = Story()
    west, east = story.cohort(), story.cohort()
    dated(west.id, FIRST, LAST, None, "Asia/Jakarta")
    dated(east.id, FIRST, LAST, None, "Asia/Jayapura")

    with clock.freeze(on_the_clock_of("Asia/Jayapura", LAST + dt.timedelta(days=1), dt.time(0, 30))):
        assert (states(east.id), states(west.id)) == ({"finished"}, {"running"})


def test_without_report_weeks_a_class_runs_to_its_end(app):
    cohort = Story().cohort()
    dated(cohort.id, FIRST, LAST, None, "Asia/Makassar")

    with clock.freeze(on_the_clock_of("Asia/Makassar", LAST, dt.time(23, 59, 59))):
        assert states(cohort.id) == {"running"}


def test_row_and_database_agree_on_every_date_and_hour(app):
    cohort = Story().cohort()

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(MOMENTS, DAYS, DAYS, st.none() | DAYS, st.sampled_from((*words.ZONES, "Asia/Tokyo", "UTC")))
    def agree(now, one, other, task, zone):
        dated(cohort.id, min(one, other), max(one, other), task, zone)
        with clock.freeze(now):
            assert len(states(cohort.id)) == 1

    agree()


def test_a_statement_that_was_built_yesterday_looks_at_the_clock_of_today(app):
    cohort = Story().cohort(ends=0)
    wanted = sa.select(Cohort.state).where(Cohort.id == cohort.id)

    assert db.session.scalars(wanted).one() == "running"
    with clock.freeze(clock.now() + dt.timedelta(days=1)):
        assert db.session.scalars(wanted).one() == "finished"


def test_a_place_without_a_class_has_no_state(app):
    empty = sa.select(Cohort.state).select_from(sa.select(sa.literal(1)).subquery()).outerjoin(Cohort, sa.false())

    assert db.session.scalars(empty).all() == [None]


def test_a_class_ends_by_its_date_and_keeps_its_text_from_then_on(app):
    story = Story()
    cohort = story.cohort(story.program(major=1, minor=0), ends=0)
    story.program(major=1, minor=1)
    admin = story.admin().actor

    with clock.freeze(clock.now() + dt.timedelta(days=1)), write_tx(), pytest.raises(services.ClassEnded):
        services.take_minor_update(cohort.uuid, by=admin)
    with write_tx():
        assert services.take_minor_update(cohort.uuid, by=admin) == "1.1"


def test_lists_show_classes_under_way_first_then_those_ahead_then_the_ended(app):
    story = Story()
    for name, dates in (
        ("ended", {"starts": -90, "ends": -1}), ("ahead", {"starts": 1}), ("reports", {"starts": -50, "task": (-1, 9)}),
        ("running", {"starts": -10, "task": (20, 40)}),
    ):
        cohort = story.cohort(name=name, **dates)
        story.teacher(cohort)
    order = [("running", "running"), ("reports", "reporting"), ("ahead", "planned"), ("ended", "finished")]

    lines = enrolling_queries.class_lines(story.facilitator().actor)
    cards, _total = teaching_queries.class_cards(story.staff("instructor", "provider", "bgp-ntb").actor)

    assert [(line.name, line.state) for line in lines] == order
    assert [(card.name, card.state) for card in cards] == order
