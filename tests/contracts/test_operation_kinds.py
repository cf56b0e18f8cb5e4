"""One word for one kind of write, registered by the domain whose service carries it out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lms.core import registry

LMS = Path(__file__).resolve().parents[2] / "lms"


def sources() -> dict[str, str]:
    return {
        path.relative_to(LMS).as_posix(): path.read_text(encoding="utf-8")
        for path in LMS.rglob("*.py") if not path.name.startswith("testing")
    }


def test_every_registered_kind_is_carried_out_somewhere(app):
    texts = "\n".join(sources().values())
    # A name stands once where it is registered, and once more where it is used.
    idle = [
        kind for kind in registry.operation_kinds
        if not kind.startswith("trial.") and len(re.findall(f'"{re.escape(kind)}"', texts)) < 2
    ]
    assert idle == []


@pytest.mark.parametrize(("kind", "queueable"), [
    ("attempt.start", False), ("attempt.save", True), ("attempt.submit", True), ("lesson.finish", True),
    ("reflection.save", True), ("question.ask", True), ("essay.mark", False), ("allowance.grant", False),
    ("late.accept", False), ("work.save", True), ("work.attach", True), ("work.detach", True), ("work.submit", True),
])
def test_a_phone_may_keep_what_a_learner_did_and_nothing_that_needs_an_answer(app, kind, queueable):
    assert registry.operation_kinds[kind].queueable is queueable


def test_the_learners_screens_register_no_kind_of_their_own():
    assert [
        name for name, text in sources().items() if name.startswith("classroom/") and "operation_kind(" in text
    ] == []
