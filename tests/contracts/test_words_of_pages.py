"""What templates and views may do with days, times, words of a programme, and long lists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

LMS = Path(__file__).resolve().parents[2] / "lms"
TEMPLATES = sorted((LMS / "templates").rglob("*.html"))
#: A value and the filter of days or times it is given to.
FILTERED = re.compile(r"([\w.]+)\s*\|\s*(date|date_short|until|end_of|moment|day_of|short_day)\b(\(?)")
#: By their names, columns and values of a calendar day; every other one is a moment in UTC.
DAY = re.compile(r"_on$|_day$|\.on$")
OF_DAYS = {"date", "date_short", "until", "end_of"}
#: The others take a zone.
WITHOUT_ZONE = OF_DAYS - {"end_of"}


def uses() -> list[tuple[str, str, str, bool]]:
    """Every use of a filter of days or times: where, the value, the filter, whether a zone is given."""
    return [
        (f"{path.relative_to(LMS)}: {value}|{name}", value, name, bool(opened))
        for path in TEMPLATES for value, name, opened in FILTERED.findall(path.read_text())
    ]


def test_the_templates_tell_days_and_times():
    assert {name for _where, _value, name, _zone in uses()} >= {"date", "date_short", "moment", "day_of", "short_day"}


def test_only_days_are_told_without_a_zone():
    wrong = [where for where, value, name, _zone in uses() if (name in OF_DAYS) != bool(DAY.search(value))]
    assert wrong == [], "a time needs the zone of its class or of its reader: |moment(zone), |day_of(zone)"


def test_every_time_is_told_by_the_clock_of_a_place():
    assert [where for where, _value, name, zone in uses() if name not in WITHOUT_ZONE and not zone] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(LMS / "templates")))
def test_words_that_may_be_marked_as_indonesian_stand_only_in_the_content_of_elements(path: Path):
    text = path.read_text()
    places = [
        r"\{% block title %\}(?:(?!endblock).)*\|t\b", r"<[a-z][^<>]*\|t\b[^<>]*>", r"<option[^<]*\|t\b",
        r"p\.ring\((?:(?!\}\}).)*\|t\b",
    ]
    wrong = [found for place in places for found in re.findall(place, text)]
    assert wrong == [], "a title, an attribute and an option hold no elements: use |bare, and |lang beside it"


def test_every_list_of_pages_is_filled_by_its_pager():
    wrong = [
        str(path.relative_to(LMS)) for path in sorted(LMS.rglob("*.py"))
        if path.name != "paging.py" and re.search(r"pager\.total\s*=|,\s*pager\.total\b", path.read_text())
    ]
    assert wrong == [], "`Pager.fill` leads somebody who asks for a page after the last one to the last"
