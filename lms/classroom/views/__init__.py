"""The learner's pages, a module for each kind of work; they share one blueprint, `classroom`."""

from lms.classroom.views import attempts, home, lessons, marks, pictures, quizzes, works
from lms.classroom.views.blueprint import bp

__all__ = ["attempts", "bp", "home", "lessons", "marks", "pictures", "quizzes", "works"]
