"""A question of an attempt in the reader's language.

Answers are stored under the ids of the Indonesian options, so that a learner may change the language in the middle of
an attempt. A translation has its options in the order of the Indonesian, which is how the ids find each other.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from lms.lib.gift import Question as GiftQuestion, Text, from_dict
from lms.lib.gift.model import MATCHING, MULTIPLE_CHOICE, MULTIPLE_RESPONSE, ORDERING, SHORT_ANSWER
from lms.programs.content import DEFAULT_LANGUAGE, Question
from lms.quizzes.question_types import (
    AnswerFeedback,
    Feedback,
    Option,
    OptionMap,
    Presentation,
    QuestionType,
    Raw,
    Response,
    RightAnswer,
    question_type,
)
from lms.quizzes.question_types.options import STEM


@dataclass(frozen=True, eq=False)
class WordedQuestion:
    """One question version with all its languages. Everything it returns carries the Indonesian ids."""

    content: Mapping[str, Mapping[str, Any]]

    @cached_property
    def own(self) -> GiftQuestion:
        """The Indonesian question, which holds the key."""
        return from_dict(self.content[DEFAULT_LANGUAGE])

    @cached_property
    def translations(self) -> Mapping[str, GiftQuestion]:
        """The question in every other language."""
        return {key: from_dict(data) for key, data in self.content.items() if key != DEFAULT_LANGUAGE}

    @cached_property
    def kind(self) -> QuestionType:
        return question_type(self.own.type)

    def in_language(self, language: str) -> GiftQuestion:
        """The question as it reads in a language, Indonesian when nobody has translated it."""
        return self.translations.get(language, self.own)

    def fell_back(self, language: str) -> bool:
        """Whether a reader of this language gets the Indonesian words."""
        return language not in self.content

    def present(self, seed: int, language: str) -> Presentation:
        """What the learner sees; a seed of 0 keeps the order of the file."""
        return _presented(self, seed, language)

    def _present(self, seed: int, language: str) -> Presentation:
        shown = self.kind.present(self.own, seed or None)
        if language == DEFAULT_LANGUAGE or self.fell_back(language):
            return shown
        translated = self.in_language(language)
        texts = {own: text for (own, _other), text in self._pairs(translated).items()}
        return dataclasses.replace(
            shown, text=translated.text,
            options=tuple(Option(item.id, texts.get(item.id, item.text)) for item in shown.options),
            stems=tuple(Option(item.id, texts.get(item.id, item.text)) for item in shown.stems),
        )

    def parse(self, raw: Raw) -> Response:
        """The answer as it is stored. Raises `ResponseError`."""
        return self.kind.parse(self.own, raw)

    def is_answered(self, response: Response) -> bool:
        return self.kind.is_answered(self.own, response)

    def grade(self, response: Response) -> Decimal | None:
        """The fraction; None when a person must mark it. A typed word counts in every language it is right in."""
        if self.own.type != SHORT_ANSWER:
            return self.kind.grade(self.own, response)
        return max(self.kind.grade(self.in_language(key), response) or Decimal(0) for key in self.content)

    def feedback(self, response: Response, language: str) -> Feedback:
        """What the author says to this answer, in the reader's language."""
        translated = self.in_language(language)
        to_own = {other: own for own, other in self._pairs(translated)}
        to_other = {own: other for other, own in to_own.items()}
        said = self.kind.feedback(translated, _renamed(response, to_other))
        answers = tuple(
            AnswerFeedback(None if item.option_id is None else to_own.get(item.option_id, item.option_id), item.text)
            for item in said.answers
        )
        return Feedback(answers, said.general)

    def right_answer(self, language: str) -> RightAnswer:
        """The key: the words in the reader's language, the ids as they are stored."""
        own, shown = self.kind.right_answer(self.own), self.kind.right_answer(self.in_language(language))
        return RightAnswer(shown.text, own.option_ids, own.pairs)

    def summary(self, response: Response, language: str) -> str:
        """The answer as one plain text."""
        translated = self.in_language(language)
        return self.kind.response_summary(translated, _renamed(response, dict(iter(self._pairs(translated)))))

    def _pairs(self, translated: GiftQuestion) -> dict[tuple[str, str], Text]:
        """The (own id, id in the translation) of every option and stem, with the words of the translation."""
        found: dict[tuple[str, str], Text] = {}
        for own, other in zip(_option_maps(self.own), _option_maps(translated), strict=True):
            for own_id, other_id, text in zip(own.ids, other.ids, other.texts, strict=True):
                found[own_id, other_id] = text
        return found


@lru_cache(maxsize=2000)
def worded(question: Question) -> WordedQuestion:
    """Return a question of a programme ready for use; it is read once, however many attempts hold it."""
    return WordedQuestion(question.content)


@lru_cache(maxsize=4000)
def _presented(question: WordedQuestion, seed: int, language: str) -> Presentation:
    # A learner opens the page of a running attempt again and again, always in the order of its seed.
    return question._present(seed, language)


def _option_maps(question: GiftQuestion) -> list[OptionMap]:
    if question.type in (MULTIPLE_CHOICE, MULTIPLE_RESPONSE, ORDERING):
        return [OptionMap.of_answers(question)]
    if question.type == MATCHING:
        stems = (answer.text for answer in question.answers if answer.text.text)
        partners = (Text(match, "plain") for match in dict.fromkeys(answer.match for answer in question.answers))
        return [OptionMap.of(question, stems, STEM), OptionMap.of(question, partners)]
    return []


def _renamed(response: Response, names: Mapping[str, str]) -> Response:
    """The same answer under other ids; the learner's own words stay as they are."""
    if isinstance(response, list):
        return [names.get(item, item) for item in response]
    if isinstance(response, dict):
        return {names.get(stem, stem): names.get(item, item) for stem, item in response.items()}
    return response if response is None or not names else names.get(response, response)
