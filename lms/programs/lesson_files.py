"""Lessons: TOML between two `+++` lines, then Markdown, and the same in other languages beside it."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from typing import Any

from lms.core.i18n import LANGUAGES
from lms.lib.markup import MarkupRefused, Rendered, split_words, to_html
from lms.programs import fields
from lms.programs.content import DEFAULT_LANGUAGE, Lesson
from lms.programs.context import Context
from lms.programs.mistakes import Place, toml_sentence
from lms.programs.pictures import LARGEST_IN_LESSON, Picture
from lms.programs.toml_lines import TomlRefused, read_toml

FENCE = "+++"
_NAME = re.compile(r"(\d{2})-[^./]+(?:\.([A-Za-z]{2,3}))?\.md")
#: Words of a full lesson: outside the inner bounds is a warning, outside the outer ones an error.
_GOOD_LENGTH = range(300, 701)
_LAST_LENGTH = range(200, 901)

_FRONT: fields.Fields = {
    # The id is asked for apart: an id that is missing has a remedy of its own.
    "id": fields.identifier(required=False),
    "title": fields.words(by_language=False, longest=fields.LONGEST_TITLE),
    "minutes": fields.whole(1, 240, required=False),
    "reflection": fields.words(required=False, by_language=False),
    "discussion": fields.words(required=False, by_language=False),
}


@dataclass(frozen=True, slots=True)
class _Page:
    """One language of a lesson, as far as it could be read."""

    name: str
    front: dict[str, Any]
    id_line: int
    rendered: Rendered | None
    pictures: tuple[Picture, ...]


def read_lessons(context: Context, folder: str, *, depth: str | None) -> tuple[Lesson, ...] | None:
    """Read the lessons of a module's folder in their order; None when one of them has no usable content.

    `depth` is None when the module file could not tell it; the length is then not judged.
    """
    texts = _by_number(context, folder)
    lessons: list[Lesson] = []
    is_whole = True
    for number in sorted(texts):
        languages = texts[number]
        if DEFAULT_LANGUAGE not in languages:
            name = min(languages.values())
            context.error(name, 1, "E_TRANSLATION_ALONE", "Terjemahan ini tidak punya pelajaran asli di sampingnya.")
            context.folder.used.update(languages.values())
            is_whole = False
            continue
        pages = {language: _read_page(context, folder, name, language) for language, name in sorted(languages.items())}
        lesson = _lesson(context, number, pages, depth)
        is_whole = is_whole and lesson is not None
        if lesson:
            lessons.append(lesson)
    return tuple(lessons) if is_whole else None


def split_front(text: str) -> tuple[str, str, int] | None:
    """Return the TOML, the Markdown and the line on which the Markdown begins, or None without two `+++` lines."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        return None
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]), "\n".join(lines[number + 1 :]), number + 2
    return None


def lesson_language(name: str) -> tuple[int, str] | None:
    """Return the number and language that a file name tells, or None when it is no name of a lesson."""
    found = _NAME.fullmatch(posixpath.basename(name))
    return (int(found[1]), found[2] or DEFAULT_LANGUAGE) if found else None


def _by_number(context: Context, folder: str) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = {}
    for name in context.folder.names_in(folder):
        if not name.endswith(".md"):
            continue
        if (told := lesson_language(name)) is None:
            if posixpath.basename(name) != "README.md":
                context.folder.used.add(name)
                context.error(name, 1, "E_FILE_NAME", "Nama pelajaran berbentuk 01-judul.md atau 01-judul.en.md.")
            continue
        number, language = told
        context.folder.used.add(name)
        if language not in LANGUAGES:
            known = ", ".join(LANGUAGES)
            context.error(name, 1, "E_LANGUAGE", f"Bahasa “{language}” tidak dikenal; yang ada: {known}.")
        elif language in found.setdefault(number, {}):
            other = posixpath.basename(found[number][language])
            context.error(name, 1, "E_NUMBER_DUPLICATE", f"Nomor {number:02} sudah dipakai oleh {other}.")
        else:
            found[number][language] = name
    return {number: languages for number, languages in found.items() if languages}


def _read_page(context: Context, folder: str, name: str, language: str) -> _Page | None:
    text = context.folder.read_text(name)
    if text is None:
        return None
    parts = split_front(text)
    if parts is None:
        context.error(name, 1, "E_FRONT", "Pelajaran dimulai dengan baris +++, lalu TOML, lalu baris +++.")
        return None
    toml, body, body_line = parts
    try:
        values, lines = read_toml(toml)
    except TomlRefused as refused:
        context.error(name, refused.line + 1, "E_TOML", toml_sentence(refused.message))
        values, lines = None, None
    front: dict[str, Any] = {}
    id_line = 1
    if values is not None and lines is not None:
        place = Place(context.mistakes, context.folder.shown(name), lines, offset=1)
        front = fields.read_table(values, _FRONT, place)
        id_line = place.at("id").line
        if language == DEFAULT_LANGUAGE:
            _check_own_front(front, place)
    rendered, pictures = _render(context, folder, name, body, body_line)
    return _Page(name, front, id_line, rendered, pictures)


