"""A lesson: reading it, finishing it, noting something, asking."""

from __future__ import annotations

import uuid

import wtforms
from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.classroom import queries
from lms.classroom.views.blueprint import bp
from lms.core import i18n
from lms.core.errors import Invalid
from lms.core.web.actions import allow, perform, wants_json
from lms.core.web.forms import Form, TextField
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.core.words_lazy import lazy as _
from lms.lessons import queries as lesson_queries, services
from lms.programs.content import in_language


class ReflectionForm(Form):
    """One's own note under a lesson; an empty one is a note that was taken back."""

    text = TextField(_("Refleksi"), required=False, longest=services.LONGEST, lines=4)
    shared = wtforms.BooleanField(
        _("Bagikan kepada kelas dan pengajarnya. Bila tidak dicentang, hanya Anda yang membaca.")
    )


class QuestionForm(Form):
    """A question to the instructors."""

    question = TextField(_("Pertanyaan Anda"), longest=services.LONGEST, lines=3)


@bp.get("/pelajaran/<uuid:enrolment_uuid>/<lesson_id>")
@allow("learning.read")
def lesson(enrolment_uuid: uuid.UUID, lesson_id: str) -> Response:
    """Show a lesson; a locked one says what opens it."""
    return _lesson_page(enrolment_uuid, lesson_id)


def _lesson_page(
    enrolment_uuid: uuid.UUID, lesson_id: str, *, reflection: ReflectionForm | None = None,
    question: QuestionForm | None = None, status: int = 200,
) -> Response:
    try:
        found = queries.lesson_page(enrolment_uuid, lesson_id, by=actor())
    except services.LessonLocked:
        desk = queries.desk(enrolment_uuid, by=actor())
        module, locked = desk.program.lesson(lesson_id)
        return page("classroom/locked.html", status=409, desk=desk, state=desk.module(module.id), title=locked.title)
    body, fell_back = in_language(found.lesson.html, i18n.language())
    form = reflection or question
    return page(
        "classroom/lesson.html", kept=True, status=status, found=found, desk=found.desk, module=found.module,
        lesson=found.lesson, body=body, fell_back=fell_back, form=form, reflection=reflection, question=question,
        after=queries.after_lesson(found.desk.program, lesson_id),
    )


@bp.post("/pelajaran/<uuid:enrolment_uuid>/<lesson_id>/selesai")
@allow("learning.do")
def finish_lesson(enrolment_uuid: uuid.UUID, lesson_id: str) -> BaseResponse:
    """Note that a lesson was read to the end and go on."""
    desk = queries.desk(enrolment_uuid, by=actor())
    return perform(
        "lesson.finish", lambda by: services.finish_lesson(enrolment_uuid, lesson_id, by=by),
        then=lambda done: _next_address(desk, lesson_id, done["modules"]),
    )


def _next_address(desk: queries.Desk, lesson_id: str, granted: list[str]) -> str:
    """Return where somebody goes after a lesson: on in the module, or to its page when the module is complete now."""
    module, _lesson = desk.program.lesson(lesson_id)
    following = queries.after_lesson(desk.program, lesson_id)
    enrolment = desk.enrolment.uuid
    if following is not None and following[0] == "lesson":
        return url_for("classroom.lesson", enrolment_uuid=enrolment, lesson_id=following[1].id)
    if following is not None and module.id not in granted and following[1].id not in desk.facts.passed:
        return url_for("classroom.quiz", enrolment_uuid=enrolment, quiz_id=following[1].id)
    return url_for("classroom.module", enrolment_uuid=enrolment, module_id=module.id)


@bp.get("/pelajaran/<uuid:enrolment_uuid>/<lesson_id>/refleksi")
@allow("learning.read")
def class_reflections(enrolment_uuid: uuid.UUID, lesson_id: str) -> Response:
    """Show what the class has shared under a lesson that is open to the reader."""
    found = queries.lesson_page(enrolment_uuid, lesson_id, by=actor())
    pager = Pager.of_request()
    shared = pager.fill(lambda: lesson_queries.shared_reflections(
        found.desk.enrolment.cohort_id or 0, lesson_id, size=pager.size, offset=pager.offset
    ))
    return page(
        "classroom/class_reflections.html", kept=True, desk=found.desk, lesson=found.lesson, shared=shared, pager=pager
    )


@bp.post("/pelajaran/<uuid:enrolment_uuid>/<lesson_id>/refleksi")
@allow("learning.do")
def save_reflection(enrolment_uuid: uuid.UUID, lesson_id: str) -> BaseResponse:
    """Keep one's own note; the script sends it while somebody types."""
    form = ReflectionForm()
    if not form.validate():
        return _refused(enrolment_uuid, lesson_id, form)
    return perform(
        "reflection.save",
        lambda by: services.save_reflection(enrolment_uuid, lesson_id, form.text.data, form.shared.data, by=by),
        then=lambda _r: url_for(
            "classroom.lesson", enrolment_uuid=enrolment_uuid, lesson_id=lesson_id, _anchor="refleksi"
        ),
    )


@bp.post("/pelajaran/<uuid:enrolment_uuid>/<lesson_id>/tanya")
@allow("question.ask")
def ask(enrolment_uuid: uuid.UUID, lesson_id: str) -> BaseResponse:
    """Ask the instructors of the class."""
    form = QuestionForm()
    if not form.validate():
        return _refused(enrolment_uuid, lesson_id, form)
    return perform(
        "question.ask", lambda by: services.ask(enrolment_uuid, lesson_id, form.question.data, by=by),
        then=lambda _r: url_for(
            "classroom.lesson", enrolment_uuid=enrolment_uuid, lesson_id=lesson_id, _anchor="tanya"
        ),
    )


def _refused(enrolment_uuid: uuid.UUID, lesson_id: str, form: ReflectionForm | QuestionForm) -> Response:
    """Show the lesson again with what was typed and what is wrong with it."""
    if wants_json():
        raise Invalid
    if isinstance(form, ReflectionForm):
        return _lesson_page(enrolment_uuid, lesson_id, reflection=form, status=422)
    return _lesson_page(enrolment_uuid, lesson_id, question=form, status=422)


