"""Every right a role has does something on a page that this very role can open."""

from __future__ import annotations

import dataclasses
import re
import shutil

import pytest
from test_route_matrix import SIDES, Walker, routes
from two_regions import build

from lms import config
from lms.accounts.services.people import add_identifier
from lms.app import create_app
from lms.core import roles
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.testing import Browser

WITH_SCREENS = sorted(key for key, role in roles.ROLES.items() if role.capabilities - roles.SELF)


@pytest.fixture(scope="module")
def story_site(sqlite_template, test_keys, tmp_path_factory):
    """The story of two regions, in which the learners have a telephone and a NIK: (application, story)."""
    folder = tmp_path_factory.mktemp("rights")
    shutil.copy(sqlite_template, folder / "lms.sqlite3")
    application = create_app(config.load(
        {}, instance=folder, env="testing", database_url=f"sqlite:///{folder / 'lms.sqlite3'}", key_file=test_keys,
        base_url="http://localhost",
    ))
    application.test_client_class = Browser
    with application.app_context():
        world = build()
        with write_tx():
            for number, side in enumerate(SIDES):
                person = world.places[side].learner.person_id
                add_identifier(person, "phone", f"08123456789{number}")
                add_identifier(person, "nik", f"520201650890000{number}")
        yield application, world
        db.session.remove()
        db.engine.dispose()


def pages(app, world, walker):
    """What each page of somebody's role says about their own class, by address."""
    role, found = walker.role, {}
    for rule in routes(app, "GET"):
        if app.view_functions[rule.endpoint].capability in roles.ROLES[role].capabilities:
            reply = walker.get(rule, world.own)
            # A form for something new gets a new number each time.
            text = re.sub(r'name="_op" value="[^"]*"', "", reply.text)
            found[rule.rule] = text if reply.status_code == 200 else str(reply.status_code)
    return found


@pytest.mark.parametrize("role", WITH_SCREENS)
def test_every_capability_of_a_role_opens_a_route_or_changes_a_page_of_that_role(story_site, role, monkeypatch):
    app, world = story_site
    opened = {view.capability for view in app.view_functions.values()}
    # Pages tell the minute in which their figures were counted: the clock stands still from one reading to the next.
    with clock.freeze(clock.now()):
        # One session for all: its form token stands in the pages, and nothing else may differ but for the right.
        walker, idle = Walker(app, world, role), []
        with_all = pages(app, world, walker)
        assert pages(app, world, walker) == with_all
        for capability in sorted(roles.ROLES[role].capabilities - opened):
            held = roles.ROLES[role]
            with monkeypatch.context() as without:
                without.setitem(
                    roles.ROLES, role, dataclasses.replace(held, capabilities=held.capabilities - {capability})
                )
                if pages(app, world, walker) == with_all:
                    idle.append(capability)

    assert idle == [], f"{role} holds rights that none of its pages asks about"
