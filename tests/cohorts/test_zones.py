"""Days and hours are told by the clock of the place they belong to."""

from __future__ import annotations

import datetime as dt

import pytest
import quiz_acts
import sqlalchemy as sa
from desk import Desk, signed_in_once

from lms.accounts.models import RoleAssignment
from lms.cohorts.models import Announcement, Enrolment
from lms.cohorts.queries import learner_enrolment
from lms.cohorts.scope_names import zone_of
from lms.config import DEFAULT_ZONE
from lms.core import notices, registry
from lms.core.db import write_tx
from lms.enrolling import worklist
from lms.lib import clock
from lms.quizzes import queries as quiz_queries
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


def test_who_learns_and_who_supervises_read_the_clock_of_the_class(story):
    supervisor = story.supervisor()
    learner = story.teacher(story.cohort(timezone="Asia/Jakarta"), supervisor=supervisor)

    assert zone_of(learner.actor) == registry.zone_of(learner.actor) == "Asia/Jakarta"
    assert zone_of(supervisor.actor) == "Asia/Jakarta"
    assert zone_of(story.supervisor().actor) == DEFAULT_ZONE
    with write_tx() as session:
        session.execute(sa.update(Enrolment).values(cohort_id=None, state="confirmed"))
    assert zone_of(learner.actor) == "Asia/Jayapura"


@pytest.fixture
def night(app):
    """Half past eleven in the evening of 3 November in Jakarta, and the next day everywhere else in the country."""
    with clock.freeze(dt.datetime(2026, 11, 3, 16, 30, tzinfo=dt.UTC)):
        yield


@pytest.mark.parametrize(("zone", "day", "other"), [
    ("Asia/Jakarta", "3 Nov", "4 Nov"), ("Asia/Makassar", "4 Nov", "3 Nov"), ("Asia/Jayapura", "4 Nov", "3 Nov"),
])
def test_every_page_about_a_class_names_the_day_by_the_clock_of_the_class(app, night, zone, day, other):
    story = Story()
    cohort = story.cohort(timezone=zone, starts=-40, ends=60)
    learner, instructor = story.teacher(cohort, supervisor=(supervisor := story.supervisor())), story.instructor(cohort)
    quiz_acts.finish_modules(learner, "M00")
    for _each in range(2):
        attempt = quiz_acts.start(learner, "m03-kuis")
        quiz_acts.submit(learner, attempt, {
            slot.number: {"answer": ["Saya bertanya."]}
            for slot in quiz_queries.attempt_page(attempt, by=learner.actor).slots
            if slot.presentation.type == "essay"
        })
    with write_tx() as session:
        notices.tell(learner.person_id, "question.answered", lesson="Satu")
        session.add(Announcement(
            cohort_id=cohort.id, author_id=instructor.person_id, title="Kabar", text="Isi.", created_at=clock.now(),
            ended_at=clock.now(),
        ))
    phone = Desk(app, story, learner)  # One session more, which the account page names with its day.
    pages = {
        "/pemberitahuan": learner, "/akun": learner, f"/kelas/{cohort.uuid}": instructor,
        f"/kelas/{cohort.uuid}/cetak": instructor, f"/kelas/{cohort.uuid}/pengumuman": instructor,
        "/penilaian": instructor, "/bimbingan": supervisor, f"/peserta/{learner.enrolment_uuid}": supervisor,
        "/pemantauan/peserta": story.facilitator(),
    }
    del phone
    for address, who in pages.items():
        text = Desk(app, story, who).get(address).text
        assert day in text, address
        assert other not in text, address


def test_the_administrator_reads_the_clock_of_the_installation_that_roles_are_given_by(app, night):
    story = Story()
    person, desk = story.teacher(), Desk(app, story, story.admin())
    signed_in_once(person)
    with write_tx() as session:
        session.execute(sa.update(RoleAssignment).values(starts_at=clock.now(), ends_at=clock.now() + dt.timedelta(1)))
        session.execute(sa.update(RoleAssignment).where(RoleAssignment.role == "admin").values(ends_at=None))
    for address in ("/kelola/orang", f"/kelola/orang/{person.person_uuid}"):
        text = desk.get(address).text
        assert "4 Nov 2026" in text, address
        assert "3 Nov 2026" not in text, address


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
