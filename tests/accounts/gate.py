"""People at the sign-in page: what they type, and a browser that goes on from there."""

import pytest
import sqlalchemy as sa
from reading_pages import Page, read

from lms.accounts.models import Credential, Person
from lms.accounts.services import people
from lms.core.db import db, write_tx
from lms.testing_stories import PIN, Story

WRONG = "739405"
PHONE, NIK, MAIL = "081234567890", "5202014107850003", "sumiati@contoh.id"


@pytest.fixture
def story(app):
    return Story()


class Gate:
    """A browser at the sign-in page of one application."""

    def __init__(self, application, address="10.0.0.1"):
        self.client = application.test_client()
        self.address = address

    def get(self, path, **kwargs):
        return self.client.get(path, environ_overrides={"REMOTE_ADDR": self.address}, **kwargs)

    def post(self, path, **kwargs):
        return self.client.post(path, environ_overrides={"REMOTE_ADDR": self.address}, **kwargs)

    def sign_in(self, identifier, secret=PIN, *, path="/masuk", form=None, **more):
        form = form or read(self.get(path)).form_to("/masuk")
        return self.post(form.action, data=form.filled(identifier=identifier, secret=secret, **more))

    def is_in(self):
        return self.get("/akun").status_code in (200, 303) and "/masuk" not in (self.get("/akun").location or "")

    def change_pin(self, current, new, again=None):
        form = read(self.get("/akun/pin")).form_to("/akun/pin")
        return self.post("/akun/pin", data=form.filled(current=current, secret=new, again=again or new))


@pytest.fixture
def gate(app):
    return Gate(app)


def with_identifiers(who, **identifiers):
    with write_tx():
        for kind, value in identifiers.items():
            people.add_identifier(who.person_id, kind, value)
    return who


def credential(who):
    db.session.rollback()
    return db.session.get(Credential, who.person_id)


def set_credential(who, **values):
    with write_tx() as session:
        session.execute(sa.update(Credential).where(Credential.person_id == who.person_id).values(**values))


def set_person(who, **values):
    with write_tx() as session:
        session.execute(sa.update(Person).where(Person.id == who.person_id).values(**values))


def the_error(reply):
    """The sentence beside the secret."""
    page = read(reply)
    assert page.has("div", role="alert"), "a refused form has a summary"
    text = reply.text
    start = text.index('id="secret-e"')
    return read_words(text[start:text.index("</p>", start)])


def read_words(fragment):
    return Page("<p " + fragment).words.strip()
