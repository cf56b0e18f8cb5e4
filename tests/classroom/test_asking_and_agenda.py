"""Who waits is told whom to ask; an agenda shows what is coming first and folds away what is over, without a script."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from desk import Desk

from lms.classroom.agenda import agenda_of
from lms.cohorts.models import Enrolment, Meeting
from lms.cohorts.queries import learner_enrolment
from lms.core.db import write_tx
from lms.lib import clock
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


def waiting(story, *, starts=20, state="awaiting_recommendation", region="52.02.01", **kwargs):
    cohort = story.cohort(starts=starts, ends=starts + 90)
    learner = story.teacher(cohort, region=region, **kwargs)
    with write_tx() as session:
        session.execute(sa.update(Enrolment).where(Enrolment.id == learner.enrolment_id).values(
            state=state, cohort_id=None
        ))
    return learner


@pytest.mark.parametrize("starts", [20, -20])
@pytest.mark.parametrize("state", ["proposed", "awaiting_recommendation", "waiting_list", "refused"])
def test_who_waits_sees_the_help_desk_and_the_facilitator_of_the_region(app, story, starts, state):
    story.facilitator("52.02", person=story.person("Baiq Fasilitator"))
    story.facilitator("52.03", person=story.person("Lalu Tetangga"))
    page = Desk(app, story, waiting(story, starts=starts, state=state)).get("/beranda").text

    assert "Tempat bertanya" in page
    assert "Baiq Fasilitator" in page
    assert "Lalu Tetangga" not in page
    assert "Meja bantuan" in page
    assert "https://wa.me/6281200000000" in page


def test_a_facilitator_whose_time_is_over_is_not_named(app, story):
    gone = story.facilitator("52.02", person=story.person("Baiq Dahulu"))
    with write_tx() as session:
        session.execute(sa.text("UPDATE role_assignment SET ends_at = starts_at WHERE person_id = :id"),
                        {"id": gone.person_id})
    page = Desk(app, story, waiting(story)).get("/beranda").text

    assert "Baiq Dahulu" not in page


def test_who_has_a_place_in_a_class_that_has_not_begun_sees_both_too(app, story):
    story.facilitator("52.02", person=story.person("Baiq Fasilitator"))
    learner = story.teacher(story.cohort(starts=5, ends=60), state="accepted")
    page = Desk(app, story, learner).get("/beranda").text

    assert "Baiq Fasilitator" in page
    assert page.count("https://wa.me/6281200000000") == 1


def meeting(cohort, days, title, *, kind="in_person", place=None):
    at = clock.now() + dt.timedelta(days=days)
    with write_tx() as session:
        session.add(Meeting(
            cohort_id=cohort.id, kind=kind, title=title, place=place, starts_at=at, ends_at=at + dt.timedelta(hours=2)
        ))


def test_what_is_coming_stands_first_and_what_is_over_is_folded_and_marked(app, story):
    cohort = story.cohort(posttest=(30, 35))
    meeting(cohort, -10, "Pembukaan", kind="teleconference")
    meeting(cohort, -3, "Temu pertama")
    meeting(cohort, 4, "Tanya jawab", kind="teleconference", place="Zoom: https://rapat.example/abc")
    meeting(cohort, 9, "Temu kedua", place="Aula kecamatan")
    page = Desk(app, story, story.teacher(cohort)).get("/beranda").text
    agenda = page[page.index("<h2>Agenda</h2>"):]

    places = [agenda.index(title) for title in
              ("Tanya jawab", "Temu kedua", "Tes akhir", "2 acara sudah lewat", "Temu pertama", "Pembukaan")]
    assert places == sorted(places)
    assert agenda.index('class="now"') < places[0] < agenda.index('class="later"')
    assert agenda[places[3]:].count("Sudah lewat · ") == 2
    assert "Telekonferensi" in agenda[:places[1]]
    assert 'href="https://rapat.example/abc"' in agenda
    assert "Tatap muka" in agenda[places[1]:]
    assert "Aula kecamatan" in agenda


def test_an_agenda_of_a_class_that_is_over_says_so(story):
    cohort = story.cohort(starts=-90, ends=-1)
    learner = story.teacher(cohort)
    agenda = agenda_of(learner_enrolment(learner.enrolment_uuid, by=learner.actor))

    assert agenda.coming == ()
    assert [item.kind for item in agenda.past] == ["class"]


@pytest.mark.parametrize("place", ["javascript:alert(1)", "http://rapat.example", 'https://"onclick=x', "https://"])
def test_only_a_plain_secure_address_becomes_a_link(place):
    from lms.classroom.agenda import _meeting

    now = clock.now()
    event = _meeting(SimpleNamespace(kind="online", title="A", place=place, starts_at=now, ends_at=now))

    assert event.link is None
    assert event.place == place


def test_a_class_with_very_many_meetings_still_shows_those_that_are_coming_and_the_newest_that_are_over(story):
    cohort = story.cohort()
    for days in (*range(-20, 0), 2, 4, 6):
        meeting(cohort, days, f"Hari {days}")
    learner = story.teacher(cohort)
    agenda = agenda_of(learner_enrolment(learner.enrolment_uuid, by=learner.actor))

    assert [item.title for item in agenda.coming] == ["Hari 2", "Hari 4", "Hari 6"]
    assert [item.title for item in agenda.past] == [f"Hari {days}" for days in range(-1, -14, -1)]


@pytest.mark.both
def test_of_very_many_coming_meetings_the_next_are_shown(story):
    cohort = story.cohort()
    for days in range(-2, 20):
        meeting(cohort, days, f"Hari {days}")
    learner = story.teacher(cohort)
    agenda = agenda_of(learner_enrolment(learner.enrolment_uuid, by=learner.actor))

    assert [item.title for item in agenda.coming] == [f"Hari {days}" for days in range(16)]
    assert agenda.past == ()
