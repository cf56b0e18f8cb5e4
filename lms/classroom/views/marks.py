"""One's own marks, in words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

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
    "total": (_("Nilai akhir %(pass_mark)s atau lebih"), _("Dihitung setelah kedua tahap dinilai.")),
    "independent_task": (
        _("Nilai tugas mandiri %(pass_mark)s atau lebih"),
        _("Dihitung setelah semua bagiannya dinilai."),
    ),
    "modules": (
        _("%(done)s dari %(total)s modul selesai"),
        _("%(tests_done)s dari %(tests)s kuis modul dan tes akhir lulus. "
          "Modul selesai bila pelajarannya dibaca dan kuisnya lulus."),
    ),
    "attendance": (
        _("Kehadiran %(percent)s persen atau lebih"),
        _("Dicatat oleh admin kelas. Anda tidak perlu mengirim apa pun."),
    ),
    "mandatory_tasks": (
        _("%(total)s tugas wajib diterima"),
        _("Dikerjakan di lembaga sendiri, pada tahap tugas mandiri."),
    ),
}
NOTES = {
    "quizzes": _("%(done)s dari %(total)s sudah dinilai"),
    "posttest": _("belum dinilai"),
    "later": _("dinilai pada tahap berikutnya"),
    "unrecorded": _("tidak dicatat di Sanggar"),
}
#: What is said below a requirement when the class is over: how far it came, and nothing that could still be done.
RECORDED = {
    "modules": _("%(tests_done)s dari %(tests)s kuis modul dan tes akhir lulus. %(jp_done)s dari %(jp)s JP."),
}


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """A requirement in words."""

    title: str
    note: str
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
    sheet = mark_queries.sheet_of(
        desk.program, desk.facts, best_marks(desk.enrolment.id), mark_queries.verdict(desk.enrolment)
    )
    shown: dict[str, list[ShownRequirement]] = {"todo": [], "waiting": [], "recorded": [], "done": []}
    for item in sheet.requirements:
        shown[item.state].append(_shown(item, desk))
    return page(
        "classroom/marks.html", kept=True, desk=desk, sheet=sheet, shown=shown, asked=len(sheet.requirements),
        stages=STAGES, notes=NOTES,
    )


def _shown(item: mark_queries.Requirement, desk: queries.Desk) -> ShownRequirement:
    values = {name: _in_words(value) for name, value in item.values.items()}
    title, open_note = (i18n.gettext(words_of, **values) for words_of in WORDS[item.code])
    note = open_note
    if item.state == "recorded":
        note = i18n.gettext(RECORDED.get(item.code, _("Nilai %(mark)s")), **values)
    elif item.state == "done":
        note = i18n.gettext(_("Nilai %(mark)s"), **values) if item.values.get("mark") is not None else ""
        if item.code == "modules":
            note = i18n.gettext(_("%(jp_done)s dari %(jp)s JP"), **values)
    elif item.values.get("mark") is not None:
        note = i18n.gettext(_("Nilai terbaik %(mark)s."), **values) + " " + open_note
    tier = url_for("classroom.tier", program_id=desk.program.id)
    return ShownRequirement(title, note, tier if item.state == "todo" and item.link else None)


def _in_words(value: object) -> str:
    return words.mark(value, i18n.language()) if isinstance(value, Decimal) else str(value)
