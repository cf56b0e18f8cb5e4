"""What every change of a work begins with: the learner's own stage, read again inside the transaction."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa

from lms.cohorts.models import Enrolment
from lms.cohorts.queries import LearnerEnrolment, learner_enrolment
from lms.core.db import db, insert_new
from lms.core.errors import Conflict
from lms.core.permissions import Actor
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.workshops import deadlines, works
from lms.workshops.contract import Stage, Work
from lms.workshops.models import DRAFT, OPEN_STATES, StageWork


class NotOpen(Conflict):
    """The task window of the class has not begun, or the person does not learn there. `reason`: see `deadlines`."""


class AlreadyHandedIn(Conflict):
    """The work lies with its reader or was decided: it cannot be changed. `state` is where it stands."""


def open_stage(
    enrolment_uuid: uuid.UUID, activity_id: str, *, by: Actor
) -> tuple[LearnerEnrolment, Work, Stage, StageWork]:
    """Return the actor's own stage for writing, made when it is written in for the first time and locked.

    Raises `NotFound`, `NotOpen`, `AlreadyHandedIn`.
    """
    enrolment = learner_enrolment(enrolment_uuid, by=by, capability="work.do")
    work = works.work_of(enrolment.program_version_id, activity_id)
    stage = work.stages[0]
    reason = deadlines.closed_reason(enrolment, deadlines.window(enrolment, stage.returning), clock.now())
    if reason is not None:
        raise NotOpen(reason=reason)
    same: dict[str, Any] = {"enrolment_id": enrolment.id, "activity_id": activity_id, "stage_id": stage.id}
    insert_new(
        StageWork, **same, uuid=uuid7(), program_id=enrolment.program_id, type_key=work.type_key, state=DRAFT,
        opened_at=clock.now(), submitted_version=0, returns=0, version=1,
    )
    row = db.session.scalars(sa.select(StageWork).filter_by(**same).with_for_update()).one()
    if row.state not in OPEN_STATES:
        raise AlreadyHandedIn(state=row.state)
    return enrolment, work, stage, row


def note_activity(enrolment: LearnerEnrolment) -> None:
    """Keep when the learner worked last; it saves a search and is no change of its own."""
    db.session.execute(sa.update(Enrolment).where(Enrolment.id == enrolment.id).values(last_active_at=clock.now()))
