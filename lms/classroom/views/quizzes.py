"""A quiz before and between its attempts: what it is, how often, and the way in."""

from __future__ import annotations

import uuid

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.classroom import queries
from lms.classroom.views.blueprint import bp
from lms.core.web import failures
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.quizzes import queries as quiz_queries, refusals, services

failures.says(
    refusals.AttemptsUsedUp, _("Semua percobaan (%(limit)s) sudah terpakai. Pengajar dapat memberi tambahan.")
)
failures.says(refusals.QuizLocked, _("Kuis ini masih terkunci. Modul yang perlu selesai dahulu ada di halaman kuis."))
failures.says(refusals.AttemptRunning, _("Percobaan ini belum dikirim."))
failures.says(refusals.QuizClosed, _("Kuis ini sudah ditutup. Nilai terbaik Anda tetap dipakai."))
failures.says(refusals.NotDueYet, _("Kuis ini belum dibuka. Tanggalnya ada di Beranda."))
failures.says(
    refusals.AttemptFinished, _("Percobaan ini sudah dikirim. Jawaban yang datang sesudahnya tidak mengubah nilai.")
)
failures.says(refusals.UnknownSlot, _("Soal ini tidak ada di percobaan Anda. Muat ulang halaman."))

#: Why a quiz cannot be started, by the reason its overview gives.
REASONS = {
    "not_learning": _("Kuis terbuka untuk peserta yang aktif di kelas."),
    "not_begun": _("Kelas belum dimulai."),
    "ended": _("Kelas sudah selesai. Nilai terbaik Anda tetap dipakai."),
    "window_ahead": _("Tes ini belum dibuka."),
    "window_over": _("Waktu tes ini sudah lewat. Nilai terbaik Anda tetap dipakai."),
}


@bp.get("/kuis/<uuid:enrolment_uuid>/<quiz_id>")
@allow("learning.read")
def quiz(enrolment_uuid: uuid.UUID, quiz_id: str) -> Response:
    """Show what a quiz is, the attempts so far, and start, continue or why not."""
    desk = queries.desk(enrolment_uuid, by=actor())
    module, found = desk.program.quiz(quiz_id)
    state = desk.module(module.id)
    if state.state == "locked":
        return page("classroom/locked.html", status=409, desk=desk, state=state, title=found.title)
    seen = quiz_queries.overview(desk.enrolment, desk.version, quiz_id)
    return page("classroom/quiz.html", kept=True, desk=desk, module=module, quiz=found, seen=seen, reasons=REASONS)


@bp.post("/kuis/<uuid:enrolment_uuid>/<quiz_id>")
@allow("learning.do")
def start(enrolment_uuid: uuid.UUID, quiz_id: str) -> BaseResponse:
    """Begin an attempt, or go on with the open one."""
    return perform(
        "attempt.start", lambda by: services.start_attempt(enrolment_uuid, quiz_id, by=by),
        then=lambda attempt_uuid: url_for("classroom.attempt", attempt_uuid=attempt_uuid),
    )
