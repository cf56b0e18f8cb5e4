"""What an instructor grants: another attempt, more minutes, the scoring of answers that came late."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa

from lms.cohorts.queries import learner_enrolment
from lms.completion.services import lock_learner
from lms.core import audit, notices
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.identifiers import clean_text
from lms.programs.content import Quiz
from lms.quizzes.models import Attempt, AttemptAllowance
from lms.quizzes.reach import as_uuid, version_of
from lms.quizzes.refusals import NothingLate, OwnWork
from lms.quizzes.services.answering import late_answers
from lms.quizzes.services.finishing import close_if_overdue, grade_slots, settle
from lms.quizzes.services.loading import attempt_in_scope

MOST_ATTEMPTS = 10
MOST_MINUTES = 240
LONGEST_REASON = 300


def grant_allowance(
    enrolment_uuid: uuid.UUID | str,
    quiz_id: str,
    *,
    extra_attempts: int,
    extra_minutes: int,
    reason: str,
    by: Actor,
) -> str:
    """Grant a learner more attempts or more minutes, with a reason, and return the allowance's uuid.

    Minutes also lengthen an attempt that runs, and every later one. Raises `NotFound`, `OwnWork`, `Invalid`.
    """
    enrolment = learner_enrolment(as_uuid(enrolment_uuid), by=by, capability="attempt.grant")
    if enrolment.person_id == by.person_id:
        raise OwnWork
    lock_learner(enrolment.id)
    _module, quiz = version_of(enrolment).program.quiz(quiz_id)
    reason = clean_text(reason).strip()
    _check(quiz, extra_attempts, extra_minutes, reason)
    row = AttemptAllowance(
        enrolment_id=enrolment.id, quiz_id=quiz_id, extra_attempts=extra_attempts, extra_minutes=extra_minutes,
        reason=reason, granted_by=by.person_id, granted_at=clock.now(),
    )
    db.session.add(row)
    if extra_minutes:
        _lengthen(enrolment.id, quiz_id, extra_minutes)
    db.session.flush()  # The uuid is made by the insert.
    audit.record(
        "allowance.granted", "enrolment", enrolment.uuid, by=by,
        after={"quiz": quiz_id, "attempts": extra_attempts, "minutes": extra_minutes, "reason": reason},
    )
    notices.tell(
        enrolment.person_id, "quiz.allowance", link=f"/kuis/{enrolment.uuid}/{quiz_id}", quiz=quiz.title["id"]
    )
    return str(row.uuid)


def _check(quiz: Quiz, extra_attempts: int, extra_minutes: int, reason: str) -> None:
    problems: dict[str, str] = {}
    if not reason:
        problems["reason"] = _("Tulis alasannya.")
    elif len(reason) > LONGEST_REASON:
        problems["reason"] = _("Paling panjang %(most)s huruf.")
    if not 0 <= extra_attempts <= MOST_ATTEMPTS:
        problems["extra_attempts"] = _("Tulis angka 0 sampai %(attempts)s.")
    elif extra_attempts and (quiz.attempts == 0 or quiz.kind == "practice"):
        problems["extra_attempts"] = _("Kuis ini boleh dikerjakan sesering yang diinginkan.")
    if not 0 <= extra_minutes <= MOST_MINUTES:
        problems["extra_minutes"] = _("Tulis angka 0 sampai %(minutes)s.")
    elif extra_minutes and quiz.minutes is None:
        problems["extra_minutes"] = _("Kuis ini tidak dibatasi waktu.")
    if not problems and not extra_attempts and not extra_minutes:
        problems["extra_attempts"] = _("Isi tambahan kesempatan atau tambahan menit.")
    if problems:
        raise Invalid(problems, most=LONGEST_REASON, attempts=MOST_ATTEMPTS, minutes=MOST_MINUTES)


def _lengthen(enrolment_id: int, quiz_id: str, minutes: int) -> None:
    running = db.session.scalars(
        sa.select(Attempt)
        .where(Attempt.enrolment_id == enrolment_id, Attempt.quiz_id == quiz_id, Attempt.state == "running",
               Attempt.due_at.is_not(None))
        .execution_options(populate_existing=True)
    ).first()
    if running is not None and running.due_at is not None:
        running.due_at += dt.timedelta(minutes=minutes)


def accept_late(attempt_uuid: uuid.UUID | str, *, by: Actor) -> dict[str, str | None]:
    """Let the late answers of an attempt count, and grade it again when it was handed in; returns `state`.

    Late answers of a quiz that needs a connection stay unscored, whoever asks. Raises `NotFound`, `OwnWork`,
    `NothingLate`.
    """
    work = attempt_in_scope(attempt_uuid, by=by, capability="attempt.grant")
    attempt = work.attempt
    close_if_overdue(work, by=by)
    if attempt.late_state != "waiting":
        raise NothingLate
    before = {"state": attempt.state, "mark": None if attempt.mark is None else str(attempt.mark)}
    accepted = late_answers(attempt.id)
    changed = [slot for slot in work.slots if slot.number in accepted]
    for slot in changed:
        slot.row.answer = accepted[slot.number]
        slot.row.answered_at = clock.now() if slot.is_answered else None
    attempt.late_state = "accepted"
    attempt.version += 1
    if attempt.state != "running":
        grade_slots(changed)
        settle(work, by=by)
    audit.record(
        "late.accepted", "attempt", attempt.uuid, by=by, before=before,
        after={"state": attempt.state, "mark": None if attempt.mark is None else str(attempt.mark),
               "slots": sorted(accepted)},
    )
    notices.tell(work.enrolment.person_id, "quiz.late_accepted", link=work.quiz_link, quiz=work.quiz.title["id"])
    return {"attempt": str(attempt.uuid), "state": attempt.state}
