"""People, roles, versions and the log: what an administrator does, and what not even an administrator does."""

from __future__ import annotations

import ast
import datetime as dt
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from desk import Desk
from reading_pages import field_value, read

import lms
from lms.accounts.models import Credential, Person, RoleAssignment, UserSession
from lms.accounts.services import people
from lms.accounts.services.people import add_identifier
from lms.administration import log_words
from lms.cohorts.models import Cohort
from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.testing_stories import Story

NIK = "5202014605939002"


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def admin(story):
    return story.admin()


@pytest.fixture
def desk(app, story, admin):
    return Desk(app, story, admin)


def only_row(column):
    return db.session.scalars(sa.select(column)).all()


def test_people_are_found_by_name_code_and_nik_and_the_nik_is_never_shown(story, desk):
    person = story.person("Baiq Mu'minah")
    story.person("Orang Lain")
    with write_tx():
        add_identifier(person.person_id, "nik", NIK)
    for typed in ("muminah", "BAIQ", person.code.lower()):
        page = desk.get(f"/kelola/orang?q={typed}").text
        if typed != "muminah":
            assert "Mu&#39;minah" in page, typed
        assert "Orang Lain" not in page, typed
    for typed in (NIK, f"{NIK[:4]} {NIK[4:]}"):
        found = desk.send(desk.get("/kelola/orang"), "", q=typed)
        assert found.location == f"/kelola/orang/{person.person_uuid}", typed
    page = desk.get(f"/kelola/orang/{person.person_uuid}").text
    assert NIK not in page
    assert "9002" in page


def test_a_new_person_gets_a_role_then_a_slip_and_can_sign_in(app, story, desk):
    cohort = story.cohort()
    made = desk.send(
        desk.get("/kelola/orang/baru"), "", full_name="Nurul Hidayati", sex="P", call_name="", nik="", phone="",
        email="",
    )
    assert made.status_code == 303
    page = made.location.split("?")[0]
    form = desk.get(f"{page}/peran?peran=instructor")
    given = desk.send(form, "/peran", scope=f"class:{cohort.uuid}", since="", until="", paper="SK 1/2026")
    assert given.status_code == 303
    slip = desk.send(desk.get(f"{page}/kartu"), "").text
    secret = re.search(r"<dt>Kata sandi pertama</dt><dd>([^<]+)</dd>", slip)[1]
    code = re.search(r"<dt>Kode peserta</dt><dd>([^<]+)</dd>", slip)[1]

    client = app.test_client()
    token = client.get("/masuk").text.split('name="_csrf" value="')[1].split('"')[0]
    entered = client.post("/masuk", data={"identifier": code, "secret": secret, "_csrf": token})
    assert entered.status_code == 303
    assert entered.location == "/akun/pin"


def test_two_people_in_a_row_are_two_people(desk):
    first, second = desk.get("/kelola/orang/baru"), desk.get("/kelola/orang/baru")
    typed = {"sex": "P", "call_name": "", "nik": "", "phone": "", "email": ""}
    for page, name in ((first, "Siti Aminah"), (second, "Siti Maryam"), (second, "Siti Maryam")):
        assert desk.send(page, "", full_name=name, **typed).status_code == 303
    names = set(db.session.scalars(sa.select(Person.full_name).where(Person.full_name.like("Siti%"))))
    count = db.session.scalar(sa.select(sa.func.count()).where(Person.full_name.like("Siti%")))
    assert (names, count) == ({"Siti Aminah", "Siti Maryam"}, 2)


@pytest.mark.parametrize(
    ("field", "typed"), [("full_name", ""), ("full_name", "R2D2"), ("nik", "123"), ("phone", "halo"), ("email", "x@")]
)
def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(desk, field, typed):
    fields = {"full_name": "Siti Aminah", "sex": "P", "call_name": "Ami", "nik": "", "phone": "", "email": ""}
    reply = desk.send(desk.get("/kelola/orang/baru"), "", **(fields | {field: typed}))

    assert reply.status_code == 422
    assert f'id="{field}-e"' in reply.text
    assert f'href="#{field}"' in reply.text
    assert 'value="Ami"' in reply.text


