"""Every template, in its states, passes axe on a phone and on a desk, light and dark, and fits the narrowest screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser import walks_learner, walks_staff, walks_works
from browser.look import Walk
from browser.site import ROOT, Site
from jinja2 import Environment, FileSystemLoader, meta
from playwright.sync_api import Page

WALKS = walks_learner.WALKS | walks_works.WALKS | walks_staff.WALKS
TEMPLATES = ROOT / "lms" / "templates"


@pytest.mark.slow
@pytest.mark.browser
@pytest.mark.parametrize("walk", WALKS, ids=lambda walk: walk.__name__)
def test_axe_finds_nothing_wherever_somebody_walks(
    walk: Callable[[Walk], None], site: Site, open_page: Callable[..., Page]
) -> None:
    at = Walk(walk.__name__, site, open_page())
    walk(at)

    assert sorted(WALKS[walk] - at.saw) == [], "a walk must see what it says it sees"
    assert at.problems == [], "\n".join(at.problems)


def test_every_template_is_seen_on_some_walk() -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True
    )

    def with_parts(name: str) -> set[str]:
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        parts = meta.find_referenced_templates(environment.parse(source))
        return {name}.union(*(with_parts(part) for part in parts if part))

    seen = {part for names in WALKS.values() for name in names for part in with_parts(name)}
    # Every page gets the parts as the global `p`, without importing them.
    there = {str(path.relative_to(TEMPLATES)) for path in TEMPLATES.rglob("*.html")} - {"parts.html"}
    assert sorted(there - seen) == []
