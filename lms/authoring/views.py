"""Pages of the preview: programmes, one programme, a lesson, the questions of a quiz, pictures of unpublished files."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request, url_for
from markupsafe import Markup

from lms.authoring import queries
from lms.config import Config
from lms.core import i18n
from lms.core.errors import NotFound
from lms.core.web import menu
from lms.core.web.actions import allow
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.programs.content import in_language

bp = Blueprint("authoring", __name__)
menu.place(
    "instructor extra_instructor", 80, "authoring.programs", _("Materi"), "book",
    lights="authoring.program authoring.lesson authoring.quiz",
)


def _from_files() -> bool:
    return request.args.get("dari") == "berkas"


def _preview(program_id: str) -> queries.Preview:
    config: Config = current_app.extensions["lms.config"]
    return queries.from_files(program_id, config.courses) if _from_files() else queries.published(program_id)


@bp.errorhandler(queries.Broken)
def broken(problem: queries.Broken) -> Response:
    """List the mistakes in the files of a programme that cannot be shown because of them."""
    program_id = (request.view_args or {}).get("program_id")
    return page("authoring/broken.html", status=422, mistakes=problem.mistakes, program_id=program_id)


@bp.get("/pratinjau")
@allow("program.preview")
def programs() -> Response:
    """List what can be looked at."""
    config: Config = current_app.extensions["lms.config"]
    return page("authoring/programs.html", lines=queries.programs(config.courses))


@bp.get("/pratinjau/<program_id>")
@allow("program.preview")
def program(program_id: str) -> Response:
    """Show the modules of a programme, all open, with what the checker says of the files."""
    found = _preview(program_id)
    return page("authoring/program.html", preview=found, dari=request.args.get("dari"))


@bp.get("/pratinjau/<program_id>/pelajaran/<lesson_id>")
@allow("program.preview")
def lesson(program_id: str, lesson_id: str) -> Response:
    """Show a lesson as a learner reads it; nothing is kept."""
    found = _preview(program_id)
    module, shown = found.program.lesson(lesson_id)
    body, fell_back = in_language(shown.html, i18n.language())
    if _from_files():
        body = body.replace('src="/isi/', f'src="{url_for("authoring.program", program_id=program_id)}/gambar/')
    before, after = queries.beside(module, lesson_id)
    return page(
        "authoring/lesson.html", preview=found, module=module, lesson=shown, fell_back=fell_back, before=before,
        after=after, dari=request.args.get("dari"),
        body=Markup(body),  # noqa: S704 - rendered and sanitised by the reader's markup door
    )


@bp.get("/pratinjau/<program_id>/kuis/<quiz_id>")
@allow("program.preview")
def quiz(program_id: str, quiz_id: str) -> Response:
    """Show the questions a learner could meet; they can be tried but not sent."""
    found = _preview(program_id)
    module, shown = found.program.quiz(quiz_id)
    return page(
        "authoring/quiz.html", preview=found, module=module, quiz=shown, dari=request.args.get("dari"),
        questions=queries.questions(found.program, shown, i18n.language()),
    )


@bp.get("/pratinjau/<program_id>/gambar/<name>")
@allow("program.preview")
def picture(program_id: str, name: str) -> Response:
    """Send a picture that lies in the files and has not been published."""
    config: Config = current_app.extensions["lms.config"]
    found = queries.from_files(program_id, config.courses).files.get(name.partition(".")[0])
    if found is None:
        raise NotFound
    media_type, body = found
    response = Response(body, content_type=media_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response
