"""Abuse of sign-in, sessions, identifiers and the log, as black-box requests."""

import datetime as dt
import json
import logging
import re
import statistics
import time
import uuid

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, WRONG, Gate, credential, the_error, with_identifiers
from reading_pages import read

from lms.accounts.models import PersonIdentifier, RoleAssignment, UserSession
from lms.accounts.services import people, secrets, signing
from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.keys import keys
from lms.core.permissions import SYSTEM
from lms.core.types import UtcDateTime
from lms.lib import clock
from lms.lib.identifiers import fold_name

NIKS = ["5202014107850003", "5271030101900001", "5203115512880002"]


@pytest.mark.both
def test_ABUSE_A52_secret_change_role_loss_disable_and_sign_out_end_every_older_session_in_every_worker(
    app, make_app, story
):
    from lms.accounts.models import Person

    other = make_app()

    def end_role(who):
        given = db.session.scalar(sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == who.person_id))
        with write_tx():
            people.end_role(given, by=SYSTEM)

    def new_secret(who):
        with write_tx():
            secrets.store_secret(who.person_id, "pin", secrets.hash_secret(PIN), must_change=False, by=SYSTEM)

    def disable(who):
        with write_tx() as session:
            session.execute(sa.update(Person).where(Person.id == who.person_id).values(ended_at=clock.now()))

    for end in (end_role, new_secret, disable):
        who = story.teacher()
        here, there = Gate(app), Gate(other)
        here.sign_in(who.code)
        there.sign_in(who.code)
        assert here.is_in()
        assert there.is_in()
        end(who)
        assert not here.is_in(), end.__name__
        assert not there.is_in(), end.__name__

    who = story.teacher()
    here, there, copied = Gate(app), Gate(other), Gate(other)
    here.sign_in(who.code)
    there.sign_in(who.code)
    copied.client.set_cookie("sid", here.client.get_cookie("sid").value)
    assert copied.is_in()
    here.post("/akun/keluar-lain", data=read(here.get("/akun")).form_to("/akun/keluar-lain").filled())
    assert (here.is_in(), there.is_in(), copied.is_in()) == (True, False, True)
    here.post("/keluar", data=read(here.get("/keluar")).form_to("/keluar").filled())
    assert (here.is_in(), copied.is_in()) == (False, False)


def test_ABUSE_A56_the_cookie_is_new_at_sign_in_and_worthless_after_sign_out(app, story):
    who = story.teacher()
    gate = Gate(app)
    gate.client.set_cookie("sid", "x" * 43)
    gate.sign_in(who.code)
    value = gate.client.get_cookie("sid").value
    assert value != "x" * 43

    form = read(gate.get("/keluar")).form_to("/keluar")
    gate.post("/keluar", data=form.filled())
    thief = app.test_client()
    thief.set_cookie("sid", value)
    assert thief.get("/akun").status_code == 303
    assert thief.get("/akun", headers={"X-Requested-With": "sanggar"}).status_code == 401


def test_ABUSE_A56_signing_in_over_an_open_session_ends_it(app, story):
    first, second = story.teacher(), story.teacher()
    gate, copied = Gate(app), Gate(app)
    gate.sign_in(first.code)
    copied.client.set_cookie("sid", gate.client.get_cookie("sid").value)
    assert copied.is_in()
    form = read(gate.get("/masuk?lain=1")).form_to("/masuk")
    assert gate.sign_in(second.code, WRONG, form=form).status_code == 422
    assert copied.is_in(), "a wrong secret ends nothing"
    assert gate.sign_in(second.code, form=form).status_code == 303

    assert gate.is_in()
    assert not copied.is_in()


def test_ABUSE_A56_another_of_ones_own_roles_brings_no_right_the_session_did_not_have(app, story):
    """The id stays, because nothing is gained: a session holds the roles of its sign-in, or of a password at least."""
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    client = app.test_client()
    token = story.sign_in(client, who, kind="own")
    for role in ("facilitator", "admin", "system", "x", ""):
        reply = client.post("/akun/peran", data={"_csrf": token, "_op": str(uuid.uuid4()), "role": role})
        assert reply.status_code == 422, role
    assert client.get("/pemantauan").status_code == 403


