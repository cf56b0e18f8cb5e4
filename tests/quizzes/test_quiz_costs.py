"""Quiz pages cost a small, fixed number of statements, whatever the number of learners."""

import pytest
import sqlalchemy as sa
from quiz_acts import finish_modules, start, submit, take

from lms.cohorts.queries import learner_enrolment
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs import catalogue
from lms.quizzes import queries
from lms.quizzes.models import Attempt, AttemptQuestion
from lms.testing_stories import Story

pytestmark = pytest.mark.both


def crowd_with_attempts(story, cohort, size, pattern_attempt):
    """Many learners who all took the quiz, written with bulk inserts as copies of one attempt's questions."""
    ids, now = story.crowd(cohort, size), clock.now()
    with write_tx():
        rows = list(db.session.execute(
            sa.select(AttemptQuestion.slot, AttemptQuestion.question_version_id).join(Attempt)
            .where(Attempt.uuid == pattern_attempt)
        ))
        attempts = list(db.session.scalars(sa.insert(Attempt).returning(Attempt.id), [
            {"uuid": uuid7(), "enrolment_id": key, "program_id": "diklat-mini", "quiz_id": "m01-kuis", "number": 1,
             "rule_version": "1.0", "state": "graded", "started_at": now, "submitted_at": now, "graded_at": now,
             "mark": None, "version": 1, "is_timed_out": False, "heard": {}}
            for key in ids
        ]))
        db.session.execute(sa.insert(AttemptQuestion), [
            {"attempt_id": key, "slot": row.slot, "question_version_id": row.question_version_id, "seed": 1,
             "is_flagged": False}
            for key in attempts for row in rows
        ])


@pytest.mark.parametrize("size", [10, 1000])
def test_pages_cost_the_same_with_ten_and_with_a_thousand_learners(app, count_statements, size):
    import uuid

    story = Story()
    cohort = story.cohort()
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, "M00")
    done = take(learner, "m01-kuis", right=2)["attempt"]
    crowd_with_attempts(story, cohort, size, uuid.UUID(done))
    running = start(learner, "m01-kuis")
    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    version = catalogue.version(enrolment.program_version_id)
    db.session.remove()

    def cost(act):
        with count_statements() as seen:
            act()
        return len(seen)

    assert cost(lambda: queries.attempt_page(running, by=learner.actor)) <= 3
    assert cost(lambda: queries.overview(enrolment, version, "m01-kuis")) <= 2
    assert cost(lambda: queries.review(done, by=learner.actor)) <= 3
    assert cost(lambda: queries.best_marks(enrolment.id)) == 1
    assert cost(lambda: queries.item_statistics(cohort.uuid, "m01-kuis", by=instructor.actor)) == 2
    assert cost(lambda: queries.essays_to_mark(by=instructor.actor)) == 2
    assert cost(lambda: queries.late_attempts(by=instructor.actor)) == 2


def test_publishing_learns_how_many_learners_met_a_quiz_and_a_question(app):
    story = Story()
    cohort = story.cohort()
    for _learner in range(2):
        learner = story.teacher(cohort)
        submit(learner, start(learner, "m00-awal"))
        take(learner, "m00-latihan", right=1)
    found = queries.learner.learners_with("diklat-mini", ["m00-awal", "fa1", "m10-akhir", "fb1"])
    assert found == {"m00-awal": 2, "fa1": 2}
