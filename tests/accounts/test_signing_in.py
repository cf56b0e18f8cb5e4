"""Who gets in: code, NIK, e-mail or a phone number of one's own, with the right secret, and nobody else."""

import datetime as dt
import re
import threading

import pytest
from accounts.gate import (
    MAIL,
    NIK,
    PHONE,
    PIN,
    WRONG,
    Gate,
    credential,
    set_credential,
    set_person,
    the_error,
    with_identifiers,
)
from reading_pages import read

from lms.accounts import tries
from lms.accounts.services import people, secrets, signing
from lms.core.db import write_tx
from lms.core.keys import Keys
from lms.core.permissions import SYSTEM
from lms.lib import clock

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def teacher(story):
    return story.teacher()


def typed_codes(code):
    return [code, code.lower(), code.replace("-", ""), f"  {code} ", code.replace("-", " ")]


@pytest.mark.both
def test_with_the_code_of_the_slip_however_it_is_typed(app, teacher):
    for typed in typed_codes(teacher.code):
        reply = Gate(app).sign_in(typed)
        assert reply.status_code == 303, typed


@pytest.mark.both
@pytest.mark.parametrize("typed", [
    NIK, "52.0201.410785.0003", " 5202 0141 0785 0003", PHONE, "+62 812-3456-7890", "62812 3456 7890", MAIL,
    "SUMIATI@Contoh.ID", "  sumiati@contoh.id ",
])
def test_with_nik_own_phone_or_e_mail_however_they_are_typed(app, teacher, typed):
    with_identifiers(teacher, nik=NIK, phone=PHONE, email=MAIL)

    assert Gate(app).sign_in(typed).status_code == 303


@pytest.mark.both
def test_a_phone_number_of_two_people_signs_nobody_in(app, story, teacher):
    with_identifiers(teacher, phone=PHONE)
    with_identifiers(story.teacher(), phone=PHONE)

    assert Gate(app).sign_in(PHONE).status_code == 422
    assert Gate(app).sign_in(teacher.code).status_code == 303


def test_a_shared_number_becomes_ones_own_when_the_other_account_is_closed(app, story, teacher):
    other = with_identifiers(story.teacher(), phone=PHONE)
    with_identifiers(teacher, phone=PHONE)
    set_person(other, ended_at=clock.now())

    assert Gate(app).sign_in(PHONE).status_code == 303


@pytest.mark.both
def test_a_nik_or_e_mail_belongs_to_one_person(app, story, teacher):
    with_identifiers(teacher, nik=NIK)

    with pytest.raises(people.IdentifierTaken):
        with_identifiers(story.teacher(), nik=NIK)


@pytest.mark.both
def test_of_two_who_write_the_same_nik_at_the_same_moment_one_is_told_that_it_is_taken(
    app, story, make_app, engine_name, monkeypatch
):
    """Both have looked whether it is free before either has written, where a database lets two write at once."""
    application, gate, told = make_app(), threading.Barrier(2), []
    seal = Keys.seal

    def together(*args, **kwargs):
        if engine_name == "postgresql":
            gate.wait(20)
        return seal(*args, **kwargs)

    def write(person_id):
        with application.app_context():
            try:
                with write_tx():
                    people.add_identifier(person_id, "nik", NIK)
                told.append("kept")
            except Exception as problem:
                told.append(type(problem).__name__)

    who = [story.teacher().person_id for _ in range(2)]
    monkeypatch.setattr(Keys, "seal", together)
    threads = [threading.Thread(target=write, args=(person_id,)) for person_id in who]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(told) == ["IdentifierTaken", "kept"]


def test_unknown_name_and_wrong_secret_are_told_in_the_same_words(app, story, teacher):
    from lms.lib.identifiers import participant_code

    with_identifiers(teacher, phone=PHONE, nik=NIK)
    with_identifiers(story.teacher(), phone=PHONE)
    import random

    replies = [
        Gate(app).sign_in(identifier, secret) for identifier, secret in (
            (teacher.code, WRONG), (NIK, WRONG), (participant_code(random.SystemRandom()), WRONG), ("siapa saja", PIN),
            (PHONE, PIN), ("tidak@ada.id", WRONG), ("5202014107850009", PIN), ("' OR 1=1 --", WRONG),
        )
    ]

    assert {reply.status_code for reply in replies} == {422}
    assert {the_error(reply) for reply in replies} == {
        "Kode atau PIN tidak cocok. Periksa kartu akun, lalu ketik lagi pelan-pelan."
    }


def test_what_was_typed_comes_back_but_never_the_secret(app, teacher):
    reply = Gate(app).sign_in("Jnp 4k7x", WRONG, shared="y")

    assert 'value="Jnp 4k7x"' in reply.text
    assert WRONG not in reply.text
    assert read(reply).has("input", name="shared", checked=None)


