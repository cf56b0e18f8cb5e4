"""The facilitator sees the people of the region, whom to call and why, and nobody else's."""

from __future__ import annotations

import html

import pytest
from desk import Desk, done, learned, signed_in_once

from lms.enrolling import queries, worklist
from lms.testing_program import OTHER_SUBDISTRICT, PROVINCE
from lms.testing_stories import Story

CANARY = "Kenari Rahasia"


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort(name="Kelas Praya")


@pytest.fixture
def elsewhere(story):
    """Somebody of another regency in a class of their own, with a name nobody else has."""
    other = story.cohort(name=f"Kelas {CANARY}", region="52.03")
    institution = story.institution(f"TK {CANARY}", region=OTHER_SUBDISTRICT)
    return other, story.teacher(other, name=f"Ibu {CANARY}", region=OTHER_SUBDISTRICT, institution_id=institution)


def reasons(actor):
    known = worklist.versions(actor)
    lines, _total = worklist.people(actor, known, worklist.Filter())
    return {line.full_name: line.reason for line in lines}


def test_each_person_has_the_one_reason_that_tells_most(story, cohort):
    facilitator = story.facilitator()
    story.teacher(cohort, name="Tak Pernah Masuk")
    idle, fresh, begun = (story.teacher(cohort, name=name) for name in ("Lama Diam", "Rajin", "Belum Mulai"))
    finished = story.teacher(cohort, name="Tuntas")
    for person in (idle, fresh, begun, finished):
        signed_in_once(person)
    learned(idle, "M00", days_ago=8)
    learned(fresh, "M00", days_ago=6)
    learned(finished, "M00", "M01", "M02", "M03", "M10", days_ago=20)

    assert reasons(facilitator.actor) == {
        "Tak Pernah Masuk": "never_signed_in", "Lama Diam": "idle", "Rajin": None, "Belum Mulai": "not_begun",
        "Tuntas": None,
    }


def test_the_counts_of_the_overview_are_the_lists_they_lead_to(story, cohort):
    facilitator = story.facilitator(PROVINCE)
    story.teacher(cohort)
    idle = story.teacher(cohort)
    signed_in_once(idle)
    learned(idle, "M00", days_ago=9)
    known = worklist.versions(facilitator.actor)
    counts = worklist.reason_counts(facilitator.actor, known)

    for reason in (*worklist.REASONS, "to_contact"):
        lines, total = worklist.people(facilitator.actor, known, worklist.Filter(state=reason))
        assert counts[reason] == total == len(lines), reason
    assert counts["to_contact"] == 2

    story.teacher(cohort, region=OTHER_SUBDISTRICT)
    for state in ("withdrawn", "transferred", "refused", "declined", "waiting_list", "proposed"):
        story.teacher(cohort, state=state)
    ended = story.cohort(starts=-200, ends=-30)
    for state in ("passed", "withdrawn"):
        story.teacher(ended, state=state)
    page = queries.overview(facilitator.actor, known)
    assert len(page.regions) == len(page.classes) == 2
    for funnel in page.regions:
        assert funnel.counts[0] == listed(facilitator.actor, region=funnel.key, state="taking_part"), funnel.name
    for line, funnel in page.classes:
        assert funnel.counts[0] == listed(facilitator.actor, cohort=line.uuid, state="placed") > 0, line.name
    assert page.everybody.counts[0] == listed(facilitator.actor, state="taking_part") == 3
    assert page.waiting == {"waiting_list": 1, "proposed": 1}
    assert sum(page.waiting.values()) == listed(facilitator.actor, state="waiting")


def listed(actor, **wanted):
    """How many people stand in the list of this filter."""
    lines, total = worklist.people(actor, worklist.versions(actor), worklist.Filter(**wanted))
    assert len(lines) == total
    return total


def test_the_overview_links_to_the_lists_it_counts_and_calls_nobody_who_left_not_yet_accepted(app, story, cohort):
    story.teacher(cohort)
    story.teacher(cohort, region=OTHER_SUBDISTRICT)
    story.teacher(cohort, state="withdrawn")
    page = html.unescape(Desk(app, story, story.facilitator(PROVINCE)).get("/pemantauan").text)

    assert "?kecamatan=52.02.01&keadaan=taking_part" in page
    assert f"?kelas={cohort.uuid}&keadaan=placed" in page
    assert "Mengundurkan diri" not in page
    assert "Belum diterima di kelas" not in page


def test_a_state_that_nobody_knows_matches_nobody_on_the_page_on_paper_and_in_the_sheet(app, story, cohort):
    story.teacher(cohort, name="Baiq Satu")
    desk = Desk(app, story, story.facilitator())
    for tail in ("", "/cetak", ".csv"):
        address = f"/pemantauan/peserta{tail}"
        assert "Baiq Satu" in desk.get(address).text
        assert "Baiq Satu" in desk.get(f"{address}?keadaan=never_signed_in").text
        for wrong in ("tidakada", "never_signed_in2", "%20"):
            assert "Baiq Satu" not in desk.get(f"{address}?keadaan={wrong}").text, (tail, wrong)


