"""Pictures and files of a part: added and taken away one by one, so that a weak signal loses one and not all."""

from __future__ import annotations

import uuid
from typing import Any

from lms.core import registry, uploads
from lms.core.errors import Conflict, NotFound
from lms.core.permissions import Actor
from lms.core.uploads import Stored
from lms.lib.identifiers import clean_text
from lms.workshops.form import LONGEST_SHORT, FormField, Part
from lms.workshops.models import SUBJECT, StagePart
from lms.workshops.services.drafting import part_in, part_row, store_part
from lms.workshops.services.loading import note_activity, open_stage

PURPOSE = "work.evidence"
#: How many pictures or files a field takes where its author does not say.
USUAL_MOST = 10

for _kind in ("work.attach", "work.detach"):
    registry.operation_kind(_kind, queueable=True)


class TooMany(Conflict):
    """The field is full. `most` is how many it takes."""


def kinds_of(each: FormField) -> tuple[str, ...]:
    """Return which kinds of files a field takes, as keys of `filetypes.KINDS`."""
    pictures = ("jpg", "png", "webp")
    return pictures if each.kind == "photos" else ("pdf", "docx", "xlsx", "pptx", "odt", *pictures)


def attach(
    enrolment_uuid: uuid.UUID, activity_id: str, part_id: str, field_id: str, stored: Stored, *, caption: str,
    has_consent: bool, by: Actor,
) -> dict[str, Any]:
    """Add a stored file to a field; returns its address `file` and the part's `version`.

    The caption is optional, and consent may be ticked later: both are asked for before handing in. Raises `NotFound`,
    `NotOpen`, `AlreadyHandedIn`, `TooMany`, and what `uploads.add` raises.
    """
    enrolment, _work, stage, row = open_stage(enrolment_uuid, activity_id, by=by)
    part = part_in(stage, part_id)
    each = _file_field(part, field_id)
    kept = part_row(row, part_id)
    values = {} if kept is None else dict(kept.values)
    rows = list(values.get(field_id) or ())
    most = each.most or USUAL_MOST
    if len(rows) >= most:
        raise TooMany(most=most)
    upload = uploads.add(
        stored, owner_id=enrolment.person_id, purpose=PURPOSE, by=by, subject_kind=SUBJECT, subject_uuid=row.uuid
    )
    said = {"file": str(upload.uuid), "name": stored.name, "bytes": stored.bytes, "caption": _caption(caption)}
    if each.kind == "photos":
        said |= {"consent": has_consent}
    kept = store_part(row, part, values | {field_id: [*rows, said]}, kept=kept, device=_device(kept), by=by)
    note_activity(enrolment)
    return {"file": str(upload.uuid), "version": kept.version}


def detach(
    enrolment_uuid: uuid.UUID, activity_id: str, part_id: str, field_id: str, file: uuid.UUID, *, by: Actor
) -> dict[str, Any]:
    """Take a file out of a field. Versions that were handed in with it keep it. Raises as `attach` does."""
    _enrolment, _work, stage, row = open_stage(enrolment_uuid, activity_id, by=by)
    part = part_in(stage, part_id)
    _file_field(part, field_id)
    kept = part_row(row, part_id)
    rows = [] if kept is None else list(kept.values.get(field_id) or ())
    left = [each for each in rows if each["file"] != str(file)]
    if kept is None or len(left) == len(rows):
        raise NotFound
    # A field without files is no field, as it is when words are saved: they are then the same words again.
    values = {key: value for key, value in kept.values.items() if key != field_id} | ({field_id: left} if left else {})
    kept = store_part(row, part, values, kept=kept, device=_device(kept), by=by)
    return {"version": kept.version}


def _file_field(part: Part, field_id: str) -> FormField:
    try:
        each: FormField = part.field(field_id)
    except KeyError:
        raise NotFound from None
    if not each.holds_files:
        raise NotFound
    return each


def _device(kept: StagePart | None) -> str | None:
    """Return whose text the part holds: a picture changes none of it, so whoever types goes on."""
    return None if kept is None else kept.device


def _caption(typed: str) -> str:
    return clean_text(typed).strip()[:LONGEST_SHORT]
