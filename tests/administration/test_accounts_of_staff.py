"""The first password of staff, and the end of an account: what an administrator's two buttons do."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, Gate, credential, with_identifiers
from desk import Desk
from reading_pages import read

from lms.accounts.models import Credential, Person, PersonIdentifier, RoleAssignment, UserSession
from lms.accounts.services import people, slips
from lms.cohorts.models import Enrolment
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lib import clock
from lms.testing_stories import Story

DAY = dt.timedelta(days=1)
FIRST_PASSWORD = re.compile(r"<dt>Kata sandi pertama</dt><dd>([^<]+)</dd>")
FIRST_PIN = re.compile(r"<dt>PIN</dt><dd>(\d{6})</dd>")


@pytest.fixture
def story(app: Any) -> Story:
    return Story()


@pytest.fixture
def admin(story: Story) -> Any:
    return story.admin()


@pytest.fixture
def desk(app: Any, story: Story, admin: Any) -> Desk:
    return Desk(app, story, admin)


def give(who: Any, role: str = "facilitator", *, begins: dt.timedelta = -DAY, ends: dt.timedelta | None = None) -> None:
    now = clock.now()
    with write_tx():
        people.assign_role(
            who.person_id, role, "region", "52", by=SYSTEM, starts_at=now + begins,
            ends_at=None if ends is None else now + ends,
        )


def slip_of(desk: Desk, who: Any) -> Any:
    return desk.send(desk.get(f"/kelola/orang/{who.person_uuid}/kartu"), "")


# The first password


@pytest.mark.parametrize("begins", [-DAY, DAY, 30 * DAY])
def test_whoever_works_as_staff_now_or_soon_gets_a_password_and_no_pin(story, desk, begins):
    who = story.teacher()
    give(who, begins=begins)
    slip = slip_of(desk, who).text

    assert FIRST_PASSWORD.search(slip)
    assert not FIRST_PIN.search(slip)
    assert (credential(who).kind, credential(who).must_change) == ("password", True)


def test_whoever_was_staff_and_is_no_more_gets_a_pin(story, desk):
    who = story.teacher()
    give(who, begins=-9 * DAY, ends=-DAY)

    assert FIRST_PIN.search(slip_of(desk, who).text)
    assert credential(who).kind == "pin"


def test_ABUSE_A27_a_facilitator_makes_no_slip_for_somebody_who_is_staff_from_tomorrow(story):
    who = story.teacher()
    give(who, begins=DAY)

    with pytest.raises(slips.StaffSecret):
        slips.draw([who.person_id], by=story.facilitator().actor)


def test_the_page_of_staff_with_a_pin_asks_for_a_first_password_until_there_is_one(story, desk):
    who = story.teacher()
    address = f"/kelola/orang/{who.person_uuid}"
    assert "Buat kata sandi pertama" not in desk.get(address).text
    give(who)
    page = desk.get(address).text
    assert "Buat kata sandi pertama" in page
    assert "jadi peran pengelola belum terbuka" in page

    slip_of(desk, who)
    page = desk.get(address).text
    assert "Buat kata sandi pertama" not in page
    assert "Yang pertama belum diganti." in page


def test_the_first_password_opens_the_staff_role_after_it_was_changed_and_the_pin_opens_nothing(app, story, desk):
    who = story.teacher()
    give(who)
    secret = FIRST_PASSWORD.search(slip_of(desk, who).text)[1]
    gate = Gate(app)
    assert gate.sign_in(who.code, PIN).status_code == 422
    assert gate.sign_in(who.code, secret).location == "/akun/pin"
    assert gate.get("/akun").location == "/akun/pin"

    assert gate.change_pin(secret, "kuda hijau di pantai").status_code == 303
    assert "Fasilitator daerah" in gate.get("/akun").text
    assert Gate(app).sign_in(who.code, secret).status_code == 422
    assert Gate(app).sign_in(who.code, "kuda hijau di pantai").status_code == 303


def test_the_same_form_twice_makes_one_password_and_shows_it_once(story, desk):
    who = story.teacher()
    give(who)
    page = desk.get(f"/kelola/orang/{who.person_uuid}/kartu")
    first, hashed = desk.send(page, ""), credential(who).hash
    second = desk.send(page, "")

    assert FIRST_PASSWORD.search(first.text)
    assert not FIRST_PASSWORD.search(second.text)
    assert credential(who).hash == hashed


# A role that is held already


def given_over_the_form(desk: Desk, who: Any, scope: str, **typed: str) -> Any:
    form = desk.get(f"/kelola/orang/{who.person_uuid}/peran?peran=instructor")
    return desk.send(form, "/peran", **({"scope": scope, "since": "", "until": "", "paper": "SK 1/2026"} | typed))


def held(who: Any) -> list[tuple[Any, ...]]:
    found = sa.select(RoleAssignment.ends_at, RoleAssignment.paper).where(
        RoleAssignment.person_id == who.person_id, RoleAssignment.role == "instructor"
    )
    return [tuple(row) for row in db.session.execute(found.order_by(RoleAssignment.id))]


@pytest.mark.parametrize("other", [{"until": "2031-12-31"}, {"paper": "SK 2/2026"}, {"since": "2031-01-02"}])
def test_a_role_that_is_held_is_not_given_again_with_other_dates_or_another_paper(story, desk, other):
    who, scope = story.person(), f"class:{story.cohort().uuid}"
    assert given_over_the_form(desk, who, scope).status_code == 303
    before = held(who)
    refused = given_over_the_form(desk, who, scope, **other)

    assert refused.status_code == 422
    assert "sudah memegang peran ini" in refused.text
    assert next(iter(other.values())) in refused.text
    assert held(who) == before


def test_a_role_that_is_held_is_given_with_other_dates_after_it_was_ended(story, desk):
    who, scope = story.person(), f"class:{story.cohort().uuid}"
    given_over_the_form(desk, who, scope)
    assignment = db.session.scalar(sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == who.person_id))
    desk.send(desk.get(f"/kelola/orang/{who.person_uuid}"), f"/kelola/peran/{assignment}/akhiri")

    assert given_over_the_form(desk, who, scope, paper="SK 2/2026").status_code == 303
    assert [paper for _ends, paper in held(who)] == ["SK 1/2026", "SK 2/2026"]


def test_the_same_role_with_the_same_dates_and_paper_stays_one(story, desk):
    who, scope = story.person(), f"class:{story.cohort().uuid}"
    for _time in range(2):
        assert given_over_the_form(desk, who, scope, until="2031-12-31").status_code == 303

    assert len(held(who)) == 1


# The end of an account


def end(desk: Desk, who: Any) -> Any:
    return desk.send(desk.get(f"/kelola/orang/{who.person_uuid}"), f"{who.person_uuid}/akhiri")


def test_an_ended_account_has_no_role_now_or_later_and_no_open_session(app, story, desk):
    who = story.teacher()
    give(who)
    give(who, "coordinator", begins=DAY)
    with write_tx() as session:
        session.get_one(Credential, who.person_id).kind = "password"
    walker = Gate(app)
    walker.sign_in(who.code)
    assert walker.is_in()

    assert end(desk, who).status_code == 303
    assert not walker.is_in()
    db.session.expire_all()
    now = clock.now()
    for row in db.session.scalars(sa.select(RoleAssignment).where(RoleAssignment.person_id == who.person_id)):
        assert row.ends_at <= now, row.role
    for row in db.session.scalars(sa.select(UserSession).where(UserSession.person_id == who.person_id)):
        assert row.ended_at <= now


def test_nothing_of_an_ended_account_is_deleted(story, desk):
    who = with_identifiers(story.teacher(), nik="5202014107850003")

    def rows() -> list[int]:
        db.session.rollback()
        return [
            db.session.scalar(sa.select(sa.func.count()).select_from(table).where(column == who.person_id))
            for table, column in (
                (Person, Person.id), (PersonIdentifier, PersonIdentifier.person_id), (Credential, Credential.person_id),
                (RoleAssignment, RoleAssignment.person_id), (Enrolment, Enrolment.person_id),
            )
        ]

    before = rows()
    end(desk, who)
    assert rows() == before == [1, 1, 1, 1, 1]


def test_no_identifier_of_an_ended_account_signs_in(app, story, desk):
    who = with_identifiers(story.teacher(), nik="5202014107850003", phone="081234567890", email="sumiati@contoh.id")
    end(desk, who)

    for typed in (who.code, "5202014107850003", "081234567890", "sumiati@contoh.id"):
        assert Gate(app).sign_in(typed).status_code == 422, typed


def test_ending_is_in_the_log_once_with_every_role_that_ended(story, desk):
    who = story.teacher()
    give(who)
    page = desk.get(f"/kelola/orang/{who.person_uuid}")
    for _again in range(2):
        assert desk.send(page, f"{who.person_uuid}/akhiri").status_code == 303
    desk.post(f"/kelola/orang/{who.person_uuid}/akhiri")

    said = db.session.execute(
        sa.select(AuditEntry.action, sa.func.count())
        .where(AuditEntry.object_key == str(who.person_uuid), AuditEntry.action.in_(("person.ended", "role.ended")))
        .group_by(AuditEntry.action)
    ).all()
    assert dict(tuple(row) for row in said) == {"person.ended": 1, "role.ended": 2}


def test_an_ended_account_gets_no_role_and_no_slip_and_its_page_offers_neither(story, desk):
    who = story.teacher()
    address = f"/kelola/orang/{who.person_uuid}"
    slip, role = desk.get(f"{address}/kartu"), desk.get(f"{address}/peran?peran=coordinator")
    end(desk, who)

    assert desk.send(slip, "").status_code == 404
    assert desk.send(role, "/peran", scope="program:diklat-mini", since="", until="", paper="SK 1").status_code == 404
    page = read(desk.get(f"{address}?pesan=diakhiri"))
    assert "tidak dapat masuk lagi" in page.words
    assert "akun berakhir" in page.words
    assert [form.action for form in page.forms if form.action.startswith(address)] == [f"{address}/aktifkan"]
    assert [link for link in page.links if link.startswith(f"{address}/")] == []


def test_one_of_two_administrators_is_ended_by_the_other_and_the_last_one_by_nobody(app, story, admin, desk):
    other = story.admin()
    walker = Desk(app, story, other)
    assert end(desk, other).status_code == 303
    assert walker.get("/kelola").status_code == 303

    assert desk.post(f"/kelola/orang/{admin.person_uuid}/akhiri").status_code == 409
    assert desk.get("/kelola").status_code == 200
