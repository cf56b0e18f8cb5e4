"""Words of a programme that nobody has translated say on an English page that they are Indonesian (WCAG 3.1.2)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
import quiz_acts
from desk import signed_in_once

from lms.core.db import write_tx
from lms.lessons import services as lessons
from lms.programs.content import Program, as_document, from_document
from lms.quizzes import queries as quiz_queries
from lms.testing_program import tiny_program
from lms.testing_stories import Class, Learner, Someone, Story

#: Words of the tiny programme, in Indonesian.
OURS = re.compile(
    r"(Pelajaran|Kuis|Modul) [mM]\d|Komponen \w|Diklat Mini|Mana yang tepat|\btepat\b|\bmeleset\b|Ceritakan satu|UMPAN"
    r"|Menjelaskan satu hal|Apa yang akan|Isi pelajaran"
)
VOID = frozenset({"meta", "link", "input", "br", "img", "path", "circle", "rect", "ellipse", "text", "use"})


def only_indonesian(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: only_indonesian(item) for key, item in value.items() if not (key == "en" and "id" in value)}
    return [only_indonesian(item) for item in value] if isinstance(value, list | tuple) else value


def untranslated() -> Program:
    return from_document(only_indonesian(as_document(tiny_program())))


class Spoken(HTMLParser):
    """The words of the programme on a page, each with the language a screen reader speaks it in."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.languages: list[str] = []
        self.inside: list[str] = []
        self.found: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        values = dict(attrs)
        self.inside.append(tag)
        self.languages.append(values.get("lang") or (self.languages[-1] if self.languages else ""))
        for value in values.values():
            assert "<span" not in (value or ""), f"an element inside an attribute of <{tag}>: {value}"

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element without content says nothing."""

    def handle_endtag(self, tag: str) -> None:
        while tag in self.inside:
            self.languages.pop()
            if self.inside.pop() == tag:
                break

    def handle_data(self, data: str) -> None:
        if "title" in self.inside:
            # The head of a page holds no elements, so no part of it can name a language.
            assert "<" not in data
            return
        for words in OURS.finditer(data):
            self.found.append((words[0], self.languages[-1]))


def spoken(app: Any, story: Story, who: Someone, address: str, language: str = "en") -> list[tuple[str, str]]:
    client = app.test_client()
    story.sign_in(client, who)
    reply = client.get(address, headers={"Accept-Language": language})
    assert reply.status_code in (200, 409), (address, reply.status_code)
    return Spoken(reply.text).found


@pytest.fixture
def story(app: Any) -> Story:
    story = Story()
    story.program(untranslated())
    return story


@pytest.fixture
def learner(story: Story, cohort: Class) -> Learner:
    return story.teacher(cohort)


def taken(learner: Learner, quiz_id: str, words: str) -> str:
    """Take a quiz with the same option for every question; an essay gets words of its own."""
    attempt = quiz_acts.start(learner, quiz_id)
    texts = {
        slot.number: "Saya bertanya." if slot.presentation.type == "essay" else words
        for slot in quiz_queries.attempt_page(attempt, by=learner.actor).slots
    }
    quiz_acts.submit(learner, attempt, quiz_acts.choosing(learner, attempt, texts))
    return attempt


def test_a_learner_hears_untranslated_words_in_indonesian(app: Any, story: Story, learner: Learner) -> None:
    locked = learner.enrolment_uuid
    pages = [
        "/beranda", "/diklat", f"/modul/{locked}/M00", f"/modul/{locked}/M01", f"/pelajaran/{locked}/m00-1",
        f"/pelajaran/{locked}/m01-1", f"/kuis/{locked}/m00-awal", f"/pelajaran/{locked}/m00-1/refleksi",
        f"/nilai/{locked}",
    ]
    for address in pages:
        found = spoken(app, story, learner, address)
        assert found, address
        assert {language for _words, language in found} == {"id"}, (address, found)


@pytest.mark.parametrize("words", [quiz_acts.RIGHT, quiz_acts.WRONG])
def test_so_are_the_questions_options_and_feedback_of_a_quiz(
    app: Any, story: Story, learner: Learner, words: str
) -> None:
    quiz_acts.finish_modules(learner, "M00")
    running, handed_in = quiz_acts.start(learner, "m03-kuis"), taken(learner, "m01-kuis", words)
    for address in (f"/percobaan/{running}", f"/percobaan/{running}/kirim", f"/percobaan/{handed_in}/hasil"):
        found = spoken(app, story, learner, address)
        assert len(found) > 2, address
        assert {language for _words, language in found} == {"id"}, (address, found)


def test_staff_hear_them_so_too(app: Any, story: Story, cohort: Class, learner: Learner) -> None:
    quiz_acts.finish_modules(learner, "M00")
    essay = taken(learner, "m03-kuis", quiz_acts.RIGHT)
    for _try in range(3):
        taken(learner, "m01-kuis", quiz_acts.WRONG)
    with write_tx():
        question = lessons.ask(learner.enrolment_uuid, "m00-1", "Bagaimana?", by=learner.actor)
    number = next(
        slot.number for slot in quiz_queries.review(essay, by=learner.actor).slots
        if slot.presentation.type == "essay"
    )
    instructor, facilitator = story.instructor(cohort), story.facilitator()
    signed_in_once(learner)
    kept = learner.enrolment_uuid
    for who, address in (
        (instructor, f"/kelas/{cohort.uuid}/kuis"), (instructor, f"/kelas/{cohort.uuid}/kuis/m01-kuis"),
        (instructor, "/penilaian"), (instructor, f"/penilaian/{essay}/{number}"), (instructor, "/pertanyaan"),
        (instructor, f"/pertanyaan/{question}"), (instructor, f"/peserta/{kept}"),
        (instructor, f"/peserta/{kept}/kuis/m01-kuis"), (facilitator, "/pemantauan"),
        (facilitator, "/pemantauan/peserta"), (story.coordinator(), "/capaian"),
        (story.admin(), "/kelola/program"),
        (story.admin(), "/pratinjau/diklat-mini"), (story.admin(), "/pratinjau/diklat-mini/kuis/m01-kuis"),
    ):
        found = spoken(app, story, who, address)
        assert found, address
        assert {language for _words, language in found} == {"id"}, (address, found)


def test_so_does_who_reads_a_notice_about_a_lesson(app: Any, story: Story, cohort: Class, learner: Learner) -> None:
    with write_tx():
        question = lessons.ask(learner.enrolment_uuid, "m00-1", "Bagaimana?", by=learner.actor)
        lessons.answer(uuid.UUID(question), "Begini.", by=story.instructor(cohort).actor)

    assert spoken(app, story, learner, "/pemberitahuan") == [("Pelajaran m0", "id")]


def test_a_sheet_holds_the_words_alone(app: Any, story: Story, learner: Learner) -> None:
    quiz_acts.finish_modules(learner, "M00")
    for _try in range(3):
        taken(learner, "m01-kuis", quiz_acts.WRONG)
    signed_in_once(learner)
    client = app.test_client()
    story.sign_in(client, story.facilitator())

    sheet = client.get("/pemantauan/peserta.csv", headers={"Accept-Language": "en"}).text

    assert "Kuis m01-kuis" in sheet
    assert "<" not in sheet


def test_an_indonesian_page_marks_nothing(app: Any, story: Story, learner: Learner) -> None:
    client = app.test_client()
    story.sign_in(client, learner)
    text = client.get(f"/modul/{learner.enrolment_uuid}/M00", headers={"Accept-Language": "id"}).text

    assert re.findall(r'<(\w+)[^>]* lang="id"', text) == ["html", "a"], "the page itself, and the choice of a language"
