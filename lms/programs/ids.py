"""Writing the ids that are missing into course files, so that learners keep their work when a file moves."""

from __future__ import annotations

import itertools
import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from lms.lib import gift
from lms.programs.fields import TRANSLATIONS
from lms.programs.folder import CourseFolder
from lms.programs.lesson_files import FENCE, lesson_language, split_front
from lms.programs.mistakes import Mistakes
from lms.programs.module_files import FOLDER_NAME, MODULE_FILE
from lms.programs.toml_lines import TomlRefused, read_toml

_COUNTED = re.compile(r"(.*?)(\d+)")
_FRONT_START = re.compile(rf"\ufeff?{re.escape(FENCE)}[ \t]*(\r\n|\r|\n)")


def write_ids(folder: Path, *, used: Iterable[str] = ()) -> dict[str, list[str]]:
    """Write an id into each question and Indonesian lesson that has none; return the new ids by shown path.

    A new id goes on counting where the file's own pattern stops (M01-Q07 → M01-Q08). `used` are ids of published
    versions: they are never given out again. A file that cannot be read, a broken question and translations are left
    as they are; everything around the new lines stays byte for byte.
    """
    return _Writer(CourseFolder(Path(folder), Mistakes()), set(used)).write()


class _Writer:
    def __init__(self, folder: CourseFolder, used: set[str]) -> None:
        self._folder = folder
        self._used = used
        self._texts = {name: text for name in sorted(folder.files) if (text := _decoded(folder, name)) is not None}
        self._lesson_ids = {name: _lesson_id(text) for name, text in self._texts.items() if name.endswith(".md")}
        self._question_ids = {
            name: [question.id for question in gift.parse(text).questions]
            for name, text in self._texts.items()
            if name.endswith(".gift")
        }
        self._used.update(identifier for identifier in self._lesson_ids.values() if identifier)
        self._used.update(identifier for found in self._question_ids.values() for identifier in found if identifier)
        for name, text in self._texts.items():
            if name.endswith(".toml"):
                # Any text in quotes could be an id of a module, a quiz or a task; keeping clear of it costs nothing.
                self._used.update(re.findall(r"""["']([^"'\n]{1,60})["']""", text))

    def write(self) -> dict[str, list[str]]:
        written: dict[str, list[str]] = {}
        for name, text in self._texts.items():
            given: list[str] = []
            if name.endswith(".gift") and not _is_translation(name):
                changed = gift.with_ids(text, _remembering(self._question_pattern(name), given))
            elif self._lacks_lesson_id(name):
                changed = self._with_lesson_id(name, text, given)
            else:
                continue
            if given:
                self._folder.files[name].write_bytes(changed.encode("utf-8"))
                written[self._folder.shown(name)] = given
        return written

    def _lacks_lesson_id(self, name: str) -> bool:
        told = lesson_language(name)
        is_lesson = told is not None and told[1] == "id" and FOLDER_NAME.fullmatch(posixpath.dirname(name)) is not None
        return is_lesson and self._lesson_ids.get(name) == "" and self._module_id(name) is not None

    def _with_lesson_id(self, name: str, text: str, given: list[str]) -> str:
        start = _FRONT_START.match(text)
        assert start is not None
        identifier = _remembering(self._counting(f"{self._module_id(name)}-L", 1), given)()
        return f'{text[: start.end()]}id = "{identifier}"{start[1]}{text[start.end() :]}'

    def _question_pattern(self, name: str) -> Callable[[], str]:
        """Go on with the pattern that most questions of the file have, or begin one for the module or the file."""
        counted = [_COUNTED.fullmatch(identifier) for identifier in self._question_ids[name] if identifier]
        found = Counter((match[1], len(match[2])) for match in counted if match)
        if found:
            (prefix, width), _ = found.most_common(1)[0]
            return self._counting(prefix, width)
        stem = re.sub(r"[^A-Za-z0-9]+", "-", posixpath.basename(name).removesuffix(".gift")).strip("-").upper()
        return self._counting(f"{self._module_id(name) or stem or 'SOAL'}-Q", 2)

    def _counting(self, prefix: str, width: int) -> Callable[[], str]:
        numbers = itertools.count(self._highest(prefix) + 1)
        return lambda: next(self._free(f"{prefix}{number:0{width}}" for number in numbers))

    def _highest(self, prefix: str) -> int:
        counted = (identifier[len(prefix) :] for identifier in self._used if identifier.startswith(prefix))
        return max((int(rest) for rest in counted if rest.isascii() and rest.isdigit()), default=0)

    def _free(self, candidates: Iterator[str]) -> Iterator[str]:
        for identifier in candidates:
            if identifier not in self._used:
                self._used.add(identifier)
                yield identifier

    def _module_id(self, name: str) -> str | None:
        text = self._texts.get(posixpath.join(posixpath.dirname(name), MODULE_FILE))
        try:
            identifier = read_toml(text)[0].get("id") if text else None
        except TomlRefused:
            return None
        return identifier if isinstance(identifier, str) and identifier else None


def _decoded(folder: CourseFolder, name: str) -> str | None:
    """Return the text with its own line endings, or None when it is no text of a course."""
    if not name.endswith((".md", ".gift", ".toml")):
        return None
    body = folder.read_bytes(name)
    try:
        return body.decode("utf-8") if body is not None else None
    except UnicodeDecodeError:
        return None


def _lesson_id(text: str) -> str | None:
    """Return the id of a lesson, "" when it has none, None when its head cannot be read."""
    parts = split_front(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    try:
        return str(read_toml(parts[0])[0].get("id", "")) if parts else None
    except TomlRefused:
        return None


def _is_translation(name: str) -> bool:
    return name.endswith(tuple(f".{language}.gift" for language in TRANSLATIONS))


def _remembering(next_id: Callable[[], str], given: list[str]) -> Callable[[], str]:
    def remembered() -> str:
        given.append(next_id())
        return given[-1]

    return remembered
