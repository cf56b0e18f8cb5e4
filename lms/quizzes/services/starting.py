"""Starting an attempt, or resuming the one that is open."""

from __future__ import annotations

import datetime as dt
import random
import uuid

import sqlalchemy as sa

from lms.cohorts.queries import LearnerEnrolment, learner_enrolment
from lms.completion import queries as completion_queries
from lms.completion.services import lock_learner
from lms.completion.unlocking import missing_modules
from lms.core import audit
from lms.core.db import db, insert_new, insert_rows, read
from lms.core.errors import Refusal
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs.catalogue import Version
from lms.programs.content import Module, Quiz
from lms.quizzes.drawing import questions_for, seeds_for
from lms.quizzes.lateness import closed_reason
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion
from lms.quizzes.reach import as_uuid, attempt_limit, granted, version_of
from lms.quizzes.refusals import AttemptsUsedUp, NotDueYet, QuizClosed, QuizLocked
from lms.quizzes.services.finishing import close_if_overdue
from lms.quizzes.services.loading import Work, note_activity
from lms.quizzes.slots import load_slots


def start_attempt(enrolment_uuid: uuid.UUID | str, quiz_id: str, *, by: Actor) -> str:
    """Start an attempt and return its uuid; one that is open is returned as it is, its clock runs on.

    An attempt whose time is over is closed first; when no other may follow, its own uuid comes back, so that the
    learner is led to the result. Raises `NotFound`, `NotDueYet`, `QuizClosed`, `QuizLocked`, `AttemptsUsedUp`.
    """
    enrolment = learner_enrolment(as_uuid(enrolment_uuid), by=by, capability="learning.do")
    lock_learner(enrolment.id)
    if enrolment.program_version_id is None:
        raise QuizClosed(closed_on=None)
    version = version_of(enrolment)
    module, quiz = version.program.quiz(quiz_id)
    attempts = list(db.session.scalars(_ATTEMPTS, {"enrolment_id": enrolment.id, "quiz_id": quiz_id}))
    closed: Attempt | None = None
    running = next((attempt for attempt in attempts if attempt.state == "running"), None)
    if running is not None:
        work = Work(running, enrolment, version, quiz, load_slots(running.id, version.program))
        if not close_if_overdue(work, by=by):
            return str(running.uuid)
        closed = running
    extra_attempts, extra_minutes = granted(enrolment.id, quiz_id)
    try:
        _check(enrolment, module, quiz, used=len(attempts), extra_attempts=extra_attempts)
    except Refusal:
        if closed is None:
            raise
        return str(closed.uuid)
    return _new_attempt(enrolment, version, quiz, attempts, extra_minutes=extra_minutes, by=by)


_ATTEMPTS = (
    sa.select(Attempt)
    .where(Attempt.enrolment_id == sa.bindparam("enrolment_id"), Attempt.quiz_id == sa.bindparam("quiz_id"))
    .order_by(Attempt.number).execution_options(populate_existing=True)
)


def _check(enrolment: LearnerEnrolment, module: Module, quiz: Quiz, *, used: int, extra_attempts: int) -> None:
    reason = closed_reason(enrolment, quiz, clock.now())
    if reason is not None:
        code, day = reason
        if code in ("not_begun", "window_ahead"):
            raise NotDueYet(opens_on=day)
        raise QuizClosed(closed_on=day)
    missing = missing_modules(module, completion_queries.facts(enrolment.id))
    if missing:
        raise QuizLocked(missing=list(missing))
    limit = attempt_limit(quiz, extra_attempts)
    if limit is not None and used >= limit:
        raise AttemptsUsedUp(limit=limit)


def _new_attempt(
    enrolment: LearnerEnrolment,
    version: Version,
    quiz: Quiz,
    earlier: list[Attempt],
    *,
    extra_minutes: int,
    by: Actor,
) -> str:
    now, chance = clock.now(), random.SystemRandom()
    number = max((attempt.number for attempt in earlier), default=0) + 1
    ids = questions_for(
        quiz, version.program.questions, number=number, seen=_seen(earlier) if quiz.draws else (), chance=chance
    )
    pinned = _pin(version, ids)
    minutes = None if quiz.minutes is None else dt.timedelta(minutes=quiz.minutes + extra_minutes)
    attempt = Attempt(
        enrolment_id=enrolment.id, program_id=version.program_id, quiz_id=quiz.id, number=number,
        rule_version=version.label, state="running", started_at=now, due_at=None if minutes is None else now + minutes,
        heard={},
    )
    db.session.add(attempt)
    db.session.flush()  # The slots need the attempt's id.
    seeds = seeds_for(quiz, len(ids), chance)
    insert_rows(AttemptQuestion, [
        {"attempt_id": attempt.id, "slot": slot, "question_version_id": pinned[key], "seed": seed}
        for slot, (key, seed) in enumerate(zip(ids, seeds, strict=True), start=1)
    ])
    audit.record(
        "attempt.started", "attempt", attempt.uuid, by=by, after={"quiz": quiz.id, "number": number, "questions": ids}
    )
    note_activity(enrolment)
    return str(attempt.uuid)


def _seen(earlier: list[Attempt]) -> list[str]:
    if not earlier:
        return []
    rows = read(_MET, {"attempts": [attempt.id for attempt in earlier]})
    return list(rows.scalars())


_MET = (
    sa.select(QuestionVersion.question_id)
    .join(AttemptQuestion, AttemptQuestion.question_version_id == QuestionVersion.id)
    .where(AttemptQuestion.attempt_id.in_(sa.bindparam("attempts", expanding=True)))
)


def _pin(version: Version, ids: list[str]) -> dict[str, int]:
    """Return the row of each question's present version, written once however many draw it."""
    questions = {key: version.program.questions[key] for key in ids}
    known = _pinned(version.program_id, ids)
    missing = [key for key in ids if (key, questions[key].sha256) not in known]
    for key in missing:
        insert_new(
            QuestionVersion, program_id=version.program_id, question_id=key, sha256=questions[key].sha256,
            content={language: dict(content) for language, content in questions[key].content.items()},
        )
    if missing:
        known = _pinned(version.program_id, ids)
    return {key: known[key, questions[key].sha256] for key in ids}


def _pinned(program_id: str, ids: list[str]) -> dict[tuple[str, str], int]:
    rows = read(_PINNED, {"program_id": program_id, "ids": ids})
    return {(question_id, sha256): row_id for question_id, sha256, row_id in rows}


_PINNED = sa.select(QuestionVersion.question_id, QuestionVersion.sha256, QuestionVersion.id).where(
    QuestionVersion.program_id == sa.bindparam("program_id"),
    QuestionVersion.question_id.in_(sa.bindparam("ids", expanding=True)),
)
