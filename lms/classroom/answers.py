"""A question of an attempt as its page draws it: what was answered, in the terms of the form's fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lms.core.words_lazy import Lazy, lazy as _
from lms.quizzes.queries import Slot
from lms.quizzes.question_types import Option, Presentation

#: What to do, below each question.
HINTS: dict[str, Lazy] = {
    "multiple_choice": _("Pilih satu."),
    "multiple_response": _("Pilih semua yang sesuai."),
    "true_false": _("Benar atau salah?"),
    "short_answer": _("Tulis jawaban pendek."),
    "numerical": _("Tulis angka, misalnya 2,5."),
    "matching": _("Pilih satu pasangan untuk setiap baris."),
    "ordering": _("Susun dari yang pertama sampai yang terakhir."),
    "essay": _("Jawab dengan kalimat sendiri. Pengajar yang menilai."),
}
SPARE_PARTNERS = _("Pilih satu pasangan untuk setiap baris. Ada pilihan yang tidak terpakai.")


@dataclass(frozen=True, slots=True)
class ShownSlot:
    """One question: its presentation, and its answer read for each kind of field."""

    number: int
    presentation: Presentation
    answer: Any
    is_flagged: bool
    is_answered: bool
    #: Whether the question speaks the reader's language; else it is in Indonesian.
    is_translated: bool

    @property
    def hint(self) -> Lazy:
        shown = self.presentation
        if shown.type == "matching" and len(shown.options) > len(shown.stems):
            return SPARE_PARTNERS
        return HINTS.get(shown.type, Lazy(""))

    @property
    def chosen(self) -> tuple[str, ...]:
        """The ids that are ticked."""
        return (self.answer,) if isinstance(self.answer, str) else tuple(self.answer or ())

    @property
    def pairs(self) -> Mapping[str, str]:
        """The partner of each stem that has one."""
        return self.answer if isinstance(self.answer, Mapping) else {}

    @property
    def written(self) -> str:
        """What was typed."""
        return self.answer if isinstance(self.answer, str) else ""

    @property
    def has_order(self) -> bool:
        return bool(self.answer)

    @property
    def in_order(self) -> tuple[Option, ...]:
        """The items as they were ordered; until then, as they are presented."""
        if not isinstance(self.answer, list | tuple):
            return self.presentation.options
        places = {key: place for place, key in enumerate(self.answer)}
        return tuple(sorted(self.presentation.options, key=lambda option: places.get(option.id, len(places))))


def shown(slots: Iterable[Slot]) -> list[ShownSlot]:
    """Return the questions of an attempt for its page."""
    return [
        ShownSlot(
            slot.number, slot.presentation, slot.answer, slot.is_flagged, slot.is_answered, slot.is_translated
        )
        for slot in slots
    ]


def typed(
    slots: Iterable[ShownSlot], given: Mapping[int, Mapping[str, list[str]]], flags: Mapping[int, bool]
) -> list[ShownSlot]:
    """Return the questions with what was sent instead of what is stored, for a form that was refused."""
    return [
        replace(slot, answer=_as_typed(slot, given[slot.number]), is_flagged=flags[slot.number])
        if slot.number in given else slot
        for slot in slots
    ]


def differing(stored: Iterable[ShownSlot], sent: Iterable[ShownSlot]) -> list[ShownSlot]:
    """Return the questions whose answer was sent otherwise than it is stored."""
    return [new for old, new in zip(stored, sent, strict=True) if _plain(old.answer) != _plain(new.answer)]


def _plain(answer: Any) -> Any:
    """All ways of having answered nothing are the same, and so are lists and tuples."""
    if isinstance(answer, str):
        return answer.strip() or None
    return (list(answer) if isinstance(answer, tuple) else answer) or None


def _as_typed(slot: ShownSlot, fields: Mapping[str, list[str]]) -> Any:
    kind = slot.presentation.type
    if kind == "matching":
        return {name: values[-1] for name, values in fields.items() if values[-1]}
    if kind == "ordering":
        placed = [name for name, values in fields.items() if values[-1].isascii() and values[-1].isdigit()]
        return sorted(placed, key=lambda name: int(fields[name][-1][:4]))
    values = fields.get("answer", [])
    return values if kind == "multiple_response" else (values[-1] if values else None)
