"""Words in the reader's language. Message ids are Indonesian sentences; English comes from the catalogue.

The language of the running request, command or job is a context variable, so the same functions serve a page, a
command and a job. A message without an English translation is shown in Indonesian; a test finds it first.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from functools import cache, lru_cache
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from babel.support import Translations

LANGUAGES = ("id", "en")
DEFAULT = "id"
CATALOGUES = Path(__file__).resolve().parent.parent / "translations"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def language() -> str:
    """Return the language in use: 'id' or 'en'."""
    return _language.get()


def set_language(code: str) -> None:
    """Choose the language for what follows in this context; an unknown one becomes Indonesian."""
    _language.set(code if code in LANGUAGES else DEFAULT)


@contextlib.contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speak another language for a while."""
    before = _language.set(code)
    try:
        yield
    finally:
        _language.reset(before)


@cache
def catalogue(code: str) -> NullTranslations:
    """Return the catalogue of a language; Indonesian is the message ids themselves."""
    if code == DEFAULT:
        return NullTranslations()
    return Translations.load(str(CATALOGUES), [code])


def gettext(message: str, **values: Any) -> str:
    """Return a message in the language in use, its named places filled."""
    text = catalogue(_language.get()).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, n: int, **values: Any) -> str:
    """Return the singular or plural message; Indonesian uses one form for both."""
    text = catalogue(_language.get()).ngettext(singular, plural, n)
    return text % {"n": n, **values}


@lru_cache(maxsize=500)
def best_language(accept: str) -> str:
    """Choose from an Accept-Language header: the first of our two that the browser names, else Indonesian."""
    ranked: list[tuple[float, int, str]] = []
    for place, part in enumerate(accept[:200].split(",")):
        tag, _, weight = part.replace(" ", "").partition(";q=")
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            quality = 0.0
        code = tag.lower().split("-")[0]
        if code in LANGUAGES and quality > 0:
            ranked.append((-quality, place, code))
    return min(ranked)[2] if ranked else DEFAULT