def test_ABUSE_A54_wrong_secrets_close_the_account_and_never_another_one_from_that_address(app, story):
    victim, neighbour = story.teacher(), story.teacher()
    with clock.freeze(dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)) as now:
        gate = Gate(app, "10.1.1.1")
        replies = [gate.sign_in(victim.code, WRONG) for _ in range(20)]
        assert {reply.status_code for reply in replies[5:]} == {429}
        assert "Tunggu 1 menit" in replies[-1].text
        for address in ("10.1.1.1", "10.2.2.2"):
            assert Gate(app, address).sign_in(victim.code, PIN).status_code == 429
        for number in range(40):
            gate.sign_in(f"tidak ada {number}", WRONG)

        reply = gate.sign_in(neighbour.code, PIN)
        assert reply.status_code == 429
        assert credential(neighbour).locked_until is None
        now.tick(dt.timedelta(seconds=6))
        assert gate.sign_in(neighbour.code, PIN, form=read(reply).form_to("/masuk")).status_code == 303


SPELLINGS = {
    "code": ("{code}", "{lower}", "{plain}", " {code} ", "{dots}", "{wide}", "{hard}"),
    "nik": ("5202014107850003", "5202 0141 0785 0003", "5202.0141.0785.0003", "'5202014107850003", "5202-014107850003"),
    "phone": ("081234567890", "+6281234567890", "6281234567890", "0812-3456-7890", "81234567890", "+62 812 3456 7890"),
    "email": ("sumiati@contoh.id", "SUMIATI@contoh.ID", " sumiati@contoh.id\u200b"),
}


@pytest.mark.parametrize("kind", sorted(SPELLINGS))
def test_ABUSE_A54_another_spelling_or_a_forged_address_gives_no_new_tries(app, story, kind):
    identifiers = {} if kind == "code" else {kind: SPELLINGS[kind][0]}
    who = with_identifiers(story.teacher(), **identifiers)
    code = who.code
    forms = {
        "code": code, "lower": code.lower(), "plain": code.replace("-", ""), "dots": code.replace("-", "."),
        "wide": "".join(chr(ord(sign) + 0xFEE0) for sign in code), "hard": code.replace("-", "\u2011"),
    }
    spellings = [spelling.format(**forms) for spelling in SPELLINGS[kind]]
    assert {signing.find_person(spelling) for spelling in spellings} == {who.person_id}
    told = []
    for number in range(8):
        gate = Gate(app)
        form = read(gate.get("/masuk")).form_to("/masuk")
        sent = form.filled(identifier=spellings[number % len(spellings)], secret=WRONG)
        lies = {"X-Forwarded-For": f"10.9.8.{number}", "X-Real-IP": "9.9.9.9", "Forwarded": "for=8.8.8.8"}
        told.append(gate.post("/masuk", data=sent, headers=lies).status_code)

    assert told == [422] * 5 + [429] * 3
    assert Gate(app).sign_in(spellings[-1]).status_code == 429, "the right one too, until the time is over"