@pytest.mark.parametrize(("fields", "named"), [
    ({"identifier": "", "secret": PIN}, "identifier"), ({"identifier": "x", "secret": ""}, "secret"),
    ({"identifier": "x" * 121, "secret": PIN}, "identifier"), ({"identifier": "x", "secret": "1" * 201}, "secret"),
])
def test_a_missing_or_endless_field_is_told_beside_it_without_counting_a_try(app, teacher, fields, named):
    reply = Gate(app).sign_in(**fields)

    assert reply.status_code == 422
    assert f'id="{named}-e"' in reply.text
    assert f'href="#{named}"' in reply.text


def test_a_closed_account_and_an_account_without_a_role_stay_outside(app, story, teacher):
    nobody = story.person()
    reply = Gate(app).sign_in(nobody.code)
    assert reply.status_code == 422
    assert "belum punya peran" in the_error(reply)

    set_person(teacher, ended_at=clock.now())
    assert Gate(app).sign_in(teacher.code).status_code == 422


def test_a_role_that_begins_tomorrow_or_ended_yesterday_opens_nothing(app, story):
    who = story.person()
    with write_tx():
        for starts, ends in ((1, None), (-9, -1)):
            people.assign_role(
                who.person_id, "facilitator", "region", f"52.{starts + 20}", by=SYSTEM,
                starts_at=clock.now() + dt.timedelta(days=starts),
                ends_at=None if ends is None else clock.now() + dt.timedelta(days=ends),
            )

    assert Gate(app).sign_in(who.code).status_code == 422


def test_the_way_leads_back_to_where_the_visitor_wanted_to_go(app, teacher):
    gate = Gate(app)
    asked = gate.get("/pemberitahuan?hal=2")
    assert asked.location == "/masuk?lanjut=/pemberitahuan?hal%3D2"

    assert gate.sign_in(teacher.code, path=asked.location).location == "/pemberitahuan?hal=2"


# Wrong tries


def knock(gate, who, times, secret=WRONG):
    return [gate.sign_in(who.code, secret) for _ in range(times)]


@pytest.mark.both
def test_five_wrong_tries_close_the_account_for_a_minute_to_everybody(app, teacher):
    with clock.freeze(NOON) as now:
        replies = knock(Gate(app), teacher, 5)
        assert [reply.status_code for reply in replies] == [422] * 5

        refused = Gate(app, "10.9.9.9").sign_in(teacher.code, PIN)
        assert refused.status_code == 429
        assert the_error(refused) == (
            "Terlalu banyak PIN salah. Tunggu 1 menit, atau minta admin kelas membuka akun."
        )
        now.tick(dt.timedelta(seconds=59))
        assert Gate(app).sign_in(teacher.code, PIN).status_code == 429
        now.tick(dt.timedelta(seconds=1))
        assert Gate(app).sign_in(teacher.code, PIN).status_code == 303


@pytest.mark.parametrize(("typed", "words"), [
    (WRONG, "Terlalu banyak PIN salah. Tunggu 1 menit, atau minta admin kelas membuka akun."),
    ("kuda hijau", "Terlalu banyak kata sandi salah. Tunggu 1 menit, atau minta admin sistem membuka akun."),
])
def test_the_words_of_a_closed_account_follow_what_was_typed_and_so_tell_of_no_account(
    app, story, teacher, typed, words
):
    for code in (teacher.code, story.admin().code, "JNP-4K7X"):
        for _ in range(5):
            assert Gate(app).sign_in(code, typed).status_code == 422
        assert the_error(Gate(app).sign_in(code, typed)) == words


def test_an_electronic_address_is_called_as_teachers_call_it(app):
    assert "Kode peserta, NIK, nomor HP atau email" in Gate(app).get("/masuk").text


def test_four_wrong_tries_and_a_right_one_begin_from_zero(app, teacher):
    for _ in range(3):
        knock(Gate(app), teacher, 4)
        assert Gate(app).sign_in(teacher.code, PIN).status_code == 303
    assert credential(teacher).failures == 0


