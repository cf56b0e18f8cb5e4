"""Ordering: every item in its own place, counted from the first."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lms.lib.gift import Question, plain_text
from lms.lib.gift.model import ORDERING
from lms.quizzes.question_types.base import (
    MalformedResponse,
    Presentation,
    QuestionType,
    Raw,
    Response,
    RightAnswer,
    graded,
)
from lms.quizzes.question_types.options import OptionMap, neutral, shuffled
from lms.quizzes.question_types.raw_answers import FIELD, chosen, fields, from_json

SEPARATOR = " → "


class Ordering(QuestionType):
    """The answer is the list of item ids in the learner's order; all items are always shown.

    A form sends them as several values of `answer`, or, where nothing can be dragged, one field per item id
    with its place as a whole number.
    """

    key = ORDERING

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        items = OptionMap.of_answers(question).options
        ordered = neutral(items) if rng_seed is None else shuffled(items, rng_seed)
        layout = question.ordering
        if layout is None:
            return Presentation(question.type, question.text, ordered)
        return Presentation(
            question.type, question.text, ordered, layout=layout.layout.lower(), numbering=layout.numbering
        )

    def parse(self, question: Question, raw: Raw) -> Response:
        items = OptionMap.of_answers(question)
        decoded = from_json(raw, "{")
        by_place = isinstance(decoded, Mapping) and FIELD not in decoded
        ids = _by_place(decoded) if by_place else chosen(decoded)
        response = [items.known(item) for item in ids]
        if len(set(response)) < len(response):
            raise MalformedResponse("an item stands in two places")
        return response

    def is_answered(self, question: Question, response: Response) -> bool:
        return isinstance(response, list) and len(response) == len(question.answers)

    def grade(self, question: Question, response: Response) -> Decimal | None:
        items = OptionMap.of_answers(question)
        given = response if isinstance(response, list) else []
        # Texts are compared, not ids: two items that read the same may change places.
        right = sum(items.text(item) == text for item, text in zip(given, items.texts, strict=False))
        return graded(Decimal(right) / len(items.texts))

    def right_answer(self, question: Question) -> RightAnswer:
        ids = OptionMap.of_answers(question).ids
        return RightAnswer(self.response_summary(question, list(ids)), ids)

    def response_summary(self, question: Question, response: Response) -> str:
        items = OptionMap.of_answers(question)
        texts = (items.text(item) for item in (response if isinstance(response, list) else []))
        return SEPARATOR.join(plain_text(text) for text in texts if text is not None)


def _by_place(raw: Raw) -> list[str]:
    """The items that have a place, in the order of their places; the ids decide a tie, which gives nothing
    away."""
    places: list[tuple[int, str]] = []
    for item, values in fields(raw).items():
        if not values:
            continue
        if not (values[-1].isascii() and values[-1].isdigit() and len(values[-1]) <= 4):
            raise MalformedResponse("a place is not a whole number")
        places.append((int(values[-1]), item))
    return [item for _, item in sorted(places)]
