"""How each type of question is shown, read, graded and reviewed.

A `QuestionType` is a set of pure functions over a question of `lms.lib.gift` and a plain answer: no database,
no request, no clock. What it presents never holds a key, a weight or a feedback; what it stores are opaque
option ids or the learner's own words; what it grades are Moodle's fractions. `question_type(key)` finds a
type, `register` adds one. An essay has the grade None until a person gives one.
"""

from __future__ import annotations

from collections.abc import Iterator

from lms.quizzes.question_types.base import (
    AnswerFeedback,
    Feedback,
    MalformedResponse,
    Option,
    Presentation,
    QuestionType,
    Raw,
    Response,
    ResponseError,
    RightAnswer,
    UnknownOption,
)
from lms.quizzes.question_types.choice import MultipleChoice, MultipleResponse, TrueFalse
from lms.quizzes.question_types.matching import Matching
from lms.quizzes.question_types.open_ended import Description, Essay
from lms.quizzes.question_types.options import OptionMap, option_ids
from lms.quizzes.question_types.ordering import Ordering
from lms.quizzes.question_types.written import Numerical, ShortAnswer

__all__ = [
    "AnswerFeedback",
    "Feedback",
    "MalformedResponse",
    "Option",
    "OptionMap",
    "Presentation",
    "QuestionType",
    "Raw",
    "Response",
    "ResponseError",
    "RightAnswer",
    "UnknownOption",
    "keys",
    "option_ids",
    "question_type",
    "register",
]

_types: dict[str, QuestionType] = {}


def register(kind: QuestionType) -> None:
    """Add a type under its key; ValueError when the key is taken, so that no plugin replaces how others are
    graded."""
    if kind.key in _types:
        raise ValueError(f"question type {kind.key!r} is registered already")
    _types[kind.key] = kind


def question_type(key: str) -> QuestionType:
    """The type of a key; KeyError for one that nobody registered."""
    return _types[key]


def keys() -> Iterator[str]:
    """The keys of all types, in the order they came."""
    return iter(tuple(_types))


for _kind in (
    MultipleChoice(),
    MultipleResponse(),
    TrueFalse(),
    ShortAnswer(),
    Numerical(),
    Matching(),
    Ordering(),
    Essay(),
    Description(),
):
    register(_kind)
