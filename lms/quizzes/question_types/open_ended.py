"""Essay and description: no key, hence no grade from here."""

# The contract gives every type the same arguments; a type that needs fewer leaves them alone.

from __future__ import annotations

from decimal import Decimal

from lms.lib.gift import Question
from lms.lib.gift.model import DESCRIPTION, ESSAY
from lms.quizzes.question_types.base import Presentation, QuestionType, Raw, Response, RightAnswer
from lms.quizzes.question_types.raw_answers import written


class Essay(QuestionType):
    """A text that a person grades; a GIFT file gives it no key."""

    key = ESSAY
    graded_by = "person"

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        return Presentation(question.type, question.text)

    def parse(self, question: Question, raw: Raw) -> Response:
        text = written(raw)
        return text if text.strip() else None

    def is_answered(self, question: Question, response: Response) -> bool:
        return isinstance(response, str) and bool(response.strip())

    def grade(self, question: Question, response: Response) -> Decimal | None:
        return None

    def right_answer(self, question: Question) -> RightAnswer:
        return RightAnswer()

    def response_summary(self, question: Question, response: Response) -> str:
        return response.strip() if isinstance(response, str) else ""


class Description(QuestionType):
    """A text between questions: nothing to answer, nothing to grade, and it counts as answered."""

    key = DESCRIPTION
    graded_by = "nobody"

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        return Presentation(question.type, question.text)

    def parse(self, question: Question, raw: Raw) -> Response:
        return None

    def is_answered(self, question: Question, response: Response) -> bool:
        return True

    def grade(self, question: Question, response: Response) -> Decimal | None:
        return None

    def right_answer(self, question: Question) -> RightAnswer:
        return RightAnswer()

    def response_summary(self, question: Question, response: Response) -> str:
        return ""
