"""What an instructor grants: another attempt, more minutes; and what becomes of answers that came late."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

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
from lms.quizzes.lateness import over_reason
from lms.quizzes.models import AnswerLog, Attempt, AttemptAllowance, LateDecision
from lms.quizzes.reach import as_uuid, version_of
from lms.quizzes.refusals import GrantTooLate, NothingLate, OwnWork
from lms.quizzes.services.answering import differs, late_answers
from lms.quizzes.services.finishing import close_if_overdue, grade_slots, settle
from lms.quizzes.services.loading import attempt_in_scope

MOST_ATTEMPTS = 10
MOST_MINUTES = 240
LONGEST_REASON = 300
ACCEPTED, LEFT_OUT = "accepted", "left_out"


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

    Minutes also lengthen an attempt that runs, and every later one. What nobody could use any more is not granted.
    Raises `NotFound`, `OwnWork`, `GrantTooLate`, `Invalid`.
    """
    enrolment = learner_enrolment(as_uuid(enrolment_uuid), by=by, capability="attempt.grant")
    if enrolment.person_id == by.person_id:
        raise OwnWork
    lock_learner(enrolment.id)
    _module, quiz = version_of(enrolment).program.quiz(quiz_id)
    if over_reason(enrolment, quiz, clock.now()) is not None:
        raise GrantTooLate
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
        enrolment.person_id, "quiz.allowance", link=f"/kuis/{enrolment.uuid}/{quiz_id}", quiz=dict(quiz.title)
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

    Those that were left out before may be accepted after all. Late answers of a quiz that needs a connection stay
    unscored, whoever asks. Raises `NotFound`, `OwnWork`, `NothingLate`.
    """
    work = attempt_in_scope(attempt_uuid, by=by, capability="attempt.grant")
    attempt = work.attempt
    close_if_overdue(work, by=by)
    if attempt.late_state != "waiting" and last_decision(attempt.id) != LEFT_OUT:
        raise NothingLate
    before = _standing(attempt)
    # What waits is decided about; when nothing waits, what was left out since the last acceptance. What was accepted
    # earlier and marked by a person since is not graded anew.
    only = None if attempt.late_state == "waiting" else ACCEPTED
    accepted = late_answers(attempt.id, after=_decided_until(attempt.id, only))
    changed = [
        slot for slot in work.slots
        if slot.number in accepted and differs(slot.row.answer, accepted[slot.number])
    ]
    for slot in changed:
        slot.row.answer = accepted[slot.number]
        slot.row.answered_at = clock.now() if slot.is_answered else None
    attempt.late_state = ACCEPTED
    attempt.version += 1
    if attempt.state != "running":
        grade_slots(changed)
        settle(work, by=by)
    _decided(attempt, ACCEPTED, None, by=by)
    audit.record(
        "late.accepted", "attempt", attempt.uuid, by=by, before=before,
        after=_standing(attempt) | {"slots": sorted(accepted)},
    )
    notices.tell(work.enrolment.person_id, "quiz.late_accepted", link=work.quiz_link, quiz=dict(work.quiz.title))
    return {"attempt": str(attempt.uuid), "state": attempt.state}


def leave_out_late(attempt_uuid: uuid.UUID | str, reason: str, *, by: Actor) -> dict[str, str | None]:
    """Decide, with a reason, that the late answers of an attempt do not count; returns `state`.

    They stay stored, and nothing that counts changes. Raises `NotFound`, `OwnWork`, `NothingLate`, `Invalid`.
    """
    reason = clean_text(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        sentence = _("Paling panjang %(most)s huruf.") if reason else _("Tulis alasannya.")
        raise Invalid({"reason": sentence}, most=LONGEST_REASON)
    work = attempt_in_scope(attempt_uuid, by=by, capability="attempt.grant")
    attempt = work.attempt
    close_if_overdue(work, by=by)
    if attempt.late_state != "waiting":
        raise NothingLate
    before = _standing(attempt)
    # Of answers that came in two loads the first may count already; that must not look undone.
    attempt.late_state = ACCEPTED if last_decision(attempt.id) == ACCEPTED else "kept"
    attempt.version += 1
    _decided(attempt, LEFT_OUT, reason, by=by)
    audit.record(
        "late.left_out", "attempt", attempt.uuid, by=by, before=before, after=_standing(attempt) | {"reason": reason}
    )
    notices.tell(work.enrolment.person_id, "quiz.late_left_out", link=work.quiz_link, quiz=dict(work.quiz.title))
    return {"attempt": str(attempt.uuid), "state": attempt.state}


def last_decision(attempt_id: int) -> str | None:
    """Return what was decided last about the late answers of an attempt: 'accepted', 'left_out' or nothing yet."""
    found: str | None = db.session.scalar(
        sa.select(LateDecision.decision).where(LateDecision.attempt_id == attempt_id)
        .order_by(LateDecision.id.desc()).limit(1)
    )
    return found


def _decided_until(attempt_id: int, decision: str | None) -> int:
    """Return the id of the newest logged answer that was decided about, by any decision or by those of one kind."""
    chosen = [LateDecision.attempt_id == attempt_id] + ([LateDecision.decision == decision] if decision else [])
    return db.session.scalar(sa.select(sa.func.max(LateDecision.newest_answer_id)).where(*chosen)) or 0


def _decided(attempt: Attempt, decision: str, reason: str | None, *, by: Actor) -> None:
    newest = db.session.scalar(sa.select(sa.func.max(AnswerLog.id)).where(AnswerLog.attempt_id == attempt.id))
    db.session.add(LateDecision(
        attempt_id=attempt.id, decision=decision, newest_answer_id=newest or 0, reason=reason, decided_by=by.person_id,
        decided_at=clock.now(),
    ))


def _standing(attempt: Attempt) -> dict[str, Any]:
    return {
        "state": attempt.state, "mark": None if attempt.mark is None else str(attempt.mark), "late": attempt.late_state
    }
