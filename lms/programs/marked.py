"""Words of a programme on a page: what nobody has translated says that it is Indonesian, so it is read aloud well."""

from __future__ import annotations

from markupsafe import Markup, escape

from lms.programs.content import Text, in_language

_ATTRIBUTE = Markup(' lang="id"')
_NONE = Markup("")


def marked(text: Text, language: str) -> str:
    """Return words in a language; where they fell back to Indonesian, inside an element that says so.

    Only for the content of an element: the head of a page, an attribute and an option of a list hold no elements.
    """
    words, fell_back = in_language(text, language)
    # The words are escaped here, and the rest is ours.
    return Markup(f"<span{_ATTRIBUTE}>{escape(words)}</span>") if fell_back and words else words  # noqa: S704


def language_attribute(*, is_translated: bool) -> Markup:
    """Return the attribute of an element whose words are Indonesian on a page in another language, else nothing."""
    return _NONE if is_translated else _ATTRIBUTE