def test_an_identifier_that_somebody_has_is_refused_in_words(story, desk):
    with write_tx():
        add_identifier(story.person().person_id, "nik", NIK)
    reply = desk.send(
        desk.get("/kelola/orang/baru"), "", full_name="Siti", sex="P", nik=NIK, call_name="", phone="", email=""
    )
    assert reply.status_code == 422
    assert "Sudah dipakai orang lain" in reply.text


@pytest.mark.parametrize("scope", ["class:00000000-0000-0000-0000-000000000000", "all:", "region:99", "", "class:x"])
def test_ABUSE_A27_a_role_is_given_only_for_a_scope_that_exists(story, desk, scope):
    story.cohort()
    person = story.person()
    page = desk.get(f"/kelola/orang/{person.person_uuid}/peran?peran=instructor")
    reply = desk.send(page, "/peran", scope=scope, since="", until="", paper="SK 1")

    assert reply.status_code == 422
    assert not db.session.scalars(sa.select(RoleAssignment).where(RoleAssignment.person_id == person.person_id)).all()


def test_ABUSE_A27_fields_that_no_form_has_change_nothing(story, desk):
    reply = desk.send(
        desk.get("/kelola/orang/baru"), "", full_name="Siti Aminah", sex="P", call_name="", nik="", phone="", email="",
        role="admin", is_demo="1", code="ADM-1234", permissions="all", ended_at="2020-01-01",
    )
    assert reply.status_code == 303
    made = db.session.scalars(sa.select(Person).where(Person.full_name == "Siti Aminah")).one()
    assert (made.is_demo, made.ended_at) == (False, None)
    assert made.code != "ADM-1234"
    assert not db.session.scalars(sa.select(RoleAssignment).where(RoleAssignment.person_id == made.id)).all()


@pytest.mark.parametrize("role", ["instructor", "class_admin", "facilitator", "coordinator", "observer", "teacher"])
def test_ABUSE_A27_nobody_but_an_administrator_gives_roles_or_makes_people(app, story, role):
    cohort = story.cohort()
    someone = {
        "instructor": lambda: story.instructor(cohort), "class_admin": lambda: story.class_admin(cohort),
        "facilitator": story.facilitator, "coordinator": story.coordinator, "observer": story.observer,
        "teacher": lambda: story.teacher(cohort),
    }[role]()
    walker = Desk(app, story, someone)
    before = db.session.scalar(sa.select(sa.func.count()).select_from(RoleAssignment))
    for address, typed in (
        ("/kelola/orang/baru", {"full_name": "X Y", "sex": "P"}),
        (f"/kelola/orang/{someone.person_uuid}/peran", {"role": "admin", "scope": "all:", "paper": "SK"}),
        (f"/kelola/orang/{someone.person_uuid}/kartu", {}), (f"/kelola/orang/{someone.person_uuid}/buka", {}),
    ):
        assert walker.post(address, **typed).status_code in (403, 404), address
    db.session.expire_all()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RoleAssignment)) == before


def test_an_ended_account_is_out_everywhere_and_nothing_is_deleted(app, story, desk):
    learner = story.teacher(story.cohort())
    walker = Desk(app, story, learner)
    page = desk.get(f"/kelola/orang/{learner.person_uuid}")
    assert desk.send(page, f"{learner.person_uuid}/akhiri").status_code == 303

    assert walker.get("/akun").status_code == 303
    db.session.expire_all()
    assert db.session.get(Person, learner.person_id).ended_at is not None
    assert db.session.get(Credential, learner.person_id) is not None
    assert all(row.ended_at for row in db.session.scalars(
        sa.select(UserSession).where(UserSession.person_id == learner.person_id)))


