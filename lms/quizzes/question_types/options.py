"""Opaque ids of options, and orders that give nothing away."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lms.lib.gift import Answer, Question, Text
from lms.quizzes.question_types.base import Option, UnknownOption

OPTION, STEM = "option", "stem"


@lru_cache(maxsize=20_000)
def _digest(*parts: str) -> str:
    # JSON keeps ("ab", "c") and ("a", "bc") apart; lone surrogates survive as escapes.
    return hashlib.blake2b(json.dumps(parts).encode(), digest_size=8).hexdigest()


def option_ids(question: Question, texts: Sequence[Text], kind: str = OPTION) -> list[str]:
    """An id per text, stable while the question's id and the text stay, whatever their order in the file.

    The position takes no part: it would be the key of an ordering question and often that of a choice, and
    anybody can compute a hash. Equal texts are told apart by counting them, which reveals nothing, as they
    read the same.
    """
    own = question.id or question.text.text
    seen: dict[Text, int] = {}
    ids: list[str] = []
    for text in texts:
        seen[text] = seen.get(text, 0) + 1
        ids.append("o" + _digest(own, kind, text.format, text.text, str(seen[text])))
    return ids


@dataclass(frozen=True, slots=True)
class OptionMap:
    """The ids of a question's options in the order of the file: from an id to what it stands for, and
    back."""

    ids: tuple[str, ...]
    texts: tuple[Text, ...]

    @classmethod
    def of(cls, question: Question, texts: Iterable[Text], kind: str = OPTION) -> OptionMap:
        rows = tuple(texts)
        return cls(tuple(option_ids(question, rows, kind)), rows)

    @classmethod
    def of_answers(cls, question: Question) -> OptionMap:
        """The map of a question whose every answer is an option: choices and items to order."""
        return cls.of(question, (answer.text for answer in question.answers))

    @property
    def options(self) -> tuple[Option, ...]:
        return tuple(Option(key, text) for key, text in zip(self.ids, self.texts, strict=True))

    def known(self, option_id: str) -> str:
        """The id itself; UnknownOption when the question has no such option."""
        if option_id not in self.ids:
            raise UnknownOption(option_id)
        return option_id

    def text(self, option_id: str) -> Text | None:
        """The text of an option, None for an id of another version."""
        return self.texts[self.ids.index(option_id)] if option_id in self.ids else None


def answers_by_id(question: Question) -> dict[str, Answer]:
    """The answers of a choice under the ids that are stored for them."""
    return dict(zip(OptionMap.of_answers(question).ids, question.answers, strict=True))


def shuffled(options: tuple[Option, ...], rng_seed: int | str) -> tuple[Option, ...]:
    """An order that depends on the seed alone.

    It sorts by a hash instead of using `random`, whose shuffles may change between releases of Python: an
    attempt that is opened again must look as it did.
    """
    return tuple(sorted(options, key=lambda option: _digest(str(rng_seed), option.id)))


def neutral(options: tuple[Option, ...]) -> tuple[Option, ...]:
    """An order that is always the same and tells nothing about the order of the file."""
    return tuple(sorted(options, key=lambda option: option.id))
