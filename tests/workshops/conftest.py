"""A learner of a class with a report, at a time that stands still."""

import pytest
from work_acts import NOW, cohort

from lms.lib import clock
from lms.testing_stories import Story


@pytest.fixture
def time():
    with clock.freeze(NOW) as frozen:
        yield frozen


@pytest.fixture
def story(app, time):
    return Story()


@pytest.fixture
def learner(story):
    return story.teacher(cohort(story))
