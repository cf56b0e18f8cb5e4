"""What is printed: the scorecard is one page of A4, a class list starts on its first page, slips stand whole."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser.conftest import DESK, PHONE
from browser.look import Walk
from browser.site import Site
from playwright.sync_api import Page, Route, expect

#: A regency of the province has at most this many sub-districts.
MOST_SUBDISTRICTS = 24
#: Copies the first row of the table until a whole regency stands in it.
FILL = """most => {
  const rows = document.querySelector('table.tight tbody');
  while (rows.rows.length <= most) { rows.prepend(rows.rows[0].cloneNode(true)); }
}"""


def pages_of(page: Page) -> int:
    """Print as Chromium prints to A4 with the margins of the style sheet; return the number of pages."""
    paper = page.pdf(prefer_css_page_size=True)
    # One such object for each page; the list of pages itself is of the type "Pages".
    return len(re.findall(rb"/Type\s*/Page\b", paper))


@pytest.mark.slow
@pytest.mark.browser
def test_the_scorecard_is_one_page_and_a_class_list_one_sheet(site: Site, open_page: Callable[..., Page]) -> None:
    accounts = site.tell_demo()
    page = open_page(DESK)
    at = Walk("paper", site, page)
    for role in ("coordinator", "observer"):
        at.sign_in(next(entry for entry in accounts if entry["role"] == role))
        page.goto("/capaian")
        periods = page.locator("#s-angkatan option").evaluate_all("all => all.map(one => one.value)")
        assert len(periods) > 1
        for language in ("id", "en"):
            page.goto(f"/bahasa/{language}?lanjut=/capaian")
            for period in periods:
                page.goto(f"/capaian?angkatan={period}")
                assert pages_of(page) == 1, (role, language, period)
                if page.locator("table.tight").count():
                    page.evaluate(FILL, MOST_SUBDISTRICTS)
                    assert pages_of(page) == 1, ("a whole regency", role, language, period)

    at.sign_in(next(entry for entry in accounts if entry["role"] == "instructor"))
    page.goto(at.link("main h2 a") + "/cetak")
    people = page.locator("tbody tr").count()
    assert people > 30
    assert pages_of(page) <= 2, "a class fits on a sheet"


@pytest.mark.slow
@pytest.mark.browser
def test_the_pictures_of_a_lesson_are_there_before_it_is_printed(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[..., Page]
) -> None:
    learner = site.new_teacher("Sri Rahayu")
    page = sign_in(open_page(PHONE), learner)
    # Pictures are on their way for as long as the line is slow.
    held: list[Route] = []
    page.route("**/isi/**", lambda route: held.append(route))
    page.goto(f"/pelajaran/{learner.enrolment}/M00-L1", wait_until="domcontentloaded")
    assert not page.evaluate("Array.from(document.images).some(one => one.complete)")
    # Within a function of its own: an expression that is a function would be called at once.
    page.evaluate(
        "() => { window.print = () => {"
        " document.body.dataset.printed = Array.from(document.images).every(one => one.naturalWidth > 0); } }"
    )
    page.click("[data-print]")
    assert page.evaluate("document.body.dataset.printed") is None
    for route in held:
        route.continue_()
    page.unroute("**/isi/**")
    expect(page.locator("body")).to_have_attribute("data-printed", "true")
