"""A part of a question's source that knows where it came from and which of its signs are escaped."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lms.lib.gift.model import TEXT_FORMATS, Text

# What Moodle trims. `str.strip()` would also take no-break spaces, which Moodle keeps.
WHITESPACE = " \t\n\r\0\x0b"

_ESCAPE = re.compile(r"\\([\\:#={}~n])")


def _meant(escape: re.Match[str]) -> str:
    return "\n" if escape[1] == "n" else escape[1]


@dataclass(frozen=True, slots=True)
class Piece:
    """A slice of the source.

    `mask` is as long as `raw` and shows escapes as NULs, so that a sign found in the mask is one that means
    something. Slices are only ever made at such signs or at white space, hence never inside an escape.
    """

    raw: str
    mask: str
    at: int = 0

    @classmethod
    def of(cls, raw: str) -> Piece:
        return cls(raw, _ESCAPE.sub("\0\0", raw))

    @property
    def is_blank(self) -> bool:
        return not self.raw.strip(WHITESPACE)

    @property
    def unescaped(self) -> str:
        """What the author meant, with the white space around it."""
        return _ESCAPE.sub(_meant, self.raw)

    @property
    def text(self) -> str:
        """What the author meant, trimmed."""
        return self.unescaped.strip(WHITESPACE)

    def cut(self, start: int, end: int | None = None) -> Piece:
        """From `start` to before `end`; neither may be negative."""
        return Piece(self.raw[start:end], self.mask[start:end], self.at + start)

    def strip(self) -> Piece:
        start = len(self.raw) - len(self.raw.lstrip(WHITESPACE))
        return self.cut(start, max(start, len(self.raw.rstrip(WHITESPACE))))

    def find(self, sign: str) -> int:
        """Where an unescaped `sign` stands first, or -1."""
        return self.mask.find(sign)

    def rfind(self, sign: str) -> int:
        """Where an unescaped `sign` stands last, or -1."""
        return self.mask.rfind(sign)

    def split(self, sign: str, limit: int = -1) -> list[Piece]:
        """The parts between unescaped signs, at most `limit` cuts."""
        parts: list[Piece] = []
        start = 0
        while limit != 0 and (end := self.mask.find(sign, start)) >= 0:
            parts.append(self.cut(start, end))
            start = end + len(sign)
            limit -= 1
        parts.append(self.cut(start))
        return parts

    def take_format(self, default: str) -> tuple[str, Piece]:
        """The text format named at the beginning, as in `[html]…`, and what follows it; unknown words stay in
        the text."""
        # Only the beginning is trimmed: the space before a missing word belongs to the text.
        piece = self.cut(len(self.raw) - len(self.raw.lstrip(WHITESPACE)))
        if piece.raw.startswith("["):
            end = piece.raw.find("]")
            if piece.raw[1:end] in TEXT_FORMATS and end > 0:
                return piece.raw[1:end], piece.cut(end + 1)
        return default, piece

    def formatted(self, default: str) -> Text:
        """The text with its format, `default` when it names none."""
        name, rest = self.take_format(default)
        return Text(rest.text, name)
