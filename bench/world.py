"""The data of the bench: one programme, 25 classes, 1,000 learners of whom 700 have read 70 % of the lessons."""

from __future__ import annotations

import dataclasses
import datetime as dt
import random
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from lms import config
from lms.accounts.models import Credential, Person, RoleAssignment
from lms.accounts.services.secrets import hash_secret
from lms.app import create_app
from lms.cohorts.models import Enrolment
from lms.completion.models import CompletionFact
from lms.core import migrations
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.lib.identifiers import participant_code
from lms.lib.uuid7 import uuid7
from lms.programs.content import Program
from lms.testing_program import choice, lesson, module, questions, quiz, tiny_program
from lms.testing_stories import Story

CLASSES, LEARNERS_A_CLASS, LESSONS, ACTIVE_SHARE = 25, 40, 10, 0.7
LESSON_BYTES = 3200
PIN = "482915"
SENTENCE = "Anak belajar paling banyak saat ia memegang, mencoba dan bercerita tentang yang ia temukan sendiri. "


@dataclass(frozen=True)
class Learner:
    """Somebody the driver signs in as."""

    code: str
    enrolment: str


def program() -> Program:
    """Return a programme of ten lessons of about 3.2 KB and a quiz of ten single-choice questions on one page."""
    text = "".join(f"<p>{SENTENCE * 4}</p>" for _ in range(LESSON_BYTES // (len(SENTENCE) * 4 + 7)))
    lessons = tuple(
        dataclasses.replace(lesson(f"b-{number}", number), html={"id": f"<h2>Bagian {number}</h2>{text}"})
        for number in range(1, LESSONS + 1)
    )
    keys = tuple(f"bq-{number}" for number in range(1, 11))
    bank = questions("".join(choice(key) for key in keys))
    exam = quiz("b-kuis", "module", bank=keys, draws=((None, 10),), attempts=0, shuffle=True)
    return tiny_program(modules=(module("B01", 1, lessons, (exam,), requires=()),), questions=bank)


def build(instance: Path, database_url: str | None = None) -> list[Learner]:
    """Make the world in an empty instance and return the learners the driver may sign in as."""
    app = create_app(config.load(instance=instance, env="development", database_url=database_url))
    with app.app_context():
        migrations.migrate()
        story = Story()
        story.program(program())
        learners: list[Learner] = []
        pin = hash_secret(PIN)
        for _ in range(CLASSES):
            learners += _fill(story, pin)
        db.session.remove()
        db.engine.dispose()
    return learners


def _fill(story: Story, pin: str) -> list[Learner]:
    cohort = story.cohort(starts=-21, ends=60)
    ids = story.crowd(cohort, LEARNERS_A_CLASS)
    rows = db.session.execute(
        sa.select(Enrolment.id, Enrolment.uuid, Person.id)
        .join(Person, Person.id == Enrolment.person_id).where(Enrolment.id.in_(ids)).order_by(Enrolment.id)
    ).all()
    now, source = clock.now(), random.Random(cohort.id)
    # The crowd of the stories never signs in; these people do, so they get real codes.
    codes = {row[2]: participant_code(source) for row in rows}
    active = rows[: int(LEARNERS_A_CLASS * ACTIVE_SHARE)]
    with write_tx() as session:
        session.execute(sa.update(Person), [{"id": key, "code": code} for key, code in codes.items()])
        session.execute(sa.insert(Credential), [
            {"person_id": row[2], "kind": "pin", "hash": pin, "must_change": False, "changed_at": now, "failures": 0}
            for row in rows
        ])
        session.execute(sa.insert(RoleAssignment), [
            {"uuid": uuid7(), "person_id": row[2], "role": "teacher", "scope_kind": "self", "scope_key": "",
             "starts_at": now - dt.timedelta(days=1)}
            for row in rows
        ])
        session.execute(sa.insert(CompletionFact), [
            {"uuid": uuid7(), "enrolment_id": row[0], "program_id": cohort.program_id, "content_id": f"b-{number}",
             "kind": "lesson_read", "rule_version": "1.0", "recorded_at": now}
            for row in active for number in range(1, int(LESSONS * ACTIVE_SHARE) + 1)
        ])
    return [Learner(codes[row[2]], str(row[1])) for row in active]
