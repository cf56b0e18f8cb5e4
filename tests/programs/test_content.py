"""A programme goes into a row of plain data and comes back the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from course_files import write_course

from lms.core.errors import NotFound
from lms.lib import gift
from lms.programs.content import Program, as_document, from_document, in_language
from lms.programs.reader import read_program


@pytest.fixture
def program(tmp_path: Path) -> Program:
    found = read_program(write_course(tmp_path)).program
    assert found is not None
    return found


def test_a_document_of_json_gives_the_same_programme(program: Program) -> None:
    document = json.loads(json.dumps(as_document(program)))

    assert from_document(document) == program
    assert as_document(from_document(document)) == document


def test_a_text_without_a_translation_falls_back_to_indonesian_and_says_so() -> None:
    assert in_language({"id": "Satu", "en": "One"}, "en") == ("One", False)
    assert in_language({"id": "Satu"}, "en") == ("Satu", True)
    assert in_language({"id": "Satu"}, "id") == ("Satu", False)


def test_things_are_found_by_id_with_their_module(program: Program) -> None:
    assert program.lesson("M01-L2")[0].id == "M01"
    assert program.quiz("M02-tes")[1].forms == (("FB-01", "FB-02", "FB-03"), ("FC-01", "FC-02", "FC-03"))
    assert program.module("M02").requires == ("M00", "M01")
    assert program.module("M01").complete == (("lessons",), ("quiz", "M01-kuis", "passed"))
    assert program.ids["W1"] == "task"
    for look_up in (program.lesson, program.quiz, program.module, program.question):
        with pytest.raises(NotFound):
            look_up("tidak-ada")


def test_a_bank_without_draws_is_drawn_whole(program: Program) -> None:
    assert program.quiz("M00-latihan")[1].draws == ((None, 6),)


def test_texts_carry_their_languages_and_questions_their_translation(program: Program) -> None:
    assert program.title == {"id": "Program Demo", "en": "Demo programme"}
    assert program.module("M01").aims[0] == {"id": "Menjelaskan satu hal", "en": "Explain one thing"}
    assert program.data["criteria"][0]["levels"]["good"] == {"id": "Semua ada."}
    reason, chosen = program.data["report_parts"][0]["field"]
    assert reason["title"] == {"id": "Mengapa tugas ini penting?", "en": "Why does this task matter?"}
    assert [option["title"] for option in chosen["option"]] == [{"id": "Yang pertama"}, {"id": "Yang kedua"}]
    assert set(program.questions["M01-Q01"].content) == {"id", "en"}
    assert set(program.questions["M01-Q03"].content) == {"id"}


def test_a_field_of_a_form_is_asked_for_unless_the_file_says_otherwise(program: Program) -> None:
    reason, chosen = program.data["report_parts"][0]["field"]

    assert (reason["required"], reason["least"], reason["most"], reason["hint"]) == (True, 0, None, None)
    assert chosen["required"] is False


def test_a_stored_question_can_be_read_again(program: Program) -> None:
    question = gift.from_dict(program.questions["M00-Q04"].content["id"])

    assert question.type == "matching"
    assert [answer.match for answer in question.answers] == ["1", "2", "3"]


def test_a_question_that_moves_in_its_file_keeps_its_hash(tmp_path: Path, program: Program) -> None:
    folder = write_course(tmp_path)
    bank = folder / "01-satu/quiz.gift"
    bank.write_text("// Bank soal\n\n" + bank.read_text())

    moved = read_program(folder).program

    assert moved == program
