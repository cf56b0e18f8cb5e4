"""An attempt: answering, looking back before handing in, handing in, the result."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.classroom import answers, comparison, queries as classroom_queries
from lms.classroom.views.blueprint import bp
from lms.core import i18n
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.web import failures
from lms.core.web.actions import allow, operation_request, perform, wants_json
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import Lazy, lazy as _
from lms.marks.queries import verdict
from lms.quizzes import queries, services
from lms.quizzes.refusals import AttemptFinished, AttemptRunning


@dataclass(frozen=True, slots=True)
class LateNote:
    """What is said about answers that came too late."""

    text: Lazy
    look: str
    icon: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is said of a result that is not there yet."""

    chip: Lazy
    title: Lazy
    text: Lazy
    feedback: Lazy


#: By what the result waits for, which the query tells.
WAITING = {
    "closing": Waiting(
        _("Waktunya habis"), _("Menunggu penilaian"), _("Waktunya habis. Jawaban yang tersimpan sedang dinilai."),
        _("Umpan balik terbuka setelah jawaban dinilai."),
    ),
    "person": Waiting(
        _("Terkirim"), _("Terkirim, menunggu penilaian"),
        _("Ada jawaban tertulis yang dibaca pengajar. Nilai muncul di sini setelah dinilai."),
        _("Umpan balik terbuka setelah pengajar menilai jawaban tertulis."),
    ),
}
#: By the state of the late answers, which the query tells.
LATE = {
    "waiting": LateNote(
        _("Sebagian jawaban tiba setelah batas waktu. Jawaban itu tersimpan; pengajar memutuskan apakah dihitung."),
        "warn", "clock",
    ),
    "accepted": LateNote(
        _("Jawaban yang tiba setelah batas waktu sudah diterima pengajar dan dihitung."), "ok", "check-circle"
    ),
    "kept": LateNote(_("Jawaban yang tiba setelah batas waktu tersimpan dan tidak dihitung."), "warn", "clock"),
}
#: The keys of a desktop on the page of an attempt, and what they do; `app.js` listens to them.
KEYS = (
    ("1–9, A–I", _("pilih jawaban")), ("N, →", _("soal berikutnya")), ("P, ←", _("soal sebelumnya")),
    ("T", _("tandai")), ("?", _("daftar tombol ini")),
)
#: A field of an answer: the slot, then the field of its question type.
_SLOT = re.compile(r"[0-9]{1,3}")
_FIELD = re.compile(r"s(\d{1,3})\.([A-Za-z0-9_-]{1,40})")
#: A quiz has no more questions than this; a form that names more was not made by us.
MOST_SLOTS = 500


@bp.get("/percobaan/<uuid:attempt_uuid>")
@allow("learning.read")
def attempt(attempt_uuid: uuid.UUID) -> BaseResponse:
    """Show all questions of a running attempt in one form; a finished one leads to its result."""
    found = queries.attempt_page(attempt_uuid, by=actor())
    if found.state != "running":
        return redirect(url_for("classroom.result", attempt_uuid=attempt_uuid), 302)
    return _questions(found, answers.shown(found.slots))


def _questions(found: queries.AttemptPage, slots: list[answers.ShownSlot], **more: Any) -> Response:
    return page("classroom/attempt.html", kept=True, attempt=found, slots=slots, key_words=KEYS, **more)


@bp.post("/percobaan/<uuid:attempt_uuid>")
@allow("learning.do")
def save(attempt_uuid: uuid.UUID) -> BaseResponse:
    """Keep the answers that were sent: one question from the script, all of them from the button."""
    after = "classroom.confirm" if request.form.get("go") == "send" else "classroom.attempt"
    try:
        return perform(
            "attempt.save", _with_answers(services.save_answers, attempt_uuid),
            then=lambda _r: url_for(after, attempt_uuid=attempt_uuid),
        )
    except Invalid as problem:
        return _with_what_was_typed(attempt_uuid, problem)
    except AttemptFinished as problem:
        return _not_taken(attempt_uuid, problem)


def _with_what_was_typed(attempt_uuid: uuid.UUID, problem: Invalid) -> Response:
    """Show the attempt again: nothing was saved, nothing typed is lost."""
    if wants_json():
        return failures.failure(422, code=problem.code, text=_sentences(problem)[0][1])
    found = queries.attempt_page(attempt_uuid, by=actor())
    given, flags = read_answers()
    slots = answers.typed(answers.shown(found.slots), given, flags)
    return _questions(found, slots, status=422, problems=_sentences(problem))


