"""A form outlives the session it was typed in, also when the PIN has to be changed before it can be sent."""

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, WRONG, Gate, set_credential
from reading_pages import read

from lms.accounts.models import UserSession
from lms.core.db import db, write_tx
from lms.lessons.models import Reflection
from lms.lib import clock

NEW = "730185"
STORY = "Cerita panjang dari kelas hari ini."


@pytest.fixture
def learner(story):
    return story.teacher()


@pytest.fixture
def address(learner):
    return f"/pelajaran/{learner.enrolment_uuid}/m00-1/refleksi"


@pytest.fixture
def asked(app, story, learner, address):
    """A browser at the sign-in page that holds its form, after somebody printed a new slip for its person."""
    gate = Gate(app)
    token = story.sign_in(gate.client, learner)
    set_credential(learner, must_change=True)
    end_sessions()
    return gate, gate.post(address, data={"_csrf": token, "text": STORY})


def end_sessions():
    with write_tx() as session:
        session.execute(sa.update(UserSession).values(ended_at=clock.now()))


def changed(gate, page, current=PIN, new=NEW, again=None):
    form = read(page).form_to("/akun/pin")
    return gate.post(form.action, data=form.filled(current=current, secret=new, again=again or new))


def is_given_back(page, address):
    return dict(read(page).form_to(address).fields).get("text") == STORY


def test_the_form_waits_through_the_change_of_the_first_pin_and_is_given_back(learner, address, asked):
    gate, page = asked
    change = gate.sign_in(learner.code, form=read(page).form_to("/masuk"))
    assert change.status_code == 200
    assert "Isian Anda tadi menunggu" in read(change).words

    back = changed(gate, change)
    assert is_given_back(back, address)
    form = read(back).form_to(address)
    assert gate.post(form.action, data=form.filled()).status_code == 303
    assert db.session.scalar(sa.select(Reflection.text)) == STORY
    assert Gate(gate.client.application).sign_in(learner.code, NEW).status_code == 303


def test_a_refused_change_holds_the_form_on(learner, address, asked):
    gate, page = asked
    page = gate.sign_in(learner.code, form=read(page).form_to("/masuk"))
    for mistake in ({"current": WRONG}, {"new": "123456"}, {"again": "730186"}):
        page = changed(gate, page, **mistake)
        assert page.status_code == 422

    assert is_given_back(changed(gate, page), address)


def test_the_form_waits_when_the_session_ends_once_more_during_the_change(learner, address, asked):
    gate, page = asked
    change = gate.sign_in(learner.code, form=read(page).form_to("/masuk"))
    end_sessions()
    page = changed(gate, change)
    assert page.status_code == 401
    assert NEW not in page.text

    change = gate.sign_in(learner.code, form=read(page).form_to("/masuk"))
    assert is_given_back(changed(gate, change), address)


def test_the_same_change_twice_gives_the_form_back_twice(learner, address, asked):
    gate, page = asked
    change = gate.sign_in(learner.code, form=read(page).form_to("/masuk"))
    form = read(change).form_to("/akun/pin")
    sent = form.filled(current=PIN, secret=NEW, again=NEW)

    for _again in range(2):
        assert is_given_back(gate.post(form.action, data=sent), address)


def test_a_change_that_is_sent_twice_has_one_effect_and_one_answer(app, learner):
    gate = Gate(app)
    gate.sign_in(learner.code)
    form = read(gate.get("/akun/pin")).form_to("/akun/pin")
    sent = form.filled(current=PIN, secret=NEW, again=NEW)

    assert [gate.post(form.action, data=sent).location for _ in range(2)] == ["/akun?pesan=pin"] * 2
    assert Gate(app).sign_in(learner.code, NEW).status_code == 303


def test_a_form_that_is_sent_before_the_first_pin_was_changed_waits_too(app, story, learner, address):
    gate = Gate(app)
    token = story.sign_in(gate.client, learner)
    set_credential(learner, must_change=True)
    change = gate.post(address, data={"_csrf": token, "text": STORY})
    assert change.status_code == 409
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Reflection)) == 0

    assert is_given_back(changed(gate, change), address)


def test_nobody_else_is_given_the_form_at_the_change_of_their_pin(app, story, learner, asked):
    gate, page = asked
    other = story.teacher()
    set_credential(other, must_change=True)
    reply = gate.sign_in(other.code, form=read(page).form_to("/masuk"))
    assert reply.location == "/akun/pin"

    kept = dict(read(page).form_to("/masuk").fields)["_kept"]
    form = read(gate.get("/akun/pin")).form_to("/akun/pin")
    reply = gate.post(form.action, data=form.filled(current=PIN, secret=NEW, again=NEW, _kept=kept))
    assert reply.status_code == 303
    assert STORY not in reply.text


@pytest.mark.parametrize("kept", ["", "x", "a.b.c", "x" * 5000])
def test_an_invented_form_is_not_given_back(app, learner, kept):
    gate = Gate(app)
    gate.sign_in(learner.code)
    form = read(gate.get("/akun/pin")).form_to("/akun/pin")
    reply = gate.post(form.action, data=form.filled(current=PIN, secret=NEW, again=NEW, _kept=kept))

    assert reply.status_code == 303
