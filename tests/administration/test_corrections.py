"""What is wrong in the data of a person is put right by those who may, looked at once more, and written down masked."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from accounts.gate import MAIL, NIK, PHONE, Gate, set_person, with_identifiers
from desk import Desk
from reading_pages import field_value, read

from lms.accounts.models import Person, PersonIdentifier, RoleAssignment
from lms.accounts.services import correcting, people
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import NotAllowed
from lms.core.permissions import SYSTEM
from lms.lib import clock
from lms.lib.identifiers import fold_name
from lms.testing_stories import Story

OTHER_NIK, OTHER_PHONE, OTHER_MAIL = "5202015210890002", "087799998888", "murni@contoh.id"
FULL = {
    "full_name": "Baiq Murniati", "title_prefix": "Hj.", "title_suffix": "S.Pd. AUD", "call_name": "Murni", "sex": "P",
}


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def desk(app, story):
    return Desk(app, story, story.admin())


@pytest.fixture
def who(story):
    learner = story.teacher(story.cohort(), name="Baiq Murniah")
    set_person(learner, call_name="Murni")
    return with_identifiers(learner, nik=NIK, phone=PHONE, email=MAIL)


def address_of(who):
    return f"/kelola/orang/{who.person_uuid}/betulkan"


def participant(who):
    return f"/pemantauan/peserta/{who.enrolment_uuid}/betulkan"


def send(desk, address, **typed):
    """Fill the form that stands there and send it."""
    form = read(desk.get(address)).form_to(address)
    return desk.client.post(address, data=form.filled(**typed), headers={"Accept-Language": "id"})


def confirm(desk, reply, step="simpan"):
    """Press a button of the page that compares."""
    form = read(reply).form_to(reply.request.path)
    return desk.client.post(form.action, data=form.filled(langkah=step), headers={"Accept-Language": "id"})


def row(who):
    db.session.rollback()
    return db.session.get(Person, who.person_id)


def identifiers(who):
    db.session.rollback()
    rows = db.session.scalars(sa.select(PersonIdentifier).where(PersonIdentifier.person_id == who.person_id))
    return {item.kind: people.open_identifier(item) for item in rows}


def corrections(who):
    return db.session.scalars(
        sa.select(AuditEntry)
        .where(AuditEntry.action == "person.corrected", AuditEntry.object_key == str(who.person_uuid))
        .order_by(AuditEntry.id)
    ).all()


@pytest.mark.both
def test_name_titles_and_call_name_are_saved_at_once_and_the_code_stays(desk, who):
    reply = send(desk, address_of(who), **(FULL | {"call_name": "Ami"}))

    assert reply.status_code == 303
    assert "Data sudah dibetulkan" in desk.get(reply.location).text
    now = row(who)
    assert (now.full_name, now.title_prefix, now.title_suffix) == ("Baiq Murniati", "Hj.", "S.Pd. AUD")
    assert now.call_name == "Ami"
    assert (now.name_key, now.code) == (fold_name("Baiq Murniati"), who.code)
    assert identifiers(who) == {"nik": NIK, "phone": PHONE, "email": MAIL}, "what was left empty stays"
    (entry,) = corrections(who)
    assert entry.before == {
        "full_name": "Baiq Murniah", "title_prefix": None, "title_suffix": None, "call_name": "Murni",
    }
    assert entry.after["full_name"] == "Baiq Murniati"


@pytest.mark.both
def test_an_identifier_is_compared_first_then_saved_found_and_written_down_masked(app, desk, who):
    typed = {"nik": "5202 0152 1089 0002", "nik_again": OTHER_NIK, "phone": "+62 877-9999-8888", "email": OTHER_MAIL}
    asked = send(desk, address_of(who), **FULL, **typed)
    assert asked.status_code == 200
    for shown in ("Simpan perubahan ini?", NIK[-4:], OTHER_NIK[-4:], PHONE, OTHER_PHONE, OTHER_MAIL, "Baiq Murniah"):
        assert shown in read(asked).words, shown
    assert NIK not in asked.text, "the stored one stays masked"
    assert OTHER_NIK not in read(asked).words
    assert [link for link in read(asked).links if "877" in link] == []
    assert identifiers(who)["nik"] == NIK, "nothing is saved before"
    assert corrections(who) == []

    assert confirm(desk, asked).status_code == 303
    assert identifiers(who) == {"nik": OTHER_NIK, "phone": OTHER_PHONE, "email": OTHER_MAIL}
    for old, new in ((NIK, OTHER_NIK), (PHONE, OTHER_PHONE), (MAIL, OTHER_MAIL)):
        assert Gate(app).sign_in(new).status_code == 303, new
        assert Gate(app).sign_in(old).status_code == 422, old
    (entry,) = corrections(who)
    written = str(entry.before) + str(entry.after)
    assert entry.after["nik"].endswith(OTHER_NIK[-4:])
    for plain in (NIK, OTHER_NIK, PHONE, OTHER_PHONE, MAIL, OTHER_MAIL):
        assert plain not in written
    log = desk.get("/kelola/catatan?tindakan=person.corrected").text
    assert "Membetulkan data orang" in log
    assert OTHER_NIK[-4:] in log
    assert OTHER_NIK not in log


def test_from_the_comparison_one_goes_back_to_what_was_typed(desk, who):
    asked = send(desk, address_of(who), full_name="Baiq Murniati", phone=OTHER_PHONE)
    back = confirm(desk, asked, "ubah")

    assert back.status_code == 200
    assert field_value(read(back), "phone") == OTHER_PHONE
    assert field_value(read(back), "full_name") == "Baiq Murniati"
    assert identifiers(who)["phone"] == PHONE


def test_an_identifier_is_taken_away_only_when_somebody_says_so(desk, who):
    asked = send(desk, address_of(who), phone="", drop_nik="y", drop_email="y")
    assert asked.status_code == 200
    assert confirm(desk, asked).status_code == 303

    assert identifiers(who) == {}
    assert corrections(who)[0].after == {"nik": None, "phone": None, "email": None}


def test_the_form_shows_neither_nik_nor_email(desk, who):
    page = desk.get(address_of(who))

    assert NIK not in page.text
    assert MAIL not in page.text
    assert NIK[-4:] in read(page).words
    assert field_value(read(page), "phone") == PHONE


@pytest.mark.parametrize(("field", "typed", "said"), [
    ("full_name", "R2D2", "tanpa angka"), ("full_name", "Hj. Baiq Murniati, S.Pd.", "tanpa gelar"),
    ("full_name", "", "perlu diisi"),
    ("sex", "X", "Pilih dari daftar"), ("phone", "0370 623456", "nomor HP"), ("email", "x@", "email"),
    ("nik", NIK[:-1], "NIK harus 16 angka"), ("nik", "52020141O7850003", "NIK harus 16 angka"),
    ("nik", "9902014107850003", "kode provinsi"), ("nik", "5202013507850003", "Tanggal lahir"),
    ("nik", "5202014113850003", "Tanggal lahir"), ("nik", "5202014107850000", "0000"),
])
def test_a_mistake_stands_beside_its_field_and_nothing_is_changed(desk, who, field, typed, said):
    more = {"nik_again": typed} if field == "nik" else {}
    reply = send(desk, address_of(who), **(FULL | {field: typed} | more))
    assert reply.status_code == 422
    assert f'id="{field}-e"' in reply.text
    assert said in read(reply).words
    assert row(who).full_name == "Baiq Murniah"


def test_a_new_nik_is_typed_twice(desk, who):
    reply = send(desk, address_of(who), nik=OTHER_NIK, nik_again=OTHER_NIK[:-1] + "3")

    assert reply.status_code == 422
    assert 'id="nik_again-e"' in reply.text


@pytest.mark.parametrize("kind", ["nik", "email"])
def test_what_somebody_else_has_is_refused_without_naming_them(story, desk, who, kind):
    taken = {"nik": OTHER_NIK, "email": OTHER_MAIL}[kind]
    stranger = with_identifiers(story.person("Rahasia Sekali"), **{kind: taken})
    reply = send(desk, address_of(who), **{kind: taken, f"{kind}_again": taken})

    assert reply.status_code == 422
    assert "Sudah tercatat pada orang lain" in reply.text
    assert "Rahasia" not in reply.text
    assert stranger.code not in reply.text


def test_a_nik_that_says_another_sex_is_accepted_after_a_warning(desk, who):
    of_a_man = "5202011210890002"
    asked = send(desk, address_of(who), nik=of_a_man, nik_again=of_a_man)

    assert "Jenis kelamin di dalam NIK berbeda" in read(asked).words
    assert confirm(desk, asked).status_code == 303
    assert identifiers(who)["nik"] == of_a_man


def test_a_sex_that_the_nik_does_not_say_is_accepted_after_the_same_warning(desk, who):
    asked = send(desk, address_of(who), sex="L")

    assert "Jenis kelamin di dalam NIK berbeda" in read(asked).words
    assert confirm(desk, asked).status_code == 303
    assert row(who).sex == "L"


def test_a_number_that_another_person_has_is_told_and_marked_as_shared(story, desk, who):
    with_identifiers(story.person("Rahasia Sekali"), phone=OTHER_PHONE)
    asked = send(desk, address_of(who), phone=OTHER_PHONE)
    assert "juga tercatat pada orang lain" in read(asked).words
    assert "Rahasia" not in asked.text
    asked = send(desk, address_of(who), phone=OTHER_PHONE, has_shared_phone="y")
    assert "juga tercatat pada orang lain" not in read(asked).words

    assert confirm(desk, asked).status_code == 303
    assert row(who).has_shared_phone is True


def test_what_somebody_else_corrected_meanwhile_is_not_overwritten(app, story, desk, who):
    old = read(desk.get(address_of(who))).form_to(address_of(who))
    other = Desk(app, story, story.admin())
    assert send(other, address_of(who), full_name="Baiq Murniati").status_code == 303

    late = desk.client.post(address_of(who), data=old.filled(call_name="Ami"), headers={"Accept-Language": "id"})
    assert late.status_code == 409
    assert "baru saja diubah orang lain" in late.text
    assert field_value(read(late), "call_name") == "Ami"
    assert row(who).full_name == "Baiq Murniati"


@pytest.mark.both
def test_of_two_who_write_the_same_nik_at_once_one_is_refused_in_words(story, desk, who):
    """The other one writes between our look and our write."""
    now = correcting.known(who.person_id, by=story.admin().actor)
    stranger = story.person()
    with_identifiers(stranger, nik=OTHER_NIK)
    with pytest.raises(people.IdentifierTaken), write_tx():
        people.replace_identifier(who.person_id, "nik", OTHER_NIK)

    assert identifiers(who)["nik"] == NIK == now.values["nik"]


def test_a_double_send_is_one_correction(desk, who):
    form = read(desk.get(address_of(who))).form_to(address_of(who))
    data = form.filled(full_name="Baiq Murniati")
    first, second = (desk.client.post(address_of(who), data=data) for _ in range(2))

    assert first.location == second.location
    assert len(corrections(who)) == 1


# Facilitator and class admin


def test_a_facilitator_corrects_name_call_name_and_telephone_and_nothing_else(app, story, who):
    walker = Desk(app, story, story.facilitator())
    names = {name for name, _value in read(walker.get(participant(who))).form_to(participant(who)).fields}
    assert {name for name in names if not name.startswith("_")} - {"versi"} == {"full_name", "call_name", "phone"}
    asked = send(walker, participant(who), full_name="Baiq Murniati", phone=OTHER_PHONE, nik=OTHER_NIK, sex="L",
                 nik_again=OTHER_NIK, code="ABC-1234", has_shared_phone="y")
    assert confirm(walker, asked).status_code == 303

    assert (row(who).full_name, row(who).sex, row(who).code) == ("Baiq Murniati", "P", who.code)
    assert row(who).has_shared_phone is True
    assert identifiers(who) == {"nik": NIK, "phone": OTHER_PHONE, "email": MAIL}


def test_a_class_admin_corrects_how_somebody_is_reached_and_not_the_name(app, story):
    cohort = story.cohort()
    who = story.teacher(cohort, name="Baiq Murniah")
    walker = Desk(app, story, story.class_admin(cohort))
    asked = send(walker, participant(who), call_name="Murni", phone=OTHER_PHONE, full_name="Orang Lain")
    assert confirm(walker, asked).status_code == 303

    assert (row(who).full_name, row(who).call_name) == ("Baiq Murniah", "Murni")
    assert identifiers(who) == {"phone": OTHER_PHONE}
    assert "Betulkan data" in walker.get(f"/pemantauan/peserta/{who.enrolment_uuid}").text


def test_nobody_corrects_beyond_their_scope_and_no_learner_or_instructor_at_all(app, story, who):
    cohort = story.cohort()
    for someone, status in (
        (story.facilitator("52.03"), 404), (story.class_admin(cohort), 404), (story.instructor(cohort), 404),
        (story.teacher(cohort), 404), (story.observer(), 404), (story.coordinator(), 404),
    ):
        walker = Desk(app, story, someone)
        for address in (participant(who), address_of(who)):
            assert walker.get(address).status_code == status, someone.actor.role
            assert walker.post(address, full_name="X Y", sex="P").status_code == status, someone.actor.role
    assert row(who).full_name == "Baiq Murniah"


@pytest.mark.parametrize("begins", [-1, 30])
def test_whoever_works_as_staff_is_corrected_by_an_administrator_alone(app, story, desk, who, begins):
    with write_tx():
        starts = clock.now() + dt.timedelta(days=begins)
        people.assign_role(who.person_id, "facilitator", "region", "52.03", by=SYSTEM, starts_at=starts)
    walker = Desk(app, story, story.facilitator())

    reply = walker.get(participant(who))
    assert reply.status_code == 409
    assert "hanya dibetulkan oleh admin sistem" in reply.text
    assert send(desk, address_of(who), full_name="Baiq Murniati").status_code == 303


def test_the_service_itself_refuses_what_a_role_may_not(story, who):
    walker = story.facilitator()
    now = correcting.known(who.person_id, by=walker.actor)
    with pytest.raises(NotAllowed), write_tx():
        correcting.correct(who.person_id, {"nik": OTHER_NIK}, now.version, by=walker.actor)
    assert NIK not in repr(now)


# The end of an account, undone


def end(desk, who):
    assert desk.send(desk.get(f"/kelola/orang/{who.person_uuid}"), f"{who.person_uuid}/akhiri").status_code == 303


@pytest.mark.both
def test_an_ended_account_is_opened_again_with_a_reason_and_without_its_roles(app, desk, who):
    end(desk, who)
    page = desk.get(f"/kelola/orang/{who.person_uuid}")
    assert "tidak kembali sendiri" in page.text
    missing = desk.send(page, "/aktifkan", reason=" ")
    assert missing.status_code == 422
    assert 'id="reason-e"' in missing.text
    assert desk.get(missing.request.path).status_code == 200, "the switch of language comes back to it"

    reply = desk.send(page, "/aktifkan", reason="Diakhiri karena keliru.")
    assert reply.status_code == 303
    assert "beri peran lagi" in desk.get(reply.location).text
    assert row(who).ended_at is None
    assert not db.session.scalars(sa.select(RoleAssignment).where(
        RoleAssignment.person_id == who.person_id, RoleAssignment.in_force(clock.now()))).all()
    assert "belum punya peran" in Gate(app).sign_in(who.code).text
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "person.reopened")).one()
    assert entry.after["reason"] == "Diakhiri karena keliru."
    with write_tx():
        people.assign_role(who.person_id, "teacher", "self", by=SYSTEM)
    assert Gate(app).sign_in(who.code).status_code == 303


def test_a_merged_account_stays_closed(story, desk, who):
    set_person(who, ended_at=clock.now(), merged_into_id=story.person().person_id)
    page = desk.get(f"/kelola/orang/{who.person_uuid}")
    assert "sudah digabung" in page.text
    assert [form for form in read(page).forms if form.action.endswith("/aktifkan")] == []

    assert desk.post(f"/kelola/orang/{who.person_uuid}/aktifkan", reason="Coba").status_code == 409
    assert row(who).ended_at is not None


def test_the_data_of_an_ended_account_are_not_corrected(desk, who):
    form = read(desk.get(address_of(who))).form_to(address_of(who))
    end(desk, who)

    assert desk.get(address_of(who)).status_code == 404
    assert desk.client.post(address_of(who), data=form.filled(full_name="X Y")).status_code == 404


def test_a_value_that_is_put_back_and_changed_again_is_saved_each_time(desk, who):
    for name in ("Baiq Murniati", "Baiq Murni", "Baiq Murniati", "Baiq Murni"):
        send(desk, address_of(who), full_name=name)
        send(desk, address_of(who), full_name=name)
        db.session.expire_all()
        assert db.session.get(Person, who.person_id).full_name == name