def _not_taken(attempt_uuid: uuid.UUID, problem: AttemptFinished) -> Response:
    """Answer 409 with every answer that the finished attempt has not, so that nothing typed is lost."""
    if wants_json():
        raise problem
    found = queries.attempt_page(attempt_uuid, by=actor())
    stored = answers.shown(found.slots)
    sent = answers.typed(stored, *read_answers(every=True))
    return page(
        "classroom/not_taken.html", status=409, attempt=found, slots=answers.differing(stored, sent),
        sentence=failures.sentence_of(problem),
    )


def _sentences(problem: Invalid) -> list[tuple[str, str]]:
    """Return (place on the page, sentence) for each answer that cannot be accepted."""
    return [
        (name.replace("slot-", "soal-"), i18n.gettext(sentence, **problem.values))
        for name, sentence in problem.fields.items()
    ] or [("isi", i18n.gettext(failures.GENERAL[422][1]))]


@bp.get("/percobaan/<uuid:attempt_uuid>/kirim")
@allow("learning.read")
def confirm(attempt_uuid: uuid.UUID) -> BaseResponse:
    """Ask before handing in, and name what has no answer yet."""
    found = queries.attempt_page(attempt_uuid, by=actor())
    if found.state != "running":
        return redirect(url_for("classroom.result", attempt_uuid=attempt_uuid), 302)
    return page("classroom/confirm.html", kept=True, attempt=found, slots=answers.shown(found.slots))


@bp.post("/percobaan/<uuid:attempt_uuid>/kirim")
@allow("learning.do")
def submit(attempt_uuid: uuid.UUID) -> BaseResponse:
    """Hand an attempt in. What is sent along with it is kept first."""
    try:
        return perform(
            "attempt.submit", _with_answers(services.submit, attempt_uuid),
            then=lambda _r: url_for("classroom.result", attempt_uuid=attempt_uuid),
        )
    except Invalid as problem:
        return _with_what_was_typed(attempt_uuid, problem)
    except AttemptFinished as problem:
        return _not_taken(attempt_uuid, problem)


def _with_answers(service: Callable[..., Any], attempt_uuid: uuid.UUID) -> Callable[[Actor], Any]:
    """Return the effect that hands the answers of this request to a service."""
    given, flags = read_answers()
    sent = operation_request("attempt.save")
    return lambda by: service(attempt_uuid, given, by=by, device=sent.device, seq=sent.seq, flags=flags)


def read_answers(*, every: bool = False) -> tuple[dict[int, dict[str, list[str]]], dict[int, bool]]:
    """Return the answers and flags of this request by slot.

    A form names the slots it is about in `slot`, because a box that was emptied sends nothing at all. With `every`
    answers to other slots are returned too.
    """
    slots = [int(text) for text in request.form.getlist("slot")[:MOST_SLOTS] if _SLOT.fullmatch(text)]
    given: dict[int, dict[str, list[str]]] = {slot: {} for slot in slots}
    for name, values in request.form.lists():
        field = _FIELD.fullmatch(name)
        if field and (every or int(field[1]) in given):
            given.setdefault(int(field[1]), {})[field[2]] = list(values)
    return given, {slot: f"f{slot}" in request.form for slot in given}


@bp.get("/percobaan/<uuid:attempt_uuid>/hasil")
@allow("learning.read")
def result(attempt_uuid: uuid.UUID) -> BaseResponse:
    """Show the result of an attempt under the review rules; a running one leads back to its questions."""
    try:
        review = queries.review(attempt_uuid, by=actor())
    except AttemptRunning:
        return redirect(url_for("classroom.attempt", attempt_uuid=attempt_uuid), 302)
    desk = classroom_queries.open_desk(review.enrolment)
    compared = None
    if review.quiz.kind == "posttest" and review.is_open:
        compared = comparison.compare(desk.enrolment.id, desk.program)
    # Once the class is over there is nothing to go on to.
    next_step = None if verdict(review.enrolment) else desk.standing.next_step
    return page(
        "classroom/result.html", kept=True, review=review, desk=desk, compared=compared, next=next_step,
        late=LATE.get(review.late_state or ""), waiting=WAITING.get(review.waits_for or ""),
    )
