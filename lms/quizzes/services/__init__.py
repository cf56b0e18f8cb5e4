"""The verbs of quizzes. Ids and plain values in, plain data out; the caller opens the transaction.

Every verb first takes the lock of the one learner it is about, so that starts, answers and submissions of an attempt
pass one by one on both databases. What arrives is read whole before anything is written.
"""

from lms.quizzes.refusals import (
    AttemptFinished,
    AttemptRunning,
    AttemptsUsedUp,
    GrantTooLate,
    NotDueYet,
    NothingLate,
    OwnWork,
    QuizClosed,
    QuizLocked,
    UnknownSlot,
)
from lms.quizzes.services.answering import save_answers, submit
from lms.quizzes.services.granting import accept_late, grant_allowance, leave_out_late
from lms.quizzes.services.marking import mark_essay
from lms.quizzes.services.starting import start_attempt

__all__ = [
    "AttemptFinished", "AttemptRunning", "AttemptsUsedUp", "GrantTooLate", "NotDueYet", "NothingLate", "OwnWork",
    "QuizClosed", "QuizLocked", "UnknownSlot", "accept_late", "grant_allowance", "leave_out_late", "mark_essay",
    "save_answers", "start_attempt", "submit",
]
