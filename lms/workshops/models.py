"""Tables of works: where each stage stands, what is being written, and what was handed in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import Json, UtcDateTime
from lms.lib.uuid7 import uuid7

DRAFT, SUBMITTED, RETURNED, ACCEPTED, REFUSED = "draft", "submitted", "returned", "accepted", "refused"
STATES = (DRAFT, SUBMITTED, RETURNED, ACCEPTED, REFUSED)
#: The states in which the learner may write.
OPEN_STATES = (DRAFT, RETURNED)
#: What a file of a work belongs to: the uuid of its stage.
SUBJECT = "stage_work"


class StageWork(Base):
    """One stage of one work of one learner: where it stands, and which version was handed in last."""

    __tablename__ = "stage_work"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "activity_id", "stage_id", name="uq_stage_work_stage"),
        sa.CheckConstraint(f"state IN {STATES}", name="state"),
        sa.CheckConstraint("state = 'draft' OR submitted_version > 0", name="handed_in"),
        # The desk asks for what waits, oldest first, among all the works that ever were.
        sa.Index(
            "ix_stage_work_waiting", "submitted_at",
            sqlite_where=sa.text("state = 'submitted'"), postgresql_where=sa.text("state = 'submitted'"),
        ),
        sa.Index("ix_stage_work_activity", "program_id", "activity_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    program_id: Mapped[str] = mapped_column(sa.String(60))
    activity_id: Mapped[str] = mapped_column(sa.String(60))
    type_key: Mapped[str] = mapped_column(sa.String(40))
    stage_id: Mapped[str] = mapped_column(sa.String(40))
    state: Mapped[str] = mapped_column(sa.String(10), default=DRAFT)
    opened_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: Of the newest version that was handed in; 0 before the first.
    submitted_version: Mapped[int] = mapped_column(default=0)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: How often it was returned for correction.
    returns: Mapped[int] = mapped_column(default=0)
    #: Until when a returned work is to come again.
    return_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: Grows with every change of state; forms name the version they change.
    version: Mapped[int] = mapped_column(default=1)


class StagePart(Base):
    """What a learner has written in one part, saved while writing. A handed-in version is a copy of all of them."""

    __tablename__ = "stage_part"
    __table_args__ = (sa.UniqueConstraint("stage_work_id", "part_id", name="uq_stage_part_part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_work_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_work.id"))
    part_id: Mapped[str] = mapped_column(sa.String(60))
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: The page it was typed on: what is typed there goes on from its own last saving, whatever it saw before.
    device: Mapped[str | None] = mapped_column(sa.String(40))
    #: Who typed it, when that was not the learner.
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class StageVersion(Base):
    """What was handed in: plain data by part and field. It never changes."""

    __tablename__ = "stage_version"
    __table_args__ = (sa.UniqueConstraint("stage_work_id", "number", name="uq_stage_version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    stage_work_id: Mapped[int] = mapped_column(sa.ForeignKey("stage_work.id"))
    number: Mapped[int]
    #: `major.minor` of the programme version whose form was filled in.
    rule_version: Mapped[str] = mapped_column(sa.String(12))
    values: Mapped[dict[str, dict[str, Any]]] = mapped_column(Json)
    submitted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    client_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: Whole days after the deadline; 0 is in time.
    late_days: Mapped[int] = mapped_column(default=0)
    submitted_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))


registry.person_column("stage_part.entered_by", on_merge="keep")
registry.person_column("stage_version.submitted_by", on_merge="keep")
