"""Pages on which an instructor marks: the essays that wait, those that are marked, one of them with its history."""

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
from lms.core.web.searching import search_text
from lms.core.words_lazy import lazy as _
from lms.quizzes import services
from lms.quizzes.queries import essays_to_mark, late_attempts, marked_essays
from lms.teaching import essays as desk
from lms.teaching.blueprint import bp, class_filter
from lms.teaching.forms import EssayForm

failures.says(services.OwnWork, _("Pekerjaan sendiri dinilai oleh orang lain."))
failures.says(services.AttemptRunning, _("Percobaan ini masih dikerjakan. Nilai setelah dikirim."))


@bp.get("/penilaian")
@allow("essay.mark")
def essays() -> Response:
    """List the essays that wait for a mark, the oldest first, with the late answers; or those that are marked."""
    pager, by, cohort = Pager.of_request(), actor(), class_filter()
    just, said = _just_marked(), request.args.get("pesan")
    if request.args.get("tampil") == "dinilai":
        text = search_text()
        marked = pager.fill(
            lambda: marked_essays(by=by, text=text, cohort_uuid=cohort, page=pager.page, size=pager.size)
        )
        return page("teaching/marked.html", lines=marked, pager=pager, text=text, cohort=cohort, just=just, said=said)
    lines = pager.fill(lambda: essays_to_mark(by=by, cohort_uuid=cohort, page=pager.page, size=pager.size))
    late, late_total = late_attempts(by=by, cohort_uuid=cohort, size=10)
    return page(
        "teaching/essays.html", lines=lines, pager=pager, late=late, late_total=late_total, cohort=cohort, just=just,
        said=said,
    )


def _just_marked() -> desk.Essay | None:
    """Return the essay whose mark was stored a moment ago, so that a slip of the finger is seen and can be changed."""
    attempt, _dot, slot = request.args.get("dinilai", "").partition(".")
    try:
        return desk.essay(UUID(attempt), int(slot[:3]), by=actor())
    except (ValueError, NotFound):
        return None


@bp.get("/penilaian/<uuid:attempt>/<small:slot>")
@allow("essay.mark")
def essay(attempt: UUID, slot: int) -> Response:
    """Show one essay beside its guide, with the form for the mark and every mark it had."""
    return _essay_page(attempt, slot, None)


def _essay_page(attempt: UUID, slot: int, form: EssayForm | None, *, status: int = 200) -> Response:
    by = actor()
    found = desk.essay(attempt, slot, by=by)
    if form is None:
        form = EssayForm(data={"mark": found.mark, "comment": found.comment or ""})
    lines, waiting = essays_to_mark(by=by, size=8)
    return page(
        "teaching/essay.html", status=status, essay=found, form=form, lines=lines, waiting=waiting,
        just=None if form.problems else _just_marked(),
    )


@bp.post("/penilaian/<uuid:attempt>/<small:slot>")
@allow("essay.mark")
def mark(attempt: UUID, slot: int) -> BaseResponse:
    """Store the mark and go on to the next essay that waits; both pages offer to change it."""
    form = EssayForm()
    if not form.validate():
        return _essay_page(attempt, slot, form, status=422)
    value = form.mark.data
    assert value is not None

    # Read before the write transaction, which `then` runs in; the one on the desk is left out anyway.
    following = desk.next_waiting(by=actor(), after=(attempt, slot))
    done = f"{attempt}.{slot}"

    def then(_result: object) -> str:
        if following is None:
            return url_for("teaching.essays", pesan="habis", dinilai=done)
        return url_for("teaching.essay", attempt=following.attempt_uuid, slot=following.slot, dinilai=done)

    try:
        return perform(
            "essay.mark",
            lambda by: services.mark_essay(
                attempt, slot, mark=value, comment=form.comment.data, reason=form.reason.data, by=by
            ),
            then=then,
        )
    except Invalid as problem:
        form.refuse(problem)
        return _essay_page(attempt, slot, form, status=422)
