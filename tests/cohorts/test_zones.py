"""Days and hours are told by the clock of the place they belong to."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from desk import signed_in_once

from lms.cohorts.models import Enrolment
from lms.cohorts.queries import learner_enrolment
from lms.cohorts.scope_names import zone_of
from lms.config import DEFAULT_ZONE
from lms.core.db import write_tx
from lms.enrolling import worklist
from lms.lib import clock
from lms.regions.models import Region
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    story = Story()
    story.provider()
    with write_tx() as session:
        session.execute(sa.update(Region).values(timezone="Asia/Jayapura"))
    return story


def test_before_there_is_a_class_the_zone_is_that_of_the_periods_region(story):
    learner = story.teacher(story.cohort(timezone="Asia/Jakarta"))

    assert learner_enrolment(learner.enrolment_uuid, by=learner.actor).timezone == "Asia/Jakarta"
    with write_tx() as session:
        session.execute(sa.update(Enrolment).values(cohort_id=None, state="confirmed"))
    assert learner_enrolment(learner.enrolment_uuid, by=learner.actor).timezone == "Asia/Jayapura"


def test_staff_read_the_clock_of_their_place_and_else_that_of_the_installation(story):
    cohort = story.cohort(timezone="Asia/Jakarta")

    assert zone_of(story.facilitator().actor) == "Asia/Jayapura"
    assert zone_of(story.staff("class_admin", "provider", "bgp-ntb").actor) == "Asia/Jayapura"
    assert zone_of(story.class_admin(cohort).actor) == "Asia/Jakarta"
    assert zone_of(story.admin().actor) == DEFAULT_ZONE


@pytest.mark.parametrize(("zone", "hour", "starts", "reason"), [
    ("Asia/Jayapura", 15, 0, "not_begun"), ("Asia/Jakarta", 16, 1, None), ("Asia/Jakarta", 17, 0, "not_begun"),
])
def test_a_class_begins_at_midnight_of_its_own_zone(story, zone, hour, starts, reason):
    with clock.freeze(dt.datetime(2026, 3, 1, hour, 30, tzinfo=dt.UTC)):
        person = story.teacher(story.cohort(starts=starts, timezone=zone))
        signed_in_once(person)
        facilitator = story.facilitator().actor
        lines, _total = worklist.people(facilitator, worklist.versions(facilitator), worklist.Filter())

    assert [line.reason for line in lines] == [reason]
