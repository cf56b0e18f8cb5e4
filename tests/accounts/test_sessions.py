"""How long a browser stays signed in, what ends it everywhere at once, and what its cookies are."""

import datetime as dt
import uuid

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, Gate, set_person
from reading_pages import read

from lms.accounts.models import RoleAssignment, UserSession
from lms.accounts.services import people, secrets, signing
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lib import clock

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def frozen(app):
    with clock.freeze(NOON) as at:
        yield at


def signed_in(app, who, **more):
    gate = Gate(app)
    assert gate.sign_in(who.code, PIN, **more).status_code == 303
    return gate


def rows():
    db.session.rollback()
    return db.session.scalars(sa.select(UserSession).order_by(UserSession.id)).all()


@pytest.mark.both
def test_on_ones_own_phone_for_180_days_and_on_with_every_use(app, story, frozen):
    gate = signed_in(app, story.teacher())
    for _ in range(3):
        frozen.tick(179 * DAY)
        assert gate.is_in()

    frozen.tick(180 * DAY)
    assert not gate.is_in()


def test_on_a_shared_phone_for_30_idle_minutes(app, story, frozen):
    gate = signed_in(app, story.teacher(), shared="y")
    for _ in range(20):
        frozen.tick(29 * MINUTE)
        assert gate.is_in()

    frozen.tick(30 * MINUTE)
    assert not gate.is_in()


def test_somebody_known_to_share_a_phone_gets_the_short_session_without_saying_so(app, story, frozen):
    who = story.teacher()
    set_person(who, has_shared_phone=True)
    gate = signed_in(app, who)

    frozen.tick(31 * MINUTE)
    assert not gate.is_in()


def test_staff_for_60_idle_minutes_and_at_most_12_hours(app, story, frozen):
    boss = story.staff("admin", "all")
    gate = signed_in(app, boss)
    frozen.tick(60 * MINUTE)
    assert not gate.is_in()

    gate = signed_in(app, boss)
    for _ in range(12):
        frozen.tick(59 * MINUTE)
        assert gate.is_in()
    frozen.tick(12 * MINUTE)
    assert not gate.is_in()


def test_staff_who_also_learn_have_the_short_session(app, story, frozen):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    gate = signed_in(app, who)

    assert rows()[0].kind == "staff"
    frozen.tick(61 * MINUTE)
    assert not gate.is_in()


# What a visit writes


@pytest.mark.both
@pytest.mark.parametrize(("kind", "quiet"), [("own", DAY), ("shared", 5 * MINUTE)])
def test_a_visit_writes_nothing_but_the_touch_at_most_so_often(app, story, frozen, count_statements, kind, quiet):
    gate = signed_in(app, story.teacher(), **({"shared": "y"} if kind == "shared" else {}))

    def changes(path):
        with count_statements() as seen:
            assert gate.get(path).status_code in (200, 302, 303)
        return [statement.split()[0:2] for statement in seen.statements if not statement.lstrip().startswith("SELECT")]

    paths = ("/akun", "/pemberitahuan", "/akun/pin", "/keluar", "/", "/masuk", "/lupa-pin", "/bahasa/en")
    assert [changes(path) for path in paths] == [[]] * len(paths)
    frozen.tick(quiet)
    assert changes("/akun") == []
    frozen.tick(dt.timedelta(seconds=1))
    assert changes("/akun") == [["UPDATE", "user_session"]]
    assert changes("/akun") == []


def test_the_cookie_of_an_own_phone_is_renewed_with_the_touch_and_else_left_alone(app, story, frozen):
    gate = signed_in(app, story.teacher())
    assert "Set-Cookie" not in gate.get("/akun").headers

    frozen.tick(2 * DAY)
    renewed = gate.get("/akun").headers["Set-Cookie"]
    assert renewed.startswith("sid=")
    assert "Max-Age=15552000" in renewed


@pytest.mark.both
def test_reading_the_session_costs_one_statement(app, story, count_statements):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    gate = signed_in(app, who)

    with count_statements() as seen:
        gate.get("/keluar")
    assert len(seen) == 1


# What ends a session in every process at once


@pytest.fixture
def elsewhere(make_app):
    """A second server on the same database."""
    return make_app()


def on_the_other_server(gate, application):
    other = Gate(application)
    other.client.set_cookie("sid", gate.client.get_cookie("sid").value)
    return other


