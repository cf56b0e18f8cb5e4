"""A practice supervisor is chosen among those near the actor; the list and the write ask the same."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from desk import Desk

from lms.accounts.models import RoleAssignment
from lms.cohorts import services as cohorts
from lms.cohorts.models import Enrolment
from lms.cohorts.supervisors import supervisor_choices
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.testing_program import OTHER_SUBDISTRICT
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort(name="Kelas Praya")


def supervisor(story, name, institution=None):
    return story.supervisor(person=story.person(name, institution_id=institution))


def names(actor):
    return {name for _key, name in supervisor_choices(by=actor)}


@pytest.fixture
def everybody(story, cohort):
    """One who supervises in the class, one who lives near it, and two of whom the class knows nothing."""
    other = story.cohort(name="Kelas Keruak", region="52.03")
    people = {
        "known": supervisor(story, "Sudah Membimbing"),
        "near": supervisor(story, "Tetangga Kelas", story.institution()),
        "far": supervisor(story, "Jauh Di Sana", story.institution(region=OTHER_SUBDISTRICT)),
        "busy": supervisor(story, "Membimbing Di Sana"),
    }
    story.teacher(cohort, supervisor=people["known"])
    story.teacher(other, supervisor=people["busy"], region=OTHER_SUBDISTRICT)
    return people


def test_a_class_admin_is_offered_the_supervisors_of_the_class_and_its_region(story, cohort, everybody):
    assert names(story.class_admin(cohort).actor) == {"Sudah Membimbing", "Tetangga Kelas"}


def test_an_administrator_is_offered_every_supervisor(story, everybody):
    assert names(story.admin().actor) == {
        "Sudah Membimbing", "Tetangga Kelas", "Jauh Di Sana", "Membimbing Di Sana"
    }


def test_somebody_who_may_not_assign_is_offered_nobody(story, everybody):
    assert names(story.facilitator().actor) == set()


def test_a_region_is_not_taken_for_another_whose_code_begins_alike(story, cohort, everybody):
    with write_tx() as session:
        session.execute(sa.text("UPDATE cohort SET region_code = '52.02.01' WHERE id = :id"), {"id": cohort.id})
    assert "Jauh Di Sana" not in names(story.class_admin(cohort).actor)


@pytest.mark.parametrize("who", ["far", "busy"])
def test_ABUSE_A08_a_supervisor_out_of_reach_is_not_assigned_by_a_typed_key(app, story, cohort, everybody, who):
    learner = story.teacher(cohort)
    admin = story.class_admin(cohort)
    with pytest.raises(cohorts.NotASupervisor), write_tx():
        cohorts.assign_supervisor(learner.enrolment_uuid, everybody[who].person_uuid, by=admin.actor)
    answer = Desk(app, story, admin).post(
        f"/pemantauan/peserta/{learner.enrolment_uuid}/pembimbing", pembimbing=str(everybody[who].person_uuid)
    )
    assert answer.status_code == 409
    assert db.session.scalar(sa.select(Enrolment.supervisor_id).where(Enrolment.id == learner.enrolment_id)) is None


@pytest.mark.parametrize("who", ["known", "near"])
def test_whoever_is_offered_can_be_assigned(story, cohort, everybody, who):
    learner = story.teacher(cohort)
    with write_tx():
        cohorts.assign_supervisor(
            learner.enrolment_uuid, everybody[who].person_uuid, by=story.class_admin(cohort).actor
        )
    assert db.session.scalar(
        sa.select(Enrolment.supervisor_id).where(Enrolment.id == learner.enrolment_id)
    ) == everybody[who].person_id


def test_a_role_that_has_ended_is_not_offered_any_more(story, cohort, everybody):
    with write_tx() as session:
        session.execute(
            sa.update(RoleAssignment).where(RoleAssignment.person_id == everybody["known"].person_id)
            .values(ends_at=clock.now() - dt.timedelta(days=1))
        )
    assert names(story.class_admin(cohort).actor) == {"Tetangga Kelas"}


@pytest.mark.both
def test_a_supervisor_who_was_taken_from_the_last_teacher_can_be_given_back(app, story, cohort, everybody):
    learner = story.teacher(cohort, supervisor=supervisor(story, "Baru Dilepas"))
    admin = story.class_admin(cohort)
    desk, page = Desk(app, story, admin), f"/pemantauan/peserta/{learner.enrolment_uuid}"
    given = dict(map(reversed, supervisor_choices(by=admin.actor)))["Baru Dilepas"]
    desk.send(desk.get(page), "/pembimbing", pembimbing="")
    assert db.session.scalar(sa.select(Enrolment.supervisor_id).where(Enrolment.id == learner.enrolment_id)) is None

    assert names(admin.actor) == {"Sudah Membimbing", "Tetangga Kelas", "Baru Dilepas"}
    assert desk.send(desk.get(page), "/pembimbing", pembimbing=given).status_code == 303
    assert db.session.scalar(
        sa.select(Enrolment.supervisor_id).where(Enrolment.id == learner.enrolment_id)
    ) is not None


def test_ABUSE_A08_whoever_supervised_in_another_class_only_stays_out_of_reach(story, cohort, everybody):
    elsewhere = story.cohort(name="Kelas Selong", region="52.03")
    learner = story.teacher(elsewhere, supervisor=everybody["far"], region=OTHER_SUBDISTRICT)
    with write_tx():
        cohorts.assign_supervisor(learner.enrolment_uuid, None, by=story.class_admin(elsewhere).actor)

    assert names(story.class_admin(cohort).actor) == {"Sudah Membimbing", "Tetangga Kelas"}
