"""What a learner and an instructor do under a lesson: read it, note something, ask, answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.queries import LearnerEnrolment, learner_enrolment
from lms.cohorts.telling import tell_staff
from lms.completion import queries as completion_queries, services as completion, unlocking
from lms.core import audit, notices, registry
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.operations import Unchanged
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lessons.models import LessonAnswer, LessonQuestion, Reflection, ReflectionVersion
from lms.lib import clock
from lms.lib.identifiers import clean_text
from lms.programs import catalogue
from lms.programs.content import Lesson, Program

#: Longest reflection, question and answer, in letters.
LONGEST = 5000

for _kind in ("lesson.finish", "reflection.save", "question.ask"):
    registry.operation_kind(_kind, queueable=True)
registry.operation_kind("question.answer")
registry.notice_kinds.add(
    "question.answered",
    registry.NoticeKind("question.answered", _("Pengajar menjawab pertanyaan Anda di “%(lesson)s”."), "question"),
)
registry.notice_kinds.add(
    "staff.question",
    registry.NoticeKind("staff.question", _("Pertanyaan baru dari peserta %(cohort)s: %(n)s."), "question"),
)


class NotLearning(Conflict):
    """The class has not begun, or the enrolment is in a state in which lessons are closed."""

    @classmethod
    def of(cls, enrolment: LearnerEnrolment) -> NotLearning:
        """Return the refusal for an enrolment whose lessons are closed."""
        return LearningOver() if enrolment.has_left else cls()


class LearningOver(NotLearning):
    """The enrolment was refused, declined or ended: no date opens its lessons any more."""


class LessonLocked(Conflict):
    """The lesson's module waits for other modules. `missing`: (number, title by language) of each of them."""

    @classmethod
    def by(cls, missing: Iterable[str], program: Program) -> LessonLocked:
        """Return the refusal for a lesson that waits for these modules of its programme."""
        modules = [program.module(module_id) for module_id in missing]
        return cls(missing=[(module.number, module.title) for module in modules])


def open_lesson(enrolment_uuid: uuid.UUID, lesson_id: str, *, by: Actor, client_at: dt.datetime | None = None) -> bool:
    """Note that a lesson was opened; True the first time. Raises `NotFound`, `NotLearning`, `LessonLocked`."""
    enrolment, version, _lesson = _open(enrolment_uuid, lesson_id, by=by)
    return _note_opened(enrolment, version, lesson_id, by=by, client_at=client_at)


def finish_lesson(
    enrolment_uuid: uuid.UUID, lesson_id: str, *, by: Actor, client_at: dt.datetime | None = None
) -> dict[str, Any]:
    """Record that a lesson was read and grant the modules that are complete now.

    Returns plain data: `is_new`, and `modules`, the ids granted by this. Doing it again changes nothing.
    Raises `NotFound`, `NotLearning`, `LessonLocked`.
    """
    enrolment, version, _lesson = _open(enrolment_uuid, lesson_id, by=by)
    _note_opened(enrolment, version, lesson_id, by=by, client_at=client_at)
    is_new = completion.record(
        enrolment.id, enrolment.program_id, lesson_id, "lesson_read", rule_version=version.label, by=by,
        client_at=client_at,
    )
    return {"is_new": is_new, "modules": completion.grant_modules(enrolment.id, version, by=by)}


def save_reflection(
    enrolment_uuid: uuid.UUID, lesson_id: str, text: str, is_shared: bool, *, by: Actor
) -> dict[str, Any]:
    """Keep the learner's note under a lesson; what it said before stays as a version. Returns its new version.

    Saving the same words again changes nothing. Raises `Invalid` (text), `NotFound`, `NotLearning`, `LessonLocked`.
    """
    enrolment, version, _lesson = _open(enrolment_uuid, lesson_id, by=by)
    text = _text(text, required=False)
    row = db.session.scalar(
        sa.select(Reflection).where(Reflection.enrolment_id == enrolment.id, Reflection.lesson_id == lesson_id)
    )
    if row is not None and (row.text, row.is_shared) == (text, is_shared):
        return Unchanged(version=row.version)
    now = clock.now()
    before = None if row is None else {"version": row.version, "is_shared": row.is_shared}
    if row is None:
        row = Reflection(
            enrolment_id=enrolment.id, program_id=enrolment.program_id, lesson_id=lesson_id, text=text,
            is_shared=is_shared, version=1, updated_at=now,
        )
        db.session.add(row)
    else:
        row.text, row.is_shared, row.version, row.updated_at = text, is_shared, row.version + 1, now
    db.session.flush()
    db.session.add(ReflectionVersion(reflection_id=row.id, version=row.version, text=text, saved_at=now))
    # What somebody writes to themselves is no business of the audit log; that it changed is.
    audit.record(
        "reflection.save", "reflection", row.uuid, by=by, before=before,
        after={"version": row.version, "is_shared": is_shared},
    )
    _note_opened(enrolment, version, lesson_id, by=by)
    return {"version": row.version}


