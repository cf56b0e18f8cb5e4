"""From nothing to M00–M02 passed, with only what a teacher can click."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser import solver
from browser.conftest import DESK, PHONE
from browser.site import Account, Site
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
NEW_PIN = "739204"


def _finish_lessons(page: Page) -> None:
    """Read on with the main button until it leads to a quiz or out of the module's lessons."""
    while "/pelajaran/" in page.url:
        here = page.url
        page.locator(".dock").get_by_role("button", name="Selesai").click()
        page.wait_for_url(lambda url, here=here: url != here)


def _menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=name).click()


def _take_quiz(page: Page, *, wrong: int = 0) -> None:
    page.get_by_role("button", name=re.compile("Mulai|Coba lagi")).first.click()
    page.wait_for_url(re.compile("/percobaan/"))
    solver.take(page, wrong=wrong)


@pytest.mark.parametrize(
    "size", [pytest.param(PHONE, id="phone"), pytest.param(DESK, id="desk", marks=pytest.mark.slow)]
)
def test_a_teacher_who_has_done_nothing_passes_the_first_three_modules_by_clicking(
    size: tuple[int, int], site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = site.new_teacher("Mariani", must_change=True)
    page = sign_in(open_page(size), teacher)

    # The first sign-in asks for a PIN of one's own before anything else.
    page.fill("#current", teacher.secret)
    page.fill("#secret", NEW_PIN)
    page.fill("#again", NEW_PIN)
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_url(re.compile("/beranda"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Mariani")

    for module_id, quiz_title in (("M00", "Tes awal"), ("M01", "Kuis Modul 1"), ("M02", "Kuis Modul 2")):
        _menu(page, "Beranda")
        page.get_by_role("link", name=re.compile("(Mulai|Lanjutkan) belajar")).click()
        page.wait_for_url(re.compile(f"/pelajaran/.*/{module_id}-L1"))
        _finish_lessons(page)
        if "/kuis/" not in page.url:
            page.get_by_role("link", name=quiz_title).first.click()
        page.wait_for_url(re.compile("/kuis/"))
        _take_quiz(page)

    _menu(page, "Belajar")
    expect(page.get_by_role("img", name="Selesai", exact=True)).to_have_count(3)
    # M10 opens last and says why.
    expect(page.get_by_text(re.compile("terbuka setelah", re.IGNORECASE)).first).to_be_visible()


@pytest.mark.slow
def test_what_was_answered_is_there_again_after_the_browser_was_closed(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = site.new_teacher("Zaenab")
    page = sign_in(open_page(PHONE), teacher)
    page.goto(f"/kuis/{teacher.enrolment}/M00-tes-awal")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    page.wait_for_url(re.compile("/percobaan/"))
    attempt = page.url
    solver.answer(page.locator('[data-slot="1"]'))
    expect(page.get_by_text("Tersimpan", exact=True).first).to_be_visible()
    page.context.close()

    again = sign_in(open_page(DESK), teacher)
    again.goto(attempt)

    assert again.locator("[data-answered]").inner_text() == "1"


@pytest.mark.slow
def test_an_answer_after_the_time_is_said_to_be_late_and_not_only_saved(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = site.new_teacher("Mardiana")
    page = sign_in(open_page(PHONE), teacher)
    page.goto(f"/kuis/{teacher.enrolment}/M00-tes-awal")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    page.wait_for_url(re.compile("/percobaan/"))
    solver.answer(page.locator('[data-slot="1"]'))
    expect(page.get_by_text("Tersimpan", exact=True)).to_be_visible()
    site.end_time(teacher)
    page.locator('[data-step="1"]').click()
    solver.answer(page.locator('[data-slot="2"]'))

    expect(page.get_by_text("Tersimpan, terlambat", exact=True)).to_be_visible()
    expect(page.get_by_text("Tersimpan", exact=True)).to_be_hidden()


@pytest.mark.slow
def test_everything_but_autosave_works_without_javascript(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = site.new_teacher("Baiq Nurul")
    page = sign_in(open_page(PHONE, js=False), teacher)
    page.goto(f"/kuis/{teacher.enrolment}/M00-tes-awal")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    slots = page.locator("[data-slot]")
    for number in range(slots.count()):
        solver.answer(slots.nth(number))
    page.locator("[data-send]").click()
    page.locator("main form button[type=submit]").first.click()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.url.endswith("/hasil")

    _menu(page, "Beranda")
    page.get_by_role("link", name=re.compile("(Mulai|Lanjutkan) belajar")).click()
    page.locator("#text").fill("Sesudah Isya, hari Selasa dan Kamis.")
    page.get_by_role("button", name="Simpan refleksi").click()
    expect(page.locator("#text")).to_have_value("Sesudah Isya, hari Selasa dan Kamis.")
    page.locator("#question").fill("Apakah kuis dapat diulang?")
    page.get_by_role("button", name="Kirim pertanyaan").click()
    expect(page.locator("#tanya")).to_contain_text("Apakah kuis dapat diulang?")
    here = page.url.partition("#")[0]
    page.locator(".dock").get_by_role("button", name="Selesai").click()
    page.wait_for_url(lambda url: url.partition("#")[0] != here)


@pytest.mark.slow
def test_the_page_speaks_english_to_an_english_browser_and_keeps_a_choice(
    site: Site, open_page: Callable[..., Page]
) -> None:
    page = open_page(PHONE, locale="en-GB")
    page.goto("/masuk")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Sign in")

    page.get_by_role("link", name="Bahasa Indonesia").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Masuk")
    page.goto("/masuk")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Masuk")
