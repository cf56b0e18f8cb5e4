"""The reader never raises, whatever happened to the files, and says where."""

from __future__ import annotations

import tempfile
from pathlib import Path

from course_files import sound_files, write_course
from hypothesis import given, settings, strategies as st

from lms.programs.check import check_bank, check_courses
from lms.programs.content import as_document, from_document
from lms.programs.ids import write_ids
from lms.programs.reader import read_program

SOUND = sound_files()


@st.composite
def mangled(draw: st.DrawFn) -> dict[str, bytes]:
    """A course in which up to four files were cut, overwritten, doubled, swapped or lost."""
    files = dict(SOUND)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(files)))
        body = files[name]
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 60)))
        match draw(st.sampled_from(["cut", "overwrite", "double", "swap", "lose", "move"])):
            case "cut":
                files[name] = body[:start] + body[end:]
            case "overwrite":
                spoiled = draw(st.one_of(st.binary(max_size=12), st.sampled_from([
                    b"]", b"=", b'"', b"+++\n", b"{", b"}", b"\xff", b"\x00", b"\r", b"[[quiz]]\n", b"99999999999",
                    b"true", b"[]", b"{}", b"nan", b"1979-05-27", b'"\\u0000"', b"quiz.id = 3\n", b"<a href='x'>",
                ])))
                files[name] = body[:start] + spoiled + body[end:]
            case "double":
                files[name] = body + body[start:end] * 3
            case "swap":
                files[name] = files[draw(st.sampled_from(sorted(files)))]
            case "lose":
                del files[name]
            case "move":
                files[draw(st.sampled_from(["a.md", "01-satu/9.md", "01-x/module.toml", "forms/01-x.md"]))] = body
    return files


@settings(max_examples=120, deadline=None)
@given(mangled())
def test_the_reader_never_raises_on_mangled_files(files: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = write_course(Path(root), files)
        result = read_program(folder)

        assert (result.program is None) == bool(result.errors)
        for mistake in result.mistakes:
            path = Path(root) / mistake.path
            longest = path.read_bytes().replace(b"\r", b"\n").count(b"\n") + 1 if path.is_file() else 1
            assert 1 <= mistake.line <= longest, mistake
        if result.program:
            assert from_document(as_document(result.program)) == result.program
        check_courses(Path(root) / "courses")
        for bank in folder.rglob("*.gift"):
            check_bank(bank)
        write_ids(folder)
