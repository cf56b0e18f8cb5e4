"""TOML with the lines of its keys: `tomllib` reads the values, a small scanner finds where each key stands."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from typing import Any

KeyPath = tuple[str | int, ...]

_AT_LINE = re.compile(r"\s*\(at line (\d+), column \d+\)$")
_AT_END = re.compile(r"\s*\(at end of document\)$")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACES = re.compile(r"[ \t]*")
_PLAIN_VALUE = re.compile(r"[^,\]}\n#]*")


class TomlRefused(Exception):
    """The text is no TOML; `line` counts from 1 and `message` says why, in the words of tomllib."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class Lines:
    """Where keys stand. `found` maps a path such as ("quiz", 0, "draw", 2, "take") to its line."""

    def __init__(self, found: dict[KeyPath, int]) -> None:
        self._found = found

    def of(self, path: KeyPath) -> int:
        """Return the line of the key, or that of the nearest thing around it; 1 at worst."""
        for length in range(len(path), 0, -1):
            if (line := self._found.get(path[:length])) is not None:
                return line
        return 1


def read_toml(text: str) -> tuple[dict[str, Any], Lines]:
    """Return the values and the lines of their keys; raises TomlRefused, and nothing else, whatever the text."""
    try:
        values = tomllib.loads(text)
    except RecursionError:
        raise TomlRefused(1, "nested too deeply") from None
    except ValueError as error:
        # A number with thousands of digits is a plain ValueError, which has no line.
        message = str(error)
        if found := _AT_LINE.search(message):
            raise TomlRefused(int(found[1]), message[: found.start()]) from None
        last = max(text.rstrip().count("\n") + 1, 1) if _AT_END.search(message) else 1
        raise TomlRefused(last, _AT_END.sub("", message)) from None
    return values, Lines(_Scanner(text).scan())


class _Lost(Exception):
    """The scanner met something it does not know; what it has found so far still holds."""


class _Scanner:
    """Walks over a text that tomllib has accepted, so it need not judge anything."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.place = 0
        self.found: dict[KeyPath, int] = {}
        self._breaks = [at for at, sign in enumerate(text) if sign == "\n"]
        #: How many tables each [[array]] has so far.
        self._counts: dict[KeyPath, int] = {}

    def scan(self) -> dict[KeyPath, int]:
        table: KeyPath = ()
        try:
            while self._skip(_BLANK):
                table = self._header() if self._sign == "[" else self._pair(table)
        except (_Lost, RecursionError):
            pass
        return self.found

    @property
    def _sign(self) -> str:
        return self.text[self.place : self.place + 1]

    def _skip(self, what: re.Pattern[str]) -> bool:
        """Pass over what matches; tell whether there is text left."""
        if match := what.match(self.text, self.place):
            self.place = match.end()
        return self.place < len(self.text)

    def _take(self, sign: str) -> None:
        if not self.text.startswith(sign, self.place):
            raise _Lost
        self.place += len(sign)

    def _note(self, path: KeyPath, at: int) -> None:
        self.found.setdefault(path, bisect_right(self._breaks, at - 1) + 1)

    def _header(self) -> KeyPath:
        start = self.place
        is_array = self.text.startswith("[[", start)
        self._take("[[" if is_array else "[")
        *parents, name = self._key()
        self._take("]]" if is_array else "]")
        path: KeyPath = ()
        for parent in parents:
            path = self._newest((*path, parent))
        path = (*path, name)
        if is_array:
            self._note(path, start)
            self._counts[path] = self._counts.get(path, 0) + 1
        path = self._newest(path)
        self._note(path, start)
        return path

    def _newest(self, path: KeyPath) -> KeyPath:
        count = self._counts.get(path)
        return path if count is None else (*path, count - 1)

    def _pair(self, table: KeyPath) -> KeyPath:
        start = self.place
        path = table
        for name in self._key():
            path = (*path, name)
            self._note(path, start)
        self._take("=")
        self._skip(_SPACES)
        self._value(path)
        return table

    def _key(self) -> list[str]:
        """Read a dotted key and the spaces after it."""
        names: list[str] = []
        while True:
            self._skip(_SPACES)
            start = self.place
            if self._sign in ("'", '"'):
                self._string()
                names.append(str(tomllib.loads(f"key = {self.text[start : self.place]}")["key"]))
            elif match := _BARE_KEY.match(self.text, start):
                self.place = match.end()
                names.append(match[0])
            else:
                raise _Lost
            self._skip(_SPACES)
            if self._sign != ".":
                return names
            self.place += 1

    def _value(self, path: KeyPath) -> None:
        match self._sign:
            case "'" | '"':
                self._string()
            case "[":
                self._items(path)
            case "{":
                self._inline_table(path)
            case _:
                self._skip(_PLAIN_VALUE)

    def _items(self, path: KeyPath) -> None:
        self.place += 1
        number = 0
        while self._skip(_BLANK) and self._sign != "]":
            self._note((*path, number), self.place)
            self._value((*path, number))
            number += 1
            self._skip(_BLANK)
            if self._sign == ",":
                self.place += 1
        self._take("]")

    def _inline_table(self, path: KeyPath) -> None:
        self.place += 1
        while self._skip(_BLANK) and self._sign != "}":
            self._pair(path)
            self._skip(_BLANK)
            if self._sign == ",":
                self.place += 1
        self._take("}")

    def _string(self) -> None:
        quote = self._sign
        long = self.text.startswith(quote * 3, self.place)
        end = quote * 3 if long else quote
        at = self.place + len(end)
        while not self.text.startswith(end, at):
            if at >= len(self.text):
                raise _Lost
            # Only a string in double quotes knows escapes.
            at += 2 if quote == '"' and self.text[at] == "\\" else 1
        at += len(end)
        # A long string may end in one or two quotes of its own before the three that close it.
        while long and self.text.startswith(quote, at):
            at += 1
        self.place = at
