"""Every address names its permission and uses the words of the glossary."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint

from lms.core import roles
from lms.core.web import actions
from lms.core.web.actions import PUBLIC, allow

GLOSSARY = Path(__file__).resolve().parents[2] / "docs" / "glossary.md"


def rules(app):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def test_every_route_names_a_permission_of_the_table(app):
    for rule in rules(app):
        capability = getattr(app.view_functions[rule.endpoint], "capability", None)
        assert capability == PUBLIC or capability in roles.CAPABILITIES, rule.endpoint


#: Who may come without signing in. A new line here is a decision.
OPEN_TO_ALL = {
    # Pictures of lessons, named by their hash: they say nothing about anybody.
    "classroom.picture",
    "accounts.start", "accounts.sign_in", "accounts.enter", "accounts.forgotten", "accounts.choose_language",
    "assets.file", "health.state",
}


def test_the_routes_open_to_everybody_are_these(app):
    public = {endpoint for endpoint, view in app.view_functions.items() if view.capability == PUBLIC}

    assert public == OPEN_TO_ALL


def test_a_route_without_a_permission_stops_the_start(make_app):
    app = make_app()
    bp = Blueprint("forgotten", __name__)
    bp.get("/lupa-izin")(lambda: "open to all")
    app.register_blueprint(bp)

    with pytest.raises(LookupError, match=r"forgotten\."):
        actions.check_routes(app)


def test_an_unknown_permission_stops_the_start():
    with pytest.raises(LookupError):
        allow("fly.to_the_moon")


def test_every_first_page_and_every_menu_place_of_a_role_with_screens_exists_and_is_allowed(app):
    from lms.core.web import menu

    problems = []
    for role in roles.ROLES.values():
        for endpoint in (role.home, *(place.endpoint for place in menu._places.get(role.key, []))):
            view = app.view_functions.get(endpoint)
            if view is None:
                problems.append(f"{role.key}: {endpoint} does not exist")
            elif view.capability != PUBLIC and view.capability not in role.capabilities:
                problems.append(f"{role.key}: {endpoint} needs {view.capability}")

    assert problems == []


def test_every_capability_of_the_table_is_used_by_the_program(app):
    used = {view.capability for view in app.view_functions.values()}
    source = "".join(path.read_text() for path in Path(actions.__file__).resolve().parents[2].rglob("*.py"))
    idle = {
        capability for capability in roles.CAPABILITIES - used
        if f'"{capability}"' not in source and f"'{capability}'" not in source
    }

    assert idle == set()


# Words in addresses


def glossary():
    """(Indonesian, English, code, address words) of every row."""
    rows = []
    for line in GLOSSARY.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 4 and cells[0] not in ("id", "---") and not set(cells[0]) <= set("-"):
            rows.append((cells[0], cells[1], re.findall(r"`([^`]+)`", cells[2]), re.findall(r"`([^`]+)`", cells[3])))
    return rows


def address_words(rule):
    static = re.sub(r"<[^>]*>", "", rule.rule)
    return {word for part in static.split("/") for word in [part.partition(".")[0]] if word}


#: Words of machines, not of people.
MACHINE_WORDS = {"static", "healthz"}


def test_addresses_use_the_words_of_the_glossary_and_no_others(app):
    known = {word for row in glossary() for word in row[3]}
    used = {word for rule in rules(app) for word in address_words(rule)} - MACHINE_WORDS

    assert used - known == set(), "add the row to docs/glossary.md, or use its word"


def test_the_glossary_has_no_word_for_an_address_that_does_not_exist(app):
    used = {word for rule in rules(app) for word in address_words(rule)}
    known = {word for row in glossary() for word in row[3]}

    assert known - used == set()


def test_one_word_of_the_glossary_means_one_thing():
    addresses = [word for row in glossary() for word in row[3]]
    indonesian = [row[0] for row in glossary()]

    assert len(addresses) == len(set(addresses))
    assert len(indonesian) == len(set(indonesian))
    assert len(glossary()) > 60


@pytest.mark.parametrize("word", [
    "murid", "sekolah", "kuota", "login", "logout", "token", "cache", "sync", "offline", "online", "user", "admin",
    "dashboard", "quiz", "lesson",
])
def test_no_address_uses_a_word_that_teachers_do_not(app, word):
    assert word not in {part for rule in rules(app) for part in address_words(rule)}


def test_no_address_carries_the_key_of_a_row(app):
    """Rows are named by uuid, content by its id; a whole number in an address would be a row's key."""
    number = re.compile(r"<(?:int|small)[^:>]*:(?!slot|number|page|version)")
    whole = [rule.rule for rule in rules(app) if number.search(rule.rule)]

    assert whole == []


def test_an_address_that_changes_something_is_never_a_get(app):
    for rule in rules(app):
        if {"POST", "PUT", "PATCH", "DELETE"} & (rule.methods or set()):
            assert "GET" not in rule.methods, rule.rule
        assert not {"PUT", "PATCH", "DELETE"} & (rule.methods or set()), rule.rule
