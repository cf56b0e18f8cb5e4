"""A file cut at its blank lines, each part with the annotations of its comments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lms.lib.gift.piece import WHITESPACE, Piece

BOM = "\ufeff"

_LINE_END = re.compile(r"(\r\n|\r|\n)")
# An annotation ends at the first "]" that no backslash precedes and holds no control character.
_ID = re.compile(r"\[id:((?:\\\]|[^\]\x00-\x1f\x7f])+)\]")
_TAG = re.compile(r"\[tag:((?:\\\]|[^\]<>`\x00-\x1f\x7f])+)\]")


@dataclass(frozen=True, slots=True)
class Block:
    """The lines between two blank lines.

    `first_line` counts from 1. `source` is the lines, trimmed, with each comment replaced by a space: line
    numbers can be counted in it. `line` is that of the first line that is no comment, or the first line when
    all are comments. `is_dangling` says that it holds nothing but comments and ends with an annotation, which
    then belongs to no question.
    """

    first_line: int
    line: int
    source: Piece
    id: str | None
    tags: tuple[str, ...]
    is_dangling: bool

    def line_at(self, at: int) -> int:
        """The line in the file of an offset in `source`."""
        return self.first_line + self.source.raw.count("\n", 0, at)


def lines_of(text: str) -> list[tuple[str, str]]:
    """The lines of a text, each with its own ending, so that joining them gives the text again."""
    parts = _LINE_END.split(text)
    return list(zip(parts[::2], [*parts[1::2], ""], strict=True))


def _unescaped(found: str) -> str:
    return found.replace("\\]", "]").strip()


def _annotations(comments: list[str]) -> tuple[str | None, tuple[str, ...]]:
    text = "\n".join(comments)
    found = _ID.search(text)
    tags = (_unescaped(tag) for tag in _TAG.findall(text))
    return (_unescaped(found[1]) or None if found else None), tuple(dict.fromkeys(tag for tag in tags if tag))


def _block(first_line: int, lines: list[str]) -> Block:
    is_comment = [line.startswith("//") for line in lines]
    comments = [line for line, comment in zip(lines, is_comment, strict=True) if comment]
    identifier, tags = _annotations(comments)
    own = is_comment.index(False) if False in is_comment else 0
    source = "\n".join(" " if comment else line for line, comment in zip(lines, is_comment, strict=True))
    is_dangling = all(is_comment) and bool(_ID.search(lines[-1]) or _TAG.search(lines[-1]))
    return Block(first_line, first_line + own, Piece.of(source), identifier, tags, is_dangling)


def blocks_of(text: str) -> Iterator[Block]:
    """Every block of a file in its order; blocks of comments alone are among them, with a blank source."""
    gathered: list[str] = []
    number = 0
    for number, (line, _) in enumerate(lines_of(text.removeprefix(BOM)), 1):
        trimmed = line.strip(WHITESPACE)
        if trimmed:
            gathered.append(trimmed)
        elif gathered:
            yield _block(number - len(gathered), gathered)
            gathered = []
    if gathered:
        yield _block(number - len(gathered) + 1, gathered)