def test_the_funnel_counts_everybody_once_and_ended_classes_apart(story, cohort):
    facilitator = story.facilitator()
    crowd = story.crowd(cohort, 4)
    done(crowd[:3], "M00", "M01", "M02")
    done(crowd[:1], "M03", "M10")
    story.teacher(story.cohort(starts=-200, ends=-30), state="passed")
    found = queries.overview(facilitator.actor, worklist.versions(facilitator.actor))

    assert found.everybody.counts == [4, 0, 3, 1]
    assert sum(funnel.counts[0] for _line, funnel in found.classes) == 5


def test_ABUSE_A07_no_page_of_a_facilitator_holds_a_word_of_another_region(app, story, cohort, elsewhere):
    story.teacher(cohort)
    other, learner = elsewhere
    desk = Desk(app, story, story.facilitator())
    for address in (
        "/pemantauan", "/pemantauan/peserta", f"/pemantauan/peserta?q={CANARY}", "/pemantauan/kartu",
        f"/pemantauan/peserta?kecamatan={OTHER_SUBDISTRICT}", f"/pemantauan/peserta?kelas={other.uuid}",
        "/pemantauan/peserta?kelas=semua", f"/pemantauan/peserta?q={learner.code}",
        *(f"/pemantauan/peserta?keadaan={state}" for state in (*worklist.REASONS, "to_contact", "done", "' OR 1=1")),
    ):
        reply = desk.get(address)
        assert reply.status_code == 200, address
        # What was typed into the search comes back in its field; everything else about the person would be a leak.
        for leak in (f"Ibu {CANARY}", f"TK {CANARY}", f"Kelas {CANARY}", str(learner.enrolment_uuid), str(other.uuid)):
            assert leak not in reply.text.replace(f"kelas%3D{other.uuid}", ""), (address, leak)


def test_ABUSE_A08_an_object_of_another_region_does_not_exist_for_a_facilitator(app, story, cohort, elsewhere):
    mine = story.teacher(cohort)
    other, learner = elsewhere
    desk = Desk(app, story, story.facilitator())
    foreign = f"/pemantauan/peserta/{learner.enrolment_uuid}"

    for address in (foreign, f"{foreign}/kartu", f"/pemantauan/kartu/{other.uuid}"):
        assert desk.get(address).status_code == 404, address
    for address in (f"{foreign}/kartu", f"{foreign}/buka"):
        assert desk.post(address).status_code == 404, address
    both = [str(mine.enrolment_uuid), str(learner.enrolment_uuid)]
    assert desk.post(f"/pemantauan/kartu/{cohort.uuid}", peserta=both).status_code == 404
    assert desk.post(f"/pemantauan/kartu/{cohort.uuid}", peserta=[both[0], "x"]).status_code == 404
    again = app.test_client()
    entered = again.post("/masuk", data={"identifier": mine.code, "secret": mine.secret, "_csrf": _visit(again)})
    assert entered.status_code == 303, "the bulk call must have changed nobody's PIN"


def _visit(client):
    page = client.get("/masuk").text
    return page.split('name="_csrf" value="')[1].split('"')[0]


def test_ABUSE_A09_an_observer_reaches_no_person_and_sends_nothing(app, story, cohort):
    learner = story.teacher(cohort)
    desk = Desk(app, story, story.observer())
    person = f"/pemantauan/peserta/{learner.enrolment_uuid}"

    assert desk.get(person).status_code == 404
    assert desk.get(f"/peserta/{learner.enrolment_uuid}").status_code == 404
    assert desk.get("/pemantauan").status_code == 403
    assert desk.post(f"{person}/kartu").status_code == 404
    assert desk.post(f"/pemantauan/kartu/{cohort.uuid}", peserta=str(learner.enrolment_uuid)).status_code == 403


def test_a_class_admin_sees_the_class_and_not_the_one_beside_it(app, story, cohort):
    beside = story.cohort(name="Kelas Sebelah")
    mine, theirs = story.teacher(cohort, name="Orang Kelas Ini"), story.teacher(beside, name="Orang Sebelah")
    desk = Desk(app, story, story.class_admin(cohort))
    page = desk.get("/pemantauan/peserta").text

    assert "Orang Kelas Ini" in page
    assert "Orang Sebelah" not in page
    assert desk.get(f"/pemantauan/peserta/{mine.enrolment_uuid}").status_code == 200
    assert desk.get(f"/pemantauan/peserta/{theirs.enrolment_uuid}").status_code == 404


def test_a_phone_is_shown_with_a_prepared_message_and_the_nik_is_masked(app, story, cohort):
    from lms.accounts.services.people import add_identifier
    from lms.core.db import write_tx

    learner = story.teacher(cohort, name="Baiq Mariani")
    with write_tx():
        add_identifier(learner.person_id, "phone", "084410001111")
        add_identifier(learner.person_id, "nik", "5202014605939002")
    page = Desk(app, story, story.facilitator()).get(f"/pemantauan/peserta/{learner.enrolment_uuid}").text

    assert "https://wa.me/6284410001111?text=Salam" in page
    assert "9002" in page
    assert "5202014605939002" not in page


@pytest.mark.parametrize("address", ["/pemantauan", "/pemantauan/peserta", "/pemantauan/kartu"])
def test_the_statements_do_not_grow_with_the_people(app, story, cohort, count_statements, address):
    story.crowd(cohort, 5)
    desk = Desk(app, story, story.facilitator())
    desk.get(address)
    with count_statements() as few:
        desk.get(address)
    done(story.crowd(cohort, 200), "M00")
    with count_statements() as many:
        desk.get(address)

    assert len(many) == len(few) <= 11
