"""Reading raw answers, whether they come from a form, from a queue of offline work or from the store."""

from __future__ import annotations

import json
from collections.abc import Mapping

from lms.quizzes.question_types.base import MalformedResponse, Raw

FIELD = "answer"


def from_json(raw: Raw, opening: str) -> Raw:
    """The list or object a string holds when it begins with `opening`; anything else as it is."""
    if not isinstance(raw, str) or not raw.lstrip().startswith(opening):
        return raw
    try:
        decoded: Raw = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise MalformedResponse("the answer is not JSON") from error
    return decoded


def strings(raw: object) -> list[str]:
    """One string or a list of them as a list; MalformedResponse for anything else."""
    if raw is None:
        return []
    if isinstance(raw, str):
        return [raw]
    if isinstance(raw, list | tuple) and all(isinstance(item, str) for item in raw):
        return list(raw)
    raise MalformedResponse("the answer is neither a text nor a list of texts")


def chosen(raw: Raw) -> list[str]:
    """The values of the field `answer`, trimmed, without blanks."""
    decoded = from_json(raw, "[")
    values = decoded.get(FIELD) if isinstance(decoded, Mapping) else decoded
    return [value.strip() for value in strings(values) if value.strip()]


def written(raw: Raw) -> str:
    """A text as the learner wrote it, the line breaks of a form (CRLF) as single ones; the last value
    counts."""
    values = strings(raw.get(FIELD) if isinstance(raw, Mapping) else raw)
    return values[-1].replace("\r\n", "\n").replace("\r", "\n") if values else ""


def fields(raw: Raw) -> dict[str, list[str]]:
    """An answer of several fields, each with its non-blank values."""
    decoded = from_json(raw, "{")
    if decoded is None or decoded == "" or decoded == []:
        return {}
    if not isinstance(decoded, Mapping):
        raise MalformedResponse("the answer has no fields")
    read = {str(name): [value.strip() for value in strings(values)] for name, values in decoded.items()}
    return {name: [value for value in values if value] for name, values in read.items()}
