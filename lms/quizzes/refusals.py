"""What the rules of quizzes refuse. The web floor turns each into a sentence; `values` fill it."""

from __future__ import annotations

from lms.core.errors import Conflict, NotAllowed, Refusal


class AttemptsUsedUp(Conflict):
    """No attempt is left. `limit`: how many there were, with what was granted."""


class QuizLocked(Conflict):
    """The module of the quiz waits for other modules. `missing`: their ids."""


class QuizClosed(Conflict):
    """The class or the window of the test has ended, or the enrolment no longer learns. `closed_on`: a date or None."""


class NotDueYet(Conflict):
    """The class or the window of the test has not begun. `opens_on`: the first day."""


class AttemptFinished(Conflict):
    """The attempt was handed in; what came now was not taken. `attempt`: its uuid, where the result stands."""


class AttemptRunning(Conflict):
    """The attempt is still being worked on, so there is nothing to review or to mark."""


class UnknownSlot(Refusal):
    """The attempt has no question with this number, or it is not of the kind that was meant. `slot`: the number."""

    status = 422


class NothingLate(Conflict):
    """There is no late answer that an instructor could accept."""


class GrantTooLate(Conflict):
    """The quiz cannot be taken any more, so nobody could use what would be granted."""


class OwnWork(NotAllowed):
    """Nobody marks, accepts or grants anything for themselves."""
