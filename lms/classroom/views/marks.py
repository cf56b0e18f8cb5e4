"""One's own marks, in words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Response, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.classroom import queries
from lms.classroom.views.blueprint import bp
from lms.cohorts.queries import own_enrolments
from lms.core import i18n
from lms.core.web.actions import allow
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words
from lms.marks import queries as mark_queries
from lms.quizzes.queries import best_marks

STAGES = {"deepening": _("Pendalaman materi"), "independent_task": _("Tugas mandiri")}

#: What a requirement is called, and what to say below it while it is open or waiting.
WORDS: dict[str, tuple[Lazy, Lazy]] = {
    "pretest": (_("Tes awal dikirim"), _("Ada di modul pertama. Tidak ada nilai lulus.")),
    "modules": (
        _("%(done)s dari %(total)s modul selesai"),
        _("Modul selesai bila pelajarannya dibaca dan kuisnya lulus."),
    ),
    "module_quizzes": (
        _("%(done)s dari %(total)s kuis modul lulus"),
        _("Nilai terbaik dari semua percobaan yang dipakai."),
    ),
    "posttest": (_("Tes akhir lulus"), _("Nilai lulus %(pass_mark)s. Terbuka setelah semua modul lain selesai.")),
    "attendance": (
        _("Kehadiran %(percent)s persen atau lebih"),
        _("Dicatat oleh admin kelas. Anda tidak perlu mengirim apa pun."),
    ),
    "mandatory_tasks": (
        _("%(total)s tugas wajib diterima"),
        _("Dikerjakan di lembaga sendiri, pada tahap tugas mandiri."),
    ),
    "elective_tasks": (
        _("%(total)s tugas pilihan diterima"),
        _("Dikerjakan di lembaga sendiri, pada tahap tugas mandiri."),
    ),
    "report": (_("Laporan akhir diterima"), _("Ditulis pada tahap tugas mandiri, dinilai pembimbing praktik.")),
    "independent_task": (
        _("Nilai tugas mandiri %(pass_mark)s atau lebih"),
        _("Dihitung setelah semua bagiannya dinilai."),
    ),
    "total": (_("Nilai akhir %(pass_mark)s atau lebih"), _("Dihitung setelah kedua tahap dinilai.")),
}
NOTES = {
    "quizzes": _("%(done)s dari %(total)s sudah dinilai"),
    "posttest": _("belum dinilai"),
    "later": _("dinilai pada tahap berikutnya"),
}


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """A requirement in words."""

    title: str
    note: str
    state: str
    link: str | None


@bp.get("/nilai")
@allow("mark.own")
def own_marks() -> BaseResponse:
    """Lead to the marks of the enrolment one works in; without one, say when there will be some."""
    enrolment = queries.current(own_enrolments(by=actor()))
    if enrolment is None or not enrolment.can_learn:
        return page("classroom/no_marks.html", kept=True, enrolment=enrolment)
    return redirect(url_for("classroom.marks", enrolment_uuid=enrolment.uuid), 302)


@bp.get("/nilai/<uuid:enrolment_uuid>")
@allow("mark.own")
def marks(enrolment_uuid: uuid.UUID) -> Response:
    """Show what counts, what is done and what is missing to pass."""
    desk = queries.desk(enrolment_uuid, by=actor())
    sheet = mark_queries.sheet_of(desk.program, desk.facts, best_marks(desk.enrolment.id))
    hours = next((item.values for item in sheet.requirements if item.code == "jp"), None)
    shown = [_shown(item, desk, hours) for item in sheet.requirements if item.code in WORDS]
    return page(
        "classroom/marks.html", kept=True, desk=desk, sheet=sheet, requirements=shown, stages=STAGES, notes=NOTES,
    )


def _shown(
    item: mark_queries.Requirement, desk: queries.Desk, hours: Mapping[str, Any] | None
) -> ShownRequirement:
    values = {name: _in_words(value) for name, value in item.values.items()}
    title, open_note = (i18n.gettext(words_of, **values) for words_of in WORDS[item.code])
    note = open_note
    if item.state == "done":
        note = i18n.gettext(_("Nilai %(mark)s"), **values) if item.values.get("mark") is not None else ""
        if item.code == "modules" and hours:
            note = i18n.gettext(_("%(done)s dari %(total)s JP"), **hours)
    elif item.values.get("mark") is not None:
        note = i18n.gettext(_("Nilai terbaik %(mark)s."), **values) + " " + open_note
    return ShownRequirement(title, note, item.state, _link(item, desk) if item.state == "todo" else None)


def _in_words(value: object) -> str:
    return words.mark(value, i18n.language()) if isinstance(value, Decimal) else str(value)


def _link(item: mark_queries.Requirement, desk: queries.Desk) -> str | None:
    """Return where a requirement is worked on; a quiz behind a lock is not offered."""
    enrolment_uuid = desk.enrolment.uuid
    if item.link == "quiz":
        module, _quiz = desk.program.quiz(item.values["quiz"])
        if desk.module(module.id).state != "locked":
            return url_for("classroom.quiz", enrolment_uuid=enrolment_uuid, quiz_id=item.values["quiz"])
        return None
    if item.link == "module":
        return url_for("classroom.module", enrolment_uuid=enrolment_uuid, module_id=item.values["module"])
    return url_for("classroom.tier", program_id=desk.program.id) if item.link == "program" else None
