"""The story of two regions, and a reader of pages for each role."""

import pytest
from two_regions import build

from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def world(app):
    return build()
