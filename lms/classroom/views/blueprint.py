"""The blueprint of the learner's pages, their places in the menu, the words of their templates and refusals."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint

from lms.core import i18n, registry
from lms.core.web import failures, menu
from lms.core.words_lazy import lazy as _
from lms.lessons import services as lesson_services
from lms.lib import clock, gift, words
from lms.programs.content import Text, in_language

bp = Blueprint("classroom", __name__)

for _kind in ("lesson.finish", "reflection.save", "question.ask", "attempt.start", "attempt.save", "attempt.submit"):
    registry.operation_kind(_kind, queueable=_kind != "attempt.start")

menu.place(
    "teacher", 10, "classroom.home", _("Beranda"), "home", lights="classroom.announcements classroom.announcement"
)
menu.place(
    "teacher", 20, "classroom.tier", _("Belajar"), "book",
    lights="classroom.module classroom.lesson classroom.quiz classroom.attempt classroom.result classroom.confirm",
)
menu.place("teacher", 30, "classroom.own_marks", _("Nilai"), "award", lights="classroom.marks")

failures.says(
    lesson_services.NotLearning,
    _("Pelajaran terbuka setelah kelas dimulai. Tanggalnya ada di Beranda."),
)
failures.says(lesson_services.LessonLocked, _("Pelajaran ini masih terkunci. Selesaikan dahulu: %(missing)s."))


@bp.app_template_filter("t")
def in_reader_language(text: Text) -> str:
    """Return words of a programme in the reader's language, else in Indonesian."""
    return in_language(text, i18n.language())[0]


@bp.app_template_filter("asked")
def asked(text: gift.Text) -> str:
    """Return the words of a question or an option; the template escapes them."""
    return gift.plain_text(text)


@bp.app_template_filter("day_of")
def day_of(moment: dt.datetime, timezone: str) -> str:
    """Return the day of a moment as it is named where the class is."""
    return words.date_long(clock.local(moment, timezone).date(), i18n.language())


@bp.app_template_filter("short_day")
def short_day(moment: dt.datetime, timezone: str) -> str:
    """Return the day of a moment where the class is, short: "21 Nov 2026"."""
    return words.date_short(clock.local(moment, timezone).date(), i18n.language())


@bp.app_template_filter("until")
def until(first: dt.date, last: dt.date) -> str:
    """Return a range of days: "1–7 Desember 2026"."""
    return words.date_range(first, last, i18n.language())


@bp.app_template_filter("end_of")
def end_of(day: dt.date, timezone: str) -> str:
    """Return the hour at which a date-only deadline ends: "pukul 23.59 WITA"."""
    return words.time_of(words.end_of_day(day, timezone), timezone, i18n.language())


@bp.app_template_filter("called")
def called(author: object) -> str:
    """Return how a person is spoken of: "Bapak Lalu Wirawan"."""
    return words.greeting(author.sex, author.call_name, author.full_name, i18n.language())  # type: ignore[attr-defined]
