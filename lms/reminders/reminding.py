"""The daily work of reminding: which deadlines are near, who still has something to do, and telling them once."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts import calendar
from lms.cohorts.models import Cohort, Enrolment
from lms.completion.queries import Facts, facts_of
from lms.core import notices, registry
from lms.core.batches import Batches
from lms.core.db import db
from lms.core.words_lazy import lazy as _
from lms.programs import catalogue
from lms.programs.content import Program, Quiz
from lms.quizzes.models import Attempt
from lms.quizzes.reach import attempt_limit, granted
from lms.workshops.queries import handed_in
from lms.workshops.works import REPORT

JOB = "reminders.deadlines"
log = logging.getLogger("lms.reminders")
#: Days before a deadline. Who is not reached on the day itself, because nothing ran or because they came later, is
#: reached on the next day, until the next step is due.
STEPS = (1, 3, 7, 14)
CLASS_ENDS, POSTTEST_CLOSES, REPORT_DUE = "deadline.class", "deadline.posttest", "deadline.report"

registry.notice_kinds.add(CLASS_ENDS, registry.NoticeKind(
    CLASS_ENDS, _("Kelas Anda berakhir %(date)s. Masih ada modul yang belum selesai."), "calendar"
))
registry.notice_kinds.add(POSTTEST_CLOSES, registry.NoticeKind(
    POSTTEST_CLOSES, _("Tes akhir ditutup %(date)s. Anda belum lulus tes ini."), "calendar"
))
registry.notice_kinds.add(REPORT_DUE, registry.NoticeKind(
    REPORT_DUE, _("Laporan akhir dikirim paling lambat %(date)s. Laporan Anda belum terkirim."), "calendar"
))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline that is near: the notice it asks for, its last day, and the step of `STEPS` that is due."""

    kind: str
    day: dt.date
    step: int


def remind(_values: dict[str, Any] | None = None) -> int:
    """Remind the people of every class of what closes soon; return how many notices were new.

    Safe to run twice, by two at once, and to be killed: one transaction for each class, and each notice is told once.
    A class that fails is logged and stops no other; `ItemsFailed` is raised after the last.
    """
    batches = Batches("class", log)
    classes = db.session.execute(
        sa.select(
            Cohort.id, Cohort.uuid, Cohort.ends_on, Cohort.posttest_opens_on, Cohort.posttest_closes_on,
            Cohort.timezone, Cohort.program_version_id, Cohort.task_opens_on, Cohort.task_closes_on,
        ).where(Cohort.state.in_(calendar.UNDER_WAY)).order_by(Cohort.id)
    ).all()
    due: dict[uuid.UUID, tuple[int, Program, list[Deadline]]] = {}
    for cohort in classes:
        with batches.item(cohort.uuid):
            if near := list(deadlines(cohort, calendar.today(cohort.timezone))):
                due[cohort.uuid] = cohort.id, catalogue.version(cohort.program_version_id).program, near

    def remind_classes(part: Sequence[uuid.UUID]) -> int:
        return sum(_remind_class(*due[key]) for key in part)

    told = batches.run(list(due), remind_classes)
    batches.finish()
    return told


def deadlines(cohort: Any, today: dt.date) -> Iterator[Deadline]:
    """Yield the deadlines of a class (a row with its dates) that are at most two weeks ahead, and not today."""
    days = [(CLASS_ENDS, cohort.ends_on)]
    opens, closes = cohort.posttest_opens_on, cohort.posttest_closes_on
    # A window that is not open yet asks for nothing, and one that ends with the class is told with the class.
    if closes is not None and closes < cohort.ends_on and (opens is None or opens <= today):
        days.append((POSTTEST_CLOSES, closes))
    # The report is told for itself also where it is due on the last day: modules and report are two things to do.
    if cohort.task_closes_on is not None and cohort.task_opens_on is not None and cohort.task_opens_on <= today:
        days.append((REPORT_DUE, cohort.task_closes_on))
    for kind, day in days:
        left = (day - today).days
        step = next((step for step in STEPS if 0 < left <= step), None)
        if step is not None:
            yield Deadline(kind, day, step)


def _remind_class(cohort_id: int, program: Program, near: list[Deadline]) -> int:
    learners = db.session.execute(
        sa.select(Enrolment.id, Enrolment.uuid, Enrolment.person_id)
        .join(Person, Person.id == Enrolment.person_id)
        .where(
            Enrolment.cohort_id == cohort_id, Enrolment.state.in_(("accepted", "active")), Person.ended_at.is_(None)
        ).order_by(Enrolment.id)
    ).all()
    facts, told = facts_of(row.id for row in learners), 0
    kinds = {deadline.kind for deadline in near}
    used = _attempts(cohort_id) if POSTTEST_CLOSES in kinds else {}
    sent = handed_in(cohort_id, REPORT) if REPORT_DUE in kinds else set()
    for row in learners:
        for deadline in near:
            link = _link(row, deadline.kind, program, facts[row.id], used, sent)
            if link is not None:
                told += notices.tell_once(
                    row.person_id, deadline.kind, f"{deadline.kind}:{row.id}:{deadline.day}:{deadline.step}",
                    link=link, date=deadline.day.isoformat(),
                )
    return told


def _attempts(cohort_id: int) -> dict[tuple[int, str], int]:
    """Return how many attempts each enrolment of a class has handed in at each quiz, in one statement."""
    rows = db.session.execute(
        sa.select(Attempt.enrolment_id, Attempt.quiz_id, sa.func.count())
        .join(Enrolment, Enrolment.id == Attempt.enrolment_id)
        .where(Enrolment.cohort_id == cohort_id, Attempt.state != "running")
        .group_by(Attempt.enrolment_id, Attempt.quiz_id)
    )
    return {(enrolment_id, quiz_id): n for enrolment_id, quiz_id, n in rows}


def _link(
    learner: Any, kind: str, program: Program, done: Facts, used: Mapping[tuple[int, str], int], sent: set[int]
) -> str | None:
    """Return where a learner does what is still to do before the deadline; None when nothing is."""
    if kind == CLASS_ENDS:
        left = {module.id for module in program.modules} - done.modules
        return f"/diklat/{program.id}" if left else None
    if kind == REPORT_DUE:
        return None if learner.id in sent or not program.data.get("report_parts") else f"/laporan/{learner.uuid}"
    tests = [quiz for module in program.modules for quiz in module.quizzes if quiz.kind == "posttest"]
    for quiz in tests:
        if quiz.id not in done.passed and _has_a_try(learner.id, quiz, used.get((learner.id, quiz.id), 0)):
            return f"/kuis/{learner.uuid}/{quiz.id}"
    return None


def _has_a_try(enrolment_id: int, quiz: Quiz, used: int) -> bool:
    if quiz.attempts == 0 or used < quiz.attempts:
        return True
    limit = attempt_limit(quiz, granted(enrolment_id, quiz.id)[0])
    return limit is None or used < limit


registry.jobs.add(JOB, registry.Job(JOB, remind, is_daily=True))
