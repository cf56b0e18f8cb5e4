"""What is wrong in course files, each with its place; readers report and go on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from lms.programs.toml_lines import KeyPath, Lines

Level = Literal["error", "warning"]

#: What tomllib says of the mistakes that authors make, by how it begins, and what to tell them.
TOML_SAYINGS = (
    ("Invalid value", "nilainya tidak sah. Teks diapit tanda kutip lurus, misalnya title = \"Konsep Dasar\""),
    ("Expected '=' after a key", "setelah nama kunci harus ada tanda =, misalnya jp = 4"),
    ("Expected newline or end of document", "setelah nilainya ada teks lagi. Satu kunci satu baris; catatan diawali #"),
    ("Illegal character", "teks dalam tanda kutip tidak boleh berganti baris, atau tanda kutipnya belum ditutup"),
    ("Invalid statement", "baris ini bukan kunci = nilai, tabel [nama] atau catatan yang diawali #"),
    ("Invalid initial character", "di sini harus ada nama kunci; isi { … } ditulis dalam satu baris"),
    ("Expected ']'", "nama tabel belum ditutup dengan ]"),
    ("Unterminated string", "tanda kutip belum ditutup"),
    ("Unclosed array", "tanda [ belum ditutup dengan ], atau tanda koma di antara butirnya kurang"),
    ("Unclosed inline table", "tanda { belum ditutup dengan }, atau tanda koma di antara isinya kurang"),
    ("Cannot overwrite a value", "kunci ini sudah ditulis sebelumnya"),
    ("Duplicate inline table key", "kunci ini sudah ditulis sebelumnya"),
    ("Cannot declare", "tabel ini sudah ditulis sebelumnya. Daftar memakai kurung ganda, misalnya [[quiz]]"),
    ("Unescaped '\\'", "tanda \\ di dalam teks ditulis dua kali"),
)


def toml_sentence(message: str) -> str:
    """Return the sentence for a text that is no TOML; what is not in `TOML_SAYINGS` stays in tomllib's words."""
    said = next((saying for beginning, saying in TOML_SAYINGS if message.startswith(beginning)), message)
    return f"TOML tidak terbaca: {said}."


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