def _check_own_front(front: dict[str, Any], place: Place) -> None:
    if front.get("id", "") is None:
        place.error("E_ID_MISSING", "Pelajaran ini belum punya id. Jalankan `lms publish --write-ids`.")
    if front.get("minutes", 0) is None:
        place.error("E_KEY_MISSING", "Kunci “minutes” belum ada.")


def _render(
    context: Context, folder: str, name: str, body: str, body_line: int
) -> tuple[Rendered | None, tuple[Picture, ...]]:
    shown: dict[str, Picture] = {}

    def find(written: str) -> tuple[str, int | None, int | None]:
        picture = context.picture(folder, written)
        if picture is None:
            raise KeyError(written)
        shown[picture.name] = picture
        return picture.url, picture.width, picture.height

    try:
        rendered = to_html(body, image=find)
    except MarkupRefused as refused:
        message = "Markdown ini terlalu panjang, terlalu dalam atau terlalu rumit."
        context.error(name, body_line + refused.line - 1, refused.code, message)
        return None, ()
    for problem in rendered.problems:
        report = context.error if problem.code.startswith("E_") else context.warning
        message = _PROBLEMS.get(problem.code, "{}").format(problem.detail[:120])
        report(name, body_line + problem.line - 1, problem.code, message)
    total = sum(len(picture.body) for picture in shown.values())
    if total > LARGEST_IN_LESSON and not any(picture.faults for picture in shown.values()):
        limit = f"paling besar {LARGEST_IN_LESSON} byte (60 KB)"
        context.error(name, 1, "E_LESSON_PICTURES", f"Gambar pelajaran ini berjumlah {total} byte; {limit}.")
    return rendered, tuple(shown.values())


_PROBLEMS = {
    "E_IMAGE_UNKNOWN": "Gambar “{}” tidak ada di folder program.",
    "E_IMAGE_ALT": "Gambar “{}” belum punya teks bagi orang yang tidak dapat melihatnya.",
    "E_LINK": "Tautan “{}” tidak menuju ke mana pun. Tulis alamat https:// atau /alamat di situs ini.",
    "W_REFERENCE": "Tautan rujukan tidak tersedia: “{}” tampil sebagai teks.",
    "W_HTML": "HTML tidak dibaca: “{}” tampil sebagai teks.",
}


def _lesson(context: Context, number: int, pages: dict[str, _Page | None], depth: str | None) -> Lesson | None:
    """Put the languages of a lesson together; a translation with a mistake is reported and spoils the lesson."""
    own = pages[DEFAULT_LANGUAGE]
    if own is None:
        return None
    identifier = own.front.get("id")
    words = own.rendered.words if own.rendered else 0
    if identifier and not context.claim(identifier, own.name, own.id_line):
        identifier = None
    if own.rendered:
        _check_length(context, own.name, words, depth)
    context.items["lessons"].append({
        "id": identifier, "title": own.front.get("title"), "words": words, "path": context.folder.shown(own.name)
    })
    context.items["words"] += split_words(own.rendered.text) if own.rendered else []
    read = {language: page for language, page in pages.items() if page and page.rendered and "title" in page.front}
    for page in (page for language, page in read.items() if language != DEFAULT_LANGUAGE):
        if identifier and page.front.get("id") not in (None, identifier):
            message = f"id terjemahan harus sama dengan aslinya: {identifier}."
            context.error(page.name, page.id_line, "E_TRANSLATION_ID", message)
    if not identifier or len(read) < len(pages) or not own.front.get("minutes"):
        return None
    html = {language: page.rendered.html for language, page in read.items() if page.rendered}
    return Lesson(
        id=identifier,
        number=number,
        title={language: page.front["title"] for language, page in read.items()},
        minutes=own.front["minutes"],
        html=html,
        reflection=_optional("reflection", read),
        discussion=_optional("discussion", read),
        words=words,
        images=tuple(dict.fromkeys(picture.name for page in read.values() for picture in page.pictures)),
        bytes=len(html[DEFAULT_LANGUAGE].encode()) + sum(len(picture.body) for picture in own.pictures),
    )


def _optional(key: str, pages: dict[str, _Page]) -> dict[str, str] | None:
    """A prompt exists when the Indonesian lesson has it; a translation alone does not bring one."""
    found = {language: page.front[key] for language, page in pages.items() if page.front.get(key)}
    return found if DEFAULT_LANGUAGE in found else None


def _check_length(context: Context, name: str, words: int, depth: str | None) -> None:
    if words == 0:
        context.error(name, 1, "E_LESSON_EMPTY", "Pelajaran ini tidak punya isi.")
    elif depth == "full" and words not in _LAST_LENGTH:
        context.error(name, 1, "E_LESSON_LENGTH", f"Pelajaran ini {words} kata; yang diterima 200 sampai 900.")
    elif depth == "full" and words not in _GOOD_LENGTH:
        context.warning(name, 1, "W_LESSON_LENGTH", f"Pelajaran ini {words} kata; yang baik 300 sampai 700.")
