"""An attempt: answering, looking back before handing in, handing in, the result."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
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
from lms.quizzes import queries, services
from lms.quizzes.refusals import AttemptRunning

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
    return page("classroom/attempt.html", kept=True, attempt=found, slots=answers.shown(found.slots))


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


def _with_what_was_typed(attempt_uuid: uuid.UUID, problem: Invalid) -> Response:
    """Show the attempt again: nothing was saved, nothing typed is lost."""
    if wants_json():
        return failures.failure(422, code=problem.code, text=_sentences(problem)[0][1])
    found = queries.attempt_page(attempt_uuid, by=actor())
    given, flags = read_answers()
    slots = answers.typed(answers.shown(found.slots), given, flags)
    return page(
        "classroom/attempt.html", status=422, attempt=found, slots=slots, problems=_sentences(problem)
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


def _with_answers(service: Callable[..., Any], attempt_uuid: uuid.UUID) -> Callable[[Actor], Any]:
    """Return the effect that hands the answers of this request to a service."""
    given, flags = read_answers()
    sent = operation_request("attempt.save")
    return lambda by: service(attempt_uuid, given, by=by, device=sent.device, seq=sent.seq, flags=flags)


def read_answers() -> tuple[dict[int, dict[str, list[str]]], dict[int, bool]]:
    """Return the answers and flags of this request by slot.

    A form names the slots it is about in `slot`, because a box that was emptied sends nothing at all.
    """
    slots = [int(text) for text in request.form.getlist("slot")[:MOST_SLOTS] if _SLOT.fullmatch(text)]
    given: dict[int, dict[str, list[str]]] = {slot: {} for slot in slots}
    for name, values in request.form.lists():
        field = _FIELD.fullmatch(name)
        if field and int(field[1]) in given:
            given[int(field[1])][field[2]] = list(values)
    return given, {slot: f"f{slot}" in request.form for slot in slots}


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
        compared = comparison.compare(desk.enrolment.id, desk.program, review.uuid)
    return page("classroom/result.html", kept=True, review=review, desk=desk, compared=compared)