@pytest.mark.both
def test_signing_out_ends_it_on_the_other_server(app, elsewhere, story):
    gate = signed_in(app, story.teacher())
    there = on_the_other_server(gate, elsewhere)
    assert there.is_in()

    form = read(gate.get("/keluar")).form_to("/keluar")
    reply = gate.post("/keluar", data=form.filled())

    assert reply.location == "/masuk"
    assert gate.client.get_cookie("sid") is None
    assert not there.is_in()


@pytest.mark.both
def test_losing_the_role_ends_it_on_the_other_server(app, elsewhere, story):
    who = story.staff("admin", "all")
    there = on_the_other_server(signed_in(app, who), elsewhere)
    assert there.is_in()
    given = db.session.scalar(sa.select(RoleAssignment.uuid).where(RoleAssignment.person_id == who.person_id))

    with write_tx():
        people.end_role(str(given), by=SYSTEM)

    assert not there.is_in()


@pytest.mark.both
def test_losing_the_active_role_falls_back_to_another_one(app, elsewhere, story):
    who = story.staff("admin", "all", person=story.teacher())
    gate = signed_in(app, who)
    choose(gate, "admin")
    there = on_the_other_server(gate, elsewhere)
    assert "Admin sistem" in there.get("/akun").text
    given = db.session.scalar(sa.select(RoleAssignment.uuid).where(RoleAssignment.role == "admin"))
    with write_tx():
        people.end_role(given, by=SYSTEM)

    text = there.get("/akun").text
    assert "Admin sistem" not in text
    assert "Peserta" in text


@pytest.mark.both
def test_a_new_pin_from_the_help_desk_ends_it_on_the_other_server(app, elsewhere, story):
    who = story.teacher()
    there = on_the_other_server(signed_in(app, who), elsewhere)

    with write_tx():
        secrets.store_secret(who.person_id, "pin", secrets.hash_secret("730185"), must_change=True, by=SYSTEM)

    assert not there.is_in()


def test_changing_ones_pin_ends_the_other_devices_and_keeps_this_one(app, elsewhere, story):
    who = story.teacher()
    here, there = signed_in(app, who), signed_in(elsewhere, who)

    here.change_pin(PIN, "730185")

    assert here.is_in()
    assert not there.is_in()


def test_signing_out_the_other_devices_keeps_this_one(app, elsewhere, story):
    who = story.teacher()
    here, there, stranger = signed_in(app, who), signed_in(elsewhere, who), signed_in(app, story.teacher())
    form = read(here.get("/akun")).form_to("/akun/keluar-lain")

    here.post(form.action, data=form.filled())

    assert (here.is_in(), there.is_in(), stranger.is_in()) == (True, False, True)


def test_closing_the_account_ends_it(app, elsewhere, story):
    who = story.teacher()
    there = on_the_other_server(signed_in(app, who), elsewhere)
    set_person(who, ended_at=clock.now())

    assert not there.is_in()


@pytest.mark.parametrize("value", ["", "x", "x" * 43, "x" * 3900, "a\x00b", "../../etc", "' OR 1=1"])
def test_an_invented_cookie_opens_nothing(app, story, value):
    signed_in(app, story.teacher())
    gate = Gate(app)
    gate.client.set_cookie("sid", value)

    assert not gate.is_in()


def test_the_value_of_the_cookie_is_not_in_the_database(app, story):
    gate = signed_in(app, story.teacher())
    value = gate.client.get_cookie("sid").value

    assert len(value) >= 43
    assert value not in repr([vars(row) for row in rows()])


def test_every_sign_in_has_a_new_cookie_even_over_an_old_one(app, story):
    who = story.teacher()
    gate = Gate(app)
    gate.client.set_cookie("sid", "planted-by-somebody")
    gate.sign_in(who.code)
    first = gate.client.get_cookie("sid").value
    gate.sign_in(who.code)

    assert len({"planted-by-somebody", first, gate.client.get_cookie("sid").value}) == 3


# Cookies


def cookie_line(reply, name):
    return next(line for line in reply.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))


def test_over_http_the_cookie_is_sid_and_closed_to_scripts(app, story):
    line = cookie_line(Gate(app).sign_in(story.teacher().code), "sid")

    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=15552000"} <= set(line.split("; "))
    assert "Secure" not in line
    assert "Domain" not in line