@pytest.mark.both
def test_ABUSE_A54_of_many_tries_sent_at_once_the_right_one_does_not_show(app, story, monkeypatch):
    """While one try is hashed, others close the account: whether it was right must not be told then."""
    hashed = secrets.matches

    def slowly(*args):
        found = hashed(*args)
        with write_tx() as session:
            session.execute(sa.text("UPDATE credential SET failures = 5"))
            session.execute(sa.text("UPDATE unknown_identifier SET failures = 5"))
            for table in ("credential", "unknown_identifier"):
                session.execute(
                    sa.text(f"UPDATE {table} SET locked_until = :until").bindparams(
                        sa.bindparam("until", type_=UtcDateTime())),
                    {"until": clock.now() + dt.timedelta(minutes=1)})
        return found

    who = story.teacher()
    Gate(app).sign_in("tidak ada", WRONG)
    monkeypatch.setattr(secrets, "matches", slowly)
    told = []
    for identifier, secret in ((who.code, PIN), (who.code, WRONG), ("tidak ada", WRONG)):
        with write_tx() as session:
            session.execute(sa.text("UPDATE credential SET failures = 0, locked_until = NULL"))
            session.execute(sa.text("UPDATE unknown_identifier SET failures = 0, locked_until = NULL"))
        reply = Gate(app).sign_in(identifier, secret)
        told.append((reply.status_code, the_error(reply)))

    assert told == [(429, "Terlalu banyak PIN salah. Tunggu 1 menit, atau minta admin kelas membuka akun.")] * 3
    assert credential(who).failures == 5


def test_ABUSE_A51_known_and_unknown_people_get_the_same_words_at_the_help_page(app, story):
    story.teacher()
    pages = {app.test_client().get(f"/lupa-pin?kode={code}").text for code in ("x", story.teacher().code, "")}
    without_query = {re.sub(r'lanjut=[^"]*', "", page) for page in pages}

    assert len(without_query) == 1


def test_ABUSE_A51_known_and_unknown_people_get_the_same_answer_at_the_door(app, story):
    who = with_identifiers(story.teacher(), nik=NIKS[0], phone="081234567890")
    told = set()
    for identifier in (who.code, "JNP-4K7X", NIKS[0], NIKS[1], "081234567890", "081234567891", "siapa@contoh.id"):
        reply = Gate(app).sign_in(identifier, WRONG)
        same = re.sub(r'value="[^"]*"', "", reply.text)
        told.add((reply.status_code, same, str(sorted(name for name, _value in reply.headers))))

    assert len(told) == 1


@pytest.mark.slow
def test_ABUSE_A51_known_and_unknown_people_are_answered_in_the_same_time(app, story):
    who = story.teacher()
    times = {"known": [], "unknown": []}
    for number in range(60):
        for name, code in (("known", who.code), ("unknown", "JNP-4K7X")):
            with write_tx() as session:
                session.execute(sa.text("UPDATE credential SET failures = 0, locked_until = NULL"))
                session.execute(sa.text("DELETE FROM unknown_identifier"))
            began = time.perf_counter()
            with pytest.raises(signing.WrongSecret):
                signing.sign_in(code, WRONG, shared=False, address=f"10.0.0.{number}", device="")
            times[name].append(time.perf_counter() - began)

    assert abs(statistics.median(times["known"]) - statistics.median(times["unknown"])) < 0.02


@pytest.mark.both
def test_ABUSE_A46_session_keys_are_unique_have_no_common_beginning_and_serve_one_purpose(app, story):
    """Ten thousand sessions are opened, without the hashing that a sign-in costs."""
    who = story.teacher()
    with write_tx():
        row = db.session.execute(signing._CREDENTIAL, {"person_id": who.person_id}).one()
        made = [signing._open_session(row, shared=False, device="").key for _ in range(10_000)]

    assert len(set(made)) == 10_000
    assert len({key[:6] for key in made}) > 9_990
    assert len({key[-6:] for key in made}) > 9_990
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", key) for key in made)
    kept = set(db.session.scalars(sa.select(UserSession.key_hash)))
    assert kept.isdisjoint(made), "only their hashes are stored"


def test_ABUSE_A46_an_edited_foreign_ended_or_expired_cookie_opens_nothing(app, story):
    who = story.teacher()
    with clock.freeze(dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)) as now:
        gate = Gate(app)
        gate.sign_in(who.code, shared="y")
        good = gate.client.get_cookie("sid").value
        chooser = gate.client.get_cookie("akun", path="/masuk").value
        stored = db.session.scalar(sa.select(UserSession.key_hash).order_by(UserSession.id.desc()))
        other_sign = good[:-1] + ("A" if good[-1] != "A" else "B")
        for value in (other_sign, good[:-1], good + "A", good.swapcase(), stored, chooser, "", "0", "a" * 200):
            thief = app.test_client()
            thief.set_cookie("sid", value)
            assert thief.get("/akun").status_code == 303, value
        assert gate.is_in()
        now.tick(dt.timedelta(minutes=31))
        assert not gate.is_in(), "a shared phone was put aside for half an hour"


