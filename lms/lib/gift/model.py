"""What a question bank is made of, once it is read: immutable values without behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from lms.lib.gift.text import shortened_name

TEXT_FORMATS = ("moodle", "html", "markdown", "plain")

MULTIPLE_CHOICE = "multiple_choice"
MULTIPLE_RESPONSE = "multiple_response"
TRUE_FALSE = "true_false"
SHORT_ANSWER = "short_answer"
NUMERICAL = "numerical"
MATCHING = "matching"
ORDERING = "ordering"
ESSAY = "essay"
DESCRIPTION = "description"

QUESTION_TYPES = (
    MULTIPLE_CHOICE,
    MULTIPLE_RESPONSE,
    TRUE_FALSE,
    SHORT_ANSWER,
    NUMERICAL,
    MATCHING,
    ORDERING,
    ESSAY,
    DESCRIPTION,
)

ABSOLUTE_POSITION = "ABSOLUTE_POSITION"


@dataclass(frozen=True, slots=True)
class Text:
    """A text and how it is to be shown; escapes are resolved, nothing is sanitised."""

    text: str
    format: str = "moodle"


@dataclass(frozen=True, slots=True)
class Answer:
    """One row between the braces; what `text` is depends on the type of the question.

    Choice: the option. True or false: "true" and "false", always in this order. Short answer: a pattern in
    which `*` stands for any letters and `\\*` for an asterisk. Numerical: the key as the author wrote it;
    `value` and `tolerance` hold what it means, and a `value` of None accepts anything. Matching: the stem,
    with its partner in `match`; an empty stem makes `match` a distractor. Ordering: one item; the rows stand
    in the right order and `fraction` means nothing.

    `fraction` is the weight divided by 100, between -1 and 1.
    """

    text: Text
    fraction: Decimal = Decimal(1)
    feedback: Text | None = None
    value: Decimal | None = None
    tolerance: Decimal | None = None
    match: str = ""


@dataclass(frozen=True, slots=True)
class OrderingLayout:
    """The head of an ordering question, in the words Moodle exports, whatever abbreviation the file used.

    `select_count` is None when the file does not limit the number of items.
    """

    select_count: int | None = None
    select: str = "ALL"
    layout: str = "VERTICAL"
    grading: str = ABSOLUTE_POSITION
    show_grading: bool = True
    numbering: str = "none"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `line` is where its own text begins, below its comments, counted from 1.

    `title` is None when the author gave none; `name` is always there. `text` carries `_____` where a missing
    word was. `case_sensitive` concerns short answers; GIFT has no sign for it, so `parse` leaves it off.
    """

    line: int
    type: str
    text: Text
    id: str | None = None
    tags: tuple[str, ...] = ()
    title: str | None = None
    answers: tuple[Answer, ...] = ()
    general_feedback: Text | None = None
    ordering: OrderingLayout | None = None
    category: str | None = None
    case_sensitive: bool = False

    @property
    def name(self) -> str:
        """The title, or the beginning of the text as Moodle would shorten it; never empty."""
        return self.title or shortened_name(self.text.text) or f"Soal baris {self.line}"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the inside of the braces says about a question, before the rest of it is known. It stays in this
    package."""

    type: str
    answers: tuple[Answer, ...] = ()
    ordering: OrderingLayout | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A `$CATEGORY:` line; it holds for the questions below it."""

    line: int
    name: str


@dataclass(frozen=True, slots=True)
class GiftError:
    """What is wrong in one line. `code` is stable and `values` are what `message` (Indonesian) was made
    from."""

    line: int
    code: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Bank:
    """A file as it was read. A question with an error is not among `questions`; one with a warning is."""

    questions: tuple[Question, ...] = ()
    errors: tuple[GiftError, ...] = ()
    warnings: tuple[GiftError, ...] = ()
    categories: tuple[Category, ...] = ()
