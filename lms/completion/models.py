"""The table of completion facts."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import UtcDateTime
from lms.lib.uuid7 import uuid7


class CompletionFact(Base):
    """One thing done by one enrolment. Triggers refuse UPDATE and DELETE."""

    __tablename__ = "completion_fact"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "content_id", "kind", name="uq_completion_fact_once"),
        sa.CheckConstraint(
            "kind IN ('lesson_opened', 'lesson_read', 'quiz_submitted', 'quiz_passed', 'module_complete')", name="kind"
        ),
        sa.Index("ix_completion_fact_content", "program_id", "content_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    program_id: Mapped[str] = mapped_column(sa.String(60))
    content_id: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(16))
    #: `major.minor` of the programme version whose rule granted this.
    rule_version: Mapped[str] = mapped_column(sa.String(12))
    recorded_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: The person whose act recorded it: the learner, an instructor who marked; 0 is the system.
    recorded_by: Mapped[int] = mapped_column(default=0)
    client_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


registry.person_column("completion_fact.recorded_by", on_merge="keep")
