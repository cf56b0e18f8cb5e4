"""The blueprint of the learner's pages, their places in the menu, the words of their templates and refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Blueprint
from markupsafe import Markup

from lms.core import i18n
from lms.core.web import failures, menu
from lms.core.words_lazy import lazy as _
from lms.lessons import services as lesson_services
from lms.lib import gift, words
from lms.programs.content import Text, in_language
from lms.programs.marked import language_attribute, marked

bp = Blueprint("classroom", __name__)

menu.place(
    "teacher", 10, "classroom.home", _("Beranda"), "home", lights="classroom.announcements classroom.announcement"
)
menu.place(
    "teacher", 20, "classroom.tier", _("Belajar"), "book",
    lights="classroom.module classroom.lesson classroom.quiz classroom.attempt classroom.result classroom.confirm"
    " classroom.works classroom.work classroom.work_part classroom.hand_in",
)
menu.place("teacher", 30, "classroom.own_marks", _("Nilai"), "award", lights="classroom.marks")

failures.says(
    lesson_services.NotLearning,
    _("Pelajaran terbuka setelah Anda diterima dan kelas dimulai. Keterangannya ada di Beranda."),
)
failures.says(
    lesson_services.LearningOver,
    _("Keikutsertaan ini tidak berlanjut, jadi pelajarannya tidak terbuka. Bila ini keliru, hubungi penyelenggara."),
)


def _modules_named(values: dict[str, Any]) -> dict[str, Any]:
    named = (
        f"{i18n.gettext('Modul %(n)s', n=number)} {in_language(title, i18n.language())[0]}"
        for number, title in values["missing"]
    )
    return {"missing": ", ".join(named)}


failures.says(
    lesson_services.LessonLocked, _("Pelajaran ini masih terkunci. Selesaikan dahulu: %(missing)s."),
    told=_modules_named,
)


@bp.app_template_filter("t")
def in_reader_language(text: Text) -> str:
    """Return words of a programme in the reader's language, else marked as Indonesian."""
    return marked(text, i18n.language())


@bp.app_template_filter("bare")
def without_mark(text: Text) -> str:
    """Return the same words alone, for the head of a page, an attribute or an option."""
    return in_language(text, i18n.language())[0]


@bp.app_template_filter("lang")
def language_of(found: Any) -> Markup:
    """Return the attribute for an element with the words of this: a text, or what knows whether it `is_translated`."""
    if isinstance(found, Mapping):
        return language_attribute(is_translated=i18n.language() in found)
    return language_attribute(is_translated=found.is_translated)


@bp.app_template_filter("asked")
def asked(text: gift.Text) -> str:
    """Return the words of a question or an option; the template escapes them."""
    return gift.plain_text(text)


@bp.app_template_filter("until")
def until(first: dt.date, last: dt.date) -> str:
    """Return a range of days: "1–7 Desember 2026"."""
    return words.date_range(first, last, i18n.language())


@bp.app_template_filter("written_day")
def written_day(value: str) -> str:
    """Return a day that somebody wrote into a form in words; what is no day as it was written."""
    try:
        return words.date_long(dt.date.fromisoformat(value), i18n.language())
    except ValueError:
        return value


@bp.app_template_filter("end_of")
def end_of(day: dt.date, timezone: str) -> str:
    """Return the hour at which a date-only deadline ends: "pukul 23.59 WITA"."""
    return words.time_of(words.end_of_day(day, timezone), timezone, i18n.language())


@bp.app_template_filter("called")
def called(author: object) -> str:
    """Return how a person is spoken of: "Bapak Lalu Wirawan"."""
    return words.greeting(author.sex, author.call_name, author.full_name, i18n.language())  # type: ignore[attr-defined]