def test_the_last_administrator_and_the_own_account_stay(story, admin, desk):
    reply = desk.post(f"/kelola/orang/{admin.person_uuid}/akhiri")
    assert reply.status_code == 409
    assignment = db.session.scalar(sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == admin.person_id))
    assert desk.post(f"/kelola/peran/{assignment}/akhiri").status_code == 409
    assert desk.get("/kelola").status_code == 200


def test_a_role_ends_at_once(app, story, desk):
    cohort = story.cohort()
    instructor = story.instructor(cohort)
    walker = Desk(app, story, instructor)
    assert walker.get("/kelas").status_code == 200
    page = desk.get(f"/kelola/orang/{instructor.person_uuid}")
    assignment = db.session.scalar(
        sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == instructor.person_id)
    )
    assert desk.send(page, f"/kelola/peran/{assignment}/akhiri").status_code == 303
    assert walker.get("/kelas").status_code == 303


def test_a_running_class_takes_the_newest_text_of_its_major_with_one_click(story, desk):
    first = story.program(major=1, minor=0)
    cohort = story.cohort(first)
    story.teacher(cohort)
    newer = story.program(major=1, minor=1)
    story.program(major=2, minor=0)
    page = desk.get("/kelola/program")
    assert "Pakai naskah 1.1" in page.text

    assert desk.send(page, "/naskah").status_code == 303
    db.session.expire_all()
    assert db.session.get(Cohort, cohort.id).program_version_id == newer
    assert "Pakai naskah" not in desk.get("/kelola/program").text
    assert desk.post(f"/kelola/kelas/{cohort.uuid}/naskah").status_code == 409


def test_a_finished_class_keeps_its_text(story, desk):
    cohort = story.cohort(story.program(major=1, minor=0), starts=-90, ends=-1)
    story.teacher(cohort)
    story.program(major=1, minor=1)

    assert "Pakai naskah" not in desk.get("/kelola/program").text
    assert desk.post(f"/kelola/kelas/{cohort.uuid}/naskah").status_code == 409


def test_the_log_is_narrowed_by_action_person_object_and_day(story, admin, desk):
    learner = story.teacher(story.cohort(), name="Yang Dibuka")
    with write_tx():
        audit.record("account.unlocked", "person", learner.person_uuid, by=admin.actor)
        audit.record("cohort.minor_update", "cohort", "x", by=admin.actor)
    today = clock.local(clock.now(), "Asia/Makassar").date()
    tomorrow = today + dt.timedelta(days=1)
    for asked, rows in (
        ("", 2), ("tindakan=account.unlocked", 1), ("objek=cohort", 1), (f"orang={admin.code}", 2), ("orang=zzz", 0),
        (f"dari={today}&sampai={today}", 2), (f"dari={tomorrow}", 0), ("dari=&sampai=+", 2),
    ):
        page = desk.get(f"/kelola/catatan?{asked}").text
        assert len(re.findall(r"<b>(?:Membuka akun|Memberi kelas)", page)) == rows, asked
    assert "Yang Dibuka" in desk.get("/kelola/catatan").text


@pytest.mark.parametrize("typed", ["2026-13-45", "22-13-2026", "kemarin"])
@pytest.mark.parametrize("name", ["dari", "sampai"])
def test_a_day_that_cannot_be_read_shows_no_row_and_says_so_beside_the_field(story, admin, desk, name, typed):
    with write_tx():
        audit.record("account.unlocked", "person", admin.person_uuid, by=admin.actor)
    page = read(desk.get(f"/kelola/catatan?{name}={typed}&objek=person"))
    field = next(values for tag, values in page.tags if tag == "input" and values.get("name") == name)

    assert "Tanggal belum terbaca" in page.words
    assert "Tulis tanggal seperti 21/11/2026." in page.words
    assert not any(tag == "td" for tag, _values in page.tags)
    assert (field["value"], field["type"], field["aria-invalid"]) == (typed, "text", "true")
    assert page.has("p", id=field["aria-describedby"])
    assert field_value(page, "objek") == "person"
    other = {"dari": "sampai", "sampai": "dari"}[name]
    assert page.has("input", name=other, type="date")


