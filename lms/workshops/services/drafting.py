"""Writing a part: saved while somebody writes, and never over what the same person wrote on another phone."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from lms.core import audit, registry
from lms.core.db import db
from lms.core.errors import Conflict, NotFound
from lms.core.operations import Unchanged
from lms.core.permissions import Actor
from lms.lib import clock
from lms.workshops.contract import Stage
from lms.workshops.form import Part, Values
from lms.workshops.models import StagePart, StageWork
from lms.workshops.services.loading import note_activity, open_stage

registry.operation_kind("work.save", queueable=True)


class WrittenElsewhere(Conflict):
    """The part was changed on another device since this page was opened. Nothing was stored; both texts are shown."""


def save_part(
    enrolment_uuid: uuid.UUID, activity_id: str, part_id: str, values: Values, *, base: int, by: Actor,
    device: str | None = None,
) -> dict[str, Any]:
    """Keep what is written in a part; returns its new `version`.

    `values` are plain data by field as `form.read_field` gives them, without pictures and files, which stay as they
    are but for their captions and ticks. `base` is the version the writer saw. Raises `NotFound`, `NotOpen`,
    `AlreadyHandedIn`, and `WrittenElsewhere` when another device wrote in between.
    """
    enrolment, _work, stage, row = open_stage(enrolment_uuid, activity_id, by=by)
    part = part_in(stage, part_id)
    kept = part_row(row, part_id)
    before = {} if kept is None else kept.values
    now = merged(part, before, values)
    if now == before:
        return Unchanged(version=0 if kept is None else kept.version)
    if kept is not None and base < kept.version and not (device and device == kept.device):
        raise WrittenElsewhere(part=part_id)
    kept = store_part(row, part, now, kept=kept, device=device, by=by)
    note_activity(enrolment)
    return {"version": kept.version}


def part_in(stage: Stage, part_id: str) -> Part:
    """Return a part of a stage. Raises `NotFound`."""
    try:
        return stage.part(part_id)
    except KeyError:
        raise NotFound from None


def part_row(row: StageWork, part_id: str) -> StagePart | None:
    """Return what was written in a part so far."""
    return db.session.scalar(
        sa.select(StagePart).where(StagePart.stage_work_id == row.id, StagePart.part_id == part_id)
    )


def store_part(
    row: StageWork, part: Part, values: Values, *, kept: StagePart | None, device: str | None, by: Actor
) -> StagePart:
    """Put the values of a part in the place of what was there, as one version more."""
    if kept is None:
        kept = StagePart(stage_work_id=row.id, part_id=part.id, values={}, version=0, saved_at=clock.now())
        db.session.add(kept)
    before = kept.version
    kept.values, kept.version, kept.saved_at, kept.device = values, before + 1, clock.now(), device
    db.session.flush()
    # What somebody writes is no business of the audit log; that it changed is.
    audit.record(
        "work.save", "stage_work", row.uuid, by=by, before={"part": part.id, "version": before},
        after={"part": part.id, "version": kept.version},
    )
    return kept


def merged(part: Part, before: Values, sent: Values) -> Values:
    """Return what was sent; pictures and files stay, with the captions and ticks that were sent for them."""
    found: Values = {}
    for each in part.fields:
        if each.holds_files:
            said = {row["file"]: row for row in sent.get(each.id) or ()}
            rows = [{**row, **said.get(row["file"], {})} for row in before.get(each.id) or ()]
            if rows:
                found[each.id] = rows
        elif sent.get(each.id) is not None:
            found[each.id] = sent[each.id]
    return found
