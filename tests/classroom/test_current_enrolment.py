"""Which of several enrolments home and marks are about: what can still be done goes before what is over."""

from __future__ import annotations

from typing import Any

import pytest
from classroom.paper_browser import Browser

from lms.classroom.queries import current
from lms.cohorts.queries import own_enrolments
from lms.testing_stories import Story


@pytest.mark.parametrize("state", ["accepted", "proposed"])
def test_a_class_that_runs_comes_before_one_that_is_on_its_way(story: Story, state: str) -> None:
    person = story.person()
    running = story.teacher(story.cohort(starts=-9, ends=50), person=person)
    story.teacher(story.cohort(starts=40, ends=90), state=state, person=person)
    chosen = current(own_enrolments(by=running.actor))

    assert chosen is not None
    assert chosen.uuid == running.enrolment_uuid


@pytest.mark.parametrize(("state", "starts", "ends"), [("active", -99, 50), ("accepted", 9, 70), ("proposed", 9, 70)])
def test_a_new_class_or_registration_comes_before_a_class_that_ended_undecided(
    story: Story, state: str, starts: int, ends: int
) -> None:
    person = story.person()
    new = story.teacher(story.cohort(starts=starts, ends=ends), state=state, person=person)
    old = story.teacher(story.cohort(starts=-90, ends=-3), person=person)
    chosen = current(own_enrolments(by=old.actor))

    assert chosen is not None
    assert chosen.uuid == new.enrolment_uuid


@pytest.mark.parametrize("state", ["refused", "declined", "proposed"])
def test_a_class_that_ended_undecided_stays_in_sight_when_nothing_new_is_on_its_way(
    story: Story, state: str
) -> None:
    person = story.person()
    old = story.teacher(story.cohort(starts=-90, ends=-3), person=person)
    story.teacher(story.cohort(starts=-20, ends=-1), state=state, person=person)
    chosen = current(own_enrolments(by=old.actor))

    assert chosen is not None
    assert chosen.uuid == old.enrolment_uuid


@pytest.mark.parametrize("state", ["withdrawn", "refused", "proposed"])
def test_the_tier_shows_the_class_that_runs_as_home_and_marks_do(app: Any, story: Story, state: str) -> None:
    person = story.person()
    running = story.teacher(story.cohort(starts=-9, ends=50), person=person)
    story.teacher(story.cohort(starts=30, ends=90), state=state, person=person)
    browser = Browser(app, story, running)

    for address in ("/beranda", "/diklat", "/diklat/diklat-mini"):
        assert f"/modul/{running.enrolment_uuid}/M00" in browser.get(address).text, address
    assert browser.get("/nilai").headers["Location"].endswith(f"/nilai/{running.enrolment_uuid}")
