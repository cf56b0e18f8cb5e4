"""`program.toml`: what the tier is, how its marks are made, its tasks and its report."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lms.programs import fields, form_fields
from lms.programs.context import Context
from lms.programs.mistakes import Place, toml_sentence
from lms.programs.toml_lines import TomlRefused, read_toml

PROGRAM_FILE = "program.toml"
STAGES = ("deepening", "independent_task")
MARKERS = ("practice_supervisor", "instructor", "extra_instructor", "class_admin", "coordinator")

_PERCENT = fields.whole(0, 100)
_OPTIONAL_DAYS = fields.whole(0, 730, required=False)

_WEIGHTS: fields.Fields = dict.fromkeys(STAGES, _PERCENT)
_PASS: fields.Fields = {
    "mark": _PERCENT,
    "independent_task": _PERCENT,
    "attendance": _PERCENT,
    "all_modules": fields.truth(),
    "all_mandatory_tasks": fields.truth(),
    "keep_months": fields.whole(0, 120, required=False),
}
_COMPONENT: fields.Fields = {
    "id": fields.identifier(),
    "stage": fields.one_of(*STAGES),
    "weight": fields.whole(1, 100),
    "title": fields.title(),
    "source": fields.one_of("system", *MARKERS),
}
_PREDICATE: fields.Fields = {
    "min": _PERCENT,
    "id": fields.identifier(),
    "title": fields.title(),
    "medal": fields.one_of("gold", "silver", "bronze"),
}
_TASK: fields.Fields = {
    "id": fields.identifier(),
    "kind": fields.one_of("mandatory", "elective", "journal", "visit", "meeting"),
    "title": fields.title(),
    "evidence": fields.words(required=False),
    "field": form_fields.form(),
}
_REPORT: fields.Fields = {
    "second_reader_from": _PERCENT,
    "second_reader_to": _PERCENT,
    "second_reader_gap": _PERCENT,
    "returns_max": fields.whole(0, 20),
    "return_days": fields.whole(1, 730),
    "extension_days": _OPTIONAL_DAYS,
    "late_days": _OPTIONAL_DAYS,
    "window_days_min": _OPTIONAL_DAYS,
    "window_days_max": _OPTIONAL_DAYS,
    "marked_by": fields.Field(fields.read_list(fields.one_of(*MARKERS).read, least=1)),
}
_REPORT_PART: fields.Fields = {
    "id": fields.identifier(),
    "title": fields.title(),
    "evidence": fields.words(required=False),
    "min_words": fields.whole(1, 10_000, required=False),
    # The tasks whose documents belong to this chapter.
    "tasks": fields.identifiers(required=False),
    "field": form_fields.form(),
}
_LEVEL: fields.Fields = {"id": fields.identifier(), "title": fields.title(), "from": _PERCENT, "mid": _PERCENT}
_CRITERION: fields.Fields = {
    "id": fields.identifier(),
    "weight": fields.whole(1, 100),
    "title": fields.title(),
    "levels": fields.texts_by_id(),
    # The chapters it looks at: what is returned under it is shown there.
    "parts": fields.identifiers(required=False),
}
_UNIT: fields.Fields = {"id": fields.identifier(), "title": fields.title(), "jp": fields.whole(1, 200)}

_HEAD: fields.Fields = {
    "id": fields.identifier(),
    "code": fields.identifier(),
    "title": fields.title(),
    "tier": fields.identifier(),
    "order": fields.whole(0, 1_000),
    "jp": fields.whole(1, 1_000),
    "minutes_per_jp": fields.whole(1, 240),
    "status": fields.one_of("complete", "outline"),
    "requires": fields.identifiers(required=False),
}
#: The name in the file, and the name in `Program.data`.
_DATA_NAMES = {
    "weights": "weights", "pass": "pass", "report": "report", "elective_required": "elective_required",
    "component": "components", "predicate": "predicates", "task": "tasks", "criterion": "criteria", "level": "levels",
    "report_part": "report_parts",
}


def _all_fields(*, is_complete: bool) -> fields.Fields:
    """An outline may leave out how marks are made; a programme that people learn from may not."""
    return {
        **_HEAD,
        "elective_required": fields.whole(0, 50, default=0),
        "weights": fields.table(_WEIGHTS, required=is_complete),
        "pass": fields.table(_PASS, required=is_complete),
        "component": fields.tables(_COMPONENT, required=is_complete),
        "predicate": fields.tables(_PREDICATE, required=is_complete),
        "task": fields.tables(_TASK),
        "report": fields.table(_REPORT),
        "report_part": fields.tables(_REPORT_PART),
        "level": fields.tables(_LEVEL),
        "criterion": fields.tables(_CRITERION),
        "unit": fields.tables(_UNIT),
    }


@dataclass(frozen=True, slots=True)
class ProgramFile:
    """The file as far as it could be read: `values` lacks what was wrong, `place` is None when nothing was read."""

    values: dict[str, Any]
    place: Place | None

    @property
    def is_outline(self) -> bool:
        return self.values.get("status") == "outline"

    @property
    def head(self) -> dict[str, Any] | None:
        """What `Program` is made from, or None when something is missing."""
        names = ("id", "code", "title", "tier", "order", "jp", "minutes_per_jp", "status")
        return {name: self.values[name] for name in names} if set(names) <= set(self.values) else None

    @property
    def data(self) -> dict[str, Any]:
        """What `Program.data` holds: empty tables and lists for what the file leaves out."""
        found = {name: self.values.get(written) for written, name in _DATA_NAMES.items()}
        empty: dict[str, Any] = {"weights": {}, "pass": {}, "report": {}, "elective_required": 0}
        return {name: empty.get(name, []) if value is None else value for name, value in found.items()}


def read_program_file(context: Context) -> ProgramFile:
    """Read `program.toml` and claim the ids of its tasks and units."""
    if PROGRAM_FILE not in context.folder.files:
        context.error(PROGRAM_FILE, 1, "E_FILE_MISSING", f"{PROGRAM_FILE} belum ada.")
        return ProgramFile({}, None)
    text = context.folder.read_text(PROGRAM_FILE)
    if text is None:
        return ProgramFile({}, None)
    try:
        raw, lines = read_toml(text)
    except TomlRefused as refused:
        context.error(PROGRAM_FILE, refused.line, "E_TOML", toml_sentence(refused.message))
        return ProgramFile({}, None)
    place = Place(context.mistakes, context.folder.shown(PROGRAM_FILE), lines)
    values = fields.read_table(raw, _all_fields(is_complete=raw.get("status") == "complete"), place)
    for name in ("task", "unit"):
        for index, row in enumerate(values.get(name) or ()):
            if "id" in row:
                context.claim(row["id"], PROGRAM_FILE, place.at(name, index, "id").line)
    return ProgramFile(values, place)
