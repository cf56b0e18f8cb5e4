"""The demo tells one story that the engine's own rules agree with, and hands out accounts that work."""

from __future__ import annotations

import datetime as dt
import json
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from lms import config
from lms.accounts.models import Credential, Person, RoleAssignment
from lms.app import create_app
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.completion import queries as completion_queries
from lms.completion.models import CompletionFact
from lms.completion.unlocking import missing_modules, rules_hold
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.demo import accounts, calendar
from lms.demo.answers import Answers
from lms.lessons.models import LessonQuestion
from lms.lib import clock
from lms.programs import catalogue
from lms.quizzes import scoring
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion, EssayMark, QuestionVersion
from lms.quizzes.wording import WordedQuestion

ROLES = {
    "teacher", "instructor", "practice_supervisor", "class_admin", "facilitator", "coordinator", "observer", "admin",
}


@pytest.fixture
def demo(instance: Path) -> Iterator[Flask]:
    app = create_app(config.load({}, instance=instance, env="demo"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def entries(instance: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((instance / "demo-accounts.json").read_text())
    return found


def sign_in(client: FlaskClient, entry: dict[str, str]) -> int:
    page = client.get("/masuk", base_url="http://127.0.0.1:8000").text
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
    reply = client.post(
        "/masuk", data=hidden | {"identifier": entry["login"], "secret": entry["secret"]},
        base_url="http://127.0.0.1:8000",
    )
    assert "ganti" not in reply.headers.get("Location", ""), "demo people have changed their first PIN already"
    return reply.status_code


def test_every_address_of_every_account_answers_after_signing_in(demo: Flask, instance: Path) -> None:
    wrong = []
    for entry in entries(instance):
        client = demo.test_client()
        assert sign_in(client, entry) == 303, entry
        for name in ("start", "lesson", "quiz"):
            if name in entry:
                reply = client.get(urlsplit(entry[name]).path, base_url="http://127.0.0.1:8000")
                if reply.status_code != 200:
                    wrong.append((entry["role"], entry["about"], name, entry[name], reply.status_code))
    assert wrong == []


def test_every_role_has_an_account_and_every_learner_a_lesson_and_a_quiz(instance: Path) -> None:
    found = entries(instance)
    assert {entry["role"] for entry in found} == ROLES
    assert all({"role", "login", "secret", "start"} <= set(entry) for entry in found)
    assert all(entry["start"].startswith("http://127.0.0.1:8000/") for entry in found)
    teachers = [entry for entry in found if entry["role"] == "teacher"]
    assert [entry["about"] for entry in teachers if not {"lesson", "quiz"} <= set(entry)] == [
        "waits for the recommendation of the Dinas"
    ]
    assert {"lesson", "quiz"} <= set(teachers[0])
    assert stat.S_IMODE((instance / "demo-accounts.json").stat().st_mode) == 0o600


def test_the_file_follows_the_port_and_keeps_its_secrets(demo: Flask, instance: Path) -> None:
    before = entries(instance)
    moved = accounts.refresh(demo, config.load({"PORT": "8055"}, instance=instance, env="demo"))
    assert all(entry["start"].startswith("http://127.0.0.1:8055/") for entry in moved)
    assert [entry["secret"] for entry in moved] == [entry["secret"] for entry in before]
    assert entries(instance) == moved


def test_a_lost_file_gets_new_secrets(demo: Flask, instance: Path) -> None:
    before = entries(instance)
    (instance / "demo-accounts.json").unlink()
    after = accounts.refresh(demo, config.load({}, instance=instance, env="demo"))
    assert [entry["login"] for entry in after] == [entry["login"] for entry in before]
    assert all(new["secret"] != old["secret"] for new, old in zip(after, before, strict=True))
    assert sign_in(demo.test_client(), after[0]) == 303


def test_classes_stand_in_the_weeks_they_are_told_in(demo: Flask) -> None:
    # The instance may have been made earlier in this run of the tests, and so in the week before.
    made_at = db.session.scalars(sa.select(AuditEntry.at).where(AuditEntry.action == "demo.made")).one()
    today = clock.local(made_at, calendar.ZONE).date()
    monday = today - dt.timedelta(days=today.weekday())
    found = {
        (row.name, row.state, (monday - row.starts_on).days // 7 + 1, row.people)
        for row in db.session.execute(
            sa.select(Cohort.name, Cohort.state, Cohort.starts_on, sa.func.count(Enrolment.id).label("people"))
            .join(Enrolment, Enrolment.cohort_id == Cohort.id).group_by(Cohort.id)
        )
    }
    assert found == {
        ("Kelas Melati", "running", 4, 37), ("Kelas Kenanga", "reporting", 16, 36),
        ("Kelas Cempaka", "finished", 27, 36), ("Kelas Selaparang", "running", 2, 22),
    }
    states = Counter(
        tuple(row) for row in db.session.execute(
            sa.select(Enrolment.state, Period.region_code).join(Period).where(Enrolment.cohort_id.is_(None))
        )
    )
    assert set(states) == {("awaiting_recommendation", "52.02"), ("proposed", "52.02")}
    ended = set(db.session.scalars(
        sa.select(Enrolment.state).join(Cohort, Cohort.id == Enrolment.cohort_id).where(Cohort.state == "finished")
    ))
    assert ended == {"passed", "failed", "withdrawn"}


def test_everybody_is_fictive_and_has_one_account_of_their_own(demo: Flask) -> None:
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.is_demo.is_(False))) == 0
    assert db.session.scalar(sa.select(sa.func.count()).where(Credential.must_change)) == 0
    hashes = list(db.session.scalars(sa.select(Credential.hash)))
    assert len(set(hashes)) == len(hashes) > 100
    roles = set(db.session.scalars(sa.select(RoleAssignment.role)))
    assert roles == ROLES


def test_facts_are_what_the_programme_s_rules_say(demo: Flask) -> None:
    version = catalogue.latest("diklat-dasar")
    enrolments = list(db.session.scalars(sa.select(Enrolment.id).where(Enrolment.cohort_id.is_not(None))))
    for enrolment_id, facts in completion_queries.facts_of(enrolments).items():
        for module in version.program.modules:
            assert (module.id in facts.modules) == rules_hold(module, facts), (enrolment_id, module.id)
            touched = {lesson.id for lesson in module.lessons} & facts.opened
            assert not (touched and missing_modules(module, facts)), (enrolment_id, module.id)
        assert facts.read <= facts.opened
        assert facts.passed <= facts.submitted


def test_facts_follow_each_other_in_time_as_the_rules_do(demo: Flask) -> None:
    """What a rule asks for has happened before what it allows."""
    version = catalogue.latest("diklat-dasar")
    times: dict[int, dict[tuple[str, str], dt.datetime]] = defaultdict(dict)
    for fact in db.session.scalars(sa.select(CompletionFact)):
        times[fact.enrolment_id][fact.kind, fact.content_id] = fact.recorded_at
    begun: dict[tuple[int, str], dt.datetime] = {
        (row.enrolment_id, row.quiz_id): row.begun for row in db.session.execute(
            sa.select(Attempt.enrolment_id, Attempt.quiz_id, sa.func.min(Attempt.started_at).label("begun"))
            .group_by(Attempt.enrolment_id, Attempt.quiz_id)
        )
    }
    wrong, compared = [], 0
    for enrolment_id, own in times.items():
        for module in version.program.modules:
            parts = {lesson.id for lesson in module.lessons} | {quiz.id for quiz in module.quizzes}
            inside = [at for (_kind, content_id), at in own.items() if content_id in parts]
            inside += [begun[enrolment_id, quiz.id] for quiz in module.quizzes if (enrolment_id, quiz.id) in begun]
            done = own.get(("module_complete", module.id))
            asked = [("lesson_read", lesson.id) for lesson in module.lessons]
            asked += [(f"quiz_{rule[2]}", rule[1]) for rule in module.complete if rule[0] == "quiz"]
            if done is not None and done < max(own[key] for key in asked):
                wrong.append((enrolment_id, module.id, "complete before its rules held"))
            for key in module.requires if inside else ():
                compared += 1
                if min(inside) < own["module_complete", key]:
                    wrong.append((enrolment_id, module.id, f"begun before {key} was complete"))
        for first, then in (("lesson_opened", "lesson_read"), ("quiz_submitted", "quiz_passed")):
            wrong += [
                (enrolment_id, content_id, f"{then} before {first}") for (kind, content_id), at in own.items()
                if kind == then and at < own[first, content_id]
            ]
    assert compared > 1000
    assert wrong == []


def test_nothing_has_happened_tomorrow_or_before_the_class_began(demo: Flask) -> None:
    rows = db.session.execute(
        sa.select(CompletionFact.recorded_at, Cohort.starts_on)
        .join(Enrolment, Enrolment.id == CompletionFact.enrolment_id).join(Cohort, Cohort.id == Enrolment.cohort_id)
    ).all()
    assert len(rows) > 3000
    for row in rows:
        assert row.recorded_at <= clock.now()
        assert clock.local(row.recorded_at, calendar.ZONE).date() >= row.starts_on


def test_attempts_are_graded_as_the_engine_grades(demo: Flask) -> None:
    """Recompute every mark from the stored answers."""
    content = {row.id: WordedQuestion(row.content) for row in db.session.scalars(sa.select(QuestionVersion))}
    slots: dict[int, list[AttemptQuestion]] = defaultdict(list)
    for slot in db.session.scalars(sa.select(AttemptQuestion).order_by(AttemptQuestion.slot)):
        slots[slot.attempt_id].append(slot)
    grades: dict[Any, Any] = {}
    given = {row.attempt_question_id: row.mark for row in db.session.scalars(sa.select(EssayMark))}
    attempts = list(db.session.scalars(sa.select(Attempt)))
    program = catalogue.latest("diklat-dasar").program
    for attempt in attempts:
        own = slots[attempt.id]
        assert [slot.slot for slot in own] == list(range(1, len(own) + 1))
        for slot in own:
            key = (slot.question_version_id, json.dumps(slot.answer, sort_keys=True))
            if key not in grades:
                grades[key] = content[slot.question_version_id].grade(slot.answer)
            if grades[key] is None:
                assert (slot.fraction is None) == (slot.marked_by is None)
                assert given.get(slot.id) == slot.fraction, "the history of a mark begins with it"
            else:
                assert slot.fraction == scoring.as_mark(grades[key])
        _module, quiz = program.quiz(attempt.quiz_id)
        marks = [slot.fraction for slot in own]
        mark = None if None in marks else scoring.attempt_mark([item for item in marks if item is not None])
        assert attempt.mark == mark
        assert attempt.is_passed == scoring.is_pass(quiz.kind, quiz.pass_mark, mark)
        assert attempt.state == ("submitted" if mark is None else "graded")
        assert quiz.attempts == 0 or attempt.number <= quiz.attempts
    assert {attempt.state for attempt in attempts} == {"submitted", "graded"}, "an essay waits"


def test_every_answer_that_counts_stands_in_the_log(demo: Flask) -> None:
    def of(model: Any, column: Any, *only: Any) -> set[tuple[int, int, int, str]]:
        return {
            (row.attempt_id, row.slot, row.question_version_id, json.dumps(row[3], sort_keys=True))
            for row in db.session.execute(
                sa.select(model.attempt_id, model.slot, model.question_version_id, column).where(*only)
            )
        }

    counting = {item for item in of(AttemptQuestion, AttemptQuestion.answer) if item[3] != "null"}
    assert counting == of(AnswerLog, AnswerLog.value, AnswerLog.flag.is_(None))
    assert of(AnswerLog, AnswerLog.value, AnswerLog.flag == "late"), "somebody sends answers after the close"


def test_questions_wait_and_are_answered(demo: Flask) -> None:
    found = Counter(
        is_open for (is_open,) in db.session.execute(sa.select(LessonQuestion.answered_at.is_(None)))
    )
    assert found[True] > 0
    assert found[False] > 0


def test_right_answers_are_right_and_wrong_ones_are_not(demo: Flask) -> None:
    answers = Answers()
    for question in catalogue.latest("diklat-dasar").program.questions.values():
        if question.type == "essay":
            continue
        right = answers.given(question, is_right=True, dice=None)  # type: ignore[arg-type]
        wrong = answers.given(question, is_right=False, dice=None)  # type: ignore[arg-type]
        assert right.fraction == 1, question.id
        assert wrong.fraction is not None
        assert wrong.fraction < 1, question.id
