"""Marking an essay by hand. A mark is never overwritten: a changed one is a new row with its reason."""

from __future__ import annotations

import uuid
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

from lms.core import audit, notices
from lms.core.db import db
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.identifiers import clean_text
from lms.quizzes.models import AttemptQuestion, EssayMark
from lms.quizzes.refusals import AttemptRunning, UnknownSlot
from lms.quizzes.scoring import CENT, FULL
from lms.quizzes.services.finishing import close_if_overdue, settle
from lms.quizzes.services.loading import attempt_in_scope

LONGEST_COMMENT = 2000
LONGEST_REASON = 300


def mark_essay(
    attempt_uuid: uuid.UUID | str, slot: int, *, mark: Decimal, comment: str, reason: str = "", by: Actor
) -> dict[str, Any]:
    """Give an essay a mark from 0 to 100 and a comment; returns the attempt's `state` and `is_passed`.

    With the last essay the attempt is graded, what follows is recorded and the learner is told. A mark may be replaced
    with a reason: every one of them stays, the newest counts, and facts that were granted stay. Raises `NotFound`,
    `OwnWork`, `AttemptRunning`, `UnknownSlot`, `Invalid`.
    """
    comment, reason = clean_text(comment).strip(), clean_text(reason).strip()
    _check(mark, comment)
    work = attempt_in_scope(attempt_uuid, by=by, capability="essay.mark")
    close_if_overdue(work, by=by)
    attempt = work.attempt
    if attempt.state == "running":
        raise AttemptRunning
    essay = next((item for item in work.slots if item.number == slot), None)
    if essay is None or essay.question.kind.graded_by != "person":
        raise UnknownSlot(slot=slot)
    mark = mark.quantize(CENT, ROUND_HALF_UP)
    was_graded, row = attempt.state == "graded", essay.row
    _check_reason(reason, replaces=replaces_a_mark(row))
    before = {"mark": None if row.fraction is None else str(row.fraction), "comment": row.comment,
              "marked_by": row.marked_by}
    db.session.add(EssayMark(
        attempt_question_id=row.id, mark=mark, comment=comment or None, reason=reason or None, marked_by=by.person_id,
        marked_at=clock.now(),
    ))
    row.fraction, row.comment, row.marked_by = mark, comment or None, by.person_id
    attempt.version += 1
    settle(work, by=by)
    audit.record(
        "essay.marked", "attempt", attempt.uuid, by=by, before=before,
        after={"slot": slot, "mark": str(mark), "comment": comment or None, "reason": reason or None,
               "state": attempt.state},
    )
    if attempt.state == "graded":
        notices.tell(
            work.enrolment.person_id, "quiz.regraded" if was_graded else "quiz.graded", link=work.quiz_link,
            quiz=dict(work.quiz.title),
        )
    return {"attempt": str(attempt.uuid), "state": attempt.state, "is_passed": attempt.is_passed}


def replaces_a_mark(row: AttemptQuestion) -> bool:
    """Tell whether a new mark of this answer takes the place of one, so that it needs a reason."""
    return row.fraction is not None or db.session.scalar(
        sa.select(EssayMark.id).where(EssayMark.attempt_question_id == row.id).limit(1)
    ) is not None


def _check(mark: Decimal, comment: str) -> None:
    problems: dict[str, str] = {}
    if not mark.is_finite() or not 0 <= mark <= FULL:
        problems["mark"] = _("Nilai antara 0 dan 100.")
    if len(comment) > LONGEST_COMMENT:
        problems["comment"] = _("Paling panjang %(most)s huruf.")
    if problems:
        raise Invalid(problems, most=LONGEST_COMMENT)


def _check_reason(reason: str, *, replaces: bool) -> None:
    if replaces and not reason:
        raise Invalid({"reason": _("Tulis mengapa nilai diubah. Nilai yang lama tetap tercatat.")})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": _("Paling panjang %(most)s huruf.")}, most=LONGEST_REASON)
