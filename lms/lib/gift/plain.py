"""Questions as plain data for JSON, and back. What is stored today must be readable after the next
release."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from lms.lib.gift.model import Answer, OrderingLayout, Question, Text


def as_dict(question: Question) -> dict[str, Any]:
    """The whole question, key and feedback included: never for a learner.

    Fractions and numbers are strings, so that nothing is rounded. `line` and `category` tell where the
    question stood in its file: whoever compares two versions of a question leaves them out.
    """
    return {
        "line": question.line,
        "type": question.type,
        "id": question.id,
        "tags": list(question.tags),
        "title": question.title,
        "text": _text_as_dict(question.text),
        "answers": [_answer_as_dict(answer) for answer in question.answers],
        "general_feedback": _optional_text_as_dict(question.general_feedback),
        "ordering": _ordering_as_dict(question.ordering) if question.ordering else None,
        "category": question.category,
        "case_sensitive": question.case_sensitive,
    }


def from_dict(data: Mapping[str, Any]) -> Question:
    """The question `as_dict` wrote; KeyError when `type`, `text` or `line` is missing, defaults for anything
    else."""
    ordering = data.get("ordering")
    return Question(
        line=data["line"],
        type=data["type"],
        text=_text(data["text"]),
        id=data.get("id"),
        tags=tuple(data.get("tags", ())),
        title=data.get("title"),
        answers=tuple(_answer(answer) for answer in data.get("answers", ())),
        general_feedback=_optional_text(data.get("general_feedback")),
        ordering=OrderingLayout(**ordering) if ordering else None,
        category=data.get("category"),
        case_sensitive=data.get("case_sensitive", False),
    )


def _text_as_dict(text: Text) -> dict[str, str]:
    return {"text": text.text, "format": text.format}


def _optional_text_as_dict(text: Text | None) -> dict[str, str] | None:
    return None if text is None else _text_as_dict(text)


def _text(data: Mapping[str, str]) -> Text:
    return Text(data["text"], data["format"])


def _optional_text(data: Mapping[str, str] | None) -> Text | None:
    return None if data is None else _text(data)


def _answer_as_dict(answer: Answer) -> dict[str, Any]:
    return {
        "text": _text_as_dict(answer.text),
        "fraction": str(answer.fraction),
        "feedback": _optional_text_as_dict(answer.feedback),
        "value": None if answer.value is None else str(answer.value),
        "tolerance": None if answer.tolerance is None else str(answer.tolerance),
        "match": answer.match,
    }


def _answer(data: Mapping[str, Any]) -> Answer:
    value, tolerance = data.get("value"), data.get("tolerance")
    return Answer(
        text=_text(data["text"]),
        fraction=Decimal(data["fraction"]),
        feedback=_optional_text(data.get("feedback")),
        value=None if value is None else Decimal(value),
        tolerance=None if tolerance is None else Decimal(tolerance),
        match=data.get("match", ""),
    )


def _ordering_as_dict(ordering: OrderingLayout) -> dict[str, Any]:
    return {
        "select_count": ordering.select_count,
        "select": ordering.select,
        "layout": ordering.layout,
        "grading": ordering.grading,
        "show_grading": ordering.show_grading,
        "numbering": ordering.numbering,
    }