def test_each_further_wrong_try_doubles_the_wait_up_to_an_hour(app, teacher):
    with clock.freeze(NOON) as now:
        knock(Gate(app), teacher, 5)
        waits = []
        for _ in range(9):
            wait = credential(teacher).locked_until - now.at
            waits.append(int(wait.total_seconds() // 60))
            now.tick(wait)
            knock(Gate(app, f"10.0.1.{len(waits)}"), teacher, 1)

    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_tries_while_the_account_is_closed_do_not_lengthen_the_wait(app, teacher):
    with clock.freeze(NOON):
        knock(Gate(app), teacher, 5)
        until = credential(teacher).locked_until
        knock(Gate(app), teacher, 10)
        assert credential(teacher).locked_until == until


def test_tries_over_all_identifiers_are_counted_together(app, teacher):
    with_identifiers(teacher, nik=NIK, phone=PHONE, email=MAIL)
    for typed in (teacher.code, NIK, PHONE, MAIL, teacher.code.lower()):
        Gate(app).sign_in(typed, WRONG)

    assert Gate(app).sign_in(NIK, PIN).status_code == 429


@pytest.mark.both
def test_a_facilitator_lifts_the_lock(app, story, teacher):
    knock(Gate(app), teacher, 5)
    with write_tx():
        secrets.unlock(teacher.person_id, by=story.facilitator().actor)

    assert Gate(app).sign_in(teacher.code, PIN).status_code == 303


@pytest.mark.both
def test_parallel_guesses_are_all_counted(app, teacher, make_app):
    application = make_app()
    gate = threading.Barrier(8)

    def guess():
        with application.app_context():
            gate.wait(20)
            with pytest.raises((signing.WrongSecret, signing.AccountLocked)):
                signing.sign_in(teacher.code, WRONG, shared=False, address="10.0.0.1", device="")

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert credential(teacher).failures >= 5
    assert Gate(app).sign_in(teacher.code, PIN).status_code == 429


# Many wrong tries from one address


def make_slow(application, address="10.0.0.1"):
    gate = Gate(application, address)
    for number in range(tries.ADDRESS_FREE + 1):
        gate.sign_in(f"tidak ada {number}", WRONG)
    return gate


def test_many_wrong_tries_from_one_address_slow_its_form_and_lock_nobody(app, teacher):
    with clock.freeze(NOON) as now:
        gate = make_slow(app)
        form = read(gate.get("/masuk")).form_to("/masuk")

        hasty = gate.sign_in(teacher.code, form=form)
        assert hasty.status_code == 429
        assert "Tunggu 5 detik" in the_error(hasty)
        assert credential(teacher).failures == 0

        form = read(hasty).form_to("/masuk")
        now.tick(dt.timedelta(seconds=5))
        assert gate.sign_in(teacher.code, form=form).status_code == 303
        assert Gate(app, "10.0.0.2").sign_in(teacher.code).status_code == 303


@pytest.mark.parametrize("dated_back", ["0", "1700000000", "0.", "0.x", "", "9" * 200])
def test_a_form_cannot_be_dated_back(app, teacher, dated_back):
    with clock.freeze(NOON) as now:
        gate = make_slow(app)
        form = read(gate.get("/masuk")).form_to("/masuk")
        now.tick(dt.timedelta(seconds=60))

        assert gate.sign_in(teacher.code, form=form, _at=dated_back).status_code == 429


def test_the_time_of_a_form_belongs_to_its_browser_and_grows_old(app, teacher):
    with clock.freeze(NOON) as now:
        gate = make_slow(app)
        stamp = dict(read(gate.get("/masuk")).form_to("/masuk").fields)["_at"]
        now.tick(dt.timedelta(seconds=30))

        assert Gate(app).sign_in(teacher.code, _at=stamp).status_code == 429
        now.tick(dt.timedelta(minutes=10))
        assert gate.sign_in(teacher.code, _at=stamp).status_code == 429


def test_an_address_is_fast_again_after_its_window(app, teacher):
    with clock.freeze(NOON) as now:
        gate = make_slow(app)
        now.tick(signing.ADDRESS_WINDOW + dt.timedelta(seconds=1))

        assert gate.sign_in(teacher.code).status_code == 303


@pytest.mark.both
def test_an_address_is_kept_as_a_keyed_hash_only(app, teacher):
    import sqlalchemy as sa

    from lms.accounts.models import AddressCounter
    from lms.core.db import db

    Gate(app, "203.0.113.77").sign_in("x", WRONG)

    db.session.rollback()
    [row] = db.session.scalars(sa.select(AddressCounter))
    assert (len(row.address), row.failures) == (64, 1)
    assert "203" not in row.address[:3] or "." not in row.address


# The first PIN


def test_who_has_a_first_pin_changes_it_before_anything_else_opens(app, story):
    boss = story.staff("admin", "all")
    set_credential(boss, must_change=True)
    gate = Gate(app)

    assert gate.sign_in(boss.code).location == "/akun/pin"
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or rule.arguments or app.view_functions[rule.endpoint].capability == "public":
            continue
        if not boss.actor.can(app.view_functions[rule.endpoint].capability):
            continue
        reply = gate.get(rule.rule)
        if rule.endpoint in ("accounts.change_secret", "accounts.leave"):
            assert reply.status_code == 200
        else:
            assert (reply.status_code, reply.location) == (303, "/akun/pin"), rule.rule
    assert gate.get("/").location == "/akun/pin"


def test_after_the_change_the_day_begins(app, teacher):
    set_credential(teacher, must_change=True)
    gate = Gate(app)
    gate.sign_in(teacher.code)

    assert gate.change_pin(PIN, "730185").location == "/"
    assert gate.get("/akun").status_code == 200
    assert Gate(app).sign_in(teacher.code, "730185").location == "/"
    assert Gate(app).sign_in(teacher.code, PIN).status_code == 422


@pytest.mark.parametrize("weak", ["123456", "654321", "111111", "121212", "123123", "012345", "234567", "890123"])
def test_a_pin_that_is_guessed_early_is_refused(app, teacher, weak):
    gate = Gate(app)
    gate.sign_in(teacher.code)

    reply = gate.change_pin(PIN, weak)

    assert reply.status_code == 422
    assert "mudah ditebak" in the_error(reply)


@pytest.mark.parametrize("wrong", ["12345", "1234567", "abcdef", "７３０１８５", "73 01 85", "730-185"])
def test_a_pin_is_six_plain_digits(app, teacher, wrong):
    gate = Gate(app)
    gate.sign_in(teacher.code)

    assert gate.change_pin(PIN, wrong).status_code == 422


def test_the_present_pin_is_asked_for_and_both_new_ones_must_agree(app, teacher):
    gate = Gate(app)
    gate.sign_in(teacher.code)

    assert 'id="current-e"' in gate.change_pin(WRONG, "730185").text
    assert 'id="again-e"' in gate.change_pin(PIN, "730185", "730186").text
    assert 'id="secret-e"' in gate.change_pin(PIN, PIN).text
    assert credential(teacher).changed_at is not None
    assert Gate(app).sign_in(teacher.code, PIN).status_code == 303


def test_no_secret_comes_back_on_a_refused_or_stale_change(app, teacher):
    gate = Gate(app)
    gate.sign_in(teacher.code)
    form = read(gate.get("/akun/pin")).form_to("/akun/pin")

    for token in (form.filled()["_csrf"][0], "stale"):
        sent = form.filled(current="204711", secret="730185", again="730186", _csrf=token)
        text = gate.post("/akun/pin", data=sent).text
        assert not any(secret in text for secret in ("204711", "730185", "730186"))


def test_staff_choose_a_password_of_8_to_128(app, story):
    boss = story.staff("admin", "all")
    set_credential(boss, kind="password")
    gate = Gate(app)
    gate.sign_in(boss.code)

    assert gate.change_pin(PIN, "pendek7").status_code == 422
    assert gate.change_pin(PIN, "x" * 129).status_code == 422
    assert gate.change_pin(PIN, "kuda hijau di pantai 🐎").status_code == 303
    assert Gate(app).sign_in(boss.code, "kuda hijau di pantai 🐎").status_code == 303


@pytest.mark.parametrize(("language", "own", "foreign"), [
    ("id", "kata sandi", "PIN"), ("en", "password", "PIN"),
])
def test_the_pages_of_a_secret_speak_of_the_kind_that_one_has(app, story, language, own, foreign):
    boss, teacher = story.staff("admin", "all"), story.teacher()
    for who, said, unsaid in ((boss, own, foreign), (teacher, foreign, own)):
        gate = Gate(app)
        gate.sign_in(who.code)
        asked = read(gate.get(f"/akun/pin?bahasa={language}"))
        refused = read(gate.post(f"/akun/pin?bahasa={language}", data=asked.form_to("/akun/pin").filled(
            current=WRONG, secret="kuda hijau" if who is boss else "730185", again="lain",
        )))
        for page in (asked, refused, read(gate.get(f"/keluar?bahasa={language}"))):
            assert re.search(rf"\b{said}\b", page.words, re.IGNORECASE)
            assert not re.search(rf"\b{unsaid}\b", page.words, re.IGNORECASE), page.words


@pytest.mark.parametrize("path", ["/akun/pin"])
def test_a_megabyte_of_password_is_refused_without_hashing(app, teacher, monkeypatch, path):
    hashed = []
    for name in ("matches", "hash_secret"):
        monkeypatch.setattr(secrets, name, counted(getattr(secrets, name), hashed))
    gate = Gate(app)
    gate.sign_in(teacher.code)
    assert gate.change_pin(WRONG, "730185").status_code == 422
    assert hashed == ["matches"] * 2, "signing in and an ordinary try are counted"

    assert gate.change_pin("9" * 1_000_000, "8" * 1_000_000).status_code in (413, 422)
    assert len(hashed) == 2


def counted(work, calls):
    def done(*args, **kwargs):
        calls.append(work.__name__)
        return work(*args, **kwargs)
    return done
