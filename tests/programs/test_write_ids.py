"""Missing ids are written, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest
from course_files import bank, sound_files, write_course

from lms.programs.ids import write_ids
from lms.programs.reader import read_program


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_course_with_all_its_ids_is_left_alone(tmp_path: Path) -> None:
    folder = write_course(tmp_path)

    assert write_ids(folder) == {}
    assert snapshot(folder) == sound_files()


def test_missing_ids_go_on_counting_and_touch_nothing_else(tmp_path: Path) -> None:
    files = sound_files()
    new = "// [tag:a]\r\n::Baru::Soal baru?{=ya#Ya. ~tidak#Tidak.}\r\n\r\n::Lagi::Soal lagi?{=ya#Ya. ~tidak#Tidak.}\r\n"
    files["01-satu/quiz.gift"] += new.encode()
    files["01-satu/02-kedua.md"] = files["01-satu/02-kedua.md"].replace(b'id = "M01-L2"\n', b"").replace(b"\n", b"\r\n")
    folder = write_course(tmp_path, files)

    written = write_ids(folder)

    assert written == {
        "courses/demo/01-satu/02-kedua.md": ["M01-L2"],
        "courses/demo/01-satu/quiz.gift": ["M01-Q26", "M01-Q27"],
    }
    after = snapshot(folder)
    assert after["01-satu/02-kedua.md"] == b'+++\r\nid = "M01-L2"\r\n' + files["01-satu/02-kedua.md"][5:]
    assert after["01-satu/quiz.gift"].replace(b"// [id:M01-Q26]\n", b"").replace(b"// [id:M01-Q27]\n", b"").replace(
        b"// [id:M01-Q26]\r\n", b"").replace(b"// [id:M01-Q27]\r\n", b"") == files["01-satu/quiz.gift"]
    assert {name for name in after if after[name] != files[name]} == {"01-satu/02-kedua.md", "01-satu/quiz.gift"}
    assert read_program(folder).mistakes == ()
    assert write_ids(folder) == {}


def test_an_id_that_was_ever_published_is_not_given_out_again(tmp_path: Path) -> None:
    files = sound_files()
    files["01-satu/quiz.gift"] += b"Soal baru?{=ya#Ya. ~tidak#Tidak.}\n"
    folder = write_course(tmp_path, files)

    written = write_ids(folder, used={"M01-Q26", "M01-Q40"})

    assert written == {"courses/demo/01-satu/quiz.gift": ["M01-Q41"]}


@pytest.mark.parametrize(
    ("path", "first"), [("01-satu/quiz.gift", "M01-Q01"), ("forms/form-a.gift", "FORM-A-Q01")]
)
def test_a_bank_without_any_id_gets_the_pattern_of_its_module_or_its_name(
    tmp_path: Path, path: str, first: str
) -> None:
    files = sound_files()
    plain = "\n".join(line for line in bank("X", 25).split("\n") if not line.startswith("//"))
    files[path] = plain.encode()
    # The ids of a translation count as used, too.
    del files["01-satu/quiz.en.gift"]
    folder = write_course(tmp_path, files)

    assert write_ids(folder)[f"courses/demo/{path}"][0] == first


def test_broken_questions_and_translations_get_no_id(tmp_path: Path) -> None:
    files = sound_files()
    files["01-satu/quiz.gift"] += b"Rusak?{=ya\n"
    files["01-satu/quiz.en.gift"] += b"New?{=yes ~no}\n"
    folder = write_course(tmp_path, files)

    assert write_ids(folder) == {}
    assert snapshot(folder) == files
