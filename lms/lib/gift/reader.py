"""`parse`: the text of a GIFT file to a `Bank`."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lms.lib.gift import answers as read, model
from lms.lib.gift.blocks import Block, blocks_of
from lms.lib.gift.errors import Refused, gift_error
from lms.lib.gift.model import Bank, Category, GiftError, Question, Reading, Text
from lms.lib.gift.ordering import is_ordering, read_ordering
from lms.lib.gift.piece import WHITESPACE, Piece

CATEGORY = "$CATEGORY:"
MISSING_WORD = "_____"
# Three times 33.33333 is meant to be 100.
WEIGHT_SLACK = Decimal("0.01")


def parse(text: str) -> Bank:
    """Read a whole file, line endings and byte order mark of any kind; no text makes it raise.

    A question that cannot be read becomes one error, at the line of its first fault, and the rest is read all
    the same.
    """
    questions: list[Question] = []
    errors: list[GiftError] = []
    warnings: list[GiftError] = []
    categories: list[Category] = []
    for block in blocks_of(text):
        try:
            if block.source.is_blank:
                if block.is_dangling:
                    last = block.line_at(len(block.source.raw))
                    warnings.append(gift_error(last, "annotation_without_question"))
            elif block.source.strip().mask.startswith(CATEGORY):
                _read_category(block, categories)
            else:
                question = _read_question(block, categories[-1].name if categories else None)
                questions.append(question)
                warnings.extend(_doubts(question))
        except Refused as refused:
            errors.append(gift_error(block.line_at(refused.at), refused.code, refused.values))
    return Bank(tuple(questions), tuple(errors), tuple(warnings), tuple(categories))


def _read_category(block: Block, categories: list[Category]) -> None:
    name, *rest = block.source.strip().cut(len(CATEGORY)).split("\n", 1)
    categories.append(Category(block.line, name.text))
    if rest and not rest[0].is_blank:
        # Moodle would take these lines into the name of the category, and the author would miss a question.
        raise Refused("category_not_alone", rest[0].strip().at)


def _read_question(block: Block, category: str | None) -> Question:
    title, body = _split_title(block.source.strip())
    before, inside, after = _split_braces(body)
    text_format, before = before.take_format("moodle")
    blank = "" if after.is_blank else MISSING_WORD
    text = (before.unescaped + blank + after.unescaped).strip(WHITESPACE)
    general: Text | None = None
    reading = Reading(model.DESCRIPTION)
    if inside is not None:
        inside, general = _split_general_feedback(inside, text_format)
        reading = _read_answers(inside.strip(), text_format)
    return Question(
        line=block.line,
        type=reading.type,
        text=Text(text, text_format),
        id=block.id,
        tags=block.tags,
        title=title,
        answers=reading.answers,
        general_feedback=general,
        ordering=reading.ordering,
        category=category,
    )


def _split_title(whole: Piece) -> tuple[str | None, Piece]:
    if not whole.mask.startswith("::"):
        return None, whole
    rest = whole.cut(2)
    end = rest.find("::")
    if end < 0:
        return None, rest
    return rest.cut(0, end).text or None, rest.cut(end + 2).strip()


def _split_braces(body: Piece) -> tuple[Piece, Piece | None, Piece]:
    """The text before the braces, what is inside (None without braces) and the text after them."""
    start, end = body.find("{"), body.find("}")
    if start < 0 and end < 0:
        return body, None, body.cut(len(body.raw))
    if start < 0 or 0 <= end < start:
        raise Refused("brace_unopened", body.at + end)
    if end < 0:
        raise Refused("brace_unclosed", body.at + start)
    after = body.cut(end + 1)
    again = [at for at in (after.find("{"), after.find("}")) if at >= 0]
    if again:
        # Moodle reads the first braces and shows the others, key and all, as part of the question.
        raise Refused("second_block", after.at + min(again))
    return body.cut(0, start), body.cut(start + 1, end), after


def _split_general_feedback(inside: Piece, text_format: str) -> tuple[Piece, Text | None]:
    at = inside.rfind("####")
    if at < 0:
        return inside, None
    feedback = inside.cut(at + 4).formatted(text_format)
    return inside.cut(0, at), feedback if feedback.text else None


def _read_answers(inside: Piece, text_format: str) -> Reading:
    """Moodle's order of tests: the first that fits decides the type."""
    if is_ordering(inside):
        return read_ordering(inside)
    if not inside.raw:
        return Reading(model.ESSAY)
    if inside.mask.startswith("#"):
        return read.read_numerical(inside.cut(1), text_format)
    if inside.find("~") >= 0:
        return read.read_choices(inside, text_format)
    if inside.find("=") >= 0 and inside.find("->") >= 0:
        return read.read_matching(inside, text_format)
    if inside.split("#", 1)[0].text in read.TRUE_FALSE_WORDS:
        return read.read_true_false(inside, text_format)
    return read.read_short_answer(inside, text_format)


def _doubts(question: Question) -> Iterator[GiftError]:
    """What is worth telling the author of a question that was read."""
    line = question.line
    fractions = [answer.fraction for answer in question.answers]
    if not question.text.text:
        yield gift_error(line, "text_missing")
    if question.type == model.MULTIPLE_RESPONSE:
        total = sum((fraction for fraction in fractions if fraction > 0), Decimal(0))
        if total == 0:
            yield gift_error(line, "no_right_option")
        elif abs(total - 1) > WEIGHT_SLACK:
            yield gift_error(line, "weights_not_100", {"sum": f"{(total * 100).normalize():f}"})
    elif fractions and max(fractions) < 1:
        yield gift_error(line, "no_full_mark")
    if question.ordering is not None:
        count, wanted = len(question.answers), question.ordering.select_count
        if question.ordering.select != "ALL" and wanted is not None and wanted < count:
            values = {"count": str(count), "wanted": str(wanted), "select": question.ordering.select}
            yield gift_error(line, "ordering_subset", values)
        if question.ordering.grading != model.ABSOLUTE_POSITION:
            yield gift_error(line, "ordering_grading", {"grading": question.ordering.grading})
