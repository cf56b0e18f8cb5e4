"""The daily work of closing: attempts that were left running though nothing that still arrives would count by itself.

A page already shows such an attempt as over, and the next write of its learner closes it; whoever never comes back gets
a mark for what was answered all the same. Work may travel for three days after the close of a quiz, so an attempt that
needs no connection is closed then, as of the close: that is its `submitted_at`. What arrives afterwards is kept as late
and counts when an instructor accepts it.
"""

from __future__ import annotations

import logging
import uuid
from typing import Any

import sqlalchemy as sa

from lms.cohorts import scope
from lms.cohorts.models import LEARNING_STATES, Cohort, Enrolment
from lms.cohorts.queries import COLUMNS, as_enrolment
from lms.core import notices, registry
from lms.core.batches import Batches
from lms.core.db import read
from lms.core.permissions import SYSTEM
from lms.lib import clock
from lms.quizzes.lateness import closes_at, is_overdue
from lms.quizzes.models import Attempt
from lms.quizzes.reach import version_of
from lms.quizzes.services.finishing import close_if_overdue
from lms.quizzes.services.loading import learners_attempt

JOB = "quizzes.close"
CLOSED = "quiz.closed"
log = logging.getLogger("lms.quizzes.closing")
#: Attempts looked at with one statement, and attempts closed in one transaction, for which learners wait.
PAGE, BATCH = 500, 20


def close_overdue(_values: dict[str, Any] | None = None) -> int:
    """Close every running attempt whose time is over by the law of lateness; return how many were closed.

    Safe to run twice, by two at once, and to be killed: each attempt is judged again behind its learner's lock, and a
    batch is done or not. One audit row each, by the system, and a notice to the learner, but for a practice. An
    attempt that cannot be closed is logged and stops no other; `ItemsFailed` is raised after the last.
    """
    batches, closed, last = Batches("attempt", log), 0, 0
    while rows := read(_RUNNING, {"last": last, "most": PAGE}).all():
        last = rows[-1].attempt_id
        over: list[uuid.UUID] = []
        for row in rows:
            with batches.item(row.attempt_uuid):
                over += [row.attempt_uuid] if _is_over(row) else []
        closed += batches.run(over, lambda part: sum(map(_close, part)), size=BATCH)
    batches.finish()
    return closed


_RUNNING = (
    scope.enrolments(
        Attempt.id.label("attempt_id"), Attempt.uuid.label("attempt_uuid"), Attempt.quiz_id, Attempt.due_at, *COLUMNS,
        actor=SYSTEM, capability="learning.do",
    )
    .join(Attempt, Attempt.enrolment_id == Enrolment.id)
    # Who has left the class is told nothing any more, and is not graded.
    .where(
        Attempt.state == "running", Attempt.id > sa.bindparam("last", type_=sa.Integer), Cohort.id.is_not(None),
        Enrolment.state.in_(LEARNING_STATES),
    )
    .order_by(Attempt.id).limit(sa.bindparam("most"))
)


def _is_over(row: Any) -> bool:
    enrolment = as_enrolment(row)
    _module, quiz = version_of(enrolment).program.quiz(row.quiz_id)
    return is_overdue(quiz, row.due_at, closes_at(enrolment, quiz), clock.now())


def _close(attempt_uuid: uuid.UUID) -> bool:
    work = learners_attempt(attempt_uuid, by=SYSTEM)
    if not close_if_overdue(work, by=SYSTEM):
        return False
    if work.quiz.kind != "practice":
        notices.tell_once(
            work.enrolment.person_id, CLOSED, f"{CLOSED}:{attempt_uuid}", link=work.quiz_link,
            quiz=dict(work.quiz.title),
        )
    return True


registry.jobs.add(JOB, registry.Job(JOB, close_overdue, is_daily=True))
