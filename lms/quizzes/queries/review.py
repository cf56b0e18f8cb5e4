"""Looking back at an attempt: what was answered, what it was worth, what the author says to it, and the key in time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from lms.cohorts.queries import LearnerEnrolment
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs.content import Quiz
from lms.quizzes.lateness import closes_at, is_overdue, over_reason
from lms.quizzes.question_types import Feedback, Presentation, Response, RightAnswer
from lms.quizzes.reach import as_uuid, attempt_limit, version_of
from lms.quizzes.reading import attempt_in_reach
from lms.quizzes.refusals import AttemptRunning
from lms.quizzes.scoring import FULL
from lms.quizzes.slots import SeenSlot, read_slots


@dataclass(frozen=True, slots=True)
class ReviewSlot:
    """A question looked back at. `mark` is 0 to 100, None while it waits for a person or where nothing is graded.

    `right` is None while the key must stay unknown; `feedback` then holds only what the chosen options call for.
    """

    number: int
    question_id: str
    presentation: Presentation
    answer: Response
    summary: str
    is_answered: bool
    needs_person: bool
    mark: Decimal | None
    comment: str | None
    feedback: Feedback
    right: RightAnswer | None
    is_translated: bool


@dataclass(frozen=True, slots=True)
class Review:
    """An attempt looked back at. Marks and feedback are there once it is graded; staff see them at once.

    `may_retry`: another attempt is left and the quiz is open. `is_closed`: no attempt can begin any more, whoever
    grants one. `late_state` is waiting, accepted or kept (never scored) where answers came too late.
    """

    uuid: UUID
    number: int
    state: str
    quiz: Quiz
    module_id: str
    enrolment: LearnerEnrolment
    enrolment_uuid: UUID
    person_id: int
    timezone: str
    mark: Decimal | None
    is_passed: bool | None
    submitted_at: dt.datetime | None
    late_state: str | None
    is_overdue: bool
    is_open: bool
    shows_answers: bool
    may_retry: bool
    is_closed: bool
    slots: tuple[ReviewSlot, ...]

    @property
    def waits_for(self) -> str | None:
        """What the result still waits for: `closing`, when its time is over, `person`, or None when it is there."""
        if self.is_overdue:
            return "closing"
        return None if self.is_open and self.mark is not None else "person"

    @property
    def graded_slots(self) -> tuple[ReviewSlot, ...]:
        """The questions that can be right or wrong."""
        return tuple(slot for slot in self.slots if slot.presentation.type != "description")

    @property
    def right(self) -> int:
        """How many questions are fully right."""
        return sum(slot.mark == FULL for slot in self.slots)


def review(attempt_uuid: UUID | str, *, by: Actor) -> Review:
    """Return the review of an attempt, in two statements: of one's own, or of a learner one follows.

    Points and feedback come as soon as it is graded; right answers when no attempt is left and none is running, or
    the class has ended. Staff also see what waits and what still runs, and those who mark see the right answers.
    Raises `NotFound`, `AttemptRunning`.
    """
    is_staff = not by.can("learning.do")
    capability = "learner.follow" if is_staff else "learning.do"
    attempt, enrolment, use = attempt_in_reach(as_uuid(attempt_uuid), by=by, capability=capability)
    version = version_of(enrolment)
    module, quiz = version.program.quiz(attempt.quiz_id)
    now = clock.now()
    is_over = attempt.state == "running" and is_overdue(quiz, attempt.due_at, closes_at(enrolment, quiz), now)
    if attempt.state == "running" and not is_over and not is_staff:
        raise AttemptRunning
    limit = attempt_limit(quiz, use.extra)
    is_spent = limit is not None and use.used >= limit and not use.running
    is_open = is_staff or attempt.state == "graded"
    shows_answers = by.can("essay.mark") or (attempt.state == "graded" and (is_spent or now > enrolment.closes_at))
    is_closed = over_reason(enrolment, quiz, now) is not None
    return Review(
        uuid=attempt.uuid, number=attempt.number, state="submitted" if is_over else attempt.state, quiz=quiz,
        module_id=module.id, enrolment=enrolment, enrolment_uuid=enrolment.uuid, person_id=enrolment.person_id,
        timezone=enrolment.timezone, mark=attempt.mark, is_passed=attempt.is_passed, submitted_at=attempt.submitted_at,
        late_state=attempt.late_state, is_overdue=is_over, is_open=is_open, shows_answers=shows_answers,
        may_retry=not is_spent and not is_closed, is_closed=is_closed,
        slots=tuple(
            _slot(item, by.language, is_open=is_open, shows_answers=shows_answers)
            for item in read_slots(attempt.id, version.program)
        ),
    )


def _slot(item: SeenSlot, language: str, *, is_open: bool, shows_answers: bool) -> ReviewSlot:
    question = item.question
    feedback = question.feedback(item.answer, language) if is_open else Feedback()
    if not shows_answers and item.fraction != FULL:
        # What the author says to everybody often names the right answer; it waits until that may be seen.
        feedback = replace(feedback, general=None)
    return ReviewSlot(
        number=item.number, question_id=item.question_id, presentation=question.present(item.seed, language),
        answer=item.answer, summary=question.summary(item.answer, language), is_answered=item.is_answered,
        needs_person=question.kind.graded_by == "person", mark=item.fraction if is_open else None,
        comment=item.comment if is_open else None, feedback=feedback,
        right=question.right_answer(language) if shows_answers else None,
        is_translated=not question.fell_back(language),
    )
