"""Each broken file yields exactly its code, path and line, and the rest of the course stays readable."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from course_files import PROGRAM, bank, question, short_lesson, sound_files, write_course
from picture_bytes import SVG, jpeg, png

from lms.programs.mistakes import Mistake
from lms.programs.reader import read_program

Files = dict[str, bytes]
Change = Callable[[Files], None]


def swap(path: str, old: str, new: str) -> Change:
    def change(files: Files) -> None:
        assert old.encode() in files[path], (path, old)
        files[path] = files[path].replace(old.encode(), new.encode(), 1)

    return change


def put(path: str, body: str | bytes) -> Change:
    def change(files: Files) -> None:
        files[path] = body.encode() if isinstance(body, str) else body

    return change


def drop(path: str) -> Change:
    return lambda files: files.pop(path) and None


def both(*changes: Change) -> Change:
    def change(files: Files) -> None:
        for one in changes:
            one(files)

    return change


def picture(name: str, body: str | bytes) -> Change:
    """Put a picture where the drawing of the first lesson was."""
    place = f"01-satu/images/{name}"
    return both(
        drop("01-satu/images/kotak.svg"), put(place, body),
        swap("01-satu/01-pertama.md", "images/kotak.svg", f"images/{name}"),
        swap("01-satu/01-pertama.en.md", "images/kotak.svg", f"images/{name}"),
    )


def svg(old: str, new: str) -> Change:
    assert old in SVG
    return picture("gambar.svg", SVG.replace(old, new, 1))


P, M, B, L = "program.toml", "01-satu/module.toml", "01-satu/quiz.gift", "01-satu/01-pertama.md"

COLUMNS = PROGRAM[PROGRAM.index("column = [") : PROGRAM.index("]\n", PROGRAM.index("column = [")) + 2]
OPTIONS = PROGRAM[PROGRAM.index("[[report_part.field.option]]") : PROGRAM.index("\n[[level]]")]

ERRORS: list[tuple[str, str, int | str, Change]] = [
    # TOML and its shapes.
    ("E_FILE_MISSING", P, 1, drop(P)),
    ("E_TOML", P, 3, swap(P, 'title = "Program Demo"', "title = Program Demo")),
    ("E_TOML", M, "minutes =", swap(M, "minutes = 30", "minutes = ")),
    ("E_KEY_UNKNOWN", P, 4, swap(P, "title_en", "tittle")),
    ("E_KEY_UNKNOWN", M, "takes = 2", swap(M, "take = 5 }", "take = 5, takes = 2 }")),
    ("E_KEY_MISSING", P, 1, swap(P, 'tier = "dasar"\n', "")),
    ("E_KEY_MISSING", P, "[[component]]", swap(P, 'source = "system"\n', "")),
    ("E_TYPE", P, "jp =", swap(P, "jp = 9", 'jp = "9"')),
    ("E_TYPE", M, "shuffle", swap(M, "shuffle = true", "shuffle = 1")),
    ("E_VALUE", M, "pass_mark", swap(M, "pass_mark = 70", "pass_mark = 170")),
    ("E_VALUE", M, "kind", swap(M, 'kind = "module"', 'kind = "kuis"')),
    ("E_VALUE", M, "title", swap(M, '"Satu"', '"  "')),
    ("E_VALUE", M, "aims_en", swap(M, ', "Explain another"]', "]")),
    ("E_VALUE", P, "elective_required", swap(P, "elective_required = 1\n", "\nelective_required = 2\n")),
    # Ids.
    ("E_ID_FORM", M, 1, swap(M, '"M01"', '"M 01"')),
    ("E_ID_DUPLICATE", "02-dua/01-akhir.md", 2, swap("02-dua/01-akhir.md", "M02-L1", "M01-L1")),
    ("E_ID_DUPLICATE", "02-dua/quiz.gift", 9, swap("02-dua/quiz.gift", "[id:M02-Q02]", "[id:M01-Q01]")),
    ("E_ID_DUPLICATE", P, 'id = "W1"  # again', swap(P, 'id = "P1"', 'id = "W1"  # again')),
    ("E_ID_DUPLICATE", P, "# again", swap(P, 'id = "participation"', 'id = "module_quizzes" # again')),
    ("E_ID_MISSING", B, 9, swap(B, "// [id:M01-Q02] [tag:a]", "// [tag:a]")),
    ("E_ID_MISSING", "01-satu/02-kedua.md", 2, swap("01-satu/02-kedua.md", 'id = "M01-L2"\n', "")),
    # Modules.
    ("E_FILE_MISSING", "03-tiga/module.toml", 1, put("03-tiga/01-x.md", short_lesson("M03-L1"))),
    ("E_REQUIRES_UNKNOWN", M, "requires", swap(M, '["M00"]', '["M99"]')),
    ("E_REQUIRES_CYCLE", M, "requires", swap(M, '["M00"]', '["M02"]')),
    ("E_REQUIRES_CYCLE", M, "requires", swap(M, '["M00"]', '["M01"]')),
    ("E_COMPLETE", M, "complete", swap(M, "M01-kuis:passed", "M01-kuis:done")),
    ("E_COMPLETE", M, "complete", swap(M, "quiz:M01-kuis:passed", "quiz:M77:passed")),
    ("E_COMPLETE", M, "complete", swap(M, "quiz:M01-kuis:passed", "quiz:M00-latihan:passed")),
    ("E_JP", P, "jp =", swap(P, "jp = 9", "jp = 10")),
    ("E_NUMBER_DUPLICATE", "01-satu/02-lagi.md", 1, put("01-satu/02-lagi.md", short_lesson("X", 300))),
    # Weights and the rubric.
    ("E_WEIGHTS", P, "[weights]", swap(P, "deepening = 40", "deepening = 50")),
    ("E_WEIGHTS", P, "[[component]]", swap(P, "weight = 60", "weight = 50")),
    ("E_WEIGHTS", P, "[[criterion]]", swap(P, 'weight = 100\ntitle = "Kel', 'weight = 90\ntitle = "Kel')),
    ("E_LEVELS", P, "[criterion.levels]", swap(P, 'good = "Semua ada."\n', "")),
    ("E_VALUE", P, "min = 90", swap(P, "min = 70", "min = 90")),
    ("E_VALUE", P, "second_reader_from", swap(P, "second_reader_from = 65", "second_reader_from = 85")),
    # Forms of tasks and chapters, and what chapters and criteria name.
    ("E_REFERENCE", P, 'tasks = ["W9"]', swap(P, 'tasks = ["W1"]', 'tasks = ["W9"]')),
    ("E_REFERENCE", P, "parts =", swap(P, 'parts = ["introduction"]', 'parts = ["introduction", "closing"]')),
    ("E_ID_DUPLICATE", P, 'id = "days"  # again', swap(P, 'id = "proof"', 'id = "days"  # again')),
    ("E_ID_DUPLICATE", P, 'id = "date", kind = "short"', swap(P, 'id = "activity", kind', 'id = "date", kind')),
    ("E_ID_DUPLICATE", P, "# again", swap(P, 'id = "second"', 'id = "first"  # again')),
    ("E_KEY_MISSING", P, "[[task.field]]", swap(P, COLUMNS, "")),
    ("E_KEY_MISSING", P, "[[report_part.field]] # bare", both(
        swap(P, OPTIONS, ""), swap(P, ']]\nid = "chosen"', ']] # bare\nid = "chosen"'),
    )),
    ("E_VALUE", P, "[[report_part.field]]", swap(P, 'title_en = "Why does this task matter?"\n', COLUMNS)),
    ("E_VALUE", P, "[[report_part.field]] # no choice", both(
        swap(P, 'kind = "choice"', 'kind = "short"'), swap(P, ']]\nid = "chosen"', ']] # no choice\nid = "chosen"'),
    )),
    ("E_VALUE", P, "least = 6", swap(P, "least = 2", "least = 6")),
    ("E_VALUE", P, "most = 61", swap(P, "most = 5", "most = 61")),
    ("E_VALUE", P, "least = 21", swap(P, "least = 1\n", "least = 21\n")),
    ("E_VALUE", P, "least = 1\n", swap(P, 'kind = "photos"', 'kind = "number"')),
    ("E_VALUE", P, 'kind = "teks"', swap(P, 'kind = "photos"', 'kind = "teks"')),
    ("E_VALUE", P, 'kind = "long", title', swap(P, 'kind = "short", title', 'kind = "long", title')),
    ("E_KEY_UNKNOWN", P, "prompts", swap(P, "min_words = 150", 'prompts = ["Mengapa?"]')),
    # Quizzes and banks.
    ("E_DRAW", M, "take = 26", swap(M, "take = 5 }", "take = 26 }")),
    ("E_DRAW", M, "take = 21", swap(M, "{ take = 5 }", "{ take = 21 }")),
    ("E_DRAW", M, "zzz", swap(M, '"a", take = 5', '"zzz", take = 1')),
    ("E_QUIZ_SOURCE", M, "[[quiz]]", swap(M, 'bank = "quiz.gift"\n', "")),
    ("E_FILE_MISSING", M, "bank =", swap(M, 'bank = "quiz.gift"', 'bank = "../../lain/quiz.gift"')),
    ("E_FORMS", "02-dua/module.toml", "forms =", put("forms/form-c.gift", bank("FC-", 2))),
    ("E_FORMS", "02-dua/module.toml", "forms =", both(
        put("forms/form-b.gift", bank("FB-", 2)), put("forms/form-c.gift", bank("FC-", 2)),
    )),
    ("E_BANK_SIZE", B, 1, put(B, bank("M01-Q", 24))),
    ("E_BANK_SIZE", "02-dua/quiz.gift", 1, put("02-dua/quiz.gift", bank("M02-Q", 11))),
    ("E_GIFT", B, 13, swap(B, "Mana yang tepat untuk M01-Q02?{", "Mana yang tepat untuk M01-Q02?")),
    ("E_NO_KEY", B, "Tanpa benar", put(B, bank("M01-Q", 25) + "// [id:M01-Q26]\nTanpa benar? {~satu#Bukan. ~dua}\n")),
    ("E_NO_KEY", B, "Teks tanpa kunci", put(B, bank("M01-Q", 25) + "// [id:M01-Q26]\nTeks tanpa kunci.\n")),
    ("E_WEIGHTS", "00-awal/quiz.gift", 2, swap("00-awal/quiz.gift", "~%50%biru", "~%40%biru")),
    ("E_TRANSLATION_UNKNOWN", "01-satu/quiz.en.gift", 2, swap("01-satu/quiz.en.gift", "M01-Q01]", "M01-Q99]")),
    ("E_TRANSLATION_KEY", "01-satu/quiz.en.gift", 2, swap("01-satu/quiz.en.gift", "  ~salah#Belum tepat.\n", "")),
    ("E_FORM_ITEM", "forms/form-b.gift", 2, swap("forms/form-b.gift", "untuk FB-01?", "untuk FA-01 ?")),
    ("E_FORM_ITEM", "forms/form-c.gift", 2, swap("forms/form-c.gift", "tepat untuk FC-01?", "TEPAT untuk M01-Q03?")),
    # Lessons.
    ("E_FRONT", L, 1, swap(L, "+++\n", "---\n")),
    ("E_TOML", L, 3, swap(L, 'title = "Pelajaran satu"', "title = Pelajaran satu")),
    ("E_KEY_MISSING", L, 2, swap(L, "minutes = 7\n", "")),
    ("E_TYPE", L, 4, swap(L, "minutes = 7", "minutes = 7.5")),
    ("E_LESSON_LENGTH", "01-satu/02-kedua.md", 1, put("01-satu/02-kedua.md", short_lesson("M01-L2", 199))),
    ("E_LESSON_LENGTH", "01-satu/02-kedua.md", 1, put("01-satu/02-kedua.md", short_lesson("M01-L2", 901))),
    ("E_LESSON_EMPTY", "02-dua/01-akhir.md", 1, put("02-dua/01-akhir.md", short_lesson("M02-L1", 0))),
    ("E_LINK", L, 7, swap(L, "https://example.id", "02-kedua.md")),
    ("E_LINK", L, 7, swap(L, "https://example.id", "javascript:alert(1)")),
    ("E_MD_RUN", L, 13, swap(L, "## Isi", "*" * 300)),
    ("E_UTF8", L, 13, lambda files: files.update({L: files[L].replace(b"## Isi", b"## Is\xef")})),
    ("E_UTF8", P, 3, lambda files: files.update({P: files[P].replace(b"Program Demo", b"Program \x00")})),
    ("E_LANGUAGE", "01-satu/01-pertama.fr.md", 1, put("01-satu/01-pertama.fr.md", short_lesson("M01-L1"))),
    ("E_FILE_NAME", "01-satu/tanpa-nomor.md", 1, put("01-satu/tanpa-nomor.md", short_lesson("X"))),
    ("E_TRANSLATION_ALONE", "01-satu/07-x.en.md", 1, put("01-satu/07-x.en.md", short_lesson("M01-L7"))),
    ("E_TRANSLATION_ID", "01-satu/01-pertama.en.md", 2, swap("01-satu/01-pertama.en.md", "M01-L1", "M01-L9")),
    # Pictures.
    ("E_IMAGE_UNKNOWN", L, 9, swap(L, "images/kotak.svg", "images/hilang.svg")),
    ("E_IMAGE_UNKNOWN", L, 9, swap(L, "images/kotak.svg", "../../../rahasia.svg")),
    ("E_IMAGE_ALT", L, 11, swap(L, "![Sebuah titik]", "![]")),
    ("E_IMAGE_SIZE", "01-satu/images/besar.png", 1, picture("besar.png", png(padding=26_000))),
    ("E_IMAGE_TYPE", "01-satu/images/palsu.png", 1, picture("palsu.png", jpeg())),
    ("E_IMAGE_TYPE", "01-satu/images/gambar.gif", 1, picture("gambar.gif", b"GIF89a")),
    ("E_SVG", "01-satu/images/gambar.svg", 4, svg("</svg>", "</svgx>")),
    ("E_SVG_SIZE", "01-satu/images/gambar.svg", 1, svg('width="360" ', "")),
    ("E_SVG_SIZE", "01-satu/images/gambar.svg", 1, svg('height="200.4"', 'height="100%"')),
    ("E_SVG_SIZE", "01-satu/images/gambar.svg", 1, svg(' viewBox="0 0 360 200"', "")),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 3, svg('<use href="#r"/>', "<script>alert(1)</script>")),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 3, svg('<use href="#r"/>', "<style>a{}</style>")),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 3, svg('<use href="#r"/>', "<foreignObject/>")),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 3, svg('<use href="#r"/>', '<g onclick="x()"/>')),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 3, svg('href="#r"', 'href="https://example.id/x.svg#r"')),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 2, svg('fill="#e3f2e9"', 'fill="url( https://example.id/x)"')),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 1, svg("<svg", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg")),
    ("E_SVG_UNSAFE", "01-satu/images/gambar.svg", 1, svg("<svg", "<?xml-stylesheet href='x.css'?><svg")),
    ("E_LESSON_PICTURES", "01-satu/02-kedua.md", 1, both(
        *(put(f"01-satu/images/b{n}.png", png(width=n, padding=22_000)) for n in (1, 2, 3)),
        put("01-satu/02-kedua.md", short_lesson("M01-L2", 400) + "".join(f"![b](images/b{n}.png)\n" for n in "123")),
    )),
]

WARNINGS: list[tuple[str, str, int | str, Change]] = [
    ("W_UNUSED", "01-satu/images/lama.png", 1, put("01-satu/images/lama.png", png())),
    ("W_UNUSED", "forms/form-d.gift", 1, put("forms/form-d.gift", bank("FD-", 3))),
    ("W_LESSON_LENGTH", "01-satu/02-kedua.md", 1, put("01-satu/02-kedua.md", short_lesson("M01-L2", 299))),
    ("W_LESSON_LENGTH", "01-satu/02-kedua.md", 1, put("01-satu/02-kedua.md", short_lesson("M01-L2", 701))),
    ("W_NO_FEEDBACK", "00-awal/quiz.gift", 9, swap("00-awal/quiz.gift", "####Mataram di Lombok.", "")),
    ("W_SAME_QUESTION", "02-dua/quiz.gift", 2, swap("02-dua/quiz.gift", "untuk M02-Q01?", "untuk M01-Q05?")),
    ("W_HTML", L, 13, swap(L, "## Isi", "<b>Isi</b>")),
]


def mistakes_after(tmp_path: Path, change: Change) -> list[Mistake]:
    files = sound_files()
    change(files)
    return list(read_program(write_course(tmp_path, files)).mistakes)


def line_of(root: Path, path: str, wanted: int | str) -> int:
    if isinstance(wanted, int):
        return wanted
    text = (root / "courses/demo" / path).read_text()
    assert wanted in text
    return text.count("\n", 0, text.index(wanted)) + 1


def test_a_sound_course_has_no_mistake_at_all(tmp_path: Path) -> None:
    result = read_program(write_course(tmp_path))

    assert result.mistakes == ()
    assert result.program is not None


@pytest.mark.parametrize(
    ("code", "path", "line", "change"), ERRORS, ids=[f"{case[0]}-{n}" for n, case in enumerate(ERRORS)]
)
def test_a_broken_file_yields_exactly_its_code_path_and_line(
    tmp_path: Path, code: str, path: str, line: int | str, change: Change
) -> None:
    """A line given as text is where that text stands first in the broken file."""
    found = mistakes_after(tmp_path, change)

    assert [(m.code, m.path, m.line, m.level) for m in found if m.code != "W_UNUSED"] == [
        (code, f"courses/demo/{path}", line_of(tmp_path, path, line), "error")
    ]


@pytest.mark.parametrize(
    ("code", "path", "line", "change"), WARNINGS, ids=[f"{case[0]}-{n}" for n, case in enumerate(WARNINGS)]
)
def test_a_doubtful_file_yields_a_warning_and_still_a_programme(
    tmp_path: Path, code: str, path: str, line: int | str, change: Change
) -> None:
    files = sound_files()
    change(files)

    result = read_program(write_course(tmp_path, files))

    assert [(m.code, m.path, m.line, m.level) for m in result.mistakes] == [
        (code, f"courses/demo/{path}", line_of(tmp_path, path, line), "warning")
    ]
    assert result.program is not None


def test_every_mistake_is_reported_and_not_only_the_first(tmp_path: Path) -> None:
    found = mistakes_after(tmp_path, both(
        swap(P, "jp = 9", "jp = 12"), swap(M, '"M00"', '"M99"'), swap(L, "images/kotak.svg", "x.svg"),
        swap(B, "[id:M01-Q02] ", ""), swap("00-awal/module.toml", "kind", "kinds"),
    ))

    assert {m.code for m in found} >= {"E_JP", "E_REQUIRES_UNKNOWN", "E_IMAGE_UNKNOWN", "E_ID_MISSING", "E_KEY_UNKNOWN"}


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    secret = tmp_path / "rahasia.svg"
    secret.write_text(SVG)
    (folder / "01-satu/images/kotak.svg").unlink()
    (folder / "01-satu/images/kotak.svg").symlink_to(secret)
    (folder / "99-luar").symlink_to(tmp_path, target_is_directory=True)

    result = read_program(folder)

    assert {(m.code, m.path) for m in result.errors} == {
        ("E_SYMLINK", "courses/demo/01-satu/images/kotak.svg"), ("E_SYMLINK", "courses/demo/99-luar"),
        ("E_IMAGE_UNKNOWN", "courses/demo/01-satu/01-pertama.md"),
        ("E_IMAGE_UNKNOWN", "courses/demo/01-satu/01-pertama.en.md"),
    }


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
def test_a_pipe_is_refused_and_never_opened(tmp_path: Path) -> None:
    folder = write_course(tmp_path)
    os.mkfifo(folder / "01-satu/03-pipa.md")

    [mistake] = read_program(folder).mistakes

    assert (mistake.code, mistake.path) == ("E_FILE_READ", "courses/demo/01-satu/03-pipa.md")


def test_a_question_with_two_tags_is_not_counted_twice(tmp_path: Path) -> None:
    """Five questions carry both tags: drawing by the first may use them up before the second is drawn."""
    own = "".join(question(f"M01-Q{n:02}", "a] [tag:b" if n <= 5 else "a" if n <= 10 else "c") for n in range(1, 26))
    draws = 'draw = [{ tag = "a", take = 5 }, { tag = "b", take = 1 }]'
    found = mistakes_after(tmp_path, both(put(B, own), drop("01-satu/quiz.en.gift"), swap(
        M, 'draw = [\n  { tag = "a", take = 5 },\n  { take = 5 },\n]', draws
    )))

    assert [(m.code, m.line) for m in found] == [("E_DRAW", 16)]
