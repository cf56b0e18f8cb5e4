"""Handing in: everything that was written becomes one version that never changes, and waits for its reader."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa

from lms.core import audit, registry
from lms.core.db import db
from lms.core.errors import Conflict
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs import catalogue
from lms.workshops import deadlines
from lms.workshops.form import Gap, gaps
from lms.workshops.models import SUBMITTED, StagePart, StageVersion
from lms.workshops.services.loading import note_activity, open_stage

registry.operation_kind("work.submit", queueable=True)


class Incomplete(Conflict):
    """Something is missing. `gaps` says what and where; nothing was handed in."""

    def __init__(self, missing: list[Gap]) -> None:
        super().__init__()
        self.gaps = missing


class Shut(Conflict):
    """It is more than the allowed days after the deadline: a class admin has to open it first. `since` is that day."""


class ChangedSince(Conflict):
    """The work was handed in, returned or decided since this page was opened."""


def hand_in(
    enrolment_uuid: uuid.UUID, activity_id: str, *, base: int, by: Actor, client_at: dt.datetime | None = None
) -> dict[str, Any]:
    """Hand in what was written; returns plain data: `version` (1, 2, …), `late_days`.

    `base` is the version of the stage the learner saw. Raises `NotFound`, `NotOpen`, `AlreadyHandedIn`, `ChangedSince`,
    `Incomplete` with what is missing, `Shut`.
    """
    enrolment, work, stage, row = open_stage(enrolment_uuid, activity_id, by=by)
    # A page of before the first word was kept knows no version yet; the first one is what it means.
    if (base or 1) != row.version:
        raise ChangedSince
    parts = db.session.scalars(sa.select(StagePart).where(StagePart.stage_work_id == row.id))
    written = {part.part_id: part.values for part in parts}
    missing = [gap for part in stage.parts for gap in gaps(part, written.get(part.id, {}))]
    if missing:
        raise Incomplete(missing)
    now = clock.now()
    window = deadlines.window(enrolment, stage.returning, return_until=row.return_until)
    if window is None or now > window.shuts_at:
        raise Shut(since=None if window is None else window.shuts_at)
    late = deadlines.late_days(window.due_at, now, enrolment.timezone)
    number, before = row.submitted_version + 1, row.state
    version_id = enrolment.program_version_id
    db.session.add(StageVersion(
        stage_work_id=row.id, number=number, values=written, submitted_at=now, client_at=client_at, late_days=late,
        submitted_by=by.person_id, rule_version="" if version_id is None else catalogue.version(version_id).label,
    ))
    row.state, row.submitted_version, row.submitted_at, row.version = SUBMITTED, number, now, row.version + 1
    row.return_until = None
    db.session.flush()
    audit.record(
        "work.submit", "stage_work", row.uuid, by=by, before={"work_state": before},
        after={"work_state": SUBMITTED, "activity": work.activity_id, "version": number, "late_days": late},
    )
    note_activity(enrolment)
    return {"version": number, "late_days": late}
