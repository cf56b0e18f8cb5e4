"""Pages about one learner: modules, a quiz with what was granted, an attempt to look at, late answers to decide."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.core.errors import Invalid, NotFound
from lms.core.web import failures
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.quizzes import services
from lms.quizzes.queries import StaffReview, attempt_of_learner
from lms.teaching import learner as learners
from lms.teaching.blueprint import bp
from lms.teaching.calling import message_to
from lms.teaching.forms import AllowanceForm, LeaveOutForm

failures.says(services.NothingLate, _("Tidak ada jawaban terlambat yang menunggu keputusan."))
failures.says(services.GrantTooLate, _(
    "Kuis ini tidak dapat dikerjakan lagi, jadi tambahan tidak dapat dipakai."
    " Bila peserta masih perlu kesempatan, tanyakan periode berikutnya kepada admin kelas."
))

#: Why nothing can be granted any more, by the reason the quiz is over for.
OVER_WORDS = {
    "not_learning": _("Orang ini tidak sedang belajar di kelas, jadi tambahan tidak dapat dipakai."),
    "ended": _("Kelas selesai %(day)s, jadi tambahan tidak dapat dipakai lagi."),
    "window_over": _("Tes ini ditutup %(day)s, jadi tambahan tidak dapat dipakai lagi."),
}


@bp.get("/peserta/<uuid:enrolment>")
@allow("learner.follow", conceal=True)
def learner(enrolment: UUID) -> Response:
    """Show a learner within scope: modules and quizzes."""
    found = learners.learner_page(enrolment, by=actor())
    return page("teaching/learner.html", learner=found, message=message_to(found))


@bp.get("/peserta/<uuid:enrolment>/kuis/<quiz_id>")
@allow("learner.follow", conceal=True)
def quiz_of_learner(enrolment: UUID, quiz_id: str) -> Response:
    """Show a learner's attempts at a quiz and what was granted."""
    return _quiz_page(enrolment, quiz_id, AllowanceForm())


def _quiz_page(enrolment: UUID, quiz_id: str, form: AllowanceForm, *, status: int = 200) -> Response:
    found, quiz = learners.quiz_desk(enrolment, quiz_id, by=actor())
    return page(
        "teaching/quiz_of_learner.html", status=status, learner=found, desk=quiz, form=form, over=OVER_WORDS,
        said=request.args.get("pesan"),
    )


@bp.post("/peserta/<uuid:enrolment>/kuis/<quiz_id>/tambahan")
@allow("attempt.grant", conceal=True)
def grant(enrolment: UUID, quiz_id: str) -> BaseResponse:
    """Grant an extra attempt or extra minutes, with a reason."""
    form = AllowanceForm()
    if not form.validate():
        return _quiz_page(enrolment, quiz_id, form, status=422)
    try:
        return perform(
            "allowance.grant",
            lambda by: services.grant_allowance(
                enrolment, quiz_id, extra_attempts=form.extra_attempts.data, extra_minutes=form.extra_minutes.data,
                reason=form.reason.data, by=by,
            ),
            then=lambda _r: url_for("teaching.quiz_of_learner", enrolment=enrolment, quiz_id=quiz_id, pesan="diberi"),
        )
    except Invalid as problem:
        form.refuse(problem)
        return _quiz_page(enrolment, quiz_id, form, status=422)


@bp.get("/peserta/<uuid:enrolment>/percobaan/<uuid:attempt>")
@allow("learner.follow", conceal=True)
def attempt(enrolment: UUID, attempt: UUID) -> Response:
    """Show what a learner answered, what it was worth, and when; nothing here changes the attempt."""
    return _attempt_page(enrolment, attempt, LeaveOutForm())


def _attempt_page(enrolment: UUID, attempt: UUID, form: LeaveOutForm, *, status: int = 200) -> Response:
    found = _of(enrolment, attempt)
    return page(
        "teaching/attempt.html", status=status, attempt=found, name=learners.name_of(found.review.enrolment), form=form,
        said=request.args.get("pesan"),
    )


def _of(enrolment: UUID, attempt: UUID) -> StaffReview:
    found = attempt_of_learner(attempt, by=actor())
    if found.review.enrolment_uuid != enrolment:
        raise NotFound
    return found


@bp.post("/peserta/<uuid:enrolment>/terlambat/<uuid:attempt>")
@allow("attempt.grant", conceal=True)
def accept_late(enrolment: UUID, attempt: UUID) -> BaseResponse:
    """Let the late answers of an attempt count."""
    _of(enrolment, attempt)
    return perform(
        "late.accept", lambda by: services.accept_late(attempt, by=by),
        then=lambda _r: url_for(ATTEMPT, enrolment=enrolment, attempt=attempt, pesan="dihitung"),
    )


@bp.post("/peserta/<uuid:enrolment>/terlambat/<uuid:attempt>/kesampingkan")
@allow("attempt.grant", conceal=True)
def leave_out_late(enrolment: UUID, attempt: UUID) -> BaseResponse:
    """Decide that the late answers of an attempt do not count."""
    form, _found = LeaveOutForm(), _of(enrolment, attempt)
    if not form.validate():
        return _attempt_page(enrolment, attempt, form, status=422)
    try:
        return perform(
            "late.leave_out", lambda by: services.leave_out_late(attempt, form.reason.data, by=by),
            then=lambda _r: url_for(ATTEMPT, enrolment=enrolment, attempt=attempt, pesan="dikesampingkan"),
        )
    except Invalid as problem:
        form.refuse(problem)
        return _attempt_page(enrolment, attempt, form, status=422)


ATTEMPT = "teaching.attempt"