def test_a_row_of_the_log_that_was_edited_is_shown_as_such(story, admin, desk):
    with write_tx() as session:
        audit.record("account.unlocked", "person", admin.person_uuid, by=admin.actor)
        session.flush()
        row = session.scalars(sa.select(AuditEntry)).one()
        # The triggers refuse an UPDATE, so the row is written wrongly from the start.
        session.expunge(row)
        session.execute(sa.insert(AuditEntry).values(
            at=row.at, actor_id=row.actor_id, role="teacher", action=row.action, object_kind=row.object_kind,
            object_key=row.object_key, mac=row.mac,
        ))
    page = desk.get("/kelola/catatan").text
    assert "1 baris telah diubah" in page


def test_demo_people_are_marked(story, admin, desk):
    with write_tx() as session:
        session.get_one(Person, story.person().person_id).is_demo = True
    assert "data contoh" in desk.get("/kelola").text


@pytest.mark.parametrize("address", ["/kelola", "/kelola/orang", "/kelola/catatan", "/kelola/program"])
def test_the_statements_do_not_grow_with_the_installation(story, desk, count_statements, address):
    cohort = story.cohort()
    story.crowd(cohort, 3)
    desk.get(address)
    with count_statements() as few:
        desk.get(address)
    story.crowd(cohort, 300)
    with count_statements() as many:
        desk.get(address)
    assert len(many) == len(few) <= 7


def recorded_actions():
    """Every action that the source hands to `audit.record`, both of a choice between two."""
    found = set()
    for path in (Path(lms.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record":
                named = {item.value for item in ast.walk(node.args[0]) if isinstance(item, ast.Constant)}
                assert named, f"{path}:{node.lineno} names its action where no test can read it"
                found |= named
    return found


def test_every_action_of_the_program_has_words_and_no_words_are_idle():
    assert recorded_actions() == set(log_words.ACTIONS)


def test_the_log_is_written_in_words_and_not_in_keys(story, admin, desk):
    with write_tx():
        audit.record(
            "session.role_chosen", "person", admin.person_uuid, by=admin.actor, before={"role": "teacher"},
            after={"role": "class_admin"},
        )
        audit.record(
            "secret.changed", "person", admin.person_uuid, by=admin.actor, after={"kind": "pin", "must_change": True}
        )
    page = desk.get("/kelola/catatan").text
    for said in ("Memilih peran", "peran: Admin kelas", "jenis: PIN", "wajib diganti: ya"):
        assert said in page, said
    for key in ("class_admin", "must_change", "<b>session.", ">secret.changed<"):
        assert key not in page, key


@pytest.mark.parametrize(("language", "begins", "ends"), [
    ("id", "mulai: Senin, 4 Januari 2027 pukul 00.00 WITA", "sampai: Rabu, 31 Maret 2027 pukul 23.59 WITA"),
    ("en", "from: Monday, 4 January 2027, 00:00 WITA", "until: Wednesday, 31 March 2027, 23:59 WITA"),
])
def test_the_dates_of_a_role_stand_in_the_log_in_words(story, admin, desk, language, begins, ends):
    who = story.person()
    with write_tx():
        people.assign_role(
            who.person_id, "observer", "region", "52", by=admin.actor,
            starts_at=dt.datetime(2027, 1, 3, 16, tzinfo=dt.UTC),
            ends_at=dt.datetime(2027, 3, 31, 15, 59, 59, tzinfo=dt.UTC),
        )
    page = desk.get(f"/kelola/catatan?bahasa={language}").text
    assert begins in page
    assert ends in page


def test_an_action_without_words_is_shown_as_it_was_written(admin, desk):
    with write_tx():
        audit.record("old.action", "person", admin.person_uuid, by=admin.actor, after={"old_field": 1})
    page = desk.get("/kelola/catatan").text
    assert "<b>old.action</b>" in page
    assert "old_field: 1" in page
