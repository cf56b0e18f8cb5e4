"""Item statistics: facility and discrimination over best attempts, never of a class outside the scope."""

from decimal import Decimal

import pytest
from quiz_acts import RIGHT, WRONG, choosing, start, submit, take

from lms.core.errors import NotFound
from lms.quizzes import queries
from lms.quizzes.queries.statistics import correlation
from lms.testing_program import FORM_A
from lms.testing_stories import Story


def test_correlation_is_pearsons_and_none_where_nothing_varies():
    assert correlation([1, 1, 0, 0], [1, 1, 0, 0]) == 1
    assert correlation([1, 1, 0, 0], [0, 0, 1, 1]) == -1
    assert correlation([1, 0, 1, 0], [1, 1, 0, 0]) == 0
    assert correlation([1, 1, 1], [0, 1, 0]) is None
    assert correlation([0, 1, 0], [0.1 + 0.2, 0.3, 0.1 + 0.2]) is None
    assert correlation([0, 0, 1, 1, 1], [0.2, 0.4, 0.4, 0.8, 1.0]) == Decimal("0.72")


pytestmark = pytest.mark.both

#: Right answers of five learners to the four questions of the form.
PATTERN = ("1111", "1110", "1100", "1000", "1001")


def sit(story, cohort, pattern):
    learner = story.teacher(cohort)
    attempt = start(learner, "m00-awal")
    texts = {slot: RIGHT if sign == "1" else WRONG for slot, sign in enumerate(pattern, start=1)}
    submit(learner, attempt, choosing(learner, attempt, texts))


def test_figures_come_from_the_graded_attempts_of_the_class(app):
    story = Story()
    cohort, other = story.cohort(), story.cohort()
    for pattern in PATTERN:
        sit(story, cohort, pattern)
    sit(story, other, "0000")
    start(story.teacher(cohort), "m00-awal")
    items = queries.item_statistics(cohort.uuid, "m00-awal", by=story.instructor(cohort).actor)
    assert [item.question_id for item in items] == list(FORM_A)
    assert [item.n for item in items] == [5] * 4
    assert [item.facility for item in items] == [Decimal(text) for text in ("1.00", "0.60", "0.40", "0.40")]
    # Everybody knew the first, so it tells nobody apart.
    assert items[0].discrimination is None
    # By hand: item 2 (1,1,1,0,0) against the mean of the others (3,2,1,1,2)/3.
    assert items[1].discrimination == Decimal("0.33")
    assert items[0].type == "multiple_choice"


def test_under_five_answers_there_is_no_figure(app):
    story = Story()
    cohort = story.cohort()
    for pattern in PATTERN[:4]:
        sit(story, cohort, pattern)
    items = queries.item_statistics(cohort.uuid, "m00-awal", by=story.instructor(cohort).actor)
    assert {(item.n, item.facility, item.discrimination) for item in items} == {(4, None, None)}


def test_of_each_learner_the_best_attempt_counts(app):
    story = Story()
    cohort = story.cohort()
    for _learner in range(5):
        learner = story.teacher(cohort)
        take(learner, "m00-latihan", right=2)
        take(learner, "m00-latihan", right=0)
    items = queries.item_statistics(cohort.uuid, "m00-latihan", by=story.instructor(cohort).actor)
    assert sum(item.n for item in items) == 10
    assert {item.facility for item in items if item.n >= 5} <= {Decimal("1.00")}


def test_a_class_outside_the_scope_does_not_exist(app):
    """ABUSE-A05."""
    story = Story()
    cohort = story.cohort()
    sit(story, cohort, "1111")
    for stranger in (story.instructor(story.cohort()), story.teacher(cohort), story.observer(), story.supervisor()):
        with pytest.raises(NotFound):
            queries.item_statistics(cohort.uuid, "m00-awal", by=stranger.actor)
    with pytest.raises(NotFound):
        queries.item_statistics(cohort.uuid, "tidak-ada", by=story.instructor(cohort).actor)
