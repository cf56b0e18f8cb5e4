"""The people of the classroom's tests."""

from __future__ import annotations

from typing import Any

import pytest
from classroom.paper_browser import Browser

from lms.testing_stories import Class, Learner, Story


@pytest.fixture
def story(app: Any) -> Story:
    return Story()


@pytest.fixture
def cohort(story: Story) -> Class:
    return story.cohort(name="Kelas Janapria")


@pytest.fixture
def teacher(story: Story, cohort: Class) -> Learner:
    return story.teacher(cohort, name="Baiq Mariani")


@pytest.fixture
def browser(app: Any, story: Story, teacher: Learner) -> Browser:
    return Browser(app, story, teacher)
