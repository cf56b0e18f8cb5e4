"""The blueprint of the desk and its places in the menu."""

from __future__ import annotations

from flask import Blueprint

from lms.core import registry
from lms.core.web import menu
from lms.core.words_lazy import lazy as _

bp = Blueprint("teaching", __name__)

for _kind in ("question.answer", "announcement.publish", "announcement.withdraw"):
    registry.operation_kind(_kind)

TEACHERS = "instructor extra_instructor"
menu.place(
    TEACHERS, 10, "teaching.classes", _("Kelas"), "people",
    lights="teaching.cohort teaching.learner teaching.quiz_of_learner teaching.statistics teaching.quizzes"
    " teaching.announcements",
)
menu.place(TEACHERS, 20, "teaching.questions", _("Tanya"), "question", lights="teaching.question")
menu.place(TEACHERS, 30, "teaching.essays", _("Penilaian"), "edit", lights="teaching.essay")
menu.place("practice_supervisor", 10, "teaching.supervised", _("Bimbingan"), "people", lights="teaching.learner")
