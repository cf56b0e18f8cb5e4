"""Question banks in GIFT, the text format of Moodle.

`parse` turns the text of a file into a `Bank`: questions, categories, errors (a question that could not be
read) and warnings (a question that was read, but probably does not do what its author meant). A question is
an immutable plain value that knows nothing of quizzes, learners or the database; `as_dict` and `from_dict`
carry it into JSON and back. The reader follows Moodle where Moodle reads a file well, and refuses, with a
line and a reason, where Moodle would show a key to the learner or quietly accept any answer. `with_ids`
writes the missing `// [id:…]` lines into a file.
"""

from lms.lib.gift.ids import with_ids
from lms.lib.gift.model import (
    QUESTION_TYPES,
    TEXT_FORMATS,
    Answer,
    Bank,
    Category,
    GiftError,
    OrderingLayout,
    Question,
    Text,
)
from lms.lib.gift.plain import as_dict, from_dict
from lms.lib.gift.reader import parse
from lms.lib.gift.text import plain_text

__all__ = [
    "QUESTION_TYPES",
    "TEXT_FORMATS",
    "Answer",
    "Bank",
    "Category",
    "GiftError",
    "OrderingLayout",
    "Question",
    "Text",
    "as_dict",
    "from_dict",
    "parse",
    "plain_text",
    "with_ids",
]
