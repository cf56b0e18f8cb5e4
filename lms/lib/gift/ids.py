"""Writing the ids that are missing into a file, so that learners keep their work when the file moves or
grows."""

from __future__ import annotations

import re
from collections.abc import Callable

from lms.lib.gift.blocks import BOM, lines_of
from lms.lib.gift.reader import parse

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def with_ids(text: str, next_id: Callable[[], str]) -> str:
    """The file with a line `// [id:…]` above each question that has none; not one other character changes.

    `next_id` is called once for each, in the order of the file, and is to give an id that was never used:
    this function does not compare ids. An id that is empty or holds a control character, a backslash or a
    space at an end raises ValueError. Questions with an error get no id; a second call changes nothing.
    """
    lacking = {question.line for question in parse(text).questions if question.id is None}
    body = text.removeprefix(BOM)
    mark = text[: len(text) - len(body)]
    lines = lines_of(body)
    usual_ending = next((ending for _, ending in lines if ending), "\n")
    written = [mark]
    for number, (line, ending) in enumerate(lines, 1):
        if number in lacking:
            written.append(f"// [id:{_escaped(next_id())}]{ending or usual_ending}")
        written.append(line + ending)
    return "".join(written)


def _escaped(identifier: str) -> str:
    if not identifier.strip() or identifier != identifier.strip():
        raise ValueError(f"id {identifier!r} is empty or begins or ends with a space")
    if _CONTROL.search(identifier) or "\\" in identifier:
        raise ValueError(f"id {identifier!r} holds a control character or a backslash")
    return identifier.replace("]", "\\]")
