"""The story of two regions, and a reader of pages for each role."""

import logging

import pytest
from two_regions import build

from lms.core.web.logs import JsonLine
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def world(app):
    return build()


class Lines(logging.Handler):
    """Keeps the lines in place of writing them."""

    def __init__(self):
        super().__init__()
        self.setFormatter(JsonLine())
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


@pytest.fixture
def lines():
    """What our own log writes, line by line."""
    handler = Lines()
    logging.getLogger("lms").addHandler(handler)
    yield handler.lines
    logging.getLogger("lms").removeHandler(handler)
