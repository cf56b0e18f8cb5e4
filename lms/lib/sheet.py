"""Rows as a sheet that a spreadsheet opens by a double click, and that runs nothing."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

#: A cell that begins with one of these would be run as a formula by a spreadsheet.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_sheet(rows: Iterable[Sequence[str]]) -> str:
    """Return the rows as text. Semicolons and a byte order mark, because that is what opens in Indonesia."""
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=";")
    for row in rows:
        sheet.writerow([_safe(value) for value in row])
    return "\ufeff" + text.getvalue()


def _safe(value: str) -> str:
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) else value
