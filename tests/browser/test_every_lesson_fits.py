"""No lesson of the real programme scrolls sideways on a phone, whatever tables and pictures it holds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browser.site import Account, Site
from playwright.sync_api import Page

from lms.programs import catalogue

WIDTHS = (320, 360, 375)
#: Pictures load lazily, so their boxes count by their given sizes; nothing has to be waited for.
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.slow
@pytest.mark.browser
def test_no_lesson_of_the_programme_scrolls_sideways(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    with site.app.app_context():
        modules = catalogue.latest("diklat-dasar").program.modules
    teacher = site.new_teacher("Baiq Rahmawati")
    site.complete(teacher, *(module.id for module in modules))
    page = sign_in(open_page(), teacher)
    lessons = [lesson.id for module in modules for lesson in module.lessons]
    wide = []
    for lesson_id in lessons:
        reply = page.goto(f"/pelajaran/{teacher.enrolment}/{lesson_id}")
        assert reply is not None
        assert reply.status == 200, lesson_id
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 740})
            if page.evaluate(TOO_WIDE) > 0:
                wide.append((lesson_id, width))

    assert len(lessons) >= 20
    assert wide == []
