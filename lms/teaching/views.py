"""Pages of a class: its people, questions, announcements, item statistics; and the practice supervisor's people."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.cohorts import services as cohorts
from lms.cohorts.scope_names import scope_names
from lms.core.errors import Invalid, NotFound
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.core.web.searching import search_text
from lms.core.words_lazy import Lazy, lazy as _
from lms.lessons import services as lessons
from lms.lib import clock
from lms.programs import catalogue
from lms.quizzes.queries import Item, item_statistics
from lms.teaching import attempts as _attempts, marking as _marking, queries, reflections as shared_reflections
from lms.teaching.blueprint import bp, class_filter
from lms.teaching.calling import message_to
from lms.teaching.forms import AnnouncementForm, AnswerForm

COHORT_WORDS = {
    "planned": _("Belum mulai"), "running": _("Berjalan"), "reporting": _("Masa laporan"), "finished": _("Selesai"),
}
STATES = (
    ("not_begun", _("Belum mulai belajar")), ("learning", _("Sedang belajar")), ("idle", _("Tidak aktif 7 hari")),
    ("done", _("Semua modul selesai")),
)
SORTS = (("name", _("Nama")), ("progress", _("Modul paling sedikit")), ("active", _("Paling lama tidak aktif")))


@bp.get("/kelas")
@allow("class.teach")
def classes() -> Response:
    """Show the instructor's classes and what waits in them."""
    pager, by = Pager.of_request(), actor()
    cards = pager.fill(lambda: queries.class_cards(by, limit=pager.size, offset=pager.offset))
    return page("teaching/classes.html", cards=cards, pager=pager, cohort_states=COHORT_WORDS)


@bp.get("/kelas/<uuid:cohort>")
@allow("class.teach")
def cohort(cohort: UUID) -> Response:
    """Show a class: its people with progress."""
    return _people("teaching/cohort.html", cohort, Pager.of_request())


@bp.get("/kelas/<uuid:cohort>/cetak")
@allow("class.teach")
def printed(cohort: UUID) -> Response:
    """Show the whole class on paper."""
    return _people("teaching/printed.html", cohort, None)


def _people(template: str, cohort: UUID, pager: Pager | None) -> Response:
    by, asked = actor(), request.args
    card = queries.class_card(by, cohort)
    wanted: dict[str, Any] = {
        "text": search_text(), "state": asked.get("keadaan", "")[:20],
        "sort": asked.get("urut", "name")[:20],
    }
    if pager is None:
        lines, _total = queries.learners(by, "class.teach", cohort=cohort, **wanted, limit=None)
    else:
        lines = pager.fill(lambda: queries.learners(
            by, "class.teach", cohort=cohort, **wanted, limit=pager.size, offset=pager.offset
        ))
    return page(
        template, card=card, lines=lines, pager=pager, wanted=wanted, states=STATES, sorts=SORTS, now=clock.now(),
        cohort_states=COHORT_WORDS,
    )


@bp.get("/bimbingan")
@allow("supervision.read")
def supervised() -> Response:
    """Show a practice supervisor exactly the people assigned to them."""
    pager, by, text = Pager.of_request(), actor(), search_text()
    lines = pager.fill(lambda: queries.learners(
        by, "supervision.read", text=text, limit=pager.size, offset=pager.offset
    ))
    return page(
        "teaching/supervised.html", lines=lines, pager=pager, text=text, scopes=scope_names(by), message=message_to
    )


@bp.get("/pertanyaan")
@allow("question.answer")
def questions() -> Response:
    """List the questions of learners: open ones first asked first, or those already answered."""
    pager, answered = Pager.of_request(), request.args.get("tampil") == "terjawab"
    lines = pager.fill(lambda: queries.questions(
        actor(), answered=answered, cohort=class_filter(), limit=pager.size, offset=pager.offset
    ))
    return page(
        "teaching/questions.html", lines=lines, pager=pager, answered=answered, lesson=_lesson_title,
        said=request.args.get("pesan"), cohort=request.args.get("kelas"),
    )


def _lesson_title(line: queries.QuestionLine) -> object:
    try:
        return catalogue.version(line.version_id).program.lesson(line.lesson_id)[1].title
    except NotFound:
        return {"id": line.lesson_id}


@bp.get("/pertanyaan/<uuid:question>")
@allow("question.answer")
def question(question: UUID) -> Response:
    """Show one question with the form for an answer."""
    return _question_page(question, AnswerForm())


def _question_page(question: UUID, form: AnswerForm, *, status: int = 200) -> Response:
    lines, _total = queries.questions(actor(), answered=False, only=question)
    if not lines:
        raise NotFound
    return page("teaching/question.html", status=status, line=lines[0], form=form, lesson=_lesson_title)


@bp.post("/pertanyaan/<uuid:question>")
@allow("question.answer")
def answer(question: UUID) -> BaseResponse:
    """Answer a question; the asker gets a notice."""
    form = AnswerForm()
    if not form.validate():
        return _question_page(question, form, status=422)
    try:
        return perform(
            "question.answer", lambda by: lessons.answer(question, form.text.data, by=by),
            then=lambda _r: url_for("teaching.questions", pesan="terjawab"),
        )
    except Invalid as problem:
        form.refuse(problem)
        return _question_page(question, form, status=422)


