"""What a stage asks for: parts (chapters) with fields, and what a filled field is worth as plain data.

A field reads what a browser sends and gives plain data that is stored as it is. Reading never refuses what somebody is
still writing; `gaps` says what is missing before it can be handed in.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lms.lib import words
from lms.lib.identifiers import clean_text

#: Letters of a short text, a long one, a cell of a table, and a web address.
LONGEST_SHORT, LONGEST_LONG, LONGEST_CELL, LONGEST_LINK = 200, 20_000, 2_000, 500
MOST_ROWS = 60
Text = Mapping[str, str]
Values = dict[str, Any]
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that keeps a stage from being handed in. `code` with `values`; the page has the words.

    Codes: missing, words (n of least), rows (n of least), photos (n of least), files (n of least), consent (n photos
    without), number, day, link, column (a row that lacks one of its cells).
    """

    part: str
    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. `kind`: short, number, day or tick."""

    id: str
    kind: str
    title: Text


@dataclass(frozen=True, slots=True)
class FormField:
    """One question of a part; `kind` as in `programs.form_fields.KINDS`.

    `least` counts rows, pictures, files or words; `most` bounds rows, pictures and files.
    """

    id: str
    kind: str
    title: Text
    hint: Text | None = None
    required: bool = True
    least: int = 0
    most: int | None = None
    columns: tuple[Column, ...] = ()
    options: tuple[tuple[str, Text], ...] = ()

    @property
    def holds_files(self) -> bool:
        return self.kind in ("photos", "files")


@dataclass(frozen=True, slots=True)
class Part:
    """A chapter or page of a stage: what is filled in and saved together."""

    id: str
    title: Text
    fields: tuple[FormField, ...]
    evidence: Text | None = None
    min_words: int = 0
    #: The ids of other work that belongs here: the documents of a chapter's tasks.
    tasks: tuple[str, ...] = ()

    def field(self, field_id: str) -> FormField:
        """Return one field; KeyError for an unknown one."""
        found: FormField = next_of(self.fields, field_id)
        return found


def next_of(rows: Iterable[Any], wanted: str) -> Any:
    """Return the row with this id; KeyError when there is none."""
    for row in rows:
        if row.id == wanted:
            return row
    raise KeyError(wanted)


def part_of(data: Mapping[str, Any]) -> Part:
    """Return a part from a programme's own data, a chapter of the report or a task."""
    return Part(
        id=data["id"], title=data["title"], fields=tuple(_field(row) for row in data.get("field") or ()),
        evidence=data.get("evidence"), min_words=data.get("min_words") or 0, tasks=tuple(data.get("tasks") or ()),
    )


def _field(row: Mapping[str, Any]) -> FormField:
    return FormField(
        id=row["id"], kind=row["kind"], title=row["title"], hint=row.get("hint"), required=row.get("required", True),
        least=row.get("least") or 0, most=row.get("most"),
        columns=tuple(Column(each["id"], each["kind"], each["title"]) for each in row.get("column") or ()),
        options=tuple((each["id"], each["title"]) for each in row.get("option") or ()),
    )


def count_words(text: str) -> int:
    """Return how many words a person would count."""
    return len(_WORD.findall(text))


def own_words(part: Part, values: Values) -> str:
    """Return what the learner wrote in a part as running text: for word counts, differences and comparison."""
    found: list[str] = []
    for each in part.fields:
        value = values.get(each.id)
        if each.kind in ("short", "long") and isinstance(value, str):
            found.append(value)
        elif each.kind == "table":
            texts = [column.id for column in each.columns if column.kind == "short"]
            found += [row.get(name, "") for row in value or () for name in texts]
        elif each.kind == "photos":
            found += [row.get("caption", "") for row in value or ()]
    return "\n".join(text for text in found if text)


def read_field(each: FormField, sent: Mapping[str, Sequence[str]], name: str) -> Any:
    """Return the plain data of a field from the names and values of a form, or None when nothing was filled in.

    A table is sent as `name.row.column`; pictures and files are not read here: they are added and taken away one by
    one, and only their captions and consent ticks are sent again. What is not understood is kept as it was typed.
    """
    typed = clean_text((sent.get(name) or [""])[0]).strip()
    match each.kind:
        case "long":
            return typed[:LONGEST_LONG] or None
        case "short":
            return typed[:LONGEST_SHORT] or None
        case "link":
            return typed[:LONGEST_LINK] or None
        case "number" | "day":
            return _plain(each.kind, typed)
        case "choice":
            return typed if typed in [key for key, _title in each.options] else None
        case "tick":
            return True if typed else None
        case "table":
            return _rows(each, sent, name) or None
        case _:
            return None


