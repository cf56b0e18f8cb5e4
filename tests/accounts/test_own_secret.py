"""The form that changes a secret is no way to find it: a wrong one counts as at the sign-in page."""

import datetime as dt

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, WRONG, Gate, credential, set_credential
from reading_pages import Page, read

from lms.accounts.models import Credential
from lms.accounts.services import own_secret, secrets, signing
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.lib import clock

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
CLOSED = {
    "pin": "Terlalu banyak PIN salah. Tunggu 1 menit, atau minta admin kelas membuka akun.",
    "password": "Terlalu banyak kata sandi salah. Tunggu 1 menit, atau minta admin sistem membuka akun.",
}
NEW = {"pin": "730185", "password": "tenun-perahu-7301"}


def signed_in(app, story, who):
    gate = Gate(app)
    story.sign_in(gate.client, who)
    return gate


def beside_current(reply):
    """The sentence beside the present secret."""
    start = reply.text.index('id="current-e"')
    return Page("<p " + reply.text[start:reply.text.index("</p>", start)]).words.strip()


@pytest.fixture(params=["pin", "password"])
def who(request, story):
    someone = story.teacher() if request.param == "pin" else story.admin()
    set_credential(someone, kind=request.param)
    return someone


@pytest.mark.both
def test_ABUSE_A54_a_wrong_present_secret_counts_as_at_the_door_and_the_session_goes_on(app, story, who):
    gate, new = signed_in(app, story, who), NEW[credential(who).kind]
    with clock.freeze(NOON) as now:
        set_credential(who, changed_at=NOON)
        story.sign_in(gate.client, who)
        told = [gate.change_pin(WRONG, new) for _ in range(25)]
        assert [reply.status_code for reply in told] == [422] * 5 + [429] * 20
        assert beside_current(told[0]) == "Belum cocok dengan yang sekarang dipakai."
        assert {beside_current(reply) for reply in told[5:]} == {CLOSED[credential(who).kind]}
        assert credential(who).failures == 5

        assert gate.is_in(), "who is signed in goes on"
        assert gate.change_pin(PIN, new).status_code == 429, "the right one does not show either"
        assert Gate(app).sign_in(who.code).status_code == 429, "the account is closed at the door too"
        now.tick(dt.timedelta(minutes=1, seconds=1))
        assert gate.change_pin(PIN, new).status_code == 303

    assert (credential(who).failures, credential(who).locked_until) == (0, None)
    closed = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "account.closed")).all()
    assert [row.object_key for row in closed] == [str(who.person_uuid)]


def test_ABUSE_A54_tries_at_the_door_and_at_the_form_are_counted_together(app, story):
    who = story.teacher()
    gate = signed_in(app, story, who)
    for _ in range(3):
        Gate(app).sign_in(who.code, WRONG)
    assert [gate.change_pin(WRONG, "730185").status_code for _ in range(3)] == [422, 422, 429]


def test_a_right_secret_with_an_unusable_new_one_counts_nothing(app, story):
    who = story.teacher()
    gate = signed_in(app, story, who)
    for new in ("123456", "12", PIN):
        reply = gate.change_pin(PIN, new)
        assert reply.status_code == 422
        assert 'id="current-e"' not in reply.text
    assert credential(who).failures == 0


def test_ABUSE_A54_of_many_sent_to_the_form_at_once_the_right_one_does_not_show(app, story, monkeypatch):
    """While it is hashed, others close the account: whether it was right must not be told then."""
    hashed, who = secrets.matches, story.teacher()

    def slowly(*args):
        found = hashed(*args)
        with write_tx() as session:
            session.execute(
                sa.update(Credential).values(failures=5, locked_until=clock.now() + dt.timedelta(minutes=1))
            )
        return found

    gate = signed_in(app, story, who)
    monkeypatch.setattr(secrets, "matches", slowly)
    told = []
    for typed in (PIN, WRONG):
        set_credential(who, failures=0, locked_until=None)
        reply = gate.change_pin(typed, "730185")
        told.append((reply.status_code, beside_current(reply)))

    assert told == [(429, CLOSED["pin"])] * 2
    assert secrets.matches is slowly
    assert hashed(credential(who).hash, PIN), "the secret is the old one"


def test_a_secret_that_another_device_changed_meanwhile_is_not_replaced(app, story):
    who = story.teacher()
    change = own_secret.prepare(PIN, "730185", "730185", by=who.actor, address="10.0.0.1")
    with write_tx():
        secrets.store_secret(who.person_id, "pin", secrets.hash_secret("519263"), must_change=False, by=who.actor)

    with pytest.raises(signing.WrongSecret), write_tx():
        own_secret.store(change, by=who.actor)
    assert "hash" not in repr(change), "no log shows a hash"


def test_the_form_of_a_closed_account_keeps_its_place_and_shows_nothing_typed(app, story):
    who = story.teacher()
    gate = signed_in(app, story, who)
    for _ in range(6):
        reply = gate.change_pin(WRONG, "730185")

    form = read(reply).form_to("/akun/pin")
    assert {value for name, value in form.fields if name in ("current", "secret", "again")} == {""}