@bp.get("/kelas/<uuid:cohort>/pengumuman")
@allow("class.announce")
def announcements(cohort: UUID) -> Response:
    """Show a class's announcements and the form for a new one."""
    return _announcements(cohort, AnnouncementForm())


def _announcements(cohort: UUID, form: AnnouncementForm, *, status: int = 200) -> Response:
    card, pager = queries.class_card(actor(), cohort, "class.announce"), Pager.of_request()
    lines = pager.fill(lambda: queries.announcements(card.id, limit=pager.size, offset=pager.offset))
    return page(
        "teaching/announcements.html", status=status, card=card, lines=lines, pager=pager, form=form,
        said=request.args.get("pesan"),
    )


@bp.post("/kelas/<uuid:cohort>/pengumuman")
@allow("class.announce")
def announce(cohort: UUID) -> BaseResponse:
    """Tell the whole class something."""
    form = AnnouncementForm()
    if not form.validate():
        return _announcements(cohort, form, status=422)
    return perform(
        "announcement.publish", lambda by: cohorts.announce(cohort, form.title.data, form.text.data, by=by),
        then=lambda _r: url_for("teaching.announcements", cohort=cohort, pesan="terkirim"),
    )


@bp.post("/kelas/pengumuman/<uuid:announcement>/tarik")
@allow("class.announce")
def withdraw(announcement: UUID) -> BaseResponse:
    """Take an announcement back."""
    return perform(
        "announcement.withdraw", lambda by: cohorts.withdraw_announcement(announcement, by=by),
        then=lambda cohort: url_for("teaching.announcements", cohort=UUID(cohort), pesan="ditarik"),
    )


@bp.get("/kelas/<uuid:cohort>/refleksi")
@allow("class.teach")
def reflections(cohort: UUID) -> Response:
    """Show what a class has shared under its lessons, newest first; of one lesson when it is asked for."""
    by, pager, lesson_id = actor(), Pager.of_request(), request.args.get("pelajaran", "")[:60]
    card = queries.class_card(by, cohort)
    counts: dict[str, int] = {}

    def read() -> tuple[list[shared_reflections.SharedLine], int]:
        found, each = shared_reflections.shared(
            cohort, by=by, lesson_id=lesson_id, limit=pager.size, offset=pager.offset
        )
        counts.update(each)
        return found, each.get(lesson_id, 0) if lesson_id else sum(each.values())

    lines = pager.fill(read)
    lessons_with = shared_reflections.in_order(counts, catalogue.version(card.version_id).program)
    return page(
        "teaching/reflections.html", card=card, lines=lines, pager=pager, chosen=lesson_id, lessons=lessons_with,
        titles={key: title for key, title, _n in lessons_with},
    )


@bp.get("/kelas/<uuid:cohort>/kuis")
@allow("quiz.statistics")
def quizzes(cohort: UUID) -> Response:
    """List the quizzes of a class's programme."""
    card = queries.class_card(actor(), cohort, "quiz.statistics")
    return page("teaching/quizzes.html", card=card, program=catalogue.version(card.version_id).program)


@bp.get("/kelas/<uuid:cohort>/kuis/<quiz_id>")
@allow("quiz.statistics")
def statistics(cohort: UUID, quiz_id: str) -> Response:
    """Show how the questions of a quiz behave in a class, and what to do about them."""
    by = actor()
    card = queries.class_card(by, cohort, "quiz.statistics")
    module, quiz = catalogue.version(card.version_id).program.quiz(quiz_id)
    items = item_statistics(cohort, quiz_id, by=by)
    return page(
        "teaching/statistics.html", card=card, module=module, quiz=quiz, items=[(item, *advice(item)) for item in items]
    )


def advice(item: Item) -> tuple[str, Lazy, Lazy]:
    """Return tone, verdict and what to do for a question's figures."""
    if item.facility is None:
        return "", _("Belum cukup jawaban"), _("Angka tampak setelah 5 orang menjawab.")
    if item.discrimination is not None and item.discrimination < 0:
        return "bad", _("Perlu ditinjau"), _("Peserta yang kuat lebih sering salah. Periksa kunci dan bunyi soal.")
    if item.facility >= Decimal("0.9"):
        return "warn", _("Terlalu mudah"), _("Hampir semua benar. Pengecohnya kurang mengecoh.")
    if item.facility < Decimal("0.3"):
        return "warn", _("Terlalu sulit"), _("Bahas lagi di kelas, atau periksa apakah pelajarannya cukup jelas.")
    if item.discrimination is not None and item.discrimination < Decimal("0.2"):
        return "warn", _("Perlu ditinjau"), _("Belum membedakan yang paham dan yang belum. Periksa pilihan jawabannya.")
    return "ok", _("Baik"), _("Tidak perlu diubah.")


__all__ = ["_attempts", "_marking", "advice", "bp"]
