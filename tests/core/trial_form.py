"""An application with one trial form, so that the rules of `perform` can be tried without any domain."""

import uuid

import pytest
import sqlalchemy as sa

from lms.core import notices, registry
from lms.core.db import db
from lms.core.errors import Conflict, Invalid
from lms.core.notices import Notice
from lms.core.web import failures
from lms.core.web.actions import allow, perform
from lms.core.web.pages import hidden_fields
from lms.core.words_lazy import lazy as _
from lms.testing_stories import Story

registry.operation_kind("trial.write")
registry.operation_kind("trial.other")
registry.notice_kinds.add("trial", registry.NoticeKind("trial", _("Catatan: %(text)s"), "bell"))


class TrialRefusal(Conflict):
    """The trial service does not want this text."""


failures.says(TrialRefusal, _("Tulisan %(text)s tidak dapat dipakai."))


def write_a_note(text, *, by):
    if text == "tolak":
        raise TrialRefusal(text=text)
    if text == "salah":
        raise Invalid({"text": _("salah")})
    notices.tell(by.person_id, "trial", text=text)
    return {"text": text}


def add_trial_form(application):
    def show():
        return str(hidden_fields())

    def write():
        from flask import request

        text = request.form.get("text", "")
        return perform("trial.write", lambda by: write_a_note(text, by=by), then=lambda done: f"/akun?x={done['text']}")

    application.add_url_rule("/coba", "trial_show", allow("account.own")(show))
    application.add_url_rule("/coba", "trial", allow("account.own")(write), methods=["POST"])
    return application


def notes():
    """The texts of all trial notes."""
    db.session.rollback()
    return [row.values["text"] for row in db.session.scalars(sa.select(Notice).order_by(Notice.id))]


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def trial(app):
    """The application with the trial form."""
    return add_trial_form(app)


@pytest.fixture
def sender(trial, story):
    """Somebody signed in: `send(text=…, op=…)` posts the trial form."""
    return Sender(trial, story)


class Sender:
    def __init__(self, application, story, who=None):
        self.who = who or story.teacher()
        self.client = application.test_client()
        self.token = story.sign_in(self.client, self.who)

    def send(self, text, *, op=None, script=False, client=None, **more):
        headers = {"X-Requested-With": "sanggar"} if script else {}
        fields = {"_csrf": self.token, "_op": str(op or uuid.uuid4()), "text": text, **more}
        return (client or self.client).post("/coba", data=fields, headers=headers)