def test_ABUSE_A46_a_signed_text_for_one_purpose_serves_no_other(app, story):
    """The list of names on a shared phone, the stamp of a form, a token: each is refused in the place of another."""
    who = story.teacher(name="Baiq Rahasia")
    gate = Gate(app)
    gate.sign_in(who.code, shared="y")
    gate.post("/keluar", data=read(gate.get("/keluar")).form_to("/keluar").filled())
    assert who.code in gate.get("/masuk").text, "the phone offers the name"
    chooser = gate.client.get_cookie("akun", path="/masuk").value
    kept, _dot, signature = chooser.rpartition(".")
    # The last character of base64 holds bits that count for nothing; the first one always counts.
    edited = f"{kept}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    form = dict(read(gate.get("/masuk?lain=1")).form_to("/masuk").fields)
    for value in (edited, chooser.partition(".")[0], form["_csrf"], form["_at"], "", "W10.x"):
        stranger = Gate(app)
        stranger.client.set_cookie("akun", value, path="/masuk")
        reply = stranger.get("/masuk")
        assert reply.status_code == 200
        assert who.code not in reply.text, value
    for name in ("_csrf", "_at", "_kept"):
        reply = gate.post("/masuk", data={**form, "identifier": who.code, "secret": PIN, name: chooser})
        assert (reply.status_code, gate.is_in()) == ((400, False) if name == "_csrf" else (303, True)), name
        gate.client.delete_cookie("sid")


def test_ABUSE_A46_a_mac_for_one_purpose_or_person_fits_no_other(app):
    mac = keys().sign("csrf", "session-1")

    assert keys().verify(mac, "csrf", "session-1")
    for purpose, part in (("csrf", "session-2"), ("csrf-visit", "session-1"), ("audit", "session-1")):
        assert not keys().verify(mac, purpose, part)
    assert not keys().verify(mac[:-1] + ("A" if mac[-1] != "A" else "B"), "csrf", "session-1")
    assert not keys().verify("", "csrf", "session-1")
    assert keys().sign("a", "b", "c") != keys().sign("a", "b\0c")[:42]


def test_ABUSE_A46_an_object_id_opens_nothing_without_a_session(app, story):
    who = story.teacher()
    for value in (str(who.person_uuid), who.person_uuid.hex, str(who.enrolment_uuid), who.code):
        thief = app.test_client()
        thief.set_cookie("sid", value)
        assert thief.get("/akun").status_code == 303


@pytest.mark.both
def test_ABUSE_A53_look_alikes_of_an_address_or_a_name_are_the_same(app, story):
    first = with_identifiers(story.teacher(name="Sumiati"), email="sumiati@contoh.id")
    for typed in ("Sumiati@Contoh.ID", " sumiati@contoh.id ", "SUMIATI@CONTOH.ID"):
        assert signing.find_person(typed) == first.person_id
    for typed in ("sumiаti@contoh.id", "sumiati@contoh.id\u200bx", "sumiati+x@contoh.id"):
        assert signing.find_person(typed) is None
    with pytest.raises(people.IdentifierTaken):
        with_identifiers(story.teacher(), email="sumiati@contoh.id")

    for typed in ("Sumiati@Contoh.ID", "SUMIATI@CONTOH.ID "):
        assert Gate(app).sign_in(typed).status_code == 303, typed
    assert Gate(app).sign_in("sumi\u0430ti@contoh.id").status_code == 422
    boss = app.test_client()
    token = story.sign_in(boss, story.admin())
    for number, typed in enumerate(("sumiati@contoh.id", "SUMIATI@contoh.id", " sumiati@CONTOH.ID ")):
        reply = boss.post("/kelola/orang/baru", data={
            "_csrf": token, "_op": str(uuid.uuid4()), "full_name": f"Orang Lain {'abc'[number]}", "sex": "P",
            "email": typed})
        assert reply.status_code == 422, typed
        assert "Sudah dipakai orang lain" in reply.text

    folded = {fold_name(name) for name in (
        "Admin", "admin", " ADMIN ", "Аdmin", "аdmin", "ａｄｍｉｎ", "ad\u200bmin", "Ádmin", "admin\u202e",
        "ad\u00admin")}
    assert folded == {"admin"}


