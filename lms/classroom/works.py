"""What a learner's pages say about a work: how far each part is, and what is missing, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.core import i18n
from lms.core.words_lazy import lazy as _
from lms.lib import words
from lms.programs.content import in_language
from lms.workshops.form import Gap, Part
from lms.workshops.queries import StagePage

#: Nothing written; begun; nothing missing; and nothing written where nothing has to be.
EMPTY, BEGUN, WHOLE, OPTIONAL = "empty", "begun", "whole", "optional"

#: A gap in words; its values fill the places.
SENTENCES = {
    "missing": _("Belum diisi."),
    "words": _("Baru %(n)s kata; paling sedikit %(least)s."),
    "rows": _("Baru %(n)s baris; paling sedikit %(least)s."),
    "photos": _("Baru %(n)s foto; paling sedikit %(least)s."),
    "files": _("Baru %(n)s berkas; paling sedikit %(least)s."),
    "consent": _("%(n)s foto belum dicentang izinnya."),
    "number": _("Tulis dengan angka."),
    "day": _("Tulis tanggalnya, misalnya 14/01/2027."),
    "link": _("Tulis alamat lengkap yang diawali https://."),
    "column": _("Baris %(row)s: “%(column)s” belum diisi."),
}
#: Why a file is not taken, by the codes of `uploads.FileRefused`; `no_file` is a form that was sent without one.
FILE_REASONS = {
    "no_file": _("Pilih berkasnya dahulu."),
    "empty": _("Berkas ini kosong. Pilih berkas lain."),
    "wrong_type": _("Jenis berkas ini tidak dapat dipakai di sini."),
    "unknown_type": _("Jenis berkas ini tidak dikenal. Pakai foto, PDF, Word, Excel atau PowerPoint."),
    "too_large": _("Berkas ini lebih besar dari 10 MB. Kecilkan dahulu, atau kirim dalam beberapa bagian."),
    "not_a_picture": _("Berkas ini bukan foto yang dapat dibuka."),
    "too_many_pixels": _("Ukuran foto ini terlalu besar. Ambil lagi dengan ukuran yang lebih kecil."),
    "too_costly": _("Foto ini terlalu berat untuk dibuka. Ambil lagi dengan ukuran yang lebih kecil."),
    "broken": _("Berkas ini rusak atau belum lengkap. Ambil lagi fotonya, atau pilih berkas lain."),
    "two_kinds": _("Berkas ini memuat dua jenis isi sekaligus. Simpan ulang, lalu pilih lagi."),
    "locked": _("Berkas ini dikunci dengan kata sandi. Simpan tanpa kata sandi, lalu pilih lagi."),
    "macros": _("Berkas ini memuat program (makro). Simpan tanpa makro, lalu pilih lagi."),
    "unfolds": _("Isi berkas ini terlalu besar saat dibuka. Pilih berkas lain."),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A part in the list of a work: how far it is, and how much is missing."""

    part: Part
    state: str
    missing: int


@dataclass(frozen=True, slots=True)
class ShownGap:
    """What is missing at one field, as a sentence."""

    part: Part
    field: str
    title: Mapping[str, str]
    sentence: str


def part_steps(found: StagePage) -> list[Step]:
    """Return the parts of a work in their order with how far each is."""
    steps = []
    for part in found.stage.parts:
        missing, is_written = len(found.gaps_of(part)), found.of(part.id).version > 0
        state = (BEGUN if missing else WHOLE) if is_written else (EMPTY if missing else OPTIONAL)
        steps.append(Step(part, state, missing))
    return steps


def shown_gaps(found: StagePage) -> list[tuple[Part, list[ShownGap]]]:
    """Return what is missing, part by part, as sentences; empty when the work can be handed in.

    A part in which nothing was written yet has no sentences of its own: that it is empty says everything.
    """
    return [
        (step.part, [_shown(step.part, gap) for gap in found.gaps_of(step.part)] if step.state == BEGUN else [])
        for step in part_steps(found) if step.missing
    ]


def gap_sentence(gap: Gap) -> str:
    """Return a gap as a sentence in the reader's language."""
    language = i18n.language()
    values: dict[str, Any] = {
        name: in_language(value, language)[0] if isinstance(value, Mapping) else words.number(value, language)
        for name, value in gap.values.items()
    }
    return i18n.gettext(str(SENTENCES[gap.code]), **values)


def _shown(part: Part, gap: Gap) -> ShownGap:
    title = next((each.title for each in part.fields if each.id == gap.field), part.title)
    return ShownGap(part, gap.field, title, gap_sentence(gap))


def file_reason(code: str) -> str:
    """Return why a file is not taken, as a sentence in the reader's language."""
    return i18n.gettext(str(FILE_REASONS[code]))
