"""The report of `lms check`, over a demo course, over the real ones, and over one bank."""

from __future__ import annotations

import json
from pathlib import Path

from course_files import PROGRAM, sound_files, write_course

from lms.programs.check import check_bank, check_courses
from lms.programs.reader import read_program

COURSES = Path(__file__).resolve().parents[2] / "courses"
NAMES = ["programs", "modules", "lessons", "questions", "words", "errors", "warnings"]


def test_the_report_has_counts_and_lists_under_the_same_names(tmp_path: Path) -> None:
    write_course(tmp_path)

    report = check_courses(tmp_path / "courses")

    assert [*NAMES, "lists"] == list(report)
    assert list(report["lists"]) == NAMES
    assert {name: report[name] for name in NAMES} == {
        "programs": 1, "modules": 3, "lessons": 4, "questions": 52, "words": 747, "errors": 0, "warnings": 0,
    }
    assert report["lists"]["lessons"][0] == {
        "id": "M00-L1", "title": "Pelajaran M00-L1", "words": 20, "path": "courses/demo/00-awal/01-mulai.md",
    }
    assert {name: len(items) for name, items in report["lists"].items()} == {name: report[name] for name in NAMES}
    assert report["lists"]["words"][:2] == ["kata", "kata"]
    place = {"path": "courses/demo/forms/form-a.gift", "line": 9}
    assert {"id": "FA-02", "type": "multiple_choice", "tags": ["a"]} | place in report["lists"]["questions"]
    json.dumps(report)


def test_an_error_is_listed_with_path_line_code_and_message(tmp_path: Path) -> None:
    files = sound_files()
    files["program.toml"] = PROGRAM.replace("jp = 9", "jp = 8").encode()
    write_course(tmp_path, files)

    [error] = check_courses(tmp_path / "courses")["lists"]["errors"]

    assert error == {
        "path": "courses/demo/program.toml", "line": 7, "code": "E_JP",
        "message": "JP program 8, tetapi bagiannya berjumlah 9.",
    }


def test_programmes_ask_only_for_programmes_that_exist_and_never_in_a_circle(tmp_path: Path) -> None:
    for name, wants in (("a", "b"), ("b", "a"), ("c", "zzz")):
        text = PROGRAM.replace('id = "demo"', f'id = "{name}"').replace("requires = []", f'requires = ["{wants}"]')
        write_course(tmp_path, sound_files() | {"program.toml": text.encode()}, name)
    write_course(tmp_path, sound_files() | {"program.toml": PROGRAM.replace('"demo"', '"a"').encode()}, "d")

    errors = check_courses(tmp_path / "courses")["lists"]["errors"]

    assert [(error["code"], error["path"], error["line"]) for error in errors] == [
        ("E_REQUIRES_CYCLE", "courses/a/program.toml", 10), ("E_REQUIRES_UNKNOWN", "courses/c/program.toml", 10),
        ("E_ID_DUPLICATE", "courses/d/program.toml", 1),
    ]


def test_a_folder_that_is_not_there_is_an_error_and_no_crash(tmp_path: Path) -> None:
    report = check_courses(tmp_path / "courses")

    assert (report["programs"], report["errors"]) == (0, 1)


def test_the_real_courses_have_no_error() -> None:
    report = check_courses(COURSES)

    assert report["lists"]["errors"] == []
    assert report["programs"] == 3
    assert report["modules"] == 11


def test_every_task_and_chapter_of_the_basic_tier_is_a_form_in_two_languages() -> None:
    program = read_program(COURSES / "diklat-dasar").program
    assert program is not None

    for part in (*program.data["tasks"], *program.data["report_parts"]):
        assert part["field"], part["id"]
        for field in part["field"]:
            words = [field["title"], field["hint"], *(row["title"] for row in field["column"] + field["option"])]
            assert all({"id", "en"} <= set(text) for text in words if text), (part["id"], field["id"])


def test_every_chapter_of_the_basic_tier_is_looked_at_under_some_criterion() -> None:
    """Otherwise what is missing in a chapter could not be told to the one who wrote it."""
    program = read_program(COURSES / "diklat-dasar").program
    assert program is not None

    looked_at = {part for criterion in program.data["criteria"] for part in criterion["parts"]}

    assert looked_at == {part["id"] for part in program.data["report_parts"]}


def test_one_bank_is_listed_with_its_errors(tmp_path: Path) -> None:
    bank = tmp_path / "soal.gift"
    bank.write_text("::Satu::Apa?{=ya ~tidak}\n\nRusak {=a\n\nTulis.{}\n")

    report = check_bank(bank)

    assert report["questions"] == [
        {"n": 1, "name": "Satu", "type": "multiple_choice"}, {"n": 2, "name": "Tulis.", "type": "essay"},
    ]
    assert [error["line"] for error in report["errors"]] == [3]
    assert set(report["errors"][0]) == {"line", "message"}


def test_a_bank_that_cannot_be_read_and_an_unknown_format_are_errors_of_the_report(tmp_path: Path) -> None:
    bank = tmp_path / "soal.gift"
    bank.write_bytes(b"baris\n\xff")

    assert check_bank(bank)["errors"][0]["line"] == 2
    [unknown] = check_bank(bank, "aiken")["errors"]
    assert "aiken" in unknown["message"]
    [absent] = check_bank(tmp_path / "none.gift")["errors"]
    assert absent["line"] == 1
    assert check_bank(tmp_path)["questions"] == []
