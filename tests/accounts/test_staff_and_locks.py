"""A PIN never opens staff work, a lock tells nothing, and a form outlives the session it was typed in."""

import datetime as dt

import pytest
import sqlalchemy as sa
from accounts.gate import PHONE, PIN, WRONG, Gate, credential, set_credential, set_person, the_error, with_identifiers
from reading_pages import read

from lms.accounts.models import UserSession
from lms.accounts.services import people
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lib import clock

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)


def make_facilitator(who):
    with write_tx():
        people.assign_role(who.person_id, "facilitator", "region", "52", by=SYSTEM)


def test_a_staff_role_ends_the_phone_session_and_a_pin_does_not_open_it(app, story):
    who = story.teacher()
    gate = Gate(app)
    gate.sign_in(who.code)
    make_facilitator(who)
    assert not gate.is_in()

    gate.sign_in(who.code, PIN)
    assert "Fasilitator daerah" not in gate.get("/akun").text
    set_credential(who, kind="password")
    gate.sign_in(who.code, PIN)
    assert "Fasilitator daerah" in gate.get("/akun").text
    assert db.session.scalars(sa.select(UserSession.kind).order_by(UserSession.id)).all() == ["own", "own", "staff"]


def test_a_session_without_a_password_carries_no_staff_role(app, story):
    who = story.staff("facilitator", "region", "52", person=story.teacher())
    client = app.test_client()
    story.sign_in(client, who, kind="own")

    assert "Fasilitator daerah" not in client.get("/akun").text


def test_staff_with_a_pin_and_nothing_else_stay_outside(app, story):
    who = story.admin()
    set_credential(who, kind="pin")

    assert "belum punya peran" in the_error(Gate(app).sign_in(who.code))


@pytest.mark.both
def test_an_unknown_identifier_closes_like_a_known_one(app, story):
    who = story.teacher()
    with clock.freeze(NOON) as now:
        for name in (who.code, "JNP-4K7Q", "tidak@ada.id", "siapa saja"):
            replies = [Gate(app).sign_in(name, WRONG) for _ in range(6)]
            assert [reply.status_code for reply in replies] == [422] * 5 + [429], name
            assert "Tunggu 1 menit" in the_error(replies[-1])
        assert Gate(app).sign_in("TIDAK@ada.id ", WRONG).status_code == 429
        now.tick(dt.timedelta(minutes=1))
        assert Gate(app).sign_in("tidak@ada.id", WRONG).status_code == 422


def test_closing_an_account_by_wrong_tries_is_in_the_log(app, story):
    who = story.teacher()
    for _ in range(5):
        Gate(app).sign_in(who.code, WRONG)

    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.closed")).one()
    assert entry.object_key == str(who.person_uuid)
    assert credential(who).failures == 5


def test_a_phone_that_is_shared_signs_nobody_in(app, story):
    who = with_identifiers(story.teacher(), phone=PHONE)
    set_person(who, has_shared_phone=True)

    assert Gate(app).sign_in(PHONE).status_code == 422
    assert Gate(app).sign_in(who.code).status_code == 303


def ended_form(app, story):
    """A form sent after the session's end: the browser, its person and the page that answers."""
    who, gate = story.teacher(), Gate(app)
    token = story.sign_in(gate.client, who)
    with write_tx() as session:
        session.execute(sa.update(UserSession).values(ended_at=clock.now()))
    return who, gate, gate.post("/pemberitahuan", data={"_csrf": token, "text": "Cerita panjang.", "secret": "rahasia"})


def test_a_form_sent_after_the_session_ended_waits_behind_the_sign_in_page(app, story):
    who, gate, asked = ended_form(app, story)
    assert asked.status_code == 401
    wrong = gate.sign_in(who.code, WRONG, form=read(asked).form_to("/masuk"))
    assert wrong.status_code == 422

    back = gate.sign_in(who.code, form=read(wrong).form_to("/masuk"))
    form = read(back).form_to("/pemberitahuan")
    assert dict(form.fields)["text"] == "Cerita panjang."
    assert "rahasia" not in back.text
    assert gate.post("/pemberitahuan", data=form.filled()).status_code == 303


def test_somebody_else_does_not_see_the_form_that_waits(app, story):
    _who, gate, asked = ended_form(app, story)
    other = gate.sign_in(story.teacher().code, form=read(asked).form_to("/masuk"))

    assert other.status_code == 303
    assert "Cerita" not in other.text


def test_a_form_that_is_not_of_the_ended_session_is_not_kept(app, story):
    _who, gate, _asked = ended_form(app, story)

    assert gate.post("/pemberitahuan", data={"_csrf": "x", "text": "Cerita"}).status_code == 303