def test_over_https_the_cookie_is_bound_to_this_host_and_every_cookie_is_secure(app, make_app, story):
    who = story.teacher()
    gate = Gate(make_app(base_url="https://diklat.example.id"))
    page = gate.get("/masuk", base_url="https://diklat.example.id")
    assert "Secure" in cookie_line(page, "kunjungan")
    sent = read(page).form_to("/masuk").filled(identifier=who.code, secret=PIN, shared="y")
    reply = gate.post("/masuk", data=sent, base_url="https://diklat.example.id")

    line = cookie_line(reply, "__Host-sid")
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(line.split("; "))
    assert "Domain" not in line
    assert "Secure" in cookie_line(reply, "akun")
    assert reply.headers["Strict-Transport-Security"].startswith("max-age=")


def test_on_a_shared_phone_and_for_staff_the_cookie_ends_with_the_browser(app, story):
    shared = cookie_line(Gate(app).sign_in(story.teacher().code, shared="y"), "sid")
    staff = cookie_line(Gate(app).sign_in(story.staff("admin", "all").code), "sid")

    assert "Max-Age" not in shared + staff
    assert "Expires" not in shared + staff


@pytest.mark.parametrize("path", ["/lupa-pin", "/healthz", "/static/none.css", "/tidak-ada"])
def test_public_pages_without_a_form_set_no_cookie(app, path):
    assert "Set-Cookie" not in app.test_client().get(path).headers


# Shared phones


def shared_phone(app, story, *names):
    people_here = [story.teacher(name=name) for name in names]
    gate = Gate(app)
    for who in people_here:
        gate.sign_in(who.code, path="/masuk?lain=1", shared="y")
        gate.client.delete_cookie("sid")
    return gate, people_here


def test_the_names_of_a_shared_phone_are_offered_newest_first_and_one_tap_is_enough(app, story):
    gate, (first, second) = shared_phone(app, story, "Baiq Murniati", "Lalu Hamdan")

    page = read(gate.get("/masuk"))
    form = page.form_to("/masuk")

    assert form.choices["identifier"] == [second.code, first.code]
    assert "Baiq Murniati" in page.words
    assert gate.post("/masuk", data=form.filled(identifier=first.code, secret=PIN)).status_code == 303
    assert rows()[-1].kind == "shared"


def test_the_list_holds_no_more_than_six_and_the_same_person_once(app, story):
    gate, everybody = shared_phone(app, story, *(f"Guru {number}" for number in range(8)))
    gate.sign_in(everybody[-1].code, path="/masuk?lain=1", shared="y")

    codes = read(gate.get("/masuk")).form_to("/masuk").choices["identifier"]
    assert codes == [who.code for who in reversed(everybody)][:6]


def test_another_account_can_be_used_and_what_was_typed_for_it_is_not_lost(app, story):
    gate, _ = shared_phone(app, story, "Baiq Murniati")
    other = story.teacher()

    refused = gate.sign_in(other.code, "739405", path="/masuk?lain=1")
    assert f'value="{other.code}"' in refused.text
    assert gate.sign_in(other.code, form=read(refused).form_to("/masuk")).status_code == 303


def test_a_wrong_pin_from_the_list_shows_the_list_again_with_the_same_name_chosen(app, story):
    gate, (first, _second) = shared_phone(app, story, "Baiq Murniati", "Lalu Hamdan")

    refused = gate.sign_in(first.code, "739405")

    assert read(refused).has("input", type="radio", value=first.code, checked=None)


@pytest.mark.parametrize("edit", ["reverse", "empty", "plain", "number", "other key"])
def test_an_edited_list_is_ignored(app, story, edit):
    from itsdangerous import URLSafeSerializer

    gate, (who,) = shared_phone(app, story, "Baiq Murniati")
    value = gate.client.get_cookie("akun", path="/masuk").value
    edited = {
        "reverse": value[::-1], "empty": "", "plain": f'["{who.person_uuid}"]', "number": "1",
        "other key": URLSafeSerializer(b"other", salt="chooser").dumps([str(who.person_uuid)]),
    }[edit]
    gate.client.set_cookie("akun", edited, path="/masuk")

    reply = gate.get("/masuk")
    assert reply.status_code == 200
    assert "Baiq Murniati" not in reply.text


def test_the_list_holds_no_code_phone_or_nik(app, story):
    from itsdangerous import URLSafeSerializer

    from lms.core.keys import keys

    gate, (who,) = shared_phone(app, story, "Baiq Murniati")
    value = gate.client.get_cookie("akun", path="/masuk").value
    content = URLSafeSerializer(keys().signing, salt="chooser").loads(value)

    assert [uuid.UUID(item) for item in content] == [who.person_uuid]


