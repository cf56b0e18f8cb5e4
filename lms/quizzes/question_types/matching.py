"""Matching: each stem gets a partner; every stem counts the same."""

from __future__ import annotations

from decimal import Decimal

from lms.lib.gift import Question, Text, plain_text
from lms.lib.gift.model import MATCHING
from lms.quizzes.question_types.base import (
    MalformedResponse,
    Presentation,
    QuestionType,
    Raw,
    Response,
    RightAnswer,
    graded,
)
from lms.quizzes.question_types.options import STEM, OptionMap, neutral, shuffled
from lms.quizzes.question_types.raw_answers import fields

SEPARATOR = "; "
ARROW = " → "


class Matching(QuestionType):
    """The answer maps stem ids to option ids. Partners that read the same are one option, as in Moodle."""

    key = MATCHING

    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        stems, partners = _stems(question).options, _partners(question).options
        if rng_seed is None:
            # In the order of the file, the first partner would belong to the first stem.
            return Presentation(question.type, question.text, neutral(partners), stems)
        shuffled_partners = shuffled(partners, rng_seed)
        return Presentation(question.type, question.text, shuffled_partners, shuffled(stems, rng_seed))

    def parse(self, question: Question, raw: Raw) -> Response:
        stems, partners = _stems(question), _partners(question)
        response: dict[str, str] = {}
        for stem, values in fields(raw).items():
            stems.known(stem)
            if len(set(values)) > 1:
                raise MalformedResponse("more than one partner for a stem")
            if values:
                response[stem] = partners.known(values[0])
        return {stem: response[stem] for stem in stems.ids if stem in response}

    def is_answered(self, question: Question, response: Response) -> bool:
        return isinstance(response, dict) and all(stem in response for stem in _stems(question).ids)

    def grade(self, question: Question, response: Response) -> Decimal | None:
        given = response if isinstance(response, dict) else {}
        key = _key(question)
        right = sum(given.get(stem) == partner for stem, partner in key)
        return graded(Decimal(right) / len(key))

    def right_answer(self, question: Question) -> RightAnswer:
        key = _key(question)
        return RightAnswer(self.response_summary(question, dict(key)), pairs=key)

    def response_summary(self, question: Question, response: Response) -> str:
        given = response if isinstance(response, dict) else {}
        stems, partners = _stems(question), _partners(question)
        said = []
        for stem in stems.options:
            partner = partners.text(given.get(stem.id, ""))
            if partner is not None:
                said.append(plain_text(stem.text) + ARROW + plain_text(partner))
        return SEPARATOR.join(said)


def _stems(question: Question) -> OptionMap:
    return OptionMap.of(question, (answer.text for answer in question.answers if answer.text.text), STEM)


def _partners(question: Question) -> OptionMap:
    different = dict.fromkeys(answer.match for answer in question.answers)
    return OptionMap.of(question, (Text(partner, "plain") for partner in different))


def _key(question: Question) -> tuple[tuple[str, str], ...]:
    partners = _partners(question)
    id_of = {text.text: option_id for option_id, text in zip(partners.ids, partners.texts, strict=True)}
    rows = [answer for answer in question.answers if answer.text.text]
    return tuple((stem, id_of[row.match]) for stem, row in zip(_stems(question).ids, rows, strict=True))
