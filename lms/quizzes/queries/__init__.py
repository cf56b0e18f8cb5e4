"""What is read of quizzes: the learner's overview, an attempt's page, its review, the instructor's lists.

Every function that takes `by` checks the scope itself; those that take an enrolment's id or object are called with one
that was found within scope.
"""

from lms.quizzes.queries.learner import (
    AttemptLine,
    AttemptPage,
    QuizOverview,
    Slot,
    attempt_lines,
    attempt_page,
    best_marks,
    best_marks_of,
    overview,
)
from lms.quizzes.queries.looking import GivenMark, LookedAt, StaffReview, attempt_of_learner, essay_marks
from lms.quizzes.queries.review import Review, ReviewSlot, review
from lms.quizzes.queries.staff import EssayLine, LateLine, MarkedLine, essays_to_mark, late_attempts, marked_essays
from lms.quizzes.queries.statistics import Item, item_statistics

__all__ = [
    "AttemptLine", "AttemptPage", "EssayLine", "GivenMark", "Item", "LateLine", "LookedAt", "MarkedLine",
    "QuizOverview", "Review", "ReviewSlot", "Slot", "StaffReview", "attempt_lines", "attempt_of_learner",
    "attempt_page", "best_marks", "best_marks_of", "essay_marks", "essays_to_mark", "item_statistics",
    "late_attempts", "marked_essays", "overview", "review",
]