def test_a_closed_account_is_no_longer_offered(app, story):
    gate, (who,) = shared_phone(app, story, "Baiq Murniati")
    set_person(who, ended_at=clock.now())

    assert "Baiq Murniati" not in gate.get("/masuk").text


def test_on_an_own_phone_nothing_is_remembered(app, story):
    gate = signed_in(app, story.teacher(name="Baiq Murniati"))
    gate.client.delete_cookie("sid")

    assert "Baiq Murniati" not in gate.get("/masuk").text


# Several roles


def choose(gate, role):
    form = next(form for form in read(gate.get("/akun")).forms if dict(form.fields).get("role") == role)
    return gate.post(form.action, data=form.filled())


def test_with_several_roles_one_is_active_and_another_can_be_chosen(app, story):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    gate = signed_in(app, who)
    assert "Fasilitator daerah" in gate.get("/akun").text

    choose(gate, "facilitator")
    assert rows()[-1].role == "facilitator"
    form_roles = [dict(form.fields).get("role") for form in read(gate.get("/akun")).forms]
    assert "teacher" in form_roles
    assert "facilitator" not in form_roles
    for role in ("teacher", "facilitator", "teacher", "facilitator"):
        choose(gate, role)
        assert rows()[-1].role == role, "a role that is chosen again is another choice"


@pytest.mark.parametrize("role", ["admin", "", "system", "teacher\x00", "nobody"])
def test_a_role_one_does_not_hold_cannot_be_chosen(app, story, role):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    gate = signed_in(app, who)
    form = next(form for form in read(gate.get("/akun")).forms if "role" in dict(form.fields))

    assert gate.post(form.action, data=form.filled(role=role)).status_code == 422
    assert rows()[-1].role == "teacher"


def test_each_session_has_its_own_active_role(app, story):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    one, other = signed_in(app, who), signed_in(app, who)
    choose(one, "facilitator")

    assert [row.role for row in rows()] == ["facilitator", "teacher"]
    assert other.is_in()


def test_a_role_works_with_the_scopes_of_that_role_only(app, story):
    from lms.accounts import sessions

    who = story.staff("facilitator", "region", "52", person=story.teacher())
    opened = signing.sign_in(who.code, PIN, shared=False, address="x", device="")
    actor = sessions.load(opened.key).actor

    assert (actor.role, [scope.kind for scope in actor.scopes]) == ("teacher", ["self"])


# The weight of the first page


def test_the_first_page_weighs_at_most_six_kilobytes_and_waits_for_nothing_else(app):
    reply = app.test_client().get("/masuk", headers={"Accept-Encoding": "br"})

    assert reply.headers["Content-Encoding"] == "br"
    assert len(reply.data) <= 6 * 1024
    page = read(app.test_client().get("/masuk"))
    blocking = [
        (tag, values) for tag, values in page.tags
        if (tag == "link" and values.get("rel") == "stylesheet")
        or (tag == "script" and "defer" not in values and "async" not in values)
        or tag in ("img", "iframe", "object", "embed", "video", "audio")
    ]
    assert blocking == []


def test_the_language_switch_is_on_every_page_of_an_account(app, story):
    gate = signed_in(app, story.teacher())

    for path in ("/akun", "/akun/pin", "/keluar", "/pemberitahuan", "/tidak-ada"):
        links = read(gate.get(path)).links
        assert any(link.startswith("/bahasa/en") for link in links), path
        assert any(link.startswith("/bahasa/id") for link in links), path
    for path in ("/masuk", "/lupa-pin"):
        assert any(link.startswith("/bahasa/en") for link in read(app.test_client().get(path)).links), path


def test_whom_to_ask_for_a_new_pin_is_told_to_everybody_alike(app, story):
    story.provider()
    page = read(app.test_client().get("/lupa-pin"))

    assert any(link.startswith("https://wa.me/62812") for link in page.links)
    assert page.forms == []


def test_other_devices_are_out_each_time_it_is_asked_for(app, story):
    who = story.teacher()
    mine = signed_in(app, who)
    for _round in range(3):
        other = signed_in(app, who)
        assert other.get("/akun").status_code == 200
        form = next(form for form in read(mine.get("/akun")).forms if form.action.endswith("keluar-lain"))
        mine.post(form.action, data=form.filled())
        assert other.get("/akun").status_code != 200