def ask(enrolment_uuid: uuid.UUID, lesson_id: str, text: str, *, by: Actor) -> str:
    """Ask the instructors of the class something under a lesson; returns the question's uuid.

    Raises `Invalid` (text), `NotFound`, `NotLearning`, `LessonLocked`.
    """
    enrolment, version, _lesson = _open(enrolment_uuid, lesson_id, by=by)
    question = LessonQuestion(
        enrolment_id=enrolment.id, program_id=enrolment.program_id, lesson_id=lesson_id, text=_text(text),
        asked_at=clock.now(),
    )
    db.session.add(question)
    db.session.flush()
    audit.record("question.ask", "lesson_question", question.uuid, by=by, after={"lesson": lesson_id})
    _note_opened(enrolment, version, lesson_id, by=by)
    tell_staff(
        enrolment, "question.answer", "staff.question", link=f"/pertanyaan?kelas={enrolment.cohort_uuid}"
    )
    return str(question.uuid)


def answer(question_uuid: uuid.UUID, text: str, *, by: Actor) -> str:
    """Answer a learner's question and tell the asker; returns the answer's uuid.

    Only within the instructor's classes; raises `NotFound` outside, `Invalid` (text).
    """
    row = db.session.execute(
        scope.enrolments(
            LessonQuestion, Enrolment.uuid.label("enrolment_uuid"), Enrolment.person_id, Cohort.program_version_id,
            actor=by, capability="question.answer",
        )
        .join(LessonQuestion, LessonQuestion.enrolment_id == Enrolment.id)
        .where(LessonQuestion.uuid == question_uuid)
    ).first()
    if row is None:
        raise NotFound
    question: LessonQuestion = row.LessonQuestion
    now = clock.now()
    said = LessonAnswer(question_id=question.id, author_id=by.person_id, text=_text(text), answered_at=now)
    db.session.add(said)
    question.answered_at = now
    db.session.flush()
    audit.record("question.answer", "lesson_question", question.uuid, by=by, after={"answer": str(said.uuid)})
    _module, lesson = catalogue.version(row.program_version_id).program.lesson(question.lesson_id)
    notices.tell(
        row.person_id, "question.answered", link=f"/pelajaran/{row.enrolment_uuid}/{question.lesson_id}#tanya",
        lesson=dict(lesson.title),
    )
    return str(said.uuid)


def _open(
    enrolment_uuid: uuid.UUID, lesson_id: str, *, by: Actor
) -> tuple[LearnerEnrolment, catalogue.Version, Lesson]:
    """Return what a learner works on, checked again inside the transaction."""
    enrolment = learner_enrolment(enrolment_uuid, by=by, capability="learning.do")
    if not enrolment.can_learn or enrolment.program_version_id is None:
        raise NotLearning.of(enrolment)
    version = catalogue.version(enrolment.program_version_id)
    module, lesson = version.program.lesson(lesson_id)
    missing = unlocking.missing_modules(module, completion_queries.facts(enrolment.id))
    if missing:
        raise LessonLocked.by(missing, version.program)
    return enrolment, version, lesson


def _note_opened(
    enrolment: LearnerEnrolment, version: catalogue.Version, lesson_id: str, *, by: Actor,
    client_at: dt.datetime | None = None,
) -> bool:
    # The time of the last work is no change of its own: the facts say what was done, this only saves a search.
    db.session.execute(sa.update(Enrolment).where(Enrolment.id == enrolment.id).values(last_active_at=clock.now()))
    return completion.record(
        enrolment.id, enrolment.program_id, lesson_id, "lesson_opened", rule_version=version.label, by=by,
        client_at=client_at,
    )


def _text(typed: str, *, required: bool = True) -> str:
    text = clean_text(typed).strip()
    if required and not text:
        raise Invalid({"text": _("Bagian ini perlu diisi.")})
    if len(text) > LONGEST:
        raise Invalid({"text": _("Paling panjang %(most)s huruf; yang tertulis %(n)s.")}, most=LONGEST, n=len(text))
    return text
