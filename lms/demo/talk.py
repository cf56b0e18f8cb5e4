"""What fictive people say: announcements, questions and answers, reflections, essays; read from `data/talk.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any


@dataclass(frozen=True, slots=True)
class Talk:
    """The texts. Announcements have week, title, text; questions have module, text and perhaps an answer."""

    announcements: tuple[dict[str, Any], ...]
    questions: tuple[dict[str, Any], ...]
    reflections: tuple[str, ...]
    essays: tuple[str, ...]
    comment: str
    short_answer: str


@cache
def read() -> Talk:
    """Return the texts."""
    found = tomllib.loads(files("lms.demo").joinpath("data", "talk.toml").read_text(encoding="utf-8"))
    return Talk(
        tuple(found["announcement"]), tuple(found["question"]), tuple(found["reflections"]), tuple(found["essays"]),
        found["comment"], found["short_answer"],
    )