def test_ABUSE_A27_nothing_that_a_person_posts_about_himself_gives_rights(app, story):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    extra = {
        "role": "admin", "is_active": "1", "region_id": "1", "region": "53", "permissions": "all", "is_admin": "true",
        "email_verified": "1", "person_id": "1", "scope_kind": "all", "scope_key": "", "kind": "password",
        "must_change": "0", "is_staff": "1", "capabilities": "role.assign",
    }

    def rights():
        db.session.rollback()
        return [(row.person_id, row.role, row.scope_kind, row.scope_key, row.ends_at)
                for row in db.session.scalars(sa.select(RoleAssignment).order_by(RoleAssignment.id))]

    before, kind = rights(), credential(who).kind
    extra["kind"] = "pin" if kind == "password" else "password"
    client = app.test_client()
    story.sign_in(client, who)
    forms = [form for path in ("/akun", "/akun/pin", "/pemberitahuan") for form in read(client.get(path)).forms]
    for form in forms:
        sent = form.filled(**extra, current=PIN, secret="730185", again="730185")
        client.post(form.action, data=sent)

    assert rights() == before
    assert {row.role for row in db.session.scalars(sa.select(UserSession))} <= {"teacher", "facilitator"}
    assert credential(who).kind == kind


# Logs


FORGED = 'x\r\n{"level": "INFO", "message": "forged"}\x1b[31m\x00\u2028\u2029\u0085'


def test_ABUSE_A62_whatever_is_typed_a_log_entry_is_one_line_of_json(app, story, lines):
    logging.getLogger("lms.web").error("name %s", FORGED, extra={"path_rule": FORGED, "code": FORGED})
    try:
        raise ValueError(FORGED)
    except ValueError:
        logging.getLogger("lms.web").exception("a trace")

    assert len(lines) == 2
    for line in lines:
        assert line.splitlines() == [line]
        assert line.isascii()
        assert not re.search(r"[\x00-\x1f]", line)
        assert json.loads(line)["level"] == "ERROR"


def test_ABUSE_A62_a_refused_page_leaves_one_line_with_the_rule_and_the_request_and_no_name(app, story, lines):
    client = app.test_client()
    who = story.teacher(name="Baiq Rahasia")
    story.sign_in(client, who)
    client.post("/akun/peran", data={})
    client.get("/pratinjau?cari=" + "rahasia%0d%0a")

    found = [json.loads(line) for line in lines if "denied" in line]
    assert found
    assert found[-1]["code"] == "NotAllowed"
    assert found[-1]["path_rule"] == "/pratinjau"
    assert re.fullmatch(r"[0-9a-f]{12}", found[-1]["request"])
    assert "ahasia" not in "".join(lines)


@pytest.mark.both
def test_ABUSE_A62_an_edited_audit_row_is_found(app, story, engine_name):
    with write_tx():
        people.create_person("Nama\r\nPalsu \x1b[2J", "P", by=SYSTEM)
    assert list(audit.edited_entries()) == []
    with write_tx() as session:
        session.execute(sa.text(
            "DROP TRIGGER audit_entry_no_update" if engine_name == "sqlite"
            else "ALTER TABLE audit_entry DISABLE TRIGGER ALL"))
    with write_tx() as session:
        session.execute(sa.update(AuditEntry).values(actor_id=99))

    assert len(list(audit.edited_entries())) == 1


