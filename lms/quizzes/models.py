"""Tables of question versions, attempts, answers and what an instructor grants."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import Json, Mark, UtcDateTime
from lms.core.words_lazy import lazy as _
from lms.lib.uuid7 import uuid7


class QuestionVersion(Base):
    """A question as it was when somebody drew it; kept once by the hash of its content."""

    __tablename__ = "question_version"
    __table_args__ = (sa.UniqueConstraint("program_id", "question_id", "sha256", name="uq_question_version_content"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    program_id: Mapped[str] = mapped_column(sa.String(60))
    question_id: Mapped[str] = mapped_column(sa.String(60))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    content: Mapped[dict[str, Any]] = mapped_column(Json)


class Attempt(Base):
    """One try of one enrolment at one quiz."""

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        sa.UniqueConstraint("enrolment_id", "quiz_id", "number", name="uq_quiz_attempt_number"),
        # One open attempt at a time, whatever arrives at the same moment.
        sa.Index(
            "uq_quiz_attempt_open", "enrolment_id", "quiz_id", unique=True,
            sqlite_where=sa.text("state = 'running'"), postgresql_where=sa.text("state = 'running'"),
        ),
        sa.CheckConstraint("state IN ('running', 'submitted', 'graded')", name="state"),
        sa.CheckConstraint("(state = 'running') = (submitted_at IS NULL)", name="submitted"),
        sa.CheckConstraint("late_state IN ('waiting', 'accepted', 'kept')", name="late_state"),
        sa.Index("ix_quiz_attempt_quiz", "program_id", "quiz_id"),
        # What instructors still have to do is a handful of rows among all attempts ever made.
        sa.Index(
            "ix_quiz_attempt_ungraded", "submitted_at",
            sqlite_where=sa.text("state = 'submitted'"), postgresql_where=sa.text("state = 'submitted'"),
        ),
        sa.Index(
            "ix_quiz_attempt_late", "submitted_at",
            sqlite_where=sa.text("late_state = 'waiting'"), postgresql_where=sa.text("late_state = 'waiting'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"), index=True)
    program_id: Mapped[str] = mapped_column(sa.String(60))
    quiz_id: Mapped[str] = mapped_column(sa.String(60))
    number: Mapped[int]
    #: `major.minor` of the programme version the questions were drawn from.
    rule_version: Mapped[str] = mapped_column(sa.String(12))
    state: Mapped[str] = mapped_column(sa.String(10), default="running")
    started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: Only with a time limit: the server's own deadline, with granted extra time.
    due_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    submitted_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    graded_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    mark: Mapped[Decimal | None] = mapped_column(Mark)
    is_passed: Mapped[bool | None]
    #: Grows with every saved answer; forms name the version they change.
    version: Mapped[int] = mapped_column(default=1)
    #: Closed because its time was over, not by the learner: what arrives afterwards is kept as late, never refused.
    is_timed_out: Mapped[bool] = mapped_column(default=False)
    #: Answers came too late: 'waiting' for an instructor, 'accepted', or only 'kept': left out by an instructor, or
    #: because nothing can score them.
    late_state: Mapped[str | None] = mapped_column(sa.String(8))
    #: The highest sequence number heard from each device for each slot: {device: {slot: seq}}.
    heard: Mapped[dict[str, dict[str, int]]] = mapped_column(Json, default=dict)


class AttemptQuestion(Base):
    """One question of an attempt: its place, its version, the seed of its shuffle, and the answer that counts."""

    __tablename__ = "attempt_question"
    __table_args__ = (sa.UniqueConstraint("attempt_id", "slot", name="uq_attempt_question_slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_attempt.id"))
    slot: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_version.id"), index=True)
    seed: Mapped[int]
    answer: Mapped[Any | None] = mapped_column(Json)
    answered_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    is_flagged: Mapped[bool] = mapped_column(default=False)
    #: 0 to 100 as a Mark; None until graded.
    fraction: Mapped[Decimal | None] = mapped_column(Mark)
    comment: Mapped[str | None] = mapped_column(sa.Text)
    marked_by: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class EssayMark(Base):
    """A mark that a person gave to an answer. The newest of an answer counts; a changed mark is one row more."""

    __tablename__ = "essay_mark"
    __table_args__ = (sa.Index("ix_essay_mark_question", "attempt_question_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_question_id: Mapped[int] = mapped_column(sa.ForeignKey("attempt_question.id"))
    mark: Mapped[Decimal] = mapped_column(Mark)
    comment: Mapped[str | None] = mapped_column(sa.Text)
    #: Why it took the place of the mark before; None for the first one.
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    marked_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    marked_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class LateDecision(Base):
    """What an instructor decided about the late answers of an attempt; later ones are decided about anew."""

    __tablename__ = "late_decision"
    __table_args__ = (
        sa.CheckConstraint("decision IN ('accepted', 'left_out')", name="decision"),
        sa.Index("ix_late_decision_attempt", "attempt_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_attempt.id"))
    decision: Mapped[str] = mapped_column(sa.String(8))
    #: The newest row of the answer log when this was decided; what was logged after it waits for another decision.
    newest_answer_id: Mapped[int]
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    decided_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    decided_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class AnswerLog(Base):
    """Every answer that arrived, in the order it arrived. Nothing here is ever changed or removed."""

    __tablename__ = "answer_log"
    __table_args__ = (sa.Index("ix_answer_log_attempt", "attempt_id", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[uuid.UUID | None] = mapped_column(sa.Uuid)
    attempt_id: Mapped[int] = mapped_column(sa.ForeignKey("quiz_attempt.id"))
    slot: Mapped[int]
    question_version_id: Mapped[int] = mapped_column(sa.ForeignKey("question_version.id"))
    value: Mapped[Any | None] = mapped_column(Json)
    device: Mapped[str | None] = mapped_column(sa.String(40))
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    client_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: 'late' answers are kept and not scored; 'older' ones were overtaken by a newer one of the same device.
    flag: Mapped[str | None] = mapped_column(sa.String(16))


class AttemptAllowance(Base):
    """An extra attempt or extra minutes, granted by an instructor with a reason."""

    __tablename__ = "attempt_allowance"
    __table_args__ = (
        sa.CheckConstraint("extra_attempts >= 0 AND extra_minutes >= 0", name="positive"),
        sa.Index("ix_attempt_allowance_quiz", "enrolment_id", "quiz_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    enrolment_id: Mapped[int] = mapped_column(sa.ForeignKey("enrolment.id"))
    quiz_id: Mapped[str] = mapped_column(sa.String(60))
    extra_attempts: Mapped[int] = mapped_column(default=0)
    extra_minutes: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(sa.String(300))
    granted_by: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    granted_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


registry.person_column("attempt_question.marked_by", on_merge="keep")
registry.person_column("attempt_allowance.granted_by", on_merge="keep")
registry.person_column("essay_mark.marked_by", on_merge="keep")
registry.person_column("late_decision.decided_by", on_merge="keep")

# A start draws questions that a device without a connection cannot have; answers may wait on it and arrive later.
registry.operation_kind("attempt.start")
registry.operation_kind("attempt.save", queueable=True)
registry.operation_kind("attempt.submit", queueable=True)
for _kind in ("essay.mark", "allowance.grant", "late.accept", "late.leave_out"):
    registry.operation_kind(_kind)

for _notice in (
    registry.NoticeKind("quiz.graded", _("%(quiz)s sudah dinilai. Lihat umpan baliknya."), "check-circle"),
    registry.NoticeKind("quiz.regraded", _("Penilaian %(quiz)s diperbarui. Lihat umpan baliknya."), "refresh"),
    registry.NoticeKind("quiz.allowance", _("Pengajar memberi Anda kesempatan tambahan untuk %(quiz)s."), "plus"),
    registry.NoticeKind(
        "quiz.closed", _("%(quiz)s sudah ditutup. Jawaban Anda yang tersimpan sudah dikirim; lihat hasilnya."), "clock"
    ),
    registry.NoticeKind("quiz.late_accepted", _("Jawaban terlambat Anda untuk %(quiz)s diterima."), "check"),
    registry.NoticeKind(
        "quiz.late_left_out",
        _("Jawaban terlambat Anda untuk %(quiz)s tidak dihitung. Nilai yang sudah ada tidak berubah."), "clock",
    ),
    # To those who teach the class: one line for a class while it is unread, however many there are.
    registry.NoticeKind("staff.essay", _("Esai baru menunggu nilai di %(cohort)s: %(n)s."), "edit"),
    registry.NoticeKind("staff.late", _("Jawaban terlambat menunggu keputusan Anda di %(cohort)s: %(n)s."), "clock"),
):
    registry.notice_kinds.add(_notice.key, _notice)
