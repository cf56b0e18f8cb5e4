"""What is sent after an attempt was handed in changes nothing, and nothing that was typed is lost by it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from classroom.paper_browser import Browser
from classroom.test_attempt_pages import attempt_of_all_kinds

from lms.core.db import db, write_tx
from lms.lib.uuid7 import uuid7
from lms.quizzes import services as quizzes
from lms.quizzes.models import Attempt
from lms.testing_stories import Story


@pytest.fixture
def late(app: Any, story: Story) -> tuple[Browser, Any, str]:
    """A browser with the pages of an attempt that was handed in without an answer on another device."""
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    pages = {tail: browser.get(f"/percobaan/{attempt}{tail}") for tail in ("", "/kirim")}
    with write_tx():
        quizzes.submit(attempt, {}, by=who.actor)
    return browser, pages, attempt


def option(page: Any, field: str, words: str) -> str:
    """The value of the option that says these words."""
    place = page.text.index(words)
    tags = re.findall(rf'name="{re.escape(field)}"[^>]* value="([^"]+)"', page.text[:place])
    return str(tags[-1])


def everything(page: Any) -> dict[str, Any]:
    pairs = re.findall(r'<select[^>]* name="(s6\.[^"]+)">.*?value="([^"]+)">Hasil karya', page.text, re.DOTALL)
    order = re.findall(r'<select[^>]* name="(s7\.[^"]+)"', page.text)
    return {
        "s1.answer": option(page, "s1.answer", "Berani bicara"), "s2.answer": option(page, "s2.answer", "R. berkata."),
        "s3.answer": "true", "s4.answer": "sekata", "s5.answer": "2,5", "s8.answer": "Cerita yang panjang.",
        **dict(pairs[:1]), **{name: str(place) for place, name in enumerate(order, 1)},
    }


@pytest.mark.parametrize("tail", ["", "/kirim"])
def test_every_kind_of_answer_that_came_too_late_is_shown_in_words(late: Any, tail: str) -> None:
    browser, pages, attempt = late
    slots = [str(number) for number in range(1, 9)]
    reply = browser.send(
        pages[tail], f"/percobaan/{attempt}{tail}", slot=slots, **everything(pages[""])
    )

    assert reply.status_code == 409
    assert "Percobaan ini sudah dikirim. Jawaban yang datang sesudahnya tidak mengubah nilai." in reply.text
    for words in (
        "Berani bicara", "R. berkata.", "<b>Benar</b>", ">sekata</textarea>", ">2,5</textarea>", "Hasil karya",
        "Membaca buku", "Cerita yang panjang.</textarea>",
    ):
        assert words in reply.text, words
    for words in ("Berat badan bertambah", "R. pemalas.", "UMPAN", "KUNCI", "8765", "<script>alert"):
        assert words not in reply.text, words
    assert f'href="/percobaan/{attempt}/hasil"' in reply.text


def test_only_what_differs_is_shown(late: Any) -> None:
    browser, pages, attempt = late
    reply = browser.send(pages[""], f"/percobaan/{attempt}", **{"s4.answer": " sekata "})

    assert re.findall(r"<h2>Soal (\d)</h2>", reply.text) == ["4"]


def test_when_nothing_differs_the_page_says_that_all_is_stored(late: Any) -> None:
    browser, pages, attempt = late
    reply = browser.send(pages[""], f"/percobaan/{attempt}")

    assert reply.status_code == 409
    assert "Semua yang ada di halaman tadi sudah tersimpan." in reply.text


def test_what_came_too_late_changes_no_answer_and_no_mark(late: Any) -> None:
    browser, pages, attempt = late

    def stored() -> tuple[Any, ...]:
        db.session.rollback()
        row = db.session.query(Attempt).one()
        return row.state, row.mark, row.version, row.late_state

    before = stored()
    for tail in ("", "/kirim"):
        browser.send(pages[tail], f"/percobaan/{attempt}{tail}", slot="4", **{"s4.answer": "sekata"})
    assert stored() == before


def test_nobody_else_is_shown_the_questions_by_sending_answers(app: Any, story: Story, late: Any) -> None:
    _browser, _pages, attempt = late
    stranger = app.test_client()
    reply = stranger.post(f"/percobaan/{attempt}", data={
        "_csrf": story.sign_in(stranger, story.teacher()), "_op": str(uuid7()), "slot": "4", "s4.answer": "sekata",
    })

    assert reply.status_code == 404
    assert "APE" not in reply.text
