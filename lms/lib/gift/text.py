"""Texts of questions as plain text: for names, summaries and lists, never for a page's HTML."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lms.lib.gift.model import Text

NAME_LENGTH = 80
ELLIPSIS = "..."

_LINE_BREAK = re.compile(r"<(?:br|/p|/div|/li|/tr|/h[1-6])\b[^<>]*>", re.IGNORECASE)
# A sign "<" that no letter follows is mathematics, not a tag.
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SPACES = re.compile(r"[ \t]+")


def _without_comments(text: str) -> str:
    # A regular expression would look for the end again from each "<!--" that has none.
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept.append(text[at:start])
        at = end + len("-->")
    return "".join([*kept, text[at:]])


def _without_tags(text: str) -> str:
    return _TAG.sub("", _without_comments(text))


def plain_text(text: Text) -> str:
    """The text without HTML tags and entities, when its format is HTML; any other format as it stands.

    The result is not safe to put into a page: it may hold `<` and `&` and is to be escaped like any other
    text.
    """
    if text.format != "html":
        return text.text.strip()
    stripped = html.unescape(_without_tags(_LINE_BREAK.sub("\n", text.text)))
    lines = (_SPACES.sub(" ", line).strip() for line in stripped.split("\n"))
    return "\n".join(line for line in lines if line)


def shortened_name(text: str) -> str:
    """The name Moodle gives a question without a title: its text without tags, at most 80 characters, cut at
    a space.

    Line breaks inside the text stay, as they do in Moodle; the result is empty when the text holds nothing
    but tags.
    """
    name = _without_tags(text).strip()
    if len(name) <= NAME_LENGTH:
        return name
    kept = name[: NAME_LENGTH - len(ELLIPSIS)]
    last_space = kept.rfind(" ")
    # The space stays before the dots: names are compared with those of Moodle's exports.
    return (kept[: last_space + 1] if last_space >= 0 else kept) + ELLIPSIS
