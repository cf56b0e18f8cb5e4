"""Closing and grading an attempt, and what follows from its mark: facts, modules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from lms.cohorts.telling import tell_staff
from lms.completion import services as completion
from lms.core import audit
from lms.core.permissions import Actor
from lms.lib import clock
from lms.quizzes.scoring import as_mark, attempt_mark, is_pass
from lms.quizzes.services.loading import Work
from lms.quizzes.slots import LoadedSlot


def close(work: Work, *, by: Actor, at: dt.datetime | None = None, is_timed_out: bool = False) -> None:
    """Close a running attempt with the answers that count, grade what a machine can, record what follows."""
    attempt = work.attempt
    attempt.submitted_at = at or clock.now()
    attempt.is_timed_out = is_timed_out
    attempt.version += 1
    grade_slots(work.slots)
    settle(work, by=by)
    audit.record(
        "attempt.timed_out" if is_timed_out else "attempt.submitted", "attempt", attempt.uuid, by=by,
        before={"state": "running"}, after=_told(work),
    )
    _tell_who_marks(work)


def _tell_who_marks(work: Work) -> None:
    waiting = sum(slot.question.kind.graded_by == "person" and slot.row.fraction is None for slot in work.slots)
    if waiting:
        link = f"/penilaian?kelas={work.enrolment.cohort_uuid}"
        tell_staff(work.enrolment, "essay.mark", "staff.essay", n=waiting, link=link)


def close_if_overdue(work: Work, *, by: Actor) -> bool:
    """Close an attempt whose time is over, as of its deadline; True when this did it."""
    if not work.is_overdue:
        return False
    close(work, by=by, at=work.ends_at, is_timed_out=True)
    return True


def grade_slots(slots: list[LoadedSlot]) -> None:
    """Grade these slots anew. An essay waits for a person unless it is empty, which nobody needs to read."""
    for slot in slots:
        row, kind = slot.row, slot.question.kind
        row.marked_by = row.comment = None
        if kind.graded_by == "nobody":
            row.fraction = None
        elif kind.graded_by == "person":
            row.fraction = None if slot.is_answered else Decimal(0)
        else:
            row.fraction = as_mark(slot.question.grade(row.answer) or Decimal(0))


def settle(work: Work, *, by: Actor) -> None:
    """Give the attempt its state and mark from its slots, and record the facts that follow.

    A fact that was recorded stays, also when a changed mark would no longer grant it.
    """
    attempt = work.attempt
    counting = [slot for slot in work.slots if slot.question.kind.graded_by != "nobody"]
    marks = [slot.row.fraction for slot in counting if slot.row.fraction is not None]
    if len(marks) < len(counting):
        attempt.state, attempt.mark, attempt.is_passed, attempt.graded_at = "submitted", None, None, None
    else:
        attempt.state, attempt.mark, attempt.graded_at = "graded", attempt_mark(marks), clock.now()
        attempt.is_passed = is_pass(work.quiz.kind, work.quiz.pass_mark, attempt.mark)
    _record_facts(work, by=by)


def _record_facts(work: Work, *, by: Actor) -> None:
    if work.quiz.kind == "practice":
        return
    kinds = ["quiz_submitted"] + (["quiz_passed"] if work.attempt.is_passed else [])
    for kind in kinds:
        completion.record(
            work.enrolment.id, work.version.program_id, work.quiz.id, kind, rule_version=work.version.label, by=by
        )
    completion.grant_modules(work.enrolment.id, work.version, by=by)


def result(work: Work) -> dict[str, Any]:
    """Return what a submission answers: the same for every repetition."""
    attempt = work.attempt
    return {
        "attempt": str(attempt.uuid), "state": attempt.state, "is_passed": attempt.is_passed,
        "late": attempt.late_state is not None,
    }


def _told(work: Work) -> dict[str, Any]:
    attempt = work.attempt
    return {
        "state": attempt.state, "mark": None if attempt.mark is None else str(attempt.mark),
        "answered": sum(slot.is_answered for slot in work.slots),
    }
