"""The contract of a question type, and the values that pass through it."""

# The contract gives every type the same arguments; a type that needs fewer leaves them alone.

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lms.lib.gift import Question, Text

# What comes from a form (the fields of one question, without prefix), or from a stored or synced answer.
Raw = Mapping[str, str | Sequence[str]] | Sequence[str] | str | None
# What is stored: plain JSON. None, "", [] and {} all mean that nothing was answered.
Response = str | list[str] | dict[str, str] | None

FIVE_DIGITS = Decimal("0.00001")
NOTHING, EVERYTHING = Decimal(0), Decimal(1)


class ResponseError(ValueError):
    """An answer that no form of ours can have sent; `code` is stable."""

    code = "response_invalid"


class MalformedResponse(ResponseError):
    """The answer has not the shape of its question type."""

    code = "response_malformed"


class UnknownOption(ResponseError):
    """The answer names an option that this question version does not have."""

    code = "option_unknown"

    def __init__(self, option_id: str) -> None:
        super().__init__(f"unknown option {option_id[:40]!r}")
        self.option_id = option_id


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, place or match. The id says nothing about position, key or weight."""

    id: str
    text: Text


@dataclass(frozen=True, slots=True)
class Presentation:
    """All that a learner's device may hold of a question: no key, no weight, no feedback, no title, no tags.

    `options` are what is chosen from; `stems` (matching) are what each gets one of them. `layout` is
    "vertical" or "horizontal". An answer in a form is the field `answer`, for matching one field per stem id.
    """

    type: str
    text: Text
    options: tuple[Option, ...] = ()
    stems: tuple[Option, ...] = ()
    layout: str = "vertical"
    numbering: str = "none"

    def as_dict(self) -> dict[str, Any]:
        """Plain data for JSON, as it goes into an offline kit."""
        plain = asdict(self)
        return plain | {"options": list(plain["options"]), "stems": list(plain["stems"])}


@dataclass(frozen=True, slots=True)
class AnswerFeedback:
    """A feedback the learner's answer called for; `option_id` is None where the answer is no option."""

    option_id: str | None
    text: Text


@dataclass(frozen=True, slots=True)
class Feedback:
    answers: tuple[AnswerFeedback, ...] = ()
    general: Text | None = None


@dataclass(frozen=True, slots=True)
class RightAnswer:
    """The key, for the review only. `text` is plain; `option_ids` and `pairs` (stem, option) let a page mark
    it.

    For ordering `option_ids` stand in the right order. All are empty where only a person can tell what is
    right.
    """

    text: str = ""
    option_ids: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()


class QuestionType(ABC):
    """How questions of one type are shown, read, graded and reviewed: pure, without state, without a
    database.

    One object serves all questions. Every method takes a question of its own type; another gives nonsense.
    """

    key: str
    # Whether `grade` gives a number: "machine", "person" (an essay) or "nobody" (a description).
    graded_by: str = "machine"

    @abstractmethod
    def present(self, question: Question, rng_seed: int | str | None = None) -> Presentation:
        """What the learner sees. The same seed gives the same order on every machine and release.

        Without a seed, options stand as in the file, except where that order is the key: there it is an order
        that depends on nothing but the opaque ids.
        """

    @abstractmethod
    def parse(self, question: Question, raw: Raw) -> Response:
        """The answer in the shape that is stored; what it returned can be parsed again and stays the same.

        Raises `UnknownOption` for an id this version does not have, `MalformedResponse` for a wrong shape.
        """

    @abstractmethod
    def grade(self, question: Question, response: Response) -> Decimal | None:
        """Between 0 and 1 with five digits, as Moodle would; None when no machine can tell. Never raises."""

    @abstractmethod
    def right_answer(self, question: Question) -> RightAnswer:
        """The key, to be shown when the rules of the quiz allow it."""

    @abstractmethod
    def response_summary(self, question: Question, response: Response) -> str:
        """The answer as one plain text for lists and exports; empty when there is none. Escape it like any
        text."""

    def is_answered(self, question: Question, response: Response) -> bool:
        """Whether the answer is complete, so that a page may say so; an incomplete one is graded all the
        same."""
        return bool(response)

    def feedback(self, question: Question, response: Response) -> Feedback:
        """What the author says to this answer, and to everybody. It may reveal the key."""
        return Feedback(general=question.general_feedback)


def graded(fraction: Decimal) -> Decimal:
    """A fraction as it is stored: clamped to 0…1, five digits."""
    return min(max(fraction, NOTHING), EVERYTHING).quantize(FIVE_DIGITS, ROUND_HALF_UP)
