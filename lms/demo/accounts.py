"""The demo accounts that are handed out: who signs in with what, and where to begin. Kept in the instance, mode 0600.

Secrets are made at random for each demo, so that a demo which somebody left open on a network has no known password.
"""

from __future__ import annotations

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, url_for

from lms.accounts.models import Person
from lms.accounts.services import secrets
from lms.cohorts import calendar
from lms.cohorts.models import LEARNING_STATES, Cohort, Enrolment, Period
from lms.completion import queries as completion_queries, unlocking
from lms.config import Config
from lms.core import roles
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.demo import cast, people
from lms.programs import catalogue

Entry = dict[str, str]

WORDS = (
    "padi", "melati", "kebun", "perahu", "mutiara", "bambu", "kelapa", "awan", "pelangi", "tenun", "cemara", "rinjani",
)


@dataclass(frozen=True, slots=True)
class Listed:
    """An account to hand out. A teacher is named by class and number, staff by their login."""

    role: str
    about: str
    login: str = ""
    plan: cast.Plan | None = None
    number: int = 0


TEACHERS = (
    Listed("teacher", "fourth week of the class, in the middle of learning", plan=cast.FOURTH_WEEK, number=0),
    Listed("teacher", "fourth week, has not begun", plan=cast.FOURTH_WEEK, number=1),
    Listed("teacher", "fourth week, phone shared with a colleague", plan=cast.FOURTH_WEEK, number=4),
    Listed("teacher", "fourth week, far ahead, an essay waits for its mark", plan=cast.FOURTH_WEEK, number=31),
    Listed("teacher", "report weeks, all modules done", plan=cast.REPORT_WEEKS, number=0),
    Listed("teacher", "finished and passed", plan=cast.ENDED, number=0),
    Listed("teacher", "finished, not passed", plan=cast.ENDED, number=9),
    Listed("teacher", "second week, another provider in Lombok Timur", plan=cast.EASTERN, number=0),
    Listed("teacher", "waits for the recommendation of the Dinas"),
)
STAFF = (
    Listed("instructor", "Kelas Melati, fourth week; also class admin of the provider", cast.INSTRUCTORS[0].login),
    Listed("instructor", "Kelas Kenanga and Kelas Cempaka", cast.INSTRUCTORS[4].login),
    Listed("instructor", "Kelas Selaparang, the other provider", cast.INSTRUCTORS[6].login),
    Listed("practice_supervisor", "teachers of Kelas Melati", cast.SUPERVISORS[0].login),
    Listed("practice_supervisor", "teachers of Kelas Kenanga and Kelas Cempaka", cast.SUPERVISORS[4].login),
    Listed("class_admin", "Kelas Melati", cast.ADMINS[0].login),
    Listed("facilitator", "Lombok Tengah (52.02)", cast.OFFICES[0][1].login),
    Listed("facilitator", "Lombok Timur (52.03)", cast.OFFICES[1][1].login),
    Listed("coordinator", "the programme Diklat Dasar", cast.OFFICES[2][1].login),
    Listed("observer", "Nusa Tenggara Barat (52), figures only", cast.OFFICES[3][1].login),
    Listed("admin", "the whole installation", cast.OFFICES[4][1].login),
)


def path(config: Config) -> Path:
    """Return where the accounts of this instance are kept."""
    return config.instance / "demo-accounts.json"


def refresh(app: Flask, config: Config) -> list[Entry]:
    """Return the accounts; make new secrets when the file is missing, and new addresses when the server moved."""
    file = path(config)
    try:
        entries: list[Entry] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        entries = _with_new_secrets(app, config)
        _write(file, entries)
        return entries
    moved = [_moved(entry, config.base_url) for entry in entries]
    if moved != entries:
        _write(file, moved)
    return moved


def _moved(entry: Entry, base_url: str) -> Entry:
    return {
        name: f"{base_url}{urlsplit(value).path}" if name in ("start", "lesson", "quiz") else value
        for name, value in entry.items()
    }


