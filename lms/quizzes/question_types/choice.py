"""Multiple choice, multiple response, true or false."""

# The contract gives every type the same arguments; a type that needs fewer leaves them alone.

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lms.lib.gift import Answer, Question, Text, plain_text
from lms.lib.gift.model import MULTIPLE_CHOICE, MULTIPLE_RESPONSE, TRUE_FALSE
from lms.quizzes.question_types.base import (
    NOTHING,
    AnswerFeedback,
    Feedback,
    MalformedResponse,
    Option,
    Presentation,
    QuestionType,
    Raw,
    Response,
    RightAnswer,
    UnknownOption,
    graded,
)
from lms.quizzes.question_types.options import OptionMap, answers_by_id, shuffled
from lms.quizzes.question_types.raw_answers import chosen

SEPARATOR = "; "
TRUE, FALSE = "true", "false"
# The source language of the interface; a template that speaks another goes by the id.
TRUE_FALSE_TEXTS = {TRUE: Text("Benar", "plain"), FALSE: Text("Salah", "plain")}


class _Choice(QuestionType):
    """What all choices share: the stored ids, and the answers and texts they stand for."""

    def answers(self, question: Question) -> Mapping[str, Answer]:
        return answers_by_id(question)

    def option_text(self, option_id: str, answer: Answer) -> Text:
        return answer.text

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        options = OptionMap.of_answers(question).options
        ordered = options if rng_seed is None else shuffled(options, rng_seed)
        return Presentation(question.type, question.text, ordered)

    def chosen_ids(self, question: Question, response: Response) -> list[str]:
        """The stored ids that this version knows, in the order of the file, each once."""
        picked = {response} if isinstance(response, str) else set(response or ())
        return [option_id for option_id in self.answers(question) if option_id in picked]

    def grade(self, question: Question, response: Response) -> Decimal | None:
        answers = self.answers(question)
        picked = self.chosen_ids(question, response)
        return graded(sum((answers[option_id].fraction for option_id in picked), NOTHING))

    def feedback(self, question: Question, response: Response) -> Feedback:
        answers = self.answers(question)
        said = [
            AnswerFeedback(option_id, text)
            for option_id in self.chosen_ids(question, response)
            if (text := answers[option_id].feedback) is not None
        ]
        return Feedback(tuple(said), question.general_feedback)

    def right_answer(self, question: Question) -> RightAnswer:
        answers = self.answers(question)
        best = max((answer.fraction for answer in answers.values()), default=NOTHING)
        right = [option_id for option_id, answer in answers.items() if self.is_right(answer.fraction, best)]
        return RightAnswer(self._joined(question, right), tuple(right))

    def is_right(self, fraction: Decimal, best: Decimal) -> bool:
        """Whether an option belongs to the key: of a single choice only those that nothing surpasses."""
        return fraction == best > 0

    def response_summary(self, question: Question, response: Response) -> str:
        return self._joined(question, self.chosen_ids(question, response))

    def _joined(self, question: Question, ids: list[str]) -> str:
        answers = self.answers(question)
        return SEPARATOR.join(
            plain_text(self.option_text(option_id, answers[option_id])) for option_id in ids
        )


class MultipleChoice(_Choice):
    """One option of several; the answer is its id."""

    key = MULTIPLE_CHOICE

    def parse(self, question: Question, raw: Raw) -> Response:
        values = chosen(raw)
        if len(set(values)) > 1:
            raise MalformedResponse("more than one option where one is asked")
        return OptionMap.of_answers(question).known(values[0]) if values else None


class MultipleResponse(_Choice):
    """Any number of options; the answer is the list of their ids, and the weights add up, clamped to 0…1."""

    key = MULTIPLE_RESPONSE

    def parse(self, question: Question, raw: Raw) -> Response:
        known = OptionMap.of_answers(question)
        picked = {known.known(value) for value in chosen(raw)}
        return [option_id for option_id in known.ids if option_id in picked]

    def is_right(self, fraction: Decimal, best: Decimal) -> bool:
        return fraction > 0


class TrueFalse(_Choice):
    """The answer is "true" or "false": words, not positions, hence no opaque ids; never shuffled."""

    key = TRUE_FALSE

    def answers(self, question: Question) -> Mapping[str, Answer]:
        return dict(zip((TRUE, FALSE), question.answers, strict=True))

    def option_text(self, option_id: str, answer: Answer) -> Text:
        return TRUE_FALSE_TEXTS[option_id]

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        options = tuple(Option(option_id, text) for option_id, text in TRUE_FALSE_TEXTS.items())
        return Presentation(question.type, question.text, options)

    def parse(self, question: Question, raw: Raw) -> Response:
        values = {value.lower() for value in chosen(raw)}
        if len(values) > 1:
            raise MalformedResponse("both true and false")
        for value in values:
            if value not in TRUE_FALSE_TEXTS:
                raise UnknownOption(value)
            return value
        return None
