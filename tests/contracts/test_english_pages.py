"""No page that is asked for in English says anything in Indonesian where only some people find it: in an attribute.

Every page of the address map is looked at, by every role that may see it and by somebody who has not signed in.
"""

from __future__ import annotations

import io
import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from test_route_matrix import REACH, Walker, address, refusal, routes, values
from two_regions import World, build

import lms
from lms.core.web.actions import PUBLIC
from lms.testing_program import OTHER_SUBDISTRICT

LMS = Path(lms.__file__).parent
PO = LMS / "translations" / "en" / "LC_MESSAGES" / "messages.po"
#: What a template works out: expressions, statements, comments.
WORKED_OUT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
#: Attributes that are shown or read aloud; `data-…` is what scripts say, but for the id of the question they begin at.
SAID = re.compile(
    r"aria-(label|description|roledescription|valuetext)|title|alt|placeholder|label|summary|data-(?!first$).+"
)
WORD = re.compile(r"[^\W\d_]{3,}")
#: A named place of a message is no word of it.
PLACE = re.compile(r"%\(\w+\)s")
#: Words of the story, in names that nobody translates.
NAMES = {"guru", "kelas", "peserta", "lembaga"}


def words_of(texts: object) -> set[str]:
    flat = [texts] if isinstance(texts, str) else list(texts)  # type: ignore[call-overload]
    return {word.casefold() for text in flat for word in WORD.findall(PLACE.sub(" ", text))}


@cache
def indonesian() -> frozenset[str]:
    """Words of our Indonesian sentences that stand in no English one."""
    messages = [message for message in read_po(io.BytesIO(PO.read_bytes()), locale="en") if message.id]
    ours = set().union(*(words_of(message.id) for message in messages))
    return frozenset(ours - set().union(*(words_of(message.string) for message in messages)) - NAMES)


class Attributes(HTMLParser):
    """What the attributes of a page say outside of elements that are marked as Indonesian."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.said: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if dict(attributes).get("lang") == "id":
            return
        self.said += [(name, value) for name, value in attributes if value and SAID.fullmatch(name)]


def wrong_in(text: str) -> set[str]:
    return {
        f"{name}={value!r}" for name, value in Attributes(text).said if words_of(value) & indonesian()
    }


@pytest.fixture
def world(app) -> World:
    world = build()
    # A facilitator of the whole province, with people in two sub-districts, has a picture for each of them.
    world.people["facilitator"] = world.story.facilitator("52")
    world.story.teacher(world.own.cohort, region=OTHER_SUBDISTRICT)
    return world


def test_words_are_told_apart():
    assert {"diterima", "sudah", "masuk", "pelajaran", "terkunci"} <= indonesian()
    assert not {"module", "class", "name"} & indonesian()
    assert wrong_in('<svg aria-label="Diterima 22, Sudah masuk 21">') == {"aria-label='Diterima 22, Sudah masuk 21'"}
    assert wrong_in('<a lang="id" title="Diterima">') == wrong_in('<a href="/masuk" title="Accepted">') == set()


def test_no_template_writes_an_indonesian_word_straight_into_an_attribute():
    """Also where no story leads: refusals, empty lists, rare states."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((LMS / "templates").rglob("*.html"))}
    wrong = [(path.name, found) for path, text in texts.items() for found in wrong_in(WORKED_OUT.sub(" ", text))]

    assert len(texts) > 50
    assert wrong == []


@pytest.mark.parametrize("role", sorted(REACH))
def test_no_attribute_of_an_english_page_is_indonesian(app, world, role):
    walker, wrong, seen = Walker(app, world, role), set(), 0
    for rule in routes(app, "GET"):
        if refusal(app, rule, role, "own") is None:
            reply = walker.client.get(
                address(app, rule, values(rule, world.own)), headers={"Accept-Language": "en"}, follow_redirects=True,
                buffered=True,
            )
            if reply.mimetype == "text/html":
                seen += 1
                wrong |= {f"{rule.rule} {found}" for found in wrong_in(reply.text)}
    assert seen > 3
    assert sorted(wrong) == []


def test_nor_is_one_of_a_page_for_everybody(app, world):
    wrong, seen = set(), 0
    for rule in app.url_map.iter_rules():
        if app.view_functions[rule.endpoint].capability == PUBLIC and "GET" in rule.methods and not rule.arguments:
            reply = app.test_client().get(rule.rule, headers={"Accept-Language": "en"}, buffered=True)
            if reply.mimetype == "text/html":
                seen += 1
                wrong |= {f"{rule.rule} {found}" for found in wrong_in(reply.text)}
    assert seen > 1
    assert sorted(wrong) == []
