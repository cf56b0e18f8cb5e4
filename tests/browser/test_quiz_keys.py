"""The keys of a desktop on a quiz: choosing, going on, flagging; never while somebody types."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser import solver
from browser.conftest import DESK
from browser.site import Account, Site
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Opened = tuple[Page, Account]


@pytest.fixture
def attempt(site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]) -> Opened:
    """The pre-test just begun on a desktop: 27 questions with one right option each."""
    teacher = site.new_teacher("Nuraini")
    page = sign_in(open_page(DESK), teacher)
    page.goto(f"/kuis/{teacher.enrolment}/M00-tes-awal")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    page.wait_for_url(re.compile("/percobaan/"))
    return page, teacher


def place(page: Page) -> str:
    return page.locator("[data-place]").inner_text()


def boxes(page: Page) -> list[bool]:
    shown = page.locator("[data-slot]:visible .opt input")
    return [box.is_checked() for box in shown.all()]


def test_keys_choose_go_on_go_back_and_flag(attempt: Opened) -> None:
    page, _teacher = attempt
    page.keyboard.press("2")
    assert boxes(page)[1]
    page.keyboard.press("c")
    assert boxes(page)[2]
    assert not boxes(page)[1]
    expect(page.get_by_text("Tersimpan", exact=True).first).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("[data-place]")).to_contain_text("Soal 2")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-place]")).to_contain_text("Soal 3")
    page.keyboard.press("p")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-place]")).to_contain_text("Soal 1 ")
    page.keyboard.press("t")
    expect(page.locator("[data-slot]:visible [data-flag]")).to_be_checked()


def test_arrows_in_a_group_of_choices_move_the_choice(attempt: Opened) -> None:
    page, _teacher = attempt
    page.locator("[data-slot]:visible .opt input").first.focus()
    page.keyboard.press("1")
    page.keyboard.press("ArrowRight")
    assert place(page).startswith("Soal 1 ")
    assert boxes(page)[1]


def test_a_question_mark_shows_the_keys_and_a_box_turns_them_off(attempt: Opened) -> None:
    page, _teacher = attempt
    words = page.get_by_text("pilih jawaban")
    expect(words).to_be_hidden()
    page.keyboard.press("?")
    expect(words).to_be_visible()
    page.get_by_label("Pakai tombol ini").uncheck()
    page.keyboard.press("1")
    assert not any(boxes(page))
    page.reload()
    page.keyboard.press("n")
    assert place(page).startswith("Soal 1 "), "the choice stays on this device"
    page.get_by_text("Tombol papan ketik").click()
    page.get_by_label("Pakai tombol ini").check()
    page.keyboard.press("n")
    expect(page.locator("[data-place]")).to_contain_text("Soal 2")


def test_whoever_types_types(site: Site, open_page: Callable[..., Page], sign_in: Callable[..., Page]) -> None:
    teacher = site.new_teacher("Rohani")
    page = sign_in(open_page(DESK), teacher)
    site.complete(teacher, "M00")
    # Every draw of this quiz has an essay.
    page.goto(f"/kuis/{teacher.enrolment}/M09-kuis")
    page.get_by_role("button", name=re.compile("Mulai")).click()
    page.wait_for_url(re.compile("/percobaan/"))
    field = page.locator("[data-slot] textarea").first
    while not field.is_visible():
        before = place(page)
        page.keyboard.press("n")
        expect(page.locator("[data-place]")).not_to_have_text(before)
    here = place(page)
    field.press_sequentially("nptban1?")
    assert field.input_value() == "nptban1?"
    assert place(page) == here


def test_whoever_comes_back_goes_on_with_the_first_question_without_an_answer(attempt: Opened) -> None:
    page, teacher = attempt
    for _question in range(2):
        before = place(page)
        solver.answer(page.locator("[data-slot]:visible"))
        expect(page.get_by_text("Tersimpan", exact=True).first).to_be_visible()
        page.keyboard.press("n")
        expect(page.locator("[data-place]")).not_to_have_text(before)
    page.goto(f"/kuis/{teacher.enrolment}/M00-tes-awal")
    page.get_by_role("link", name="Lanjutkan percobaan").click()
    page.wait_for_url(re.compile("/percobaan/"))
    expect(page.locator("[data-place]")).to_contain_text("Soal 3 ")
