"""The audit log names people by their uuid alone: no number of a row, no name and no identifier stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import two_regions
from desk import Desk
from flask import Flask

from lms import config
from lms.accounts.models import Person, PersonIdentifier
from lms.accounts.services.people import open_identifier
from lms.administration import services as administration
from lms.app import create_app
from lms.cohorts import services as cohorts
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.testing_stories import Story

#: What is counted, and places that have numbers. Whoever adds a number here says that it is not the key of a row.
COUNTED = {"answered", "attempts", "bytes", "late_days", "minutes", "number", "people", "slot", "slots", "version"}


@pytest.fixture
def demo(instance: Path) -> Iterator[Flask]:
    app = create_app(config.load({}, instance=instance, env="demo"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def numbers(value: Any, field: str = "") -> Iterator[str]:
    """Yield the fields that hold a number without counting anything."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from numbers(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from numbers(inner, field)
    elif field not in COUNTED and not isinstance(value, bool) and (
        isinstance(value, int) or (isinstance(value, str) and value.isdigit())
    ):
        yield field


def numbered(rows: Iterable[AuditEntry]) -> set[tuple[str, str]]:
    """Return (action, field) of everything that may be the number of a row."""
    found = {(row.action, "object_key") for row in rows if row.object_key.isdigit()}
    return found | {
        (row.action, field) for row in rows for side in (row.before, row.after) for field in numbers(side or {})
    }


def all_rows() -> list[AuditEntry]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(AuditEntry)))


def protected() -> list[str]:
    """Return every identifier of everybody in plain text."""
    return [open_identifier(row) for row in db.session.scalars(sa.select(PersonIdentifier))]


def test_in_the_demo_nobody_stands_in_the_log_by_number_name_or_identifier(demo: Flask) -> None:
    rows = all_rows()
    said = json.dumps([(row.object_key, row.before, row.after) for row in rows], ensure_ascii=False)
    assert len(rows) > 500
    assert numbered(rows) == set()
    assert [name for name in db.session.scalars(sa.select(Person.full_name)) if name in said] == []
    secrets = protected()
    assert secrets
    assert [text for text in secrets if text in said] == []


def test_in_a_story_of_everybody_nobody_stands_in_the_log_by_number(app: Flask) -> None:
    world = two_regions.build()
    story, learner, admin = world.story, world.own.learner, world.story.admin()
    with write_tx():
        administration.give_role(
            learner.person_uuid, "class_admin", f"class:{world.own.cohort.uuid}", by=admin.actor, paper="SK 1"
        )
        administration.end_account(learner.person_uuid, by=admin.actor)
    for supervisor in (story.supervisor(), None):
        with write_tx():
            cohorts.assign_supervisor(
                world.places["class"].learner.enrolment_uuid, supervisor and supervisor.person_uuid, by=admin.actor
            )
    rows = all_rows()
    assert len({row.action for row in rows}) >= 9
    assert numbered(rows) == set()


def test_a_supervisor_is_in_the_log_as_uuid_and_on_its_page_by_name(app: Flask) -> None:
    story = Story()
    admin, learner = story.admin(), story.teacher()
    first, second = (story.supervisor(person=story.person(name)) for name in ("Baiq Mariani", "Lalu Suryadi"))
    for chosen in (first, second, None):
        with write_tx():
            cohorts.assign_supervisor(learner.enrolment_uuid, chosen and chosen.person_uuid, by=admin.actor)

    said = [(row.before["supervisor"], row.after["supervisor"]) for row in all_rows()]
    keys = [None, str(first.person_uuid), str(second.person_uuid), None]
    assert said == list(pairwise(keys))
    page = Desk(app, story, admin).get("/kelola/catatan").text
    assert "pembimbing: Baiq Mariani" in page
    assert "pembimbing: Lalu Suryadi" in page
    assert "pembimbing: –" in page
