"""Somebody who knows the right answers: reads a question on the page and answers it as a person would.

The key comes from the course files by the words of the question, never from the page.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from playwright.sync_api import Locator, Page

from lms.lib.gift import Question, from_dict, plain_text
from lms.programs.content import Program
from lms.programs.reader import read_program

#: What is written where no key is: a person marks it.
ESSAY = "Foto itu saya minta diturunkan dahulu. Sesudah itu saya bicara berdua dengan rekan, lalu minta izin orang tua."
COURSE = Path(__file__).resolve().parents[2] / "courses" / "diklat-dasar"


@cache
def program() -> Program:
    """The programme as it stands in the files."""
    found = read_program(COURSE).program
    assert found is not None
    return found


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


@cache
def _by_words() -> dict[str, Question]:
    questions = (from_dict(item.content["id"]) for item in program().questions.values())
    return {_folded(plain_text(question.text)): question for question in questions}


def _asked(slot: Locator) -> Question:
    return _by_words()[_folded(slot.locator(".question").inner_text())]


def kind_of(slot: Locator) -> str:
    """Say of which type the question of a slot is."""
    return _asked(slot).type


def answer(slot: Locator) -> None:
    """Answer the question of one slot rightly."""
    question = _asked(slot)
    match question.type:
        case "multiple_choice" | "multiple_response":
            best = max(item.fraction or 0 for item in question.answers)
            for item in question.answers:
                wanted = item.fraction == best if question.type == "multiple_choice" else (item.fraction or 0) > 0
                if wanted:
                    _choose(slot, plain_text(item.text))
        case "true_false":
            right = next(item for item in question.answers if (item.fraction or 0) > 0)
            _choose(slot, "Benar" if plain_text(right.text).lower() == "true" else "Salah")
        case "short_answer":
            slot.locator("input.input").fill(plain_text(question.answers[0].text).replace("*", ""))
        case "numerical":
            slot.locator("input.input").fill(str(question.answers[0].value).replace(".", ","))
        case "matching":
            for item in question.answers:
                if plain_text(item.text):
                    slot.get_by_label(plain_text(item.text), exact=True).select_option(label=item.match)
        case "ordering":
            _order(slot, [plain_text(item.text) for item in question.answers])
        case "essay":
            slot.locator("textarea").fill(ESSAY)
        case kind:
            raise AssertionError(f"nobody can answer {kind} by rule")


def _choose(slot: Locator, words: str) -> None:
    for label in slot.locator(".opt label").all():
        if _folded(label.inner_text()) == _folded(words):
            label.click()
            return
    raise AssertionError(f"no option says {words!r}")


def _order(slot: Locator, wanted: list[str]) -> None:
    if not slot.locator("[data-move]").first.is_visible():
        for place, words in enumerate(wanted, 1):
            slot.get_by_label(words, exact=True).select_option(str(place))
        return
    for place, words in enumerate(wanted):
        now = [_folded(label.inner_text()) for label in slot.locator("li label").all()]
        row = slot.locator("li").filter(has=slot.page.get_by_text(words, exact=True))
        for _ in range(now.index(_folded(words)) - place):
            row.locator('[data-move="-1"]').click()


def take(page: Page, *, wrong: int = 0) -> None:
    """Answer every question on an attempt's page, the first `wrong` of them not at all, and hand it in."""
    slots = page.locator("[data-slot]")
    count = slots.count()
    for number in range(count):
        slot = slots.nth(number)
        if number >= wrong:
            answer(slot)
        if number + 1 < count:
            page.locator('[data-step="1"]').click()
    page.locator("[data-send]").click()
    page.wait_for_url(re.compile("/kirim$"))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(re.compile("/hasil$"))
