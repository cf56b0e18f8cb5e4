"""A PIN stands on paper and nowhere else."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from desk import Desk

from lms.accounts.models import Credential
from lms.accounts.services import secrets, slips
from lms.core.db import db, write_tx
from lms.core.operations import Operation
from lms.testing_stories import Story

PIN_ON_SLIP = re.compile(r"<dt>PIN</dt><dd>(\d{6})</dd>")


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort()


@pytest.fixture
def desk(app, story):
    return Desk(app, story, story.facilitator())


def make_slip(desk, learner):
    page = desk.get(f"/pemantauan/peserta/{learner.enrolment_uuid}/kartu")
    return desk.send(page, ""), page


def test_the_slip_opens_the_account_and_the_old_pin_does_not(story, cohort, desk):
    learner = story.teacher(cohort)
    reply, _page = make_slip(desk, learner)
    pin = PIN_ON_SLIP.search(reply.text)[1]
    credential = db.session.get(Credential, learner.person_id)

    assert secrets.matches(credential.hash, pin)
    assert not secrets.matches(credential.hash, learner.secret)
    assert credential.must_change


def test_the_slip_says_who_where_and_how_and_is_never_kept(story, cohort, desk):
    learner = story.teacher(cohort, name="Baiq Mariani", institution_id=story.institution("TK Melati"))
    reply, _page = make_slip(desk, learner)

    for word in ("Baiq Mariani", learner.code, "TK Melati", "localhost/masuk", 'aria-label="http://localhost/masuk"'):
        assert word in reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert " style=" not in reply.text


def everything_stored() -> dict[str, str]:
    """Every row of every table as text, on either database."""
    return {
        table.name: repr(db.session.connection().exec_driver_sql(f"SELECT * FROM {table.name}").all())
        for table in db.metadata.sorted_tables
    }


def test_the_pin_is_in_no_row_no_log_and_no_address(story, cohort, desk, caplog):
    caplog.set_level("DEBUG")
    learner = story.teacher(cohort)
    reply, _page = make_slip(desk, learner)
    pin = PIN_ON_SLIP.search(reply.text)[1]

    assert "Location" not in reply.headers
    assert pin not in caplog.text
    for name, rows in everything_stored().items():
        assert pin not in rows, name
    assert db.session.scalar(sa.select(Operation.reply).where(Operation.kind == "pin.slip")) == {"slips": 1}
    assert pin not in repr(slips.Slip(1, "ABC", "Ibu", "pin", pin, "hash"))


def test_the_same_form_twice_makes_one_pin_and_the_second_answer_shows_none(story, cohort, desk):
    learner = story.teacher(cohort)
    first, page = make_slip(desk, learner)
    hashed = db.session.get(Credential, learner.person_id).hash
    second = desk.send(page, "")
    db.session.expire_all()

    assert PIN_ON_SLIP.search(first.text)
    assert second.status_code == 200
    assert not PIN_ON_SLIP.search(second.text)
    assert "sudah dibuat" in second.text
    assert db.session.get(Credential, learner.person_id).hash == hashed


def test_printing_again_makes_a_new_pin(story, cohort, desk):
    learner = story.teacher(cohort)
    first, _page = make_slip(desk, learner)
    second, _page = make_slip(desk, learner)

    assert PIN_ON_SLIP.search(first.text)[1] != PIN_ON_SLIP.search(second.text)[1]


def test_the_slips_of_a_class_tick_those_who_never_signed_in(app, story, cohort, desk):
    from desk import signed_in_once

    new, old = story.teacher(cohort, name="Baru"), story.teacher(cohort, name="Lama")
    signed_in_once(old)
    page = desk.get(f"/pemantauan/kartu/{cohort.uuid}")

    assert re.search(rf'value="{new.enrolment_uuid}" checked', page.text)
    assert re.search(rf'value="{old.enrolment_uuid}"><', page.text)
    reply = desk.send(page, "", peserta=[str(new.enrolment_uuid), str(old.enrolment_uuid)])
    assert len(PIN_ON_SLIP.findall(reply.text)) == 2


def test_no_tick_is_a_sentence_and_no_slip(story, cohort, desk):
    story.teacher(cohort)
    page = desk.get(f"/pemantauan/kartu/{cohort.uuid}")
    reply = desk.send(page, "")

    assert reply.status_code == 422
    assert "Pilih dahulu" in reply.text


def test_more_slips_than_a_class_has_are_refused_before_anything_is_hashed(story, cohort):
    facilitator = story.facilitator()
    with pytest.raises(slips.TooMany):
        slips.draw(list(range(1, slips.MOST + 2)), by=facilitator.actor)


def test_ABUSE_A27_a_slip_is_no_way_into_the_account_of_staff(story, cohort, desk):
    """Somebody who learns here and administers there: a facilitator must not be able to make their PIN."""
    learner = story.teacher(cohort)
    story.staff("admin", "all", person=learner)
    before = db.session.get(Credential, learner.person_id).hash
    reply, _page = make_slip(desk, learner)
    db.session.expire_all()

    assert reply.status_code == 409
    assert not PIN_ON_SLIP.search(reply.text)
    assert db.session.get(Credential, learner.person_id).hash == before


def test_a_role_given_between_drawing_and_storing_stops_the_slip(story, cohort):
    learner, facilitator = story.teacher(cohort), story.facilitator()
    drawn = slips.draw([learner.person_id], by=facilitator.actor)
    story.staff("instructor", "class", str(cohort.uuid), person=learner)
    with pytest.raises(slips.StaffSecret), write_tx():
        slips.store(drawn, by=facilitator.actor)


def test_a_closed_account_is_opened_by_the_facilitator(story, cohort, desk):
    import datetime as dt

    from lms.lib import clock

    learner = story.teacher(cohort)
    with write_tx() as session:
        credential = session.get_one(Credential, learner.person_id)
        credential.failures, credential.locked_until = 7, clock.now() + dt.timedelta(minutes=4)
    page = desk.get(f"/pemantauan/peserta/{learner.enrolment_uuid}")
    assert "Akun tertutup" in page.text
    assert desk.send(page, "/buka").status_code == 303
    db.session.expire_all()
    assert db.session.get(Credential, learner.person_id).locked_until is None
