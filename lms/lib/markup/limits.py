"""What a text may cost before Markdown reads it, and while it does.

Python-Markdown has inputs whose time grows with the square of their length. Two guards stand before it:
`check_shape` looks at the source and can name the line; `Meter` counts work while the text is converted, so
that a shape nobody thought of is refused as well. Both count signs and steps, never seconds: a text that one
machine takes is taken by every machine.
"""

from __future__ import annotations

import re

MAX_BYTES = 65_536
MAX_BRACKETS = 400
MAX_EMPHASIS = 600
MAX_BACKTICKS = 400
MAX_RUN = 200
MAX_DEPTH = 10
MAX_LINES = 2_000
MAX_BUDGET = 5_000_000
MAX_ELEMENTS = 8_000
MAX_TREE_DEPTH = 40
MAX_HTML = 200_000

_RUN = re.compile(rf"([*_`#\[\]()<>!&\\])\1{{{MAX_RUN}}}")
_EMPHASIS = re.compile(r"\*+|_+")
_BACKTICKS = re.compile(r"`+")
_MARKER = re.compile(r" *(?:>|(?:[*+-]|\d{1,9}\.)(?= ))")


class MarkupRefused(Exception):
    """The text would cost too much; nothing was rendered.

    `code` is one of E_MD_LENGTH, E_MD_RUN, E_MD_BRACKETS, E_MD_EMPHASIS, E_MD_BACKTICKS, E_MD_DEPTH,
    E_MD_LINES, E_MD_TABLE, E_MD_WORK, E_MD_SIZE. `line` counts from 1 in the text as it was given. It is
    exact for what `check_shape` finds; for E_MD_TABLE, E_MD_WORK and E_MD_SIZE, found while converting, it
    is the nearest line that can be named, and 1 when the whole text is too much.
    """

    def __init__(self, code: str, line: int) -> None:
        super().__init__(f"{code} (line {line})")
        self.code = code
        self.line = line


class Meter:
    """Adds up the work of one conversion; one unit is about what Python needs to look at one character."""

    def __init__(self, source: str, budget: int = MAX_BUDGET) -> None:
        self._source = source
        self._left = budget

    def charge(self, units: int, text: str, code: str = "E_MD_WORK") -> None:
        """Take `units` from the budget; raises MarkupRefused at the line where `text` begins."""
        self._left -= units
        if self._left < 0:
            raise MarkupRefused(code, line_of(self._source, text))


def line_of(source: str, fragment: str) -> int:
    """The line on which the first words of `fragment` stand, or 1 when they cannot be found again."""
    # Markdown puts placeholders between two control signs, so only what stands before them is source text.
    head = fragment.lstrip().split("\x02", 1)[0].split("\n", 1)[0][:60].strip()
    at = source.find(head) if head else -1
    return 1 if at < 0 else source.count("\n", 0, at) + 1


def check_length(source: str, max_bytes: int) -> None:
    """Raise MarkupRefused for a text over `max_bytes` in UTF-8; the line is where the limit is passed."""
    # A sign has one byte at least: this spares the encoding of a text that is far too long.
    if len(source) <= max_bytes and len(source.encode("utf-8", "replace")) <= max_bytes:
        return
    head = source[:max_bytes].encode("utf-8", "replace")[:max_bytes]
    raise MarkupRefused("E_MD_LENGTH", head.count(b"\n") + 1)


def check_shape(source: str) -> None:
    """Refuse the shapes that are known to be slow; one pass over lines and one over paragraphs."""
    run = _RUN.search(source)
    if run:
        raise MarkupRefused("E_MD_RUN", source.count("\n", 0, run.start()) + 1)
    paragraph: list[str] = []
    first = 1
    for number, line in enumerate([*source.split("\n"), ""], start=1):
        if _depth(line) > MAX_DEPTH:
            raise MarkupRefused("E_MD_DEPTH", number)
        if line.strip():
            if not paragraph:
                first = number
            paragraph.append(line)
        elif paragraph:
            _check_paragraph("\n".join(paragraph), first)
            paragraph = []


def _check_paragraph(text: str, first: int) -> None:
    if text.count("[") > MAX_BRACKETS:
        raise MarkupRefused("E_MD_BRACKETS", first)
    # `_` inside words opens nothing but is looked at all the same, so runs are counted and not pairs.
    if len(_EMPHASIS.findall(text)) > MAX_EMPHASIS:
        raise MarkupRefused("E_MD_EMPHASIS", first)
    if len(_BACKTICKS.findall(text)) > MAX_BACKTICKS:
        raise MarkupRefused("E_MD_BACKTICKS", first)
    if text.count("\n") >= MAX_LINES:
        raise MarkupRefused("E_MD_LINES", first)


def _depth(line: str) -> int:
    """How deep a line sits: its indent in steps of four, and the quote and list marks it opens."""
    marks = at = 0
    while found := _MARKER.match(line, at):
        marks += 1
        at = found.end()
        if marks > MAX_DEPTH:
            break
    indent = (len(line) - len(line.lstrip(" "))) // 4
    # Deep indentation with nothing above it is a code block, where forty columns are still an honest text.
    return marks + max(0, indent - 5)
