"""What the fictive learners have done: lessons, attempts, answers, facts, as the services would have left them.

The rows are inserted in bulk, because playing a hundred learners through the services would take a minute; questions
are drawn, graded and scored by the engine's own functions, and facts follow from the programme's own rules. Talk
(announcements, questions, answers, reflections) goes through the services.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets as randomness
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import UserSession
from lms.accounts.services import signing
from lms.cohorts import services as cohort_services
from lms.cohorts.models import Cohort, Enrolment
from lms.completion.models import CompletionFact
from lms.completion.queries import Facts
from lms.completion.unlocking import rules_hold
from lms.core.db import db
from lms.core.permissions import Actor
from lms.demo import attempts, cast, talk, turns
from lms.demo.calendar import ZONE, Run, moment
from lms.lessons import services as lesson_services
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs.catalogue import Version
from lms.programs.content import Module

#: Learning of the first stage ends here; afterwards come task and report.
DEEPENING_WEEKS = 9
#: Learners of the fourth-week class by what makes them worth a look.
HAS_ESSAY_WAITING, USED_ALL_ATTEMPTS = (14, 31), (16, turns.GRANTED)
DEVICES = ("Chrome · Android 11", "Chrome · Android 9", "Samsung Internet · Android 12", "Firefox · Windows")


@dataclass(slots=True)
class Learner:
    """A learner of a class, with what was done so far."""

    enrolment: Enrolment
    actor: Actor
    number: int
    facts: list[tuple[str, str, dt.datetime]] = field(default_factory=list)
    first_at: dt.datetime | None = None
    last_at: dt.datetime | None = None

    def note(self, kind: str, content_id: str, at: dt.datetime) -> None:
        """Note a fact once; the first time stays."""
        if not any(fact[:2] == (kind, content_id) for fact in self.facts):
            self.facts.append((kind, content_id, at))
        self.first_at = min(self.first_at or at, at)
        self.last_at = max(self.last_at or at, at)


def tell(
    plan: cast.Plan, cohort: Cohort, run: Run, learners: Sequence[Learner], instructors: Sequence[Actor],
    version: Version, dice: random.Random,
) -> None:
    """Let a class learn up to now."""
    desk = attempts.Desk(version, instructors[0].person_id, dice)
    for learner in learners:
        _learn(plan, run, learner, version, desk, dice)
    desk.write()
    _write_facts(learners, version)
    _talk(plan, cohort, run, learners, instructors, version)
    if plan.key == "report_weeks":
        turns.send_late(learners[turns.SENT_LATE], run, version)
    if plan.key == "fourth_week":
        begun = version.program.modules[plan.modules_of(turns.GRANTED)]
        turns.grant_one(learners[turns.GRANTED], begun.quizzes, instructors[0])
    for learner in learners:
        learner.enrolment.last_active_at = learner.last_at
        if plan.state == "finished":
            learner.enrolment.state_since = moment(run.ends_on, 16)
    _sign_in(learners, dice)


def _learn(
    plan: cast.Plan, run: Run, learner: Learner, version: Version, desk: attempts.Desk, dice: random.Random
) -> None:
    pace = plan.modules_of(learner.number)
    if pace < 0:
        return
    modules = version.program.modules
    days = _learning_days(run, pace, dice)
    skill = dice.uniform(0.72, 0.96)
    for module, (day, following) in zip(modules[:pace], pairwise(days), strict=False):
        _take_module(learner, module, day, following, desk, skill, dice)
    if pace < len(modules):
        _begin_module(plan, learner, modules[pace], days[pace], desk, dice)
    if plan.key == "fourth_week" and learner.number in HAS_ESSAY_WAITING and pace < 10:
        last = modules[9]
        at = _evening(days[pace], dice)
        at = _read(learner, last, len(last.lessons), max(at, learner.last_at or at) + dt.timedelta(minutes=10))
        desk.sit(learner, last.quizzes[0], at + dt.timedelta(minutes=20), share=0.9, is_marked=False)


def _learning_days(run: Run, pace: int, dice: random.Random) -> list[dt.date]:
    """Return a day for each module done and for the one under way, none of them today or later."""
    yesterday = clock.local(clock.now(), ZONE).date() - dt.timedelta(days=1)
    last = min(run.week(DEEPENING_WEEKS + 1) - dt.timedelta(days=dice.randint(1, 9)), yesterday)
    if dice.random() < 0.25 and last == yesterday:
        # Some have not been seen for more than a week; the facilitator calls them.
        last -= dt.timedelta(days=dice.randint(5, 9))
    length = max((last - run.starts_on).days, 0)
    steps = max(pace, 1)
    return [run.starts_on + dt.timedelta(days=length * step // steps) for step in range(steps + 1)]


def _evening(day: dt.date, dice: random.Random) -> dt.datetime:
    return moment(day, dice.choice((13, 16, 19, 19, 20)), dice.randrange(60))


def _first_evening(learner: Learner, day: dt.date, dice: random.Random) -> dt.datetime:
    """Return a time on this day, or on the first one after it that follows everything the learner has done.

    What a module requires must be complete before it is opened, and a mark given by a person comes a day later.
    """
    at = _evening(day, dice)
    while learner.last_at is not None and at <= learner.last_at:
        at += dt.timedelta(days=1)
    return at


def _read(learner: Learner, module: Module, count: int, at: dt.datetime) -> dt.datetime:
    for lesson in module.lessons[:count]:
        learner.note("lesson_opened", lesson.id, at)
        at += dt.timedelta(minutes=lesson.minutes)
        learner.note("lesson_read", lesson.id, at)
        at += dt.timedelta(minutes=2)
    return at


def _take_module(
    learner: Learner, module: Module, day: dt.date, following: dt.date, desk: attempts.Desk, skill: float,
    dice: random.Random,
) -> None:
    """Read on one evening, and take the quiz there and then or on a later one before the next module."""
    at = _read(learner, module, len(module.lessons), _first_evening(learner, day, dice))
    left = max((following - clock.local(at, ZONE).date()).days, 0)
    if (days := dice.randint(0, left)) < left:
        at += dt.timedelta(days=days)
    for quiz in module.quizzes:
        if quiz.kind == "practice":
            continue
        if quiz.kind == "pretest":
            at = desk.sit(learner, quiz, at, share=skill - 0.3)
            continue
        # A first try may fail; the last one that the rules allow must not, or the module would not be done.
        shares = [skill - 0.35 if dice.random() < 0.2 else skill, 0.95, 1.0][: quiz.attempts or 3]
        shares[-1] = 1.0
        for share in shares:
            at = desk.sit(learner, quiz, at + dt.timedelta(minutes=5), share=share)
            if quiz.id in _passed(learner):
                break
    if rules_hold(module, _facts(learner)):
        learner.note("module_complete", module.id, learner.last_at or at)


def _facts(learner: Learner) -> Facts:
    def of(kind: str) -> frozenset[str]:
        return frozenset(content for known, content, _at in learner.facts if known == kind)

    return Facts(of("lesson_opened"), of("lesson_read"), of("quiz_submitted"), of("quiz_passed"))


def _passed(learner: Learner) -> set[str]:
    return {content for kind, content, _at in learner.facts if kind == "quiz_passed"}


def _begin_module(
    plan: cast.Plan, learner: Learner, module: Module, day: dt.date, desk: attempts.Desk, dice: random.Random
) -> None:
    """Leave a module half done: some lessons read, or all and the quiz failed."""
    at = _read(learner, module, dice.randint(0, len(module.lessons)), _first_evening(learner, day, dice))
    quiz = next(item for item in module.quizzes if item.kind != "practice")
    tries = quiz.attempts if plan.key == "fourth_week" and learner.number in USED_ALL_ATTEMPTS else 0
    if plan.state == "finished" and quiz.kind == "posttest":
        tries = quiz.attempts
    if tries:
        at = _read(learner, module, len(module.lessons), at)
    for _ in range(tries):
        # Who fails the last test has still learned something since the first one.
        at = desk.sit(learner, quiz, at + dt.timedelta(minutes=5), share=0.65 if quiz.kind == "posttest" else 0.3)


def _write_facts(learners: Sequence[Learner], version: Version) -> None:
    rows: list[dict[str, Any]] = [
        {
            "uuid": uuid7(), "enrolment_id": learner.enrolment.id, "program_id": version.program_id,
            "content_id": content_id, "kind": kind, "rule_version": version.label, "recorded_at": at,
            "recorded_by": learner.actor.person_id,
        }
        for learner in learners for kind, content_id, at in learner.facts
    ]
    if rows:
        db.session.execute(sa.insert(CompletionFact), sorted(rows, key=lambda row: row["recorded_at"]))


def _talk(
    plan: cast.Plan, cohort: Cohort, run: Run, learners: Sequence[Learner], instructors: Sequence[Actor],
    version: Version,
) -> None:
    db.session.flush()
    now = clock.now()
    said = talk.read()
    for item in said.announcements:
        at = moment(run.week(item["week"]), 8, 30)
        if at < now:
            with clock.freeze(at):
                cohort_services.announce(cohort.uuid, item["title"], item["text"], by=instructors[0])
    for place, item in enumerate(said.questions):
        answer = item.get("answer") or (None if plan.state == "running" else said.short_answer)
        _ask(learners, version.program.module(item["module"]), place, item["text"], answer, instructors)
    readers = [learner for learner in learners if len(_read_lessons(learner)) > 2]
    for learner, text in zip(readers[::4], said.reflections, strict=False):
        lesson_id, at = _read_lessons(learner)[0]
        with clock.freeze(at):
            lesson_services.save_reflection(learner.enrolment.uuid, lesson_id, text, True, by=learner.actor)


def _read_lessons(learner: Learner) -> list[tuple[str, dt.datetime]]:
    return [(content, at) for kind, content, at in learner.facts if kind == "lesson_read"]


def _ask(
    learners: Sequence[Learner], module: Module, place: int, text: str, answer: str | None,
    instructors: Sequence[Actor],
) -> None:
    """Let somebody who has read a lesson of the module ask, and an instructor answer half a day later."""
    lessons = {lesson.id for lesson in module.lessons}
    found = [
        (learner, lesson_id, at) for learner in learners for lesson_id, at in _read_lessons(learner)
        if lesson_id in lessons and learner.enrolment.state != "withdrawn"
    ]
    if not found:
        return
    learner, lesson_id, at = found[(place * 7) % len(found)]
    with clock.freeze(at):
        question = lesson_services.ask(learner.enrolment.uuid, lesson_id, text, by=learner.actor)
    answered_at = at + dt.timedelta(hours=11)
    if answer is not None and answered_at < clock.now():
        with clock.freeze(answered_at):
            lesson_services.answer(uuid.UUID(question), answer, by=instructors[place % len(instructors)])


def _sign_in(learners: Sequence[Learner], dice: random.Random) -> None:
    """Leave the sessions of those who learned; nobody holds their keys."""
    rows = [
        {
            "key_hash": signing.hash_key(randomness.token_urlsafe(32)), "person_id": learner.actor.person_id,
            "kind": "own", "role": "teacher", "created_at": learner.first_at, "touched_at": learner.last_at,
            "expires_at": signing.expiry("own", created_at=learner.first_at, touched_at=learner.last_at),
            "device": dice.choice(DEVICES),
        }
        for learner in learners if learner.first_at and learner.last_at
    ]
    if rows:
        db.session.execute(sa.insert(UserSession), rows)
