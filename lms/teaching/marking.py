"""Pages on which an instructor marks and grants: essays, one learner, extra attempts, late answers."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.core.errors import Invalid, NotFound
from lms.core.web import failures
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.core.words_lazy import lazy as _
from lms.quizzes import services
from lms.quizzes.queries import essays_to_mark, late_attempts
from lms.teaching import essays as desk, learner as learners
from lms.teaching.blueprint import bp
from lms.teaching.forms import AllowanceForm, EssayForm

failures.says(services.OwnWork, _("Pekerjaan sendiri dinilai oleh orang lain."))
failures.says(services.NothingLate, _("Tidak ada jawaban terlambat yang menunggu keputusan."))
failures.says(services.AttemptRunning, _("Percobaan ini masih dikerjakan. Nilai setelah dikirim."))


@bp.get("/penilaian")
@allow("essay.mark")
def essays() -> Response:
    """List the essays that wait for a mark, the oldest first, and the late answers that wait for a decision."""
    pager, by, cohort = Pager.of_request(), actor(), request.args.get("kelas") or None
    wanted = None
    if cohort is not None:
        try:
            wanted = UUID(cohort)
        except ValueError:
            raise NotFound from None
    lines, pager.total = essays_to_mark(by=by, cohort_uuid=wanted, page=pager.page, size=pager.size)
    late, late_total = late_attempts(by=by, cohort_uuid=wanted, size=10)
    return page(
        "teaching/essays.html", lines=lines, pager=pager, late=late, late_total=late_total,
        said=request.args.get("pesan"),
    )


@bp.get("/penilaian/<uuid:attempt>/<int:slot>")
@allow("essay.mark")
def essay(attempt: UUID, slot: int) -> Response:
    """Show one essay beside its guide, with the form for the mark."""
    return _essay_page(attempt, slot, None)


def _essay_page(attempt: UUID, slot: int, form: EssayForm | None, *, status: int = 200) -> Response:
    by = actor()
    found = desk.essay(attempt, slot, by=by)
    if form is None:
        form = EssayForm(data={"mark": found.mark, "comment": found.comment or ""})
    lines, waiting = essays_to_mark(by=by, size=8)
    return page(
        "teaching/essay.html", status=status, essay=found, form=form, lines=lines, waiting=waiting,
        said=request.args.get("pesan"),
    )


@bp.post("/penilaian/<uuid:attempt>/<int:slot>")
@allow("essay.mark")
def mark(attempt: UUID, slot: int) -> BaseResponse:
    """Store the mark and go on to the next essay that waits."""
    form = EssayForm()
    if not form.validate():
        return _essay_page(attempt, slot, form, status=422)
    value = form.mark.data
    assert value is not None

    # Read before the write transaction, which `then` runs in; the one on the desk is left out anyway.
    following = desk.next_waiting(by=actor(), after=(attempt, slot))

    def then(_result: object) -> str:
        if following is None:
            return url_for("teaching.essays", pesan="habis")
        return url_for("teaching.essay", attempt=following.attempt_uuid, slot=following.slot, pesan="tersimpan")

    try:
        return perform(
            "essay.mark",
            lambda by: services.mark_essay(attempt, slot, mark=value, comment=form.comment.data, by=by), then=then,
        )
    except Invalid as problem:
        form.refuse(problem)
        return _essay_page(attempt, slot, form, status=422)


@bp.get("/peserta/<uuid:enrolment>")
@allow("learner.follow", conceal=True)
def learner(enrolment: UUID) -> Response:
    """Show a learner within scope: modules and quizzes."""
    return page("teaching/learner.html", learner=learners.learner_page(enrolment, by=actor()))


@bp.get("/peserta/<uuid:enrolment>/kuis/<quiz_id>")
@allow("learner.follow", conceal=True)
def quiz_of_learner(enrolment: UUID, quiz_id: str) -> Response:
    """Show a learner's attempts at a quiz and what was granted."""
    return _quiz_page(enrolment, quiz_id, AllowanceForm())


def _quiz_page(enrolment: UUID, quiz_id: str, form: AllowanceForm, *, status: int = 200) -> Response:
    found, quiz = learners.quiz_desk(enrolment, quiz_id, by=actor())
    return page(
        "teaching/quiz_of_learner.html", status=status, learner=found, desk=quiz, form=form,
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


@bp.post("/peserta/<uuid:enrolment>/terlambat/<uuid:attempt>")
@allow("attempt.grant", conceal=True)
def accept_late(enrolment: UUID, attempt: UUID) -> BaseResponse:
    """Let the late answers of an attempt count."""
    found = learners.learner_page(enrolment, by=actor())
    quiz_id = next(
        (key for key, desk in found.quizzes.items() if any(item.uuid == attempt for item in desk.attempts)), None
    )
    if quiz_id is None:
        raise NotFound
    return perform(
        "late.accept", lambda by: services.accept_late(attempt, by=by),
        then=lambda _r: url_for("teaching.quiz_of_learner", enrolment=enrolment, quiz_id=quiz_id, pesan="terlambat"),
    )
