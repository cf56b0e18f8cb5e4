"""Tables of periods, classes, enrolments, meetings and announcements."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column

from lms.cohorts import calendar
from lms.core import registry
from lms.core.db import Base
from lms.core.types import UtcDateTime
from lms.lib.uuid7 import uuid7

ENROLMENT_STATES = (
    "proposed", "awaiting_recommendation", "recommended", "confirmed", "accepted", "active", "finished", "passed",
    "failed", "refused", "declined", "waiting_list", "withdrawn", "transferred",
)
#: The states of a person who may learn: lessons are open once there is a class and its first day has come.
LEARNING_STATES = ("accepted", "active", "finished", "passed", "failed")
#: The states of a person who does not come or has left: no date opens lessons to them any more.
LEFT_STATES = ("refused", "declined", "withdrawn", "transferred")


class Period(Base):
    """A run of a programme (angkatan): windows, target and the rules of who may come."""

    __tablename__ = "period"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    program_id: Mapped[str] = mapped_column(sa.String(60), index=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    provider_id: Mapped[int] = mapped_column(sa.ForeignKey("provider.id"))
    is_private_only: Mapped[bool] = mapped_column(default=False)
    #: The planned figure; passing it is a success. The hard cap is another number.
    target: Mapped[int | None]
    cap: Mapped[int | None]
    starts_on: Mapped[dt.date] = mapped_column(sa.Date)
    ends_on: Mapped[dt.date] = mapped_column(sa.Date)


class Cohort(Base):
    """A class (kelas) of 20 to 40 participants."""

    __tablename__ = "cohort"
    __table_args__ = (
        sa.CheckConstraint("starts_on <= ends_on", name="dates"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    period_id: Mapped[int] = mapped_column(sa.ForeignKey("period.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    #: Frozen when the class is made; every deadline of the class is reckoned in it.
    timezone: Mapped[str] = mapped_column(sa.String(40))
    program_version_id: Mapped[int] = mapped_column(sa.ForeignKey("program_version.id"))
    starts_on: Mapped[dt.date] = mapped_column(sa.Date)
    #: Date-only deadlines end at 23:59:59 in the class's zone.
    ends_on: Mapped[dt.date] = mapped_column(sa.Date)
    posttest_opens_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    posttest_closes_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    task_opens_on: Mapped[dt.date | None] = mapped_column(sa.Date)
    task_closes_on: Mapped[dt.date | None] = mapped_column(sa.Date)

    @hybrid_property
    def state(self) -> str:
        """planned, running, reporting or finished, as the dates say now; of a row and in statements."""
        return calendar.state(self.starts_on, self.ends_on, self.task_opens_on, self.timezone)

    @state.inplace.expression
    @classmethod
    def _state_sql(cls) -> sa.ColumnElement[str]:
        return calendar.state_sql(cls.starts_on, cls.ends_on, cls.task_opens_on, cls.timezone)


class Enrolment(Base):
    """A person in a period, and in a class once there is one."""

    __tablename__ = "enrolment"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "period_id", name="uq_enrolment_person_period"),
        sa.CheckConstraint(f"state IN {ENROLMENT_STATES}", name="state"),
        sa.CheckConstraint(
            "cohort_id IS NOT NULL OR state NOT IN ('active', 'finished', 'passed', 'failed')", name="class_when_active"
        ),
        sa.Index("ix_enrolment_region_state", "work_region", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    period_id: Mapped[int] = mapped_column(sa.ForeignKey("period.id"), index=True)
    cohort_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(24))
    state_since: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: The sub-district the person works in, frozen here.
    work_region: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"))
    supervisor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"), index=True)
    #: Updated by learning, so that "who has not begun" costs one read.
    last_active_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class Meeting(Base):
    """A session of a class: face to face, teleconference, study visit."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(20))
    title: Mapped[str] = mapped_column(sa.String(120))
    place: Mapped[str | None] = mapped_column(sa.String(160))
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class Announcement(Base):
    """A message from an instructor or class admin to the whole class."""

    __tablename__ = "announcement"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    cohort_id: Mapped[int] = mapped_column(sa.ForeignKey("cohort.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


registry.person_column("enrolment.person_id")
registry.person_column("enrolment.supervisor_id")
registry.person_column("announcement.author_id")