def _write(file: Path, entries: list[Entry]) -> None:
    part = file.with_suffix(".part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        json.dump(entries, opened, ensure_ascii=False, indent=1)
        opened.write("\n")
    os.replace(part, file)


def _with_new_secrets(app: Flask, config: Config) -> list[Entry]:
    found = [(item, person) for item in (*TEACHERS, *STAFF) if (person := _person(item)) is not None]
    plain = [secrets.make_pin() if item.role == "teacher" else _password() for item, _person_ in found]
    hashes = people.hash_all(plain)
    with write_tx():
        for (item, person), hashed in zip(found, hashes, strict=True):
            kind = "pin" if item.role == "teacher" else "password"
            secrets.store_secret(person.id, kind, hashed, must_change=False, by=SYSTEM)
    with app.test_request_context(base_url=config.base_url):
        return [
            _entry(item, person.id, person.full_name, item.login or person.code, secret, config)
            for (item, person), secret in zip(found, plain, strict=True)
        ]


def _password() -> str:
    chance = random.SystemRandom()
    return f"{chance.choice(WORDS)}-{chance.choice(WORDS)}-{chance.randrange(1000, 10000)}"


def _person(item: Listed) -> Person | None:
    if item.login:
        person_id = people.people_by_login([item.login]).get(item.login)
        return None if person_id is None else db.session.get(Person, person_id)
    wanted = sa.select(Person).join(Enrolment, Enrolment.person_id == Person.id)
    if item.plan is None:
        wanted = wanted.where(Person.is_demo, Enrolment.state == "awaiting_recommendation")
    else:
        wanted = (
            wanted.join(Cohort, Cohort.id == Enrolment.cohort_id).join(Period, Period.id == Cohort.period_id)
            .where(Person.is_demo, Cohort.name == item.plan.name, Period.title == item.plan.period)
        )
    return db.session.scalars(wanted.order_by(Enrolment.id).offset(item.number).limit(1)).first()


def _entry(item: Listed, person_id: int, name: str, login: str, secret: str, config: Config) -> Entry:
    start = config.base_url + url_for(roles.ROLES[item.role].home, _external=False)
    entry = {"role": item.role, "login": login, "secret": secret, "start": start, "name": name, "about": item.about}
    if item.role == "teacher":
        entry |= {kind: config.base_url + address for kind, address in _places(person_id).items()}
    return entry


def _places(person_id: int) -> dict[str, str]:
    """Return the paths of a lesson and a quiz that are open to a learner; none before the class begins."""
    row: Any = db.session.execute(
        sa.select(Enrolment.id, Enrolment.uuid, Cohort.program_version_id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.person_id == person_id, Enrolment.state.in_(LEARNING_STATES), Cohort.state != calendar.PLANNED)
    ).first()
    if row is None:
        return {}
    program = catalogue.version(row.program_version_id).program
    standing = unlocking.standing(program, completion_queries.facts(row.id))
    step = standing.next_step
    module = step.module if step else next(item.module for item in standing.modules if item.state != unlocking.LOCKED)
    lesson = step.lesson if step and step.lesson else module.lessons[0]
    quiz = next(item for item in module.quizzes if item.kind != "practice")
    return {"lesson": f"/pelajaran/{row.uuid}/{lesson.id}", "quiz": f"/kuis/{row.uuid}/{quiz.id}"}


def table(entries: list[Entry], file: Path) -> str:
    """Return the accounts as a table for the terminal."""
    columns = ("role", "login", "secret", "about")
    rows = [{name: name for name in columns}, *entries]
    widths = {name: max(len(row[name]) for row in rows) for name in columns}
    lines = ["Demo accounts (fictive people):"]
    lines += ["  " + "  ".join(row[name].ljust(widths[name]) for name in columns).rstrip() for row in rows]
    return "\n".join((*lines, f"Also in {file}."))
