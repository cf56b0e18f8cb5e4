"""The desk on which one essay is marked. The queue itself is `quizzes.queries.essays_to_mark`."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from lms.accounts.models import Person
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.lib.gift import Text
from lms.programs import catalogue
from lms.programs.content import Text as Titles
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion
from lms.quizzes.queries import EssayLine, GivenMark, essay_marks, essays_to_mark
from lms.quizzes.wording import WordedQuestion
from lms.regions.models import Institution


@dataclass(frozen=True, slots=True)
class Essay:
    """One essay: what was asked, what was written, what the author of the question expects, the mark so far.

    `history` has every mark a person gave, newest first; where there is a mark, another one needs a reason.
    """

    attempt_uuid: UUID
    slot: int
    learner: str
    institution: str | None
    enrolment_uuid: UUID
    cohort_name: str
    timezone: str
    quiz_title: Titles
    number: int
    submitted_at: dt.datetime
    question: Text
    is_translated: bool
    answer: str
    guide: Text | None
    mark: Decimal | None
    comment: str | None
    history: tuple[GivenMark, ...]

    @property
    def needs_reason(self) -> bool:
        return self.mark is not None or bool(self.history)


def essay(attempt: UUID, slot: int, *, by: Actor) -> Essay:
    """Return one essay within the actor's classes: two statements. Raises `NotFound`."""
    row = db.session.execute(
        scope.enrolments(
            Attempt.uuid, Attempt.quiz_id, Attempt.number, Attempt.submitted_at,
            AttemptQuestion.answer, AttemptQuestion.fraction, AttemptQuestion.comment, QuestionVersion.content,
            Person.full_name, Institution.name.label("institution"), Enrolment.uuid.label("enrolment_uuid"),
            Cohort.name.label("cohort_name"), Cohort.timezone, Cohort.program_version_id,
            actor=by, capability="essay.mark",
        )
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .where(Attempt.uuid == attempt, AttemptQuestion.slot == slot, Attempt.state != "running",
               Enrolment.person_id != by.person_id)
    ).first()
    if row is None:
        raise NotFound
    question = WordedQuestion(row.content)
    if question.kind.graded_by != "person":
        raise NotFound
    worded = question.in_language(by.language)
    _module, quiz = catalogue.version(row.program_version_id).program.quiz(row.quiz_id)
    return Essay(
        attempt_uuid=row.uuid, slot=slot, learner=row.full_name, institution=row.institution,
        enrolment_uuid=row.enrolment_uuid, cohort_name=row.cohort_name, timezone=row.timezone, quiz_title=quiz.title,
        number=row.number, submitted_at=row.submitted_at, question=worded.text,
        is_translated=not question.fell_back(by.language),
        answer=row.answer if isinstance(row.answer, str) else "", guide=worded.general_feedback, mark=row.fraction,
        comment=row.comment, history=essay_marks(attempt, slot),
    )


def next_waiting(*, by: Actor, after: tuple[UUID, int]) -> EssayLine | None:
    """Return the oldest essay that waits, leaving out the one on the desk: two statements."""
    lines, _total = essays_to_mark(by=by, size=2)
    return next((line for line in lines if (line.attempt_uuid, line.slot) != after), None)
