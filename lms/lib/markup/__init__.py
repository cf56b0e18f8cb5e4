"""The only door between typed text and HTML, and the only place that knows markdown and bleach.

`to_html` renders an author's Markdown, `to_plain` gives its words, `paragraphs` shows what people typed into
a box. `limits` refuses what would cost too much, `reader` drives Python-Markdown, `rules` is the allow-list
and the sanitiser, `render` puts them together. Leaving bleach means changing `rules.sanitise`.
"""

from __future__ import annotations

import html
import re

from lms.lib.identifiers import clean_text
from lms.lib.markup.limits import MAX_BYTES, MarkupRefused
from lms.lib.markup.render import (
    Heading,
    Image,
    ImageFinder,
    Problem,
    Rendered,
    count_words,
    split_words,
    to_html,
    to_plain,
)

__all__ = [
    "MAX_BYTES",
    "Heading",
    "Image",
    "ImageFinder",
    "MarkupRefused",
    "Problem",
    "Rendered",
    "count_words",
    "paragraphs",
    "split_words",
    "to_html",
    "to_plain",
]

_BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*)+")


def paragraphs(text: str) -> str:
    """What a person typed, as escaped HTML of <p> and <br> only; nothing in it becomes a link or a format.

    A blank line parts paragraphs. Empty text gives an empty string. Any length is taken, in linear time.
    """
    parts = (part.strip() for part in _BLANK_LINES.split(clean_text(text)))
    return "\n".join(f"<p>{html.escape(part).replace(chr(10), '<br>')}</p>" for part in parts if part)
