"""A first look: fictive people, classes and learning, made once into an empty database.

The story is told relative to the day of the first start: a class in its fourth week, one in its report weeks, one
that has ended, a group that waits for its recommendation, and a small class of another provider in another regency,
so that scope can be seen. Names, numbers and units are the project's own fictive sample data. People carry `is_demo`,
and production refuses to start when it finds one.
"""

from lms.demo.story import build, count_people

__all__ = ["build", "count_people"]
