"""What is read of quizzes: the learner's overview, an attempt's page, its review, the instructor's lists.

Every function that takes `by` checks the scope itself; those that take an enrolment's id or object are called with one
that was found within scope.
"""

from lms.quizzes.queries.learner import (
    AttemptLine,
    AttemptPage,
    Gain,
    QuizOverview,
    Slot,
    attempt_lines,
    attempt_page,
    best_marks,
    best_marks_of,
    gain,
    gain_of,
    overview,
)
from lms.quizzes.queries.review import Review, ReviewSlot, review
from lms.quizzes.queries.staff import EssayLine, LateLine, essays_to_mark, late_attempts
from lms.quizzes.queries.statistics import Item, item_statistics

__all__ = [
    "AttemptLine", "AttemptPage", "EssayLine", "Gain", "Item", "LateLine", "QuizOverview", "Review", "ReviewSlot",
    "Slot", "attempt_lines", "attempt_page", "best_marks", "best_marks_of", "essays_to_mark", "gain",
    "gain_of", "item_statistics", "late_attempts", "overview", "review",
]
