"""How the questions of a quiz behave in a class: how easy they are, and whether they tell strong from weak."""

from __future__ import annotations

import math
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.lib.gift import Text
from lms.programs import catalogue
from lms.quizzes import scoring
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion
from lms.quizzes.reach import as_uuid
from lms.quizzes.wording import WordedQuestion

#: Below this many answers a figure would say more about chance than about the question.
FEWEST = 5


@dataclass(frozen=True, slots=True)
class Item:
    """A question in figures. `n` answers; `facility` 0 to 1, `discrimination` −1 to 1, both None under five answers.

    Discrimination is the correlation of this item with the rest of its attempt; None too where one of them never
    varies. `is_translated` is false where the words are Indonesian for a reader of another language.
    """

    question_id: str
    text: Text
    is_translated: bool
    type: str
    n: int
    facility: Decimal | None
    discrimination: Decimal | None


@dataclass(frozen=True, slots=True)
class _Try:
    """One graded attempt: which questions it had and what each was worth, 0 to 1."""

    number: int
    mark: Decimal | None
    fractions: dict[str, float]


def item_statistics(cohort_uuid: uuid.UUID | str, quiz_id: str, *, by: Actor) -> list[Item]:
    """Return the questions of a quiz that were drawn in a class, in two statements, over each learner's best attempt.

    Raises `NotFound` for a class outside the actor's scope and for an unknown quiz.
    """
    version_id = db.session.scalar(
        scope.cohorts(Cohort.program_version_id, actor=by, capability="quiz.statistics")
        .where(Cohort.uuid == as_uuid(cohort_uuid))
    )
    if version_id is None:
        raise NotFound
    program = catalogue.version(version_id).program
    program.quiz(quiz_id)
    tries = _best_tries(as_uuid(cohort_uuid), quiz_id, by=by)
    questions = {key: program.questions.get(key) for one in tries for key in one.fractions}
    return [
        _item(key, WordedQuestion(question.content), by.language, tries)
        for key, question in sorted(questions.items()) if question is not None
    ]


def _best_tries(cohort_uuid: uuid.UUID, quiz_id: str, *, by: Actor) -> list[_Try]:
    rows = db.session.execute(
        scope.enrolments(
            Attempt.enrolment_id, Attempt.number, Attempt.mark, QuestionVersion.question_id, AttemptQuestion.fraction,
            actor=by, capability="quiz.statistics",
        )
        .join(Attempt, Attempt.enrolment_id == Enrolment.id)
        .join(AttemptQuestion, AttemptQuestion.attempt_id == Attempt.id)
        .join(QuestionVersion, QuestionVersion.id == AttemptQuestion.question_version_id)
        .where(Cohort.uuid == cohort_uuid, Attempt.quiz_id == quiz_id, Attempt.state == "graded",
               AttemptQuestion.fraction.is_not(None))
    )
    tries: dict[int, dict[int, _Try]] = defaultdict(dict)
    for enrolment_id, number, mark, question_id, fraction in rows:
        one = tries[enrolment_id].setdefault(number, _Try(number, mark, {}))
        one.fractions[question_id] = float(fraction) / 100
    best = (scoring.best(of_one.values()) for of_one in tries.values())
    return [one for one in best if one is not None]


def _item(question_id: str, question: WordedQuestion, language: str, tries: Sequence[_Try]) -> Item:
    own, rest = [], []
    for one in tries:
        if question_id in one.fractions:
            others = [value for key, value in one.fractions.items() if key != question_id]
            own.append(one.fractions[question_id])
            rest.append(sum(others) / len(others) if others else 0.0)
    is_enough = len(own) >= FEWEST
    return Item(
        question_id, question.in_language(language).text, not question.fell_back(language), question.own.type,
        len(own),
        _rounded(sum(own) / len(own)) if is_enough else None,
        correlation(own, rest) if is_enough else None,
    )


def correlation(own: Sequence[float], rest: Sequence[float]) -> Decimal | None:
    """Return Pearson's correlation rounded to two places; None when one side never varies."""
    mean_own, mean_rest = sum(own) / len(own), sum(rest) / len(rest)
    together = sum((a - mean_own) * (b - mean_rest) for a, b in zip(own, rest, strict=True))
    spread = math.sqrt(sum((a - mean_own) ** 2 for a in own) * sum((b - mean_rest) ** 2 for b in rest))
    # Equal values can leave a dust of rounding behind, which divided by itself would look like a figure.
    return None if spread < 1e-9 else _rounded(together / spread)


def _rounded(value: float) -> Decimal:
    return Decimal(str(value)).quantize(Decimal("0.01"))
