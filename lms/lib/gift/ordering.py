"""Ordering questions in the notation of Moodle's ordering type: a head after `>`, then one item a line."""

from __future__ import annotations

import re

from lms.lib.gift import model
from lms.lib.gift.errors import Refused
from lms.lib.gift.model import Answer, OrderingLayout, Reading, Text
from lms.lib.gift.piece import Piece

# Every word Moodle takes, and the one it exports for it. The kinds stand in this order.
SELECT = {"ALL": "ALL", "EXACT": "ALL", "RANDOM": "RANDOM", "REL": "RANDOM"} | dict.fromkeys(
    ("CONTIGUOUS", "CONTIG"), "CONTIGUOUS"
)
LAYOUT = dict.fromkeys(("HORIZONTAL", "HORI", "H", "1"), "HORIZONTAL") | dict.fromkeys(
    ("VERTICAL", "VERT", "V", "0"), "VERTICAL"
)
RELATIVE = "RELATIVE_NEXT_EXCLUDE_LAST"
GRADING = (
    dict.fromkeys(("ABSOLUTE_POSITION", "ABSOLUTE", "ABS"), model.ABSOLUTE_POSITION)
    | dict.fromkeys(("RELATIVE", "REL", RELATIVE), RELATIVE)
    | {
        name: name
        for name in (
            "ALL_OR_NOTHING",
            "RELATIVE_NEXT_INCLUDE_LAST",
            "RELATIVE_ONE_PREVIOUS_AND_NEXT",
            "RELATIVE_ALL_PREVIOUS_AND_NEXT",
            "RELATIVE_TO_CORRECT",
            "LONGEST_ORDERED_SUBSET",
            "LONGEST_CONTIGUOUS_SUBSET",
        )
    }
)
SHOW = dict.fromkeys(("SHOW", "TRUE", "YES", "1"), "SHOW") | dict.fromkeys(
    ("HIDE", "FALSE", "NO", "0"), "HIDE"
)
NUMBERING = {style: style for style in ("none", "123", "abc", "ABCD", "iii", "IIII")}

MINIMUM = 2

_WORD = re.compile(r"[ \t]*(\S+)")
# Moodle demands a number first; a file of ours may leave it out and begin with the selection.
_HEAD = re.compile(r">[ \t\n]*(?:([0-9]{1,4})(?![0-9])|(?=(?:" + "|".join(SELECT) + r")(?!\S)))")


def is_ordering(inside: Piece) -> bool:
    """Whether the trimmed inside of the braces is the head of an ordering question."""
    return _HEAD.match(inside.mask) is not None


def read_ordering(inside: Piece) -> Reading:
    """The items in their right order; what follows the known words on the first line is the first item."""
    head = _HEAD.match(inside.mask)
    assert head is not None
    rest = inside.cut(head.end())
    words: list[str | None] = []
    for known in (SELECT, LAYOUT, GRADING, SHOW, NUMBERING):
        found = _WORD.match(rest.raw)
        word = known.get(found[1]) if found else None
        words.append(word)
        if found and word:
            rest = rest.cut(found.end())
    select, layout, grading, show, numbering = words
    items = [line.text for line in rest.split("\n") if not line.is_blank]
    if len(items) < MINIMUM:
        raise Refused("too_few_items", inside.at, count=len(items))
    ordering = OrderingLayout(
        select_count=int(head[1]) if head[1] else None,
        select=select or ("RANDOM" if head[1] else "ALL"),
        layout=layout or "VERTICAL",
        grading=grading or RELATIVE,
        show_grading=show != "HIDE",
        numbering=numbering or "none",
    )
    return Reading(model.ORDERING, tuple(Answer(Text(item)) for item in items), ordering)
