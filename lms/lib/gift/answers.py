"""The inside of the braces, one reader per type. Each gets it trimmed, without general feedback."""

from __future__ import annotations

import re
from decimal import Decimal

from lms.lib.gift import model
from lms.lib.gift.errors import Refused
from lms.lib.gift.model import Answer, Reading, Text
from lms.lib.gift.piece import WHITESPACE, Piece

TRUE_FALSE_WORDS = ("T", "TRUE", "F", "FALSE")
RIGHT, WRONG = Decimal(1), Decimal(0)
ANYTHING = "*"

_MARKER = re.compile("[~=]")
_WEIGHT = re.compile(r"%(-?[0-9]{1,12}(?:\.[0-9]{0,12})?)%")
# The lengths keep arithmetic with keys exact and fast; no key of a real question comes near them.
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})(?:[eE][+-]?[0-9]{1,3})?")


def read_choices(inside: Piece, text_format: str) -> Reading:
    """One right answer is marked with `=`; without any `=` the weights make it a multiple response, as in
    Moodle."""
    starts = [found.start() for found in _MARKER.finditer(inside.mask)]
    ends = [*starts[1:], len(inside.raw)]
    # Text before the first marker is a wrong option to Moodle.
    options = [_option(inside.cut(0, starts[0]), "~", text_format)]
    for start, end in zip(starts, ends, strict=True):
        options.append(_option(inside.cut(start + 1, end), inside.raw[start], text_format))
    answers = tuple(option for option in options if option.text.text)
    if len(answers) < 2:
        raise Refused("too_few_options", inside.at, count=len(answers))
    single = inside.find("=") >= 0
    return Reading(model.MULTIPLE_CHOICE if single else model.MULTIPLE_RESPONSE, answers)


def _option(source: Piece, marker: str, text_format: str) -> Answer:
    piece = source.strip()
    weight, rest = _take_weight(piece)
    text, feedback = _take_feedback(rest, text_format)
    if marker == "~":
        return Answer(text, weight or WRONG, feedback)
    if weight is not None and weight != RIGHT:
        # Moodle would give this option the full mark and show "%50%" to the learner.
        raise Refused("weight_after_equals", piece.at, weight=f"{(weight * 100).normalize():f}")
    return Answer(text, RIGHT, feedback)


def _take_weight(piece: Piece) -> tuple[Decimal | None, Piece]:
    found = _WEIGHT.match(piece.raw)
    if found is None:
        return None, piece
    percent = Decimal(found[1])
    if abs(percent) > 100:
        raise Refused("weight_range", piece.at, weight=found[1])
    return percent / 100, piece.cut(found.end())


def _take_feedback(piece: Piece, text_format: str) -> tuple[Text, Text | None]:
    answer, *rest = piece.split("#", 1)
    return answer.formatted(text_format), _feedback(rest[0], text_format) if rest else None


def _feedback(piece: Piece, text_format: str) -> Text | None:
    feedback = piece.formatted(text_format)
    return feedback if feedback.text else None


def read_true_false(inside: Piece, text_format: str) -> Reading:
    """The first feedback is for whoever is wrong, the second for whoever is right."""
    word, *feedbacks = inside.split("#", 2)
    said = [_feedback(piece, text_format) for piece in feedbacks]
    wrong, right = (*said, None, None)[:2]
    is_true = word.text in ("T", "TRUE")
    return Reading(
        model.TRUE_FALSE,
        (
            Answer(Text("true", "plain"), RIGHT if is_true else WRONG, right if is_true else wrong),
            Answer(Text("false", "plain"), WRONG if is_true else RIGHT, wrong if is_true else right),
        ),
    )


def _rows(inside: Piece) -> list[Piece]:
    """The parts that `=` begins; what stands before the first `=` is one of them, as `{One}` is a short
    answer."""
    return [piece.strip() for piece in inside.split("=") if not piece.is_blank]


def read_short_answer(inside: Piece, text_format: str) -> Reading:
    answers: list[Answer] = []
    for row in _rows(inside):
        weight, rest = _take_weight(row)
        text, feedback = _take_feedback(rest, text_format)
        if text.text:
            answers.append(Answer(text, RIGHT if weight is None else weight, feedback))
    if not answers:
        raise Refused("no_answer", inside.at)
    return Reading(model.SHORT_ANSWER, tuple(answers))


def read_numerical(inside: Piece, text_format: str) -> Reading:
    """Keys as `a`, `a:tolerance`, `low..high` or `*`; `~#…` is what any other number is told."""
    keys, *others = inside.split("~", 1)
    answers: list[Answer] = []
    for row in _rows(keys):
        weight, rest = _take_weight(row)
        text, feedback = _take_feedback(rest, text_format)
        value, tolerance = _value_and_tolerance(text.text, row)
        key = Text(text.text, "plain")
        answers.append(Answer(key, RIGHT if weight is None else weight, feedback, value, tolerance))
    if not answers:
        raise Refused("no_answer", inside.at)
    if others:
        _, feedback = _take_feedback(others[0], text_format)
        answers.append(Answer(Text(ANYTHING, "plain"), WRONG, feedback))
    return Reading(model.NUMERICAL, tuple(answers))


def _value_and_tolerance(text: str, row: Piece) -> tuple[Decimal | None, Decimal | None]:
    if text == ANYTHING:
        return None, None
    if ".." in text:
        low_text, _, high_text = text.partition("..")
        low, high = _number(low_text, text, row), _number(high_text, text, row)
        if low > high:
            raise Refused("range_reversed", row.at, text=text)
        middle = (low + high) / 2
        return middle, high - middle
    value_text, colon, tolerance_text = text.partition(":")
    value = _number(value_text, text, row)
    tolerance = _number(tolerance_text, text, row) if colon else Decimal(0)
    if tolerance < 0:
        raise Refused("number_invalid", row.at, text=text)
    return value, tolerance


def _number(text: str, whole: str, row: Piece) -> Decimal:
    trimmed = text.strip(WHITESPACE)
    if _NUMBER.fullmatch(trimmed) is None:
        # Moodle takes a key that is no number for "*" and gives everybody the mark.
        raise Refused("number_invalid", row.at, text=whole)
    return Decimal(trimmed)


def read_matching(inside: Piece, text_format: str) -> Reading:
    """Stems with their partners; a row without a stem adds a partner that fits nothing."""
    rows = _rows(inside)
    answers: list[Answer] = []
    for row in rows:
        arrow = row.find("->")
        if arrow < 0:
            raise Refused("match_arrow_missing", row.at, text=row.text)
        stem, partner = row.cut(0, arrow).formatted(text_format), row.cut(arrow + 2).text
        if stem.text and not partner:
            raise Refused("match_half", row.at, text=row.text)
        if partner:
            answers.append(Answer(stem, RIGHT, match=partner))
    if len(answers) < 2 or not any(answer.text.text for answer in answers):
        raise Refused("too_few_pairs", inside.at, count=sum(1 for answer in answers if answer.text.text))
    return Reading(model.MATCHING, tuple(answers))
