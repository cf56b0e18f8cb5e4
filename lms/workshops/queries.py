"""Reads about works: one stage with what was written, and where all works of a learner stand."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import LearnerEnrolment, learner_enrolment
from lms.core.db import db, read
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.core.uploads import Upload
from lms.lib import clock
from lms.workshops import deadlines, works
from lms.workshops.contract import Stage, Work
from lms.workshops.deadlines import Window
from lms.workshops.form import Gap, Part, Values, gaps, next_of
from lms.workshops.models import DRAFT, OPEN_STATES, SUBJECT, StagePart, StageVersion, StageWork


@dataclass(frozen=True, slots=True)
class StageRow:
    """Where a stage stands, as it stands in its table."""

    id: int
    uuid: uuid.UUID
    state: str
    submitted_version: int
    submitted_at: dt.datetime | None
    returns: int
    return_until: dt.datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Written:
    """What was written in a part. `version` is 0 where nothing was."""

    values: Values
    version: int
    saved_at: dt.datetime | None


NOTHING = Written({}, 0, None)


@dataclass(frozen=True, slots=True)
class StagePage:
    """One stage of one learner's work, with everything that was written in it."""

    enrolment: LearnerEnrolment
    work: Work
    stage: Stage
    row: StageRow | None
    written: Mapping[str, Written]
    window: Window | None
    now: dt.datetime

    @property
    def state(self) -> str:
        return DRAFT if self.row is None else self.row.state

    @property
    def closed_reason(self) -> str | None:
        """Why nothing can be written now; None when it can."""
        if self.state not in OPEN_STATES:
            return self.state
        return deadlines.closed_reason(self.enrolment, self.window, self.now)

    @property
    def is_shut(self) -> bool:
        """Whether it is too late to hand it in without a class admin."""
        return self.window is not None and self.now > self.window.shuts_at

    @property
    def late_days(self) -> int:
        """How late it would be now."""
        return 0 if self.window is None else deadlines.late_days(self.window.due_at, self.now, self.enrolment.timezone)

    @property
    def version(self) -> int:
        """What every form of the stage's state names; it only grows."""
        return 0 if self.row is None else self.row.version

    def of(self, part_id: str) -> Written:
        """Return what was written in a part."""
        return self.written.get(part_id, NOTHING)

    def part(self, part_id: str) -> Part:
        """Return a part of the stage. Raises `NotFound` for an unknown one."""
        try:
            found: Part = next_of(self.stage.parts, part_id)
        except KeyError:
            raise NotFound from None
        return found

    def gaps_of(self, part: Part) -> list[Gap]:
        """Return what is missing in a part before the stage can be handed in."""
        return gaps(part, self.of(part.id).values)

    @property
    def gaps(self) -> list[Gap]:
        """Return everything that is missing."""
        return [gap for part in self.stage.parts for gap in self.gaps_of(part)]


_ROW = tuple(getattr(StageWork, name) for name in StageRow.__dataclass_fields__)
_STAGE = sa.select(*_ROW).where(
    StageWork.enrolment_id == sa.bindparam("enrolment_id"), StageWork.activity_id == sa.bindparam("activity_id"),
    StageWork.stage_id == sa.bindparam("stage_id"),
)
_PARTS = sa.select(StagePart.part_id, StagePart.values, StagePart.version, StagePart.saved_at).where(
    StagePart.stage_work_id == sa.bindparam("stage_work_id")
)
_VERSION = sa.select(StageVersion.values, StageVersion.submitted_at, StageVersion.late_days, StageVersion.number).where(
    StageVersion.stage_work_id == sa.bindparam("stage_work_id")
).order_by(StageVersion.number.desc())
_ALL = sa.select(StageWork.activity_id, StageWork.stage_id, *_ROW).where(
    StageWork.enrolment_id == sa.bindparam("enrolment_id")
)


def stage_page(enrolment_uuid: uuid.UUID, activity_id: str, *, by: Actor, capability: str = "work.do") -> StagePage:
    """Return the stage of a work that is under way, in three statements. Raises `NotFound`."""
    enrolment = learner_enrolment(enrolment_uuid, by=by, capability=capability)
    return stage_of(enrolment, works.work_of(enrolment.program_version_id, activity_id))


def stage_of(enrolment: LearnerEnrolment, work: Work) -> StagePage:
    """Return the stage of a work of an enrolment that was found within scope, in two statements."""
    stage = work.stages[0]
    row = read(
        _STAGE, {"enrolment_id": enrolment.id, "activity_id": work.activity_id, "stage_id": stage.id}
    ).first()
    found = None if row is None else StageRow(*row)
    written = {} if found is None else {
        part.part_id: Written(part.values, part.version, part.saved_at)
        for part in read(_PARTS, {"stage_work_id": found.id})
    }
    return_until = None if found is None else found.return_until
    return StagePage(
        enrolment, work, stage, found, written,
        deadlines.window(enrolment, stage.returning, return_until=return_until), clock.now(),
    )


@dataclass(frozen=True, slots=True)
class HandedIn:
    """A version that was handed in: what it says, when it came, and how many days late."""

    values: Mapping[str, Values]
    submitted_at: dt.datetime
    late_days: int
    number: int


def versions_of(stage_work_id: int) -> list[HandedIn]:
    """Return what was handed in of a stage, the newest first. The caller has checked the scope."""
    return [HandedIn(*row) for row in read(_VERSION, {"stage_work_id": stage_work_id})]


@dataclass(frozen=True, slots=True)
class WorkLine:
    """Where one work of a learner stands, for a list; `state` is None where nothing was written."""

    work: Work
    state: str | None
    submitted_at: dt.datetime | None
    return_until: dt.datetime | None


def all_works(enrolment: LearnerEnrolment) -> list[WorkLine]:
    """Return every work of a learner's programme with its state, in one statement; empty before there is a class."""
    if enrolment.program_version_id is None:
        return []
    rows: dict[str, Any] = {row.activity_id: row for row in read(_ALL, {"enrolment_id": enrolment.id})}
    return [
        WorkLine(
            work, *((row.state, row.submitted_at, row.return_until) if (row := rows.get(work.activity_id)) else
                    (None, None, None)),
        )
        for work in works.works_of(enrolment.program_version_id)
    ]


def handed_in(cohort_id: int, activity_id: str) -> set[int]:
    """Return the enrolments of a class whose work lies with its reader or was decided, in one statement."""
    return set(db.session.scalars(
        sa.select(StageWork.enrolment_id).join(Enrolment, Enrolment.id == StageWork.enrolment_id).where(
            Enrolment.cohort_id == cohort_id, StageWork.activity_id == activity_id,
            StageWork.state.not_in(OPEN_STATES),
        )
    ))


def own_file(upload_uuid: uuid.UUID, *, by: Actor) -> Upload:
    """Return a file of a work within the actor's scope. Raises `NotFound`."""
    found: Upload | None = db.session.scalar(
        scope.enrolments(Upload, actor=by, capability="work.do")
        .join(StageWork, StageWork.enrolment_id == Enrolment.id)
        .join(Upload, sa.and_(Upload.subject_kind == SUBJECT, Upload.subject_uuid == StageWork.uuid))
        .where(Upload.uuid == upload_uuid)
    )
    if found is None:
        raise NotFound
    return found
