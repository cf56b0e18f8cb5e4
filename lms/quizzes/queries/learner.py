"""The learner's side: all attempts at a quiz, the page of one attempt, best marks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.cohorts.queries import LearnerEnrolment
from lms.core.db import db, read
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs.catalogue import Version
from lms.programs.content import Program, Quiz
from lms.programs.publish import count_learners_with
from lms.quizzes import scoring
from lms.quizzes.lateness import closed_reason, closes_at, closes_soon, deadline, is_late, is_overdue
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion
from lms.quizzes.question_types import Presentation, Response
from lms.quizzes.reach import as_uuid, attempt_limit, granted, version_of
from lms.quizzes.reading import AttemptRow, all_attempts_of, attempt_in_reach, attempts_of
from lms.quizzes.slots import read_slots


@dataclass(frozen=True, slots=True)
class AttemptLine:
    """An attempt in a list. `state` is running, submitted (waits for an essay) or graded.

    An attempt whose time is over stands here as submitted with `is_overdue`: the next write of anybody closes it, and
    handing it in shows its result.
    """

    uuid: UUID
    number: int
    state: str
    mark: Decimal | None
    is_passed: bool | None
    started_at: dt.datetime
    submitted_at: dt.datetime | None
    due_at: dt.datetime | None
    is_overdue: bool
    late_state: str | None


@dataclass(frozen=True, slots=True)
class QuizOverview:
    """A learner's attempts at a quiz and what is possible now.

    `attempts_left` is None without a limit; an open attempt is used up. `closes_at` is when the class or the window of
    the test closes it; `closed_reason` is a code of `lateness.closed_reason` with `closed_day`. Whether the module is
    locked is told by `completion.unlocking`.
    """

    attempts: tuple[AttemptLine, ...]
    open_attempt: UUID | None
    attempts_left: int | None
    best: AttemptLine | None
    closes_at: dt.datetime
    closed_reason: str | None
    closed_day: dt.date | None

    @property
    def can_start(self) -> bool:
        """Whether a new attempt may begin, but for the lock of the module."""
        return self.open_attempt is None and self.closed_reason is None and self.attempts_left != 0


def overview(enrolment: LearnerEnrolment, version: Version, quiz_id: str) -> QuizOverview:
    """Return a learner's attempts at a quiz, in two statements. Raises `NotFound` for an unknown quiz."""
    _module, quiz = version.program.quiz(quiz_id)
    now = clock.now()
    closes = closes_at(enrolment, quiz)
    attempts = tuple(_line(attempt, quiz, closes, now) for attempt in attempts_of(enrolment.id, quiz_id))
    extra_attempts, _minutes = granted(enrolment.id, quiz_id)
    limit = attempt_limit(quiz, extra_attempts)
    reason, day = closed_reason(enrolment, quiz, now) or (None, None)
    return QuizOverview(
        attempts=attempts, open_attempt=next((line.uuid for line in attempts if line.state == "running"), None),
        attempts_left=None if limit is None else max(limit - len(attempts), 0), best=scoring.best(attempts),
        closes_at=closes, closed_reason=reason, closed_day=day,
    )


def attempt_lines(enrolment: LearnerEnrolment, program: Program) -> dict[str, tuple[AttemptLine, ...]]:
    """Return a learner's attempts at each quiz of the programme, read as on their own pages, in one statement."""
    now, rows = clock.now(), all_attempts_of(enrolment.id)
    return {
        quiz.id: tuple(_line(row, quiz, closes_at(enrolment, quiz), now) for row in rows if row.quiz_id == quiz.id)
        for module in program.modules for quiz in module.quizzes
    }


def _line(attempt: AttemptRow, quiz: Quiz, closes: dt.datetime, now: dt.datetime) -> AttemptLine:
    is_over = attempt.state == "running" and is_overdue(quiz, attempt.due_at, closes, now)
    return AttemptLine(
        uuid=attempt.uuid, number=attempt.number, state="submitted" if is_over else attempt.state, mark=attempt.mark,
        is_passed=attempt.is_passed, started_at=attempt.started_at, due_at=attempt.due_at, is_overdue=is_over,
        submitted_at=deadline(attempt.due_at, closes) if is_over else attempt.submitted_at,
        late_state=attempt.late_state,
    )


