"""Every sentence of the program has an English one, and the compiled catalogue is the one that was written."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LMS = Path(__file__).resolve().parents[2] / "lms"
PO = LMS / "translations" / "en" / "LC_MESSAGES" / "messages.po"
METHODS = [("**/testing*.py", "ignore"), ("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "lazy": None, "gettext": None, "ngettext": (1, 2)}
#: Text inside the templates' own engine options.
OPTIONS = {"**/templates/**.html": {"trimmed": "false", "silent": "false", "newstyle_gettext": "true"}}
PLACE = re.compile(r"%\((\w+)\)s")


@cache
def used() -> dict[str | tuple[str, ...], str]:
    """Every message of the source, and where it stands."""
    found = {}
    for file, line, message, _comments, _context in extract_from_dir(
        LMS, METHODS, OPTIONS, keywords=KEYWORDS, strip_comment_tags=False
    ):
        if message:
            found[message] = f"{file}:{line}"
    return found


@cache
def written():
    assert PO.exists(), f"the English catalogue {PO} is missing"
    return read_po(io.BytesIO(PO.read_bytes()), locale="en")


def first(message: str | tuple[str, ...]) -> str:
    return message if isinstance(message, str) else message[0]


def test_the_extraction_sees_python_and_templates():
    places = set(used().values())

    assert len(used()) > 100
    assert any(place.startswith("templates/") for place in places)
    assert any(place.startswith("core/web/failures.py") for place in places)


def test_every_message_has_an_english_sentence():
    catalogue = written()
    missing = [
        f"{where} {first(message)!r}" for message, where in used().items()
        if first(message) not in catalogue or not catalogue[first(message)].string
        or not all(catalogue[first(message)].string if isinstance(catalogue[first(message)].string, tuple)
                   else [catalogue[first(message)].string])
        or "fuzzy" in catalogue[first(message)].flags
    ]

    assert missing == []


def test_the_catalogue_holds_no_message_that_nobody_says():
    known = {first(message) for message in used()}
    idle = [message.id for message in written() if message.id and first(message.id) not in known]

    assert idle == []


def test_named_places_are_the_same_in_both_languages():
    wrong = []
    for message in written():
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        strings = [message.string] if isinstance(message.string, str) else list(message.string)
        here = {place for text in ids for place in PLACE.findall(text)}
        there = {place for text in strings for place in PLACE.findall(text)}
        if here != there:
            wrong.append(message.id)

    assert wrong == []


def test_the_compiled_catalogue_is_up_to_date():
    compiled = io.BytesIO()
    write_mo(compiled, written())

    assert PO.with_suffix(".mo").read_bytes() == compiled.getvalue(), "compile the catalogue again"


#: Words that teachers do not use, or use for something else (domain.md §5).
UNWANTED = (
    "murid", "sekolah", "kuota", "sync", "cache", "login", "logout", "token", "offline", "online", "user", "password",
    "dashboard", "submit", "upload", "download", "surel", "error",
)


@pytest.mark.parametrize("word", UNWANTED)
def test_no_sentence_uses_a_word_that_teachers_do_not(word):
    pattern = re.compile(rf"\b{word}\b", re.IGNORECASE)
    found = [f"{where} {first(message)!r}" for message, where in used().items() if pattern.search(first(message))]

    assert found == []


def test_no_sentence_has_a_place_without_a_name():
    bare = [
        f"{where} {first(message)!r}" for message, where in used().items()
        if re.search(r"%(?!\(\w+\)s|%)[a-zA-Z]|\{\w*\}", first(message))
    ]

    assert bare == []
