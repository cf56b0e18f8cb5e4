"""The fields of a form as an author writes them: what is asked in a chapter of the report or in a task.

A field has an id that is never reused, because what a teacher wrote is kept under it; its words may change freely.
"""

from __future__ import annotations

from typing import Any

from lms.programs import fields
from lms.programs.mistakes import Place

#: What a column of a table may hold.
COLUMN_KINDS = ("short", "number", "day", "tick")
#: short and long texts, a number, a day, one of several, a tick, rows, pictures with consent, files, a web address.
KINDS = ("short", "long", "number", "day", "choice", "tick", "table", "photos", "files", "link")
LONGEST_QUESTION = 300
MOST_ROWS = 60
MOST_FILES = 20

_QUESTION = fields.Field(fields.read_words(LONGEST_QUESTION), by_language=True)
_HINT = fields.words(required=False, longest=LONGEST_QUESTION)

_COLUMN: fields.Fields = {
    "id": fields.identifier(), "kind": fields.one_of(*COLUMN_KINDS), "title": fields.title(),
}
_OPTION: fields.Fields = {"id": fields.identifier(), "title": fields.title()}
_FIELD: fields.Fields = {
    "id": fields.identifier(),
    "kind": fields.one_of(*KINDS),
    "title": _QUESTION,
    "hint": _HINT,
    "required": fields.truth(default=True),
    # Rows of a table, pictures or files; words of a long text.
    "least": fields.whole(0, 2_000, default=0),
    "most": fields.whole(1, 2_000, required=False),
    "column": fields.tables(_COLUMN),
    "option": fields.tables(_OPTION),
}


def form() -> fields.Field:
    """The list of fields of one form."""
    return fields.tables(_FIELD)


def check_form(form_fields: list[dict[str, Any]], place: Place) -> None:
    """Report what does not fit together within one form."""
    seen: set[str] = set()
    for index, field in enumerate(form_fields):
        where, kind = place.at(index), field.get("kind")
        if field.get("id") in seen:
            where.at("id").error("E_ID_DUPLICATE", f"id “{field['id']}” sudah dipakai di formulir ini.")
        seen.update({field["id"]} if "id" in field else ())
        for name, wanted in (("column", "table"), ("option", "choice")):
            rows = field.get(name) or []
            if kind == wanted and not rows:
                where.error("E_KEY_MISSING", f"Isian jenis “{wanted}” perlu [[…{name}]].")
            elif kind is not None and kind != wanted and rows:
                where.error("E_VALUE", f"Hanya isian jenis “{wanted}” yang punya [[…{name}]].")
            _check_ids(rows, where.at(name))
        _check_bounds(field, where)


def _check_ids(rows: list[dict[str, Any]], place: Place) -> None:
    ids = [row.get("id") for row in rows]
    for index, identifier in enumerate(ids):
        if identifier is not None and identifier in ids[:index]:
            place.at(index, "id").error("E_ID_DUPLICATE", f"id “{identifier}” sudah dipakai di daftar ini.")


def _check_bounds(field: dict[str, Any], place: Place) -> None:
    least, most, kind = field.get("least") or 0, field.get("most"), field.get("kind")
    if most is not None and least > most:
        place.at("least").error("E_VALUE", "“least” tidak boleh lebih besar dari “most”.")
    limit = {"table": MOST_ROWS, "photos": MOST_FILES, "files": MOST_FILES}.get(str(kind))
    if limit is not None and max(least, most or 0) > limit:
        place.at("most" if most is not None else "least").error("E_VALUE", f"Paling banyak {limit}.")
    if kind in ("short", "number", "day", "choice", "tick", "link") and (least or most is not None):
        place.at("least" if least else "most").error("E_VALUE", f"Isian jenis “{kind}” tidak punya batas jumlah.")
