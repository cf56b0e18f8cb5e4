"""A practice supervisor can call the assigned teachers, and nobody else sees a number there."""

from __future__ import annotations

import pytest
from desk import Desk

from lms.accounts.services.people import add_identifier
from lms.core.db import write_tx
from lms.testing_stories import Story

PHONE = "081234567890"


@pytest.fixture
def told(app):
    story = Story()
    cohort, supervisor = story.cohort(), story.supervisor()
    learner = story.teacher(cohort, name="Baiq Mariani", supervisor=supervisor)
    with write_tx():
        add_identifier(learner.person_id, "phone", PHONE)
    return story, cohort, supervisor, learner


@pytest.mark.parametrize("page", ["/bimbingan", "/peserta/{}"])
def test_the_number_and_a_prepared_message_stand_in_the_list_and_on_the_persons_page(app, told, page):
    story, _cohort, supervisor, learner = told
    text = Desk(app, story, supervisor).get(page.format(learner.enrolment_uuid)).text

    assert PHONE in text
    assert "https://wa.me/6281234567890?text=Salam" in text


def test_whose_teachers_they_are_is_said_to_an_administrator_as_somebody_elses(app, told):
    story, _cohort, supervisor, _learner = told
    page = Desk(app, story, story.admin()).get(f"/kelola/orang/{supervisor.person_uuid}").text

    assert "peserta bimbingannya" in page
    assert "peserta bimbingan Anda" not in page


def test_an_instructor_of_the_class_sees_no_number(app, told):
    story, cohort, _supervisor, learner = told
    desk = Desk(app, story, story.instructor(cohort))
    for page in (f"/kelas/{cohort.uuid}", f"/peserta/{learner.enrolment_uuid}"):
        text = desk.get(page).text
        assert "Baiq Mariani" in text
        assert PHONE not in text
        assert "wa.me" not in text
