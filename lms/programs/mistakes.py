"""What is wrong in course files, each with its place; readers report and go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from lms.programs.toml_lines import KeyPath, Lines

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One mistake. `path` is relative to the folder that holds `courses`; `code` is stable, `message` Indonesian.

    An error keeps the programme from being published, a warning does not.
    """

    path: str
    line: int
    code: str
    message: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message} [{self.code}]"


class Mistakes:
    """Collects mistakes; the same one told twice counts once."""

    def __init__(self) -> None:
        self._found: dict[Mistake, None] = {}

    def error(self, path: str, line: int, code: str, message: str) -> None:
        self._found[Mistake(path, line, code, message)] = None

    def warning(self, path: str, line: int, code: str, message: str) -> None:
        self._found[Mistake(path, line, code, message, "warning")] = None

    @property
    def all(self) -> tuple[Mistake, ...]:
        """Every mistake, by path and line."""
        return tuple(sorted(self._found))

    @property
    def has_errors(self) -> bool:
        return any(mistake.level == "error" for mistake in self._found)


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a TOML text: where to say that it is wrong. `offset` is the number of lines above the TOML."""

    mistakes: Mistakes
    path: str
    lines: Lines
    offset: int = 0
    keys: KeyPath = ()

    def at(self, *keys: str | int) -> Place:
        """Return the place of something inside this one."""
        return replace(self, keys=(*self.keys, *keys))

    @property
    def line(self) -> int:
        """The line of the key, or of the nearest table around it that can be found."""
        return self.lines.of(self.keys) + self.offset

    def error(self, code: str, message: str) -> None:
        self.mistakes.error(self.path, self.line, code, message)

    def warning(self, code: str, message: str) -> None:
        self.mistakes.warning(self.path, self.line, code, message)


class Ids:
    """The ids of one programme: modules, lessons, quizzes, questions, tasks and units share one set."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}

    def claim(self, identifier: str, path: str, line: int, error: Callable[[str, str], None]) -> bool:
        """Take an id, or report E_ID_DUPLICATE through `error` and return False when it is taken."""
        first = self._first.setdefault(identifier, f"{path}:{line}")
        if first == f"{path}:{line}":
            return True
        error("E_ID_DUPLICATE", f"id “{identifier}” sudah dipakai di {first}.")
        return False
