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
from lms.quizzes.lateness import closes_at, is_overdue
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
    """An attempt looked back at. Marks and feedback are there once it is graded; instructors see them at once."""

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
    slots: tuple[ReviewSlot, ...]
    version: int


def review(attempt_uuid: UUID | str, *, by: Actor) -> Review:
    """Return the review of an attempt, in two statements: of one's own, or of a learner one marks.

    Points and feedback come as soon as it is graded; right answers when no attempt is left and none is running, or
    the class has ended. Raises `NotFound`, `AttemptRunning`.
    """
    capability = "learning.do" if by.can("learning.do") else "essay.mark"
    attempt, enrolment, use = attempt_in_reach(as_uuid(attempt_uuid), by=by, capability=capability)
    version = version_of(enrolment)
    module, quiz = version.program.quiz(attempt.quiz_id)
    is_over = attempt.state == "running" and is_overdue(
        quiz, attempt.due_at, closes_at(enrolment, quiz), clock.now()
    )
    if attempt.state == "running" and not is_over:
        raise AttemptRunning
    is_staff = capability == "essay.mark"
    limit = attempt_limit(quiz, use.extra)
    is_spent = limit is not None and use.used >= limit and not use.running
    is_open = is_staff or attempt.state == "graded"
    shows_answers = is_staff or (attempt.state == "graded" and (is_spent or _has_ended(enrolment)))
    return Review(
        uuid=attempt.uuid, number=attempt.number, state="submitted" if is_over else attempt.state, quiz=quiz,
        module_id=module.id, enrolment=enrolment, enrolment_uuid=enrolment.uuid, person_id=enrolment.person_id,
        timezone=enrolment.timezone, mark=attempt.mark, is_passed=attempt.is_passed, submitted_at=attempt.submitted_at,
        late_state=attempt.late_state, is_overdue=is_over, is_open=is_open, shows_answers=shows_answers,
        slots=tuple(
            _slot(item, by.language, is_open=is_open, shows_answers=shows_answers)
            for item in read_slots(attempt.id, version.program)
        ),
        version=attempt.version,
    )


def _has_ended(enrolment: LearnerEnrolment) -> bool:
    return clock.now() > enrolment.closes_at


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
