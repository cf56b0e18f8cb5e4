"""A member of staff at a browser without a script, and a class with people at different places in it."""

from __future__ import annotations

import datetime as dt
import html
import re
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import UserSession
from lms.cohorts.models import Enrolment
from lms.completion.models import CompletionFact
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.testing_stories import Class, Learner, Story

MODULES = ("M00", "M01", "M02", "M03", "M10")


class Desk:
    """Somebody signed in. `send` fills the form of a page and posts it."""

    def __init__(self, app: Any, story: Story, who: Any) -> None:
        self.client = app.test_client()
        self.csrf = story.sign_in(self.client, who, kind="staff")

    def get(self, address: str) -> Any:
        return self.client.get(address, headers={"Accept-Language": "id"})

    def send(self, page: Any, action: str, **typed: Any) -> Any:
        """Send the form whose address ends in `action` ("" is the page itself)."""
        for form in re.findall(r"<form [^>]*method=\"post\".*?</form>", page.text, re.DOTALL):
            found = re.search(r'<form[^>]* action="([^"]*)"', form)
            address = html.unescape(found[1]) if found else page.request.path
            if address.endswith(action):
                fields = {
                    name: html.unescape(value)
                    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
                }
                return self.client.post(address, data=fields | typed, headers={"Accept-Language": "id"})
        raise LookupError(action)

    def post(self, address: str, **typed: Any) -> Any:
        return self.client.post(address, data={"_csrf": self.csrf, "_op": str(uuid7()), **typed})


def learned(learner: Learner, *modules: str, days_ago: float = 0, took: float = 1) -> None:
    """Let a learner have opened and completed modules, so many days ago, each in so many days."""
    at = clock.now() - dt.timedelta(days=days_ago)
    with write_tx() as session:
        for module in modules:
            first = f"{module.lower()}-1"
            for content_id, kind, when in (
                (first, "lesson_opened", at - dt.timedelta(days=took)), (module, "module_complete", at),
            ):
                session.add(CompletionFact(
                    uuid=uuid7(), enrolment_id=learner.enrolment_id, program_id="diklat-mini", content_id=content_id,
                    kind=kind, rule_version="1.0", recorded_at=when,
                ))
        session.execute(
            sa.update(Enrolment).where(Enrolment.id == learner.enrolment_id).values(last_active_at=at)
        )


def signed_in_once(learner: Learner) -> None:
    """Let a learner have had a session that is over."""
    now = clock.now()
    with write_tx() as session:
        session.add(UserSession(
            key_hash=uuid7().hex, person_id=learner.person_id, kind="own", role="teacher", created_at=now,
            touched_at=now, expires_at=now, device="", ended_at=now,
        ))


def crowd(story: Story, cohort: Class, size: int, *, region: str = "52.02.01") -> list[int]:
    """Enrol many people of one sub-district at once."""
    ids = story.crowd(cohort, size)
    with write_tx() as session:
        session.execute(sa.update(Enrolment).where(Enrolment.id.in_(ids)).values(work_region=region))
    return ids


def done(enrolments: list[int], *modules: str, took: float = 1) -> None:
    """Let many enrolments have completed modules."""
    now = clock.now()
    rows = [
        {"uuid": uuid7(), "enrolment_id": enrolment, "program_id": "diklat-mini", "content_id": content_id,
         "kind": kind, "rule_version": "1.0", "recorded_at": when}
        for enrolment in enrolments for module in modules
        for content_id, kind, when in (
            (f"{module.lower()}-1", "lesson_opened", now - dt.timedelta(days=took)), (module, "module_complete", now),
        )
    ]
    with write_tx():
        db.session.execute(sa.insert(CompletionFact), rows)
