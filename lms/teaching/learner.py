"""One learner on the desk: modules, attempts at every quiz, what was granted."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.accounts.queries import phones_of
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import LearnerEnrolment, learner_enrolment
from lms.completion import unlocking
from lms.completion.queries import facts
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs import catalogue
from lms.programs.content import Quiz
from lms.quizzes import scoring
from lms.quizzes.lateness import over_reason
from lms.quizzes.models import AttemptAllowance
from lms.quizzes.queries import AttemptLine, attempt_lines
from lms.quizzes.reach import attempt_limit
from lms.regions.models import Institution


@dataclass(frozen=True, slots=True)
class Granted:
    """What an instructor gave: attempts, minutes, why, who, when."""

    extra_attempts: int
    extra_minutes: int
    reason: str
    by: str
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class QuizDesk:
    """A quiz of a learner."""

    quiz: Quiz
    attempts: tuple[AttemptLine, ...]
    granted: tuple[Granted, ...]
    #: Why nobody can start it again, as in `lateness.over_reason`.
    over: tuple[str, dt.date | None] | None = None

    @property
    def allowed(self) -> int | None:
        """How many attempts there are with what was granted; None for as many as one likes."""
        return attempt_limit(self.quiz, sum(item.extra_attempts for item in self.granted))

    @property
    def best(self) -> Decimal | None:
        found = scoring.best(self.attempts)
        return None if found is None else found.mark

    @property
    def is_passed(self) -> bool:
        return any(item.is_passed for item in self.attempts)

    @property
    def is_settled(self) -> bool:
        """Whether nothing more is asked for: passed, or handed in where nothing can be passed."""
        return self.is_passed or (
            self.quiz.kind in ("pretest", "practice") and any(item.submitted_at for item in self.attempts)
        )

    @property
    def is_used_up(self) -> bool:
        """Whether no attempt is left and the quiz still holds the learner up."""
        return self.allowed is not None and len(self.attempts) >= self.allowed and not self.is_settled


@dataclass(frozen=True, slots=True)
class LearnerPage:
    """A learner within the scope. `standing` is None before there is a class, `phone` unless the actor may see it.

    `gain` is None until pre-test and post-test are graded.
    """

    enrolment: LearnerEnrolment
    full_name: str
    call_name: str | None
    sex: str
    institution: str | None
    phone: str | None
    standing: unlocking.Standing | None
    quizzes: dict[str, QuizDesk]
    jp: int
    gain: scoring.Gain | None = None


def learner_page(enrolment_uuid: UUID, *, by: Actor) -> LearnerPage:
    """Return a learner within the actor's scope: five statements, six with a phone. Raises `NotFound`."""
    enrolment = learner_enrolment(enrolment_uuid, by=by, capability="learner.follow")
    who = db.session.execute(
        sa.select(Person.full_name, Person.call_name, Person.sex, Institution.name).select_from(Enrolment)
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id).where(Enrolment.id == enrolment.id)
    ).one()
    phone = phones_of([enrolment.person_id]).get(enrolment.person_id) if by.can("see.phone") else None
    person = (enrolment, who.full_name, who.call_name, who.sex, who.name, phone)
    if enrolment.program_version_id is None:
        return LearnerPage(*person, None, {}, 0)
    program, now = catalogue.version(enrolment.program_version_id).program, clock.now()
    attempts, granted = attempt_lines(enrolment, program), _granted(enrolment.id)
    quizzes = {
        quiz.id: QuizDesk(quiz, attempts[quiz.id], tuple(granted[quiz.id]), over_reason(enrolment, quiz, now))
        for module in program.modules for quiz in module.quizzes
    }
    best = {key: desk.best for key, desk in quizzes.items() if desk.best is not None}
    return LearnerPage(
        *person, unlocking.standing(program, facts(enrolment.id)), quizzes, program.jp, scoring.gain(best, program)
    )


def name_of(enrolment: LearnerEnrolment) -> str:
    """Return the name of a learner who was found within scope: one statement."""
    return db.session.scalars(sa.select(Person.full_name).where(Person.id == enrolment.person_id)).one()


def quiz_desk(enrolment_uuid: UUID, quiz_id: str, *, by: Actor) -> tuple[LearnerPage, QuizDesk]:
    """Return a learner and one quiz of theirs. Raises `NotFound`."""
    page = learner_page(enrolment_uuid, by=by)
    if quiz_id not in page.quizzes:
        raise NotFound
    return page, page.quizzes[quiz_id]


def _granted(enrolment_id: int) -> dict[str, list[Granted]]:
    found: dict[str, list[Granted]] = defaultdict(list)
    rows = db.session.execute(
        sa.select(
            AttemptAllowance.quiz_id, AttemptAllowance.extra_attempts, AttemptAllowance.extra_minutes,
            AttemptAllowance.reason, Person.full_name, AttemptAllowance.granted_at,
        )
        .join(Person, Person.id == AttemptAllowance.granted_by)
        .where(AttemptAllowance.enrolment_id == enrolment_id).order_by(AttemptAllowance.id)
    )
    for row in rows:
        found[row[0]].append(Granted(*row[1:]))
    return found