# Protected identifiers


@pytest.mark.both
def test_no_nik_ever_stands_in_the_database_its_log_or_our_log(app, story, engine_name, tmp_path, lines, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    phones = [f"08123456789{number}" for number in range(3)]
    everybody = [
        with_identifiers(story.teacher(), nik=nik, phone=phone, email=f"guru{number}@contoh.id")
        for number, (nik, phone) in enumerate(zip(NIKS, phones, strict=True))
    ]
    for number, nik in enumerate(NIKS):
        Gate(app).sign_in(nik, WRONG)
        Gate(app).sign_in(nik[:15] + "9", WRONG)
        Gate(app).sign_in(phones[number], WRONG)
        assert Gate(app).sign_in(nik).status_code == 303
    with pytest.raises(people.IdentifierTaken) as taken:
        with_identifiers(everybody[0], nik=NIKS[1])
    with pytest.raises(sa.exc.IntegrityError) as broken, write_tx() as session:
        row = session.scalar(sa.select(PersonIdentifier).where(PersonIdentifier.kind == "nik"))
        session.add(PersonIdentifier(
            person_id=everybody[2].person_id, kind="nik", sealed=row.sealed, lookup=keys().lookup_hash("nik", NIKS[0])))
        session.flush()
    logging.getLogger("lms.web").error("x", exc_info=broken.value)

    spoken = "".join(lines) + caplog.text + repr(taken.value) + str(broken.value) + "".join(capfd.readouterr())
    secret_words = [*NIKS, *phones, "guru0@contoh.id"]
    for word in secret_words:
        assert word not in spoken
    for stored in stored_bytes(engine_name, tmp_path):
        for word in secret_words:
            assert word.encode() not in stored


def stored_bytes(engine_name, tmp_path):
    """Everything that lies on disk: the files of SQLite with their log, or every row of PostgreSQL as text."""
    db.session.rollback()
    if engine_name == "sqlite":
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        assert any(path.name.endswith("-wal") for path in files)
        return [path.read_bytes() for path in files]
    from lms.core.db import Base

    return [
        str(db.session.execute(sa.text(f"SELECT CAST(t AS text) FROM \"{table.name}\" t")).all()).encode()
        for table in Base.metadata.sorted_tables
    ]


# What costs much


@pytest.mark.parametrize("path", [
    "/pemberitahuan?hal=" + "9" * 9, "/pemberitahuan?hal=" + "9" * 5000, "/pemberitahuan?hal=-1",
    "/pemberitahuan?hal=x", "/pemberitahuan?hal=%00", "/pemberitahuan?hal=1e9", "/pemberitahuan?hal=٣",
    "/akun?pesan=" + "x" * 5000, "/masuk?lanjut=" + "/" * 4000,
])
def test_ABUSE_A59_absurd_pages_and_queries_cost_nothing(app, story, path):
    client = app.test_client()
    story.sign_in(client, story.teacher())
    began = time.perf_counter()

    assert client.get(path).status_code in (200, 302, 303, 400, 404)
    assert time.perf_counter() - began < 2


@pytest.mark.parametrize("body", [
    {"identifier": "x" * 1_000_000, "secret": "y"}, {"identifier": "x", "secret": "y" * 1_000_000},
    {"identifier": "a\u0301" * 100_000, "secret": "y"}, {"identifier": "x@" + "a." * 100_000, "secret": "y"},
    {f"f{number}": "x" for number in range(1900)}, {f"f{number}": "x" for number in range(5000)},
    {"identifier": "x" * 3_000_000, "secret": "y"},
])
def test_ABUSE_A59_an_absurd_sign_in_costs_little_and_hashes_nothing(app, story, body):
    client = app.test_client()
    form = read(client.get("/masuk")).form_to("/masuk")
    began = time.perf_counter()
    reply = client.post("/masuk", data={**form.filled(), **body})

    assert reply.status_code in (400, 413, 422)
    assert time.perf_counter() - began < 2
