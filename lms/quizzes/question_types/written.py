"""Short answer and numerical: what the learner writes is compared with the keys, the first that fits
decides."""

# The contract gives every type the same arguments; a type that needs fewer leaves them alone.

from __future__ import annotations

import re
import unicodedata
from abc import abstractmethod
from decimal import Decimal
from fractions import Fraction

from lms.lib.gift import Answer, Question, plain_text
from lms.lib.gift.model import NUMERICAL, SHORT_ANSWER
from lms.quizzes.question_types.base import (
    NOTHING,
    AnswerFeedback,
    Feedback,
    Presentation,
    QuestionType,
    Raw,
    Response,
    RightAnswer,
    graded,
)
from lms.quizzes.question_types.raw_answers import written

ALTERNATIVE = " / "

_WILDCARD = re.compile(r"(?<!\\)\*+")
# Three digits of exponent at most, so that nobody can write a number that takes long to compare.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,40}(?:[.,][0-9]{0,40})?|[.,][0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})?")


class _Written(QuestionType):
    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        return Presentation(question.type, question.text)

    def parse(self, question: Question, raw: Raw) -> Response:
        text = written(raw)
        return text if text.strip() else None

    def is_answered(self, question: Question, response: Response) -> bool:
        return isinstance(response, str) and bool(response.strip())

    @abstractmethod
    def fits(self, question: Question, answer: Answer, response: str) -> bool:
        """Whether a key covers the response."""

    def shown(self, answer: Answer) -> str:
        """A key as the review shows it."""
        return plain_text(answer.text)

    def matching_answer(self, question: Question, response: Response) -> Answer | None:
        """The first key in the file that covers the response, as in Moodle, even when a later one gives
        more."""
        if not isinstance(response, str) or not response.strip():
            return None
        return next((answer for answer in question.answers if self.fits(question, answer, response)), None)

    def grade(self, question: Question, response: Response) -> Decimal | None:
        answer = self.matching_answer(question, response)
        return graded(NOTHING if answer is None else answer.fraction)

    def feedback(self, question: Question, response: Response) -> Feedback:
        answer = self.matching_answer(question, response)
        said = () if answer is None or answer.feedback is None else (AnswerFeedback(None, answer.feedback),)
        return Feedback(said, question.general_feedback)

    def right_answer(self, question: Question) -> RightAnswer:
        best = max((answer.fraction for answer in question.answers), default=NOTHING)
        shown = [self.shown(answer) for answer in question.answers if answer.fraction == best > 0]
        return RightAnswer(ALTERNATIVE.join(dict.fromkeys(shown)))

    def response_summary(self, question: Question, response: Response) -> str:
        return response.strip() if isinstance(response, str) else ""


class ShortAnswer(_Written):
    """Trimmed; case counts only when the question says so; `*` in a key stands for any letters, `\\*` for
    itself."""

    key = SHORT_ANSWER

    def fits(self, question: Question, answer: Answer, response: str) -> bool:
        return matches(answer.text.text, response, case_sensitive=question.case_sensitive)

    def shown(self, answer: Answer) -> str:
        return plain_text(answer.text).replace("\\*", "*")


class Numerical(_Written):
    """A number with a point or a comma; the limits of the tolerance belong to it. Units are not read."""

    key = NUMERICAL

    def fits(self, question: Question, answer: Answer, response: str) -> bool:
        if answer.value is None or answer.tolerance is None:
            return True
        number = number_of(response)
        # Fractions are exact: 3.141 lies within 3.1415:0.0005, which binary floats deny.
        return number is not None and abs(number - Fraction(answer.value)) <= Fraction(answer.tolerance)

    def shown(self, answer: Answer) -> str:
        key, colon, tolerance = answer.text.text.partition(":")
        if not colon:
            return key.replace("..", " \u2013 ")
        return f"{key.strip()} ± {tolerance.strip()}" if answer.tolerance else key.strip()


def number_of(text: str) -> Fraction | None:
    """The number a learner wrote, as 2.5, 2,5 or 25e-1; None when it is none, or has points to group
    thousands."""
    # Some keyboards write a true minus sign.
    trimmed = text.strip().replace("\u2212", "-")
    if _NUMBER.fullmatch(trimmed) is None:
        return None
    return Fraction(Decimal(trimmed.replace(",", ".")))


def _folded(text: str, case_sensitive: bool) -> str:
    composed = unicodedata.normalize("NFC", text)
    return composed if case_sensitive else unicodedata.normalize("NFC", composed.casefold())


def matches(pattern: str, text: str, *, case_sensitive: bool = False) -> bool:
    """Whether the whole text fits the pattern.

    It looks for the parts between the wildcards one after the other, so that no pattern makes it slow, as a
    regular expression with several `.*` would be.
    """
    said = _folded(text.strip(), case_sensitive)
    parts = [_folded(part.replace("\\*", "*"), case_sensitive) for part in _WILDCARD.split(pattern)]
    if len(parts) == 1:
        return said == parts[0]
    first, *middle, last = parts
    if len(said) < len(first) + len(last) or not said.startswith(first) or not said.endswith(last):
        return False
    at, end = len(first), len(said) - len(last)
    for part in middle:
        found = said.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True
