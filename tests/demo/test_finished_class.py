"""The class of the story that has ended: its verdicts and its mark sheets tell the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from lms import config
from lms.app import create_app
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import COLUMNS, as_enrolment
from lms.cohorts.scope import enrolments
from lms.core.db import db
from lms.core.permissions import SYSTEM
from lms.marks.queries import mark_sheet
from lms.programs import catalogue


@pytest.fixture
def demo(instance: Path) -> Iterator[Flask]:
    app = create_app(config.load({}, instance=instance, env="demo"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_no_sheet_of_the_ended_class_asks_for_anything_or_speaks_against_its_verdict(demo: Flask) -> None:
    rows = db.session.execute(
        enrolments(*COLUMNS, actor=SYSTEM, capability="learning.read")
        .where(Enrolment.state.in_(("passed", "failed", "finished")))
    ).all()
    verdicts: Counter[str | None] = Counter()
    for enrolment in map(as_enrolment, rows):
        sheet = mark_sheet(enrolment, catalogue.version(enrolment.program_version_id))
        verdicts[sheet.verdict] += 1
        assert sheet.verdict == enrolment.state
        assert {item.state for item in sheet.requirements} <= {"done", "recorded"}
        assert all(item.link is None for item in sheet.requirements if item.state == "recorded")
        notes = {item.note.code for stage in sheet.stages for item in stage.components if item.note and not item.mark}
        assert notes <= {"unrecorded", "quizzes"}
        if sheet.verdict == "passed":
            assert sheet.is_passed is not False
            assert [item.state for item in sheet.requirements] == ["done"], "all modules are done"
            assert sheet.gain is not None
    assert verdicts["passed"] > 20
    assert verdicts["failed"] > 1
