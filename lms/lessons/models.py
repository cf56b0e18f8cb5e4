"""Tables of reflections and of questions under lessons."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import UtcDateTime
from lms.lib.uuid7 import uuid7


class Reflection(Base):
    """The learner's own note under a lesson; one per lesson, every version kept in `ReflectionVersion`."""

    __tablename__ = "reflection"
    __table_args__ = (sa.UniqueConstraint("enrolment_id", "lesson_id", name="uq_reflection_lesson"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    program_id: Mapped[str] = mapped_column(sa.String(60))
    lesson_id: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.Text)
    is_shared: Mapped[bool] = mapped_column(default=False)
    #: Grows with every save; forms name the version they change.
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ReflectionVersion(Base):
    """What a reflection said before; what was typed is never lost."""

    __tablename__ = "reflection_version"
    __table_args__ = (sa.UniqueConstraint("reflection_id", "version", name="uq_reflection_version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reflection_id: Mapped[int] = mapped_column(sa.ForeignKey("reflection.id"))
    version: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    saved_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LessonQuestion(Base):
    """A question from a learner to the instructors, asked under a lesson."""

    __tablename__ = "lesson_question"
    __table_args__ = (sa.Index("ix_lesson_question_enrolment_lesson", "enrolment_id", "lesson_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    program_id: Mapped[str] = mapped_column(sa.String(60))
    lesson_id: Mapped[str] = mapped_column(sa.String(60))
    text: Mapped[str] = mapped_column(sa.Text)
    asked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class LessonAnswer(Base):
    """An answer to a question; an instructor may answer more than once."""

    __tablename__ = "lesson_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    question_id: Mapped[int] = mapped_column(sa.ForeignKey("lesson_question.id"), index=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    answered_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


registry.person_column("lesson_answer.author_id")
