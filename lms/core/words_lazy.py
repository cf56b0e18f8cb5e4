"""Words that are translated when they are shown, for tables made at import time.

The message id is the Indonesian sentence. `lazy` marks it for the catalogue; `core.web.i18n` translates.
"""

from __future__ import annotations


class Lazy(str):
    """An Indonesian message id that a template translates with `_()`."""

    __slots__ = ()


def lazy(message: str) -> Lazy:
    """Mark a message id for the catalogue without translating it yet."""
    return Lazy(message)
