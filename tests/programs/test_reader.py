"""What a sound folder becomes."""

from __future__ import annotations

from pathlib import Path

import pytest
from course_files import sound_files, write_course
from picture_bytes import jpeg, png, webp

from lms.programs.reader import read_program

P, L = "program.toml", "01-satu/01-pertama.md"


@pytest.mark.parametrize(
    ("name", "body"), [("a.jpg", jpeg()), ("a.jpeg", jpeg()), ("a.webp", webp()), ("a.PNG", png(40, 30))]
)
def test_pictures_of_every_kind_show_their_size(tmp_path: Path, name: str, body: bytes) -> None:
    files = sound_files()
    files[f"01-satu/images/{name}"] = body
    files[L] = files[L].replace(b"images/titik.png", f"images/{name}".encode())

    program = read_program(write_course(tmp_path, files)).program

    assert program is not None
    assert 'height="30"' in program.lesson("M01-L1")[1].html["id"]


def test_an_outline_has_units_and_no_modules(tmp_path: Path) -> None:
    head = 'id = "x"\ncode = "X"\ntitle = "X"\ntier = "lanjut"\norder = 2\n'
    head += 'jp = 6\nminutes_per_jp = 45\nstatus = "outline"\n'
    unit = '[[unit]]\nid = "L1"\ntitle = "Satu"\njp = 6\n'

    sound = read_program(write_course(tmp_path, {P: (head + unit).encode()}, "x"))
    short = read_program(write_course(tmp_path, {P: (head + unit.replace("jp = 6", "jp = 5")).encode()}, "y"))
    mixed = read_program(write_course(tmp_path, sound_files() | {P: (head + unit).encode()}, "z"))

    assert sound.mistakes == ()
    assert sound.program is not None
    assert sound.program.units[0]["title"] == {"id": "Satu"}
    assert [(m.code, m.line) for m in short.mistakes] == [("E_JP", 6)]
    assert [m.code for m in mixed.errors] == ["E_STATUS"]


def test_words_are_those_of_the_indonesian_text(tmp_path: Path) -> None:
    result = read_program(write_course(tmp_path))

    assert result.counts == {"modules": 3, "lessons": 4, "questions": 52, "words": 747}
