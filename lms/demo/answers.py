"""What a fictive learner answers: right or wrong on purpose, graded by the real question types."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from lms.demo import talk
from lms.lib.gift.model import ESSAY, ORDERING
from lms.programs.content import Question
from lms.quizzes.question_types import Raw, Response
from lms.quizzes.wording import WordedQuestion


@dataclass(frozen=True, slots=True)
class Given:
    """An answer as it is stored, and its fraction; None when a person must mark it."""

    response: Response
    fraction: Decimal | None


class Answers:
    """Right and wrong answers to the questions of one programme, made once for each question."""

    def __init__(self) -> None:
        self.right = cache(self._right)
        self.wrong = cache(self._wrong)

    def given(self, question: Question, *, is_right: bool, dice: random.Random) -> Given:
        """Return an answer; an essay is one of a few texts, whatever was wanted."""
        if question.type == ESSAY:
            return Given(dice.choice(talk.read().essays), None)
        return self.right(_Key(question)) if is_right else self.wrong(_Key(question))

    def _right(self, key: _Key) -> Given:
        worded = WordedQuestion(key.question.content)
        answer = worded.right_answer("id")
        if answer.pairs:
            raw: Raw = dict(answer.pairs)
        elif answer.option_ids:
            raw = {"answer": list(answer.option_ids)}
        else:
            raw = {"answer": _typed(worded)}
        return _graded(worded, raw)

    def _wrong(self, key: _Key) -> Given:
        worded = WordedQuestion(key.question.content)
        answer = worded.right_answer("id")
        if answer.pairs:
            stems, options = [stem for stem, _ in answer.pairs], [option for _, option in answer.pairs]
            return _graded(worded, dict(zip(stems, options[1:] + options[:1], strict=True)))
        if key.question.type == ORDERING:
            return _graded(worded, {"answer": list(reversed(answer.option_ids))})
        shown = [option.id for option in worded.present(0, "id").options]
        others = [option for option in shown if option not in answer.option_ids]
        return _graded(worded, {"answer": others[:1]} if shown else {"answer": "0"})


@dataclass(frozen=True, slots=True)
class _Key:
    """A question by what pins it; two with the same content have the same answers."""

    question: Question

    def __hash__(self) -> int:
        return hash(self.question.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.question.sha256 == self.question.sha256


def _typed(worded: WordedQuestion) -> str:
    """Return what somebody types who knows it: a number, or an accepted word without its wildcards."""
    best = max(worded.own.answers, key=lambda answer: answer.fraction)
    if best.value is not None:
        return str(best.value)
    return best.text.text.replace("\\*", "\0").replace("*", "").replace("\0", "*")


def _graded(worded: WordedQuestion, raw: Raw) -> Given:
    response = worded.parse(raw)
    return Given(response, worded.grade(response))
