"""Searches whose text stands in the address: shareable and paged, so it must be nobody's NIK, telephone or e-mail.

A search field does not send such a text in the first place: the browser keeps to its pattern without any script. An
address that was typed or kept from before is answered with a sentence, and no link repeats what stood in it.
"""

from __future__ import annotations

from flask import request

from lms.core.errors import Refusal
from lms.lib.identifiers import may_identify

#: The names of search fields in addresses.
FIELDS = ("q", "orang", "objek")
#: What a search field lets through: no "@" and at most seven digits; for the log also the key of a row.
PATTERN = "(?:[^0-9@]*[0-9]){0,7}[^0-9@]*"
KEY = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
KEY_PATTERN = f"{KEY}|{PATTERN}"


class PrivateSearch(Refusal):
    """An address holds what may be somebody's identifier. Nothing was searched."""

    status = 422


def search_text(name: str = "q", *, longest: int = 80) -> str:
    """Return what this address searches for. Raises `PrivateSearch` for a text that may identify somebody."""
    if is_private(name):
        raise PrivateSearch
    return request.args.get(name, "").strip()[:longest]


def is_private(name: str) -> bool:
    """Tell whether a search field of this address holds what may be an identifier; no link may repeat it then."""
    return name in FIELDS and any(may_identify(text) and not _is_key(text) for text in request.args.getlist(name))


def _is_key(text: str) -> bool:
    parts = text.strip().split("-")
    return [len(part) for part in parts] == [8, 4, 4, 4, 12] and all(
        sign in "0123456789abcdefABCDEF" for part in parts for sign in part
    )


def address_to_return() -> str:
    """Return the path and query of this request for coming back to it, without any query that may identify somebody."""
    return request.path if any(map(is_private, FIELDS)) else request.full_path.rstrip("?")
