"""An enrolment follows the dates of its class: a place becomes learning, learning comes to its end, each once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from lms.classroom import queries as classroom
from lms.cohorts import moving
from lms.cohorts.models import Enrolment
from lms.cohorts.queries import learner_enrolment
from lms.core import audit, jobs
from lms.core.audit import AuditEntry
from lms.core.batches import ItemsFailed
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lessons import services as lessons
from lms.lib import clock
from lms.quizzes import services as quizzes
from lms.testing_stories import Story

pytestmark = pytest.mark.both

NOON = dt.datetime(2026, 9, 1, 4, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture
def story(app):
    with clock.freeze(NOON):
        yield Story()


@pytest.fixture
def now(story):
    with clock.freeze(NOON) as at:
        yield at


def state_of(learner):
    db.session.rollback()
    return db.session.scalars(sa.select(Enrolment.state).where(Enrolment.id == learner.enrolment_id)).one()


def moves():
    db.session.rollback()
    found = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "enrolment.moved").order_by("id"))
    return [(row.object_key, row.before["state"], row.after["state"]) for row in found]


def test_who_was_accepted_learns_from_the_first_minute_of_the_class(story, now):
    learner = story.teacher(story.cohort(starts=1), state="accepted")
    with write_tx(), pytest.raises(lessons.NotLearning):
        lessons.finish_lesson(learner.enrolment_uuid, "m00-1", by=learner.actor)

    now.tick(dt.timedelta(hours=12))  # Midnight in Makassar; nothing has run.
    with write_tx():
        lessons.finish_lesson(learner.enrolment_uuid, "m00-1", by=learner.actor)
        quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)
    assert classroom.home(by=learner.actor).desk is not None
    assert state_of(learner) == "accepted"


def test_a_place_becomes_active_when_the_class_begins(story, now):
    learner = story.teacher(story.cohort(starts=1), state="accepted")
    assert moving.move_enrolments() == 0

    now.tick(DAY)
    assert moving.move_enrolments() == 1
    assert state_of(learner) == "active"
    assert moves() == [(str(learner.enrolment_uuid), "accepted", "active")]


def test_learning_is_finished_when_the_last_day_is_over_and_reading_stays(story, now):
    learner = story.teacher(story.cohort(ends=0))
    assert moving.move_enrolments() == 0

    now.tick(DAY)
    assert moving.move_enrolments() == 1
    assert state_of(learner) == "finished"
    assert classroom.lesson_page(learner.enrolment_uuid, "m00-1", by=learner.actor).lesson.id == "m00-1"
    with write_tx(), pytest.raises(quizzes.QuizClosed):
        quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)


def test_who_was_never_moved_while_the_class_ran_goes_both_steps(story):
    learner = story.teacher(story.cohort(starts=-90, ends=-2), state="accepted")

    assert moving.move_enrolments() == 2
    assert [(before, after) for _key, before, after in moves()] == [("accepted", "active"), ("active", "finished")]
    assert state_of(learner) == "finished"


def test_it_is_since_the_midnight_of_the_class_and_not_since_the_work_was_done(story, now):
    early = story.teacher(story.cohort(starts=1, timezone="Asia/Jayapura"), state="accepted")
    now.tick(3 * DAY)
    late = story.teacher(story.cohort(starts=-1), state="accepted")
    moving.move_enrolments()

    since = {row.id: row.state_since for row in db.session.execute(sa.select(Enrolment.id, Enrolment.state_since))}
    assert since[early.enrolment_id] == dt.datetime(2026, 9, 1, 15, 0, tzinfo=dt.UTC)
    assert since[late.enrolment_id] == now.at, "who came later came when they came"


@pytest.mark.parametrize("state", [
    "proposed", "awaiting_recommendation", "recommended", "confirmed", "passed", "failed", "refused", "declined",
    "waiting_list", "withdrawn", "transferred",
])
def test_what_people_decide_is_left_to_people(story, state):
    learner = story.teacher(story.cohort(starts=-90, ends=-2), state=state)

    assert moving.move_enrolments() == 0
    assert state_of(learner) == state


def test_it_is_written_by_the_system_and_sealed(story):
    story.teacher(story.cohort(), state="accepted")
    moving.move_enrolments()

    row = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "enrolment.moved")).one()
    assert (row.actor_id, row.role) == (SYSTEM.person_id, "system")
    assert audit.is_intact(row)


def test_twice_moves_nobody_twice(story):
    story.crowd(story.cohort(starts=-90, ends=-2), 5)

    assert moving.move_enrolments() == 5
    assert moving.move_enrolments() == 0
    assert len(moves()) == 5


def test_work_that_was_killed_half_way_is_finished_by_the_next(story, monkeypatch):
    story.crowd(story.cohort(starts=-90, ends=-2), 7)
    monkeypatch.setattr(moving, "BATCH", 3)
    with monkeypatch.context() as patch:
        finish, calls = moving._finish, []

        def killed(uuids):
            calls.append(1)
            if len(calls) == 2:
                raise SystemExit("as if somebody pulled the plug")
            return finish(uuids)

        patch.setattr(moving, "_finish", killed)
        with pytest.raises(SystemExit):
            moving.move_enrolments()
    assert len(moves()) == 3, "a batch is done or not"

    assert moving.move_enrolments() == 4
    assert len(set(moves())) == len(moves()) == 7


def test_one_who_cannot_be_moved_stops_nobody_else_and_is_named_in_the_log(story, monkeypatch, caplog):
    cohort = story.cohort(starts=-90, ends=-2)
    people, move = [story.teacher(cohort) for _n in range(7)], moving._move
    monkeypatch.setattr(moving, "BATCH", 3)

    def broken(enrolment, *more):
        move(enrolment, *more)
        if enrolment.id == people[1].enrolment_id:
            raise ValueError("as if its class had no zone")

    monkeypatch.setattr(moving, "_move", broken)
    with pytest.raises(ItemsFailed):
        moving.move_enrolments()
    assert [state_of(person) for person in people] == ["finished", "active", *["finished"] * 5]
    assert len(set(moves())) == len(moves()) == 6
    assert [record.getMessage() for record in caplog.records if record.exc_info] == [
        f"enrolment {people[1].enrolment_uuid} failed"
    ]


def test_two_at_once_write_each_move_once(story, make_app, monkeypatch):
    monkeypatch.setattr(moving, "BATCH", 4)
    story.crowd(story.cohort(starts=-90, ends=-2), 30)
    application, gate, counts = make_app(), threading.Barrier(3), []

    def work():
        with application.app_context():
            gate.wait(10)
            counts.append(moving.move_enrolments())

    runners = [threading.Thread(target=work) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sum(counts) == len(moves()) == len(set(moves())) == 30


def test_the_runner_does_it_by_itself(story):
    learner = story.teacher(story.cohort(), state="accepted")

    jobs.turn()
    assert state_of(learner) == "active"


def test_home_shows_the_class_one_learns_in_and_not_the_one_ahead(story):
    person = story.person()
    learning = story.teacher(story.cohort(starts=-20), person=person)
    ahead = story.teacher(story.cohort(starts=30, ends=90), person=person, state="accepted")

    assert classroom.home(by=ahead.actor).enrolment.uuid == learning.enrolment_uuid


def test_a_class_that_has_ended_says_so(story):
    over, going = story.teacher(story.cohort(ends=-1)), story.teacher(story.cohort(ends=0))

    assert learner_enrolment(over.enrolment_uuid, by=over.actor).has_ended
    assert not learner_enrolment(going.enrolment_uuid, by=going.actor).has_ended