@dataclass(frozen=True, slots=True)
class Slot:
    """A question on the page of a running attempt: how it looks and what was answered so far, nothing more.

    `is_translated` is false where the reader gets the Indonesian words because nobody has translated them.
    """

    number: int
    presentation: Presentation
    answer: Response
    is_answered: bool
    is_flagged: bool
    is_translated: bool


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """All that a learner's device may know of a running attempt: no key, no fraction, no feedback, no other question.

    `due_at` is the server's deadline when there is a time limit; `is_overdue` says that only handing in is left.
    `closes_soon` is when the quiz closes for the class, told in the last days before it. `ended_at` is the deadline
    once what is answered waits for an instructor; `has_closed` says that it was the close of the quiz and not a time
    limit. `resumes_at` is the number of the question to go on with: the first without an answer, the last when each
    has one.
    """

    uuid: UUID
    number: int
    state: str
    quiz: Quiz
    module_id: str
    enrolment_uuid: UUID
    timezone: str
    slots: tuple[Slot, ...]
    answered: int
    started_at: dt.datetime
    due_at: dt.datetime | None
    closes_soon: dt.datetime | None
    ended_at: dt.datetime | None
    has_closed: bool
    is_overdue: bool
    version: int

    @property
    def resumes_at(self) -> int:
        asked = [slot for slot in self.slots if slot.presentation.type != "description"] or list(self.slots)
        return next((slot.number for slot in asked if not slot.is_answered), asked[-1].number)

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON. The bank stays out: its ids would name the questions that were not drawn."""
        return {
            "uuid": str(self.uuid), "number": self.number, "state": self.state, "quiz": self.quiz.id,
            "title": dict(self.quiz.title), "module": self.module_id, "enrolment": str(self.enrolment_uuid),
            "timezone": self.timezone, "answered": self.answered, "started_at": self.started_at.isoformat(),
            "due_at": None if self.due_at is None else self.due_at.isoformat(), "is_overdue": self.is_overdue,
            "version": self.version,
            "slots": [
                {"number": slot.number, "answer": slot.answer, "is_answered": slot.is_answered,
                 "is_flagged": slot.is_flagged, "is_translated": slot.is_translated, **slot.presentation.as_dict()}
                for slot in self.slots
            ],
        }


def attempt_page(attempt_uuid: UUID | str, *, by: Actor) -> AttemptPage:
    """Return the page of one's own attempt in two statements, in the actor's language.

    A finished attempt is returned too, with its `state`, so that the view can lead to the review. Raises `NotFound`.
    """
    attempt, enrolment, _use = attempt_in_reach(as_uuid(attempt_uuid), by=by, capability="learning.do")
    version = version_of(enrolment)
    module, quiz = version.program.quiz(attempt.quiz_id)
    slots = tuple(
        Slot(
            number=item.number, presentation=item.question.present(item.seed, by.language), answer=item.answer,
            is_answered=item.is_answered, is_flagged=item.is_flagged,
            is_translated=not item.question.fell_back(by.language),
        )
        for item in read_slots(attempt.id, version.program)
    )
    now, closes = clock.now(), closes_at(enrolment, quiz)
    line, ends = _line(attempt, quiz, closes, now), deadline(attempt.due_at, closes)
    return AttemptPage(
        uuid=attempt.uuid, number=attempt.number, state=line.state, quiz=quiz, module_id=module.id,
        enrolment_uuid=enrolment.uuid, timezone=enrolment.timezone, slots=slots,
        answered=sum(slot.is_answered for slot in slots), started_at=attempt.started_at,
        due_at=None if attempt.due_at is None else ends,
        closes_soon=closes if closes_soon(closes, enrolment.timezone, now) else None,
        ended_at=ends if is_late(quiz, ends, now=now) else None, has_closed=ends == closes,
        is_overdue=line.is_overdue, version=attempt.version,
    )


_BEST = (
    sa.select(Attempt.enrolment_id, Attempt.quiz_id, sa.func.max(Attempt.mark, type_=Attempt.mark.type))
    .where(Attempt.state == "graded").group_by(Attempt.enrolment_id, Attempt.quiz_id)
)
_BEST_OF_ONE = _BEST.where(Attempt.enrolment_id == sa.bindparam("enrolment_id"))


def best_marks(enrolment_id: int) -> dict[str, Decimal]:
    """Return the best mark of each quiz that has a graded attempt, in one statement."""
    rows = read(_BEST_OF_ONE, {"enrolment_id": enrolment_id})
    return {quiz_id: mark or Decimal(0) for _enrolment, quiz_id, mark in rows}


def best_marks_of(enrolment_ids: Iterable[int]) -> dict[int, dict[str, Decimal]]:
    """Return the best marks of several enrolments, in one statement."""
    found: dict[int, dict[str, Decimal]] = {key: {} for key in enrolment_ids}
    if found:
        for enrolment_id, quiz_id, mark in db.session.execute(_BEST.where(Attempt.enrolment_id.in_(list(found)))):
            found[enrolment_id][quiz_id] = mark or Decimal(0)
    return found


@count_learners_with
def learners_with(program_id: str, content_ids: list[str]) -> dict[str, int]:
    """Count the learners who have an attempt at each quiz, or met each question; publishing asks before an id goes."""
    learners = sa.func.count(Attempt.enrolment_id.distinct())
    quizzes = (
        sa.select(Attempt.quiz_id, learners)
        .where(Attempt.program_id == program_id, Attempt.quiz_id.in_(content_ids)).group_by(Attempt.quiz_id)
    )
    questions = (
        sa.select(QuestionVersion.question_id, learners)
        .join(AttemptQuestion, AttemptQuestion.question_version_id == QuestionVersion.id)
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(QuestionVersion.program_id == program_id, QuestionVersion.question_id.in_(content_ids))
        .group_by(QuestionVersion.question_id)
    )
    return {row[0]: row[1] for statement in (quizzes, questions) for row in db.session.execute(statement)}
