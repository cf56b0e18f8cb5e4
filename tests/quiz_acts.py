"""What people do with quizzes, for tests: finishing a module, answering right or wrong, taking a whole attempt."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from lms.completion import services as completion
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.quizzes import queries, services
from lms.testing_stories import Learner, writing

PROGRAM = "diklat-mini"
RIGHT, WRONG = "tepat", "meleset"


def note(learner: Learner, kind: str, *content_ids: str) -> None:
    """Record facts about a learner."""
    with writing():
        for content_id in content_ids:
            completion.record(learner.enrolment_id, PROGRAM, content_id, kind, rule_version="1.0", by=SYSTEM)


def finish_modules(learner: Learner, *module_ids: str) -> None:
    """Let modules be complete, so that what comes after them is open."""
    note(learner, "module_complete", *module_ids)


def start(learner: Learner, quiz_id: str) -> str:
    """Start or resume an attempt."""
    with write_tx():
        return services.start_attempt(learner.enrolment_uuid, quiz_id, by=learner.actor)


def save(learner: Learner, attempt: str, answers: Any, **arrival: Any) -> dict[str, Any]:
    """Save answers."""
    with write_tx():
        return services.save_answers(attempt, answers, by=learner.actor, **arrival)


def submit(learner: Learner, attempt: str, answers: Any = None, **arrival: Any) -> dict[str, Any]:
    """Hand in."""
    with write_tx():
        return services.submit(attempt, answers or {}, by=learner.actor, **arrival)


def choosing(learner: Learner, attempt: str, texts: dict[int, str]) -> dict[int, dict[str, list[str]]]:
    """Return the form fields that choose the options with these words; essays get the words themselves."""
    fields = {}
    for slot in queries.attempt_page(attempt, by=learner.actor).slots:
        if slot.number not in texts:
            continue
        shown = {option.text.text: option.id for option in slot.presentation.options}
        fields[slot.number] = {"answer": [shown.get(texts[slot.number], texts[slot.number])]}
    return fields


def answering(learner: Learner, attempt: str, *, right: int) -> dict[int, dict[str, list[str]]]:
    """Return the form fields that answer the first `right` questions right and the others wrong."""
    numbers = [slot.number for slot in queries.attempt_page(attempt, by=learner.actor).slots]
    return choosing(learner, attempt, {number: RIGHT if at < right else WRONG for at, number in enumerate(numbers)})


def take(learner: Learner, quiz_id: str, *, right: int) -> dict[str, Any]:
    """Start, answer and hand in."""
    attempt = start(learner, quiz_id)
    return submit(learner, attempt, answering(learner, attempt, right=right))


def at_once(app: Flask, acts: list[Callable[[], Any]]) -> list[Any]:
    """Run acts in threads that start together, each with its own session; returns results or exceptions in order."""
    barrier = threading.Barrier(len(acts))
    # What this thread reads afterwards must be what the others wrote.
    db.session.remove()

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            barrier.wait(timeout=30)
            try:
                return act()
            except Exception as error:
                return error
            finally:
                db.session.remove()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))