def _rows(each: FormField, sent: Mapping[str, Sequence[str]], name: str) -> list[dict[str, Any]]:
    numbers = sorted({
        int(parts[1]) for key in sent
        if (parts := key[len(name):].split(".")) and key.startswith(f"{name}.") and len(parts) == 3
        and parts[1].isascii() and parts[1].isdigit() and len(parts[1]) <= 3
    })
    rows: list[dict[str, Any]] = []
    for number in numbers:
        if len(rows) == min(each.most or MOST_ROWS, MOST_ROWS):
            break
        row: dict[str, Any] = {}
        for column in each.columns:
            typed = clean_text((sent.get(f"{name}.{number}.{column.id}") or [""])[0]).strip()
            value: Any = bool(typed) if column.kind == "tick" else _plain(column.kind, typed[:LONGEST_CELL])
            if value:
                row[column.id] = value
        if row:
            rows.append(row)
    return rows


def _plain(kind: str, typed: str) -> str | None:
    """Keep what was typed as text; a number and a day in the form in which they can be read again, if they can."""
    if not typed:
        return None
    if kind == "number":
        try:
            # With a comma and without an exponent: that is read as the same number again, "12.345" as thousands.
            return format(words.parse_decimal(typed), "f").replace(".", ",")
        except ValueError:
            return typed[:LONGEST_SHORT]
    if kind == "day":
        try:
            return words.parse_date(typed).isoformat()
        except ValueError:
            return typed[:LONGEST_SHORT]
    return typed


def gaps(part: Part, values: Values) -> list[Gap]:
    """Return what is missing or cannot be right in a part before it can be handed in."""
    found = [gap for each in part.fields for gap in _field_gaps(part, each, values.get(each.id))]
    if part.min_words:
        written = count_words(own_words(part, values))
        first = next((each.id for each in part.fields if each.kind == "long"), "")
        if written < part.min_words and not any(gap.field == first and gap.code == "missing" for gap in found):
            found.append(Gap(part.id, first, "words", {"n": written, "least": part.min_words}))
    return found


def _field_gaps(part: Part, each: FormField, value: Any) -> list[Gap]:
    def gap(code: str, **more: Any) -> list[Gap]:
        return [Gap(part.id, each.id, code, more)]

    if each.kind in ("table", "photos", "files"):
        number = len(value or ())
        least = max(each.least, 1) if each.required else 0
        if number < least:
            return gap({"table": "rows"}.get(each.kind, each.kind), n=number, least=least)
        if each.kind == "photos":
            without = sum(not row.get("consent") for row in value or ())
            return gap("consent", n=without) if without else []
        return _table_gaps(each, value or [], gap) if each.kind == "table" else []
    if value is None:
        return gap("missing") if each.required else []
    if each.kind == "number" and not _is_number(value):
        return gap("number")
    if each.kind == "day" and not _is_day(value):
        return gap("day")
    if each.kind == "link" and not is_web_address(value):
        return gap("link")
    if each.kind == "long" and each.least and (written := count_words(value)) < each.least:
        return gap("words", n=written, least=each.least)
    return []


def _table_gaps(each: FormField, rows: list[dict[str, Any]], gap: Any) -> list[Gap]:
    for place, row in enumerate(rows, 1):
        for column in each.columns:
            value = row.get(column.id)
            if value is None and column.kind != "tick":
                return list(gap("column", row=place, column=column.title))
            if column.kind == "number" and not _is_number(value):
                return list(gap("number", row=place))
            if column.kind == "day" and not _is_day(value):
                return list(gap("day", row=place))
    return []


def _is_number(value: Any) -> bool:
    try:
        words.parse_decimal(str(value))
    except ValueError:
        return False
    return True


def _is_day(value: Any) -> bool:
    try:
        dt.date.fromisoformat(str(value))
    except ValueError:
        return False
    return True


def is_web_address(value: str) -> bool:
    """Tell whether a text is an address of the web that may be shown as a link: http or https, with a host."""
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:
        return False
