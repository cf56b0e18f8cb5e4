"""Facts stay: recorded once, never changed, never taken back by a later rule."""

import dataclasses

import pytest
import sqlalchemy as sa
from quiz_acts import PROGRAM, at_once, note

from lms.completion import queries, services
from lms.completion.models import CompletionFact
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.programs import catalogue
from lms.testing_program import tiny_program
from lms.testing_stories import Story

pytestmark = pytest.mark.both


def record(learner, content_id, kind, version="1.0"):
    with write_tx():
        return services.record(
            learner.enrolment_id, PROGRAM, content_id, kind, rule_version=version, by=learner.actor
        )


def grant(learner, version):
    with write_tx():
        return services.grant_modules(learner.enrolment_id, version, by=learner.actor)


def test_a_fact_is_recorded_once_and_the_first_time_stays(app):
    learner = Story().teacher()
    assert record(learner, "m00-1", "lesson_read") is True
    assert record(learner, "m00-1", "lesson_read", version="2.0") is False
    row = db.session.scalars(sa.select(CompletionFact)).one()
    assert (row.rule_version, row.recorded_by) == ("1.0", learner.person_id)


def test_of_the_same_fact_at_the_same_moment_one_is_new(app):
    learner = Story().teacher()
    results = at_once(app, [lambda: record(learner, "m00-1", "lesson_read")] * 8)
    assert sorted(results) == [False] * 7 + [True]


CHANGES = ("UPDATE completion_fact SET rule_version = '9.9'", "DELETE FROM completion_fact")


@pytest.mark.parametrize("statement", CHANGES)
def test_the_database_refuses_to_change_or_remove_a_fact(app, statement):
    note(Story().teacher(), "lesson_read", "m00-1")
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), write_tx() as session:
        session.execute(sa.text(statement))


def test_a_module_is_granted_when_its_rules_hold_and_only_once(app):
    story = Story()
    learner = story.teacher()
    version = catalogue.latest(PROGRAM)
    note(learner, "lesson_read", "m00-1", "m00-2")
    assert grant(learner, version) == []
    note(learner, "quiz_submitted", "m00-awal")
    assert grant(learner, version) == ["M00"]
    assert grant(learner, version) == []


def test_a_rule_that_changes_later_takes_nothing_away(app):
    story = Story()
    program = tiny_program()
    old, new = story.program(program), story.program(
        dataclasses.replace(program, modules=tuple(
            dataclasses.replace(module, complete=(*module.complete, ("quiz", "m00-latihan", "passed")))
            if module.id == "M00" else module for module in program.modules
        )), major=2,
    )
    learner = story.teacher(story.cohort(old))
    note(learner, "lesson_read", "m00-1", "m00-2")
    note(learner, "quiz_submitted", "m00-awal")
    grant(learner, catalogue.version(old))
    assert grant(learner, catalogue.version(new)) == []
    assert queries.facts(learner.enrolment_id).modules == {"M00"}


def test_two_facts_recorded_at_the_same_moment_still_grant_the_module(app):
    story = Story()
    cohort = story.cohort()
    version = catalogue.latest(PROGRAM)
    for _round in range(6):
        learner = story.teacher(cohort)
        note(learner, "lesson_read", "m00-1")

        def finish(content_id, kind, learner=learner):
            with write_tx():
                services.record(
                    learner.enrolment_id, PROGRAM, content_id, kind, rule_version="1.0", by=learner.actor
                )
                return services.grant_modules(learner.enrolment_id, version, by=learner.actor)

        results = at_once(app, [
            lambda: finish("m00-2", "lesson_read"), lambda: finish("m00-awal", "quiz_submitted"),
        ])
        assert sorted(results) == [[], ["M00"]]


def test_facts_of_a_class_cost_one_statement(app, count_statements):
    story = Story()
    cohort = story.cohort()
    ids = story.crowd(cohort, 50)
    with write_tx():
        services.record(ids[3], PROGRAM, "m00-1", "lesson_opened", rule_version="1.0", by=SYSTEM)
    with count_statements() as seen:
        found = queries.facts_of(ids)
    assert len(seen) == 1
    assert found[ids[3]].opened == {"m00-1"}
    assert found[ids[4]] == queries.Facts()


def test_publishing_learns_how_many_learners_a_lesson_touches(app):
    story = Story()
    cohort = story.cohort()
    for learner in (story.teacher(cohort), story.teacher(cohort)):
        note(learner, "lesson_opened", "m00-1")
        note(learner, "lesson_read", "m00-1")
    assert queries.learners_with(PROGRAM, ["m00-1", "m00-2"]) == {"m00-1": 2}
