"""The blueprint of the desk, its places in the menu, and the filter that its lists share."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, request

from lms.core import registry
from lms.core.errors import NotFound
from lms.core.web import menu
from lms.core.words_lazy import lazy as _

bp = Blueprint("teaching", __name__)

for _kind in ("announcement.publish", "announcement.withdraw"):
    registry.operation_kind(_kind)

TEACHERS = "instructor extra_instructor"
menu.place(
    TEACHERS, 10, "teaching.classes", _("Kelas"), "people",
    lights="teaching.cohort teaching.learner teaching.quiz_of_learner teaching.statistics teaching.quizzes"
    " teaching.announcements teaching.reflections teaching.attempt",
)
menu.place(TEACHERS, 20, "teaching.questions", _("Tanya"), "question", lights="teaching.question")
menu.place(TEACHERS, 30, "teaching.essays", _("Penilaian"), "edit", lights="teaching.essay")
menu.place(
    "practice_supervisor", 10, "teaching.supervised", _("Bimbingan"), "people",
    lights="teaching.learner teaching.quiz_of_learner teaching.attempt",
)


def class_filter() -> UUID | None:
    """Return the class that a list is narrowed to by its address, or None for all of them. Raises `NotFound`."""
    text = request.args.get("kelas")
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None
