"""Nothing is granted that nobody could use: the class or the window of the test must not be over."""

import datetime as dt

import pytest
import sqlalchemy as sa
from quiz_acts import finish_modules, start, take

from lms.cohorts.models import Enrolment
from lms.core.db import db, write_tx
from lms.core.notices import Notice
from lms.lib import clock
from lms.quizzes import services
from lms.quizzes.models import AttemptAllowance
from lms.testing_stories import Story

pytestmark = pytest.mark.both


def grant(learner, by, quiz_id, attempts=1):
    with write_tx():
        return services.grant_allowance(
            learner.enrolment_uuid, quiz_id, extra_attempts=attempts, extra_minutes=0, reason="Listrik padam.", by=by
        )


@pytest.mark.parametrize(("dates", "quiz_id"), [
    ({"starts": -40, "ends": -1}, "m01-kuis"), ({"starts": -40, "ends": 10, "posttest": (-9, -1)}, "m10-akhir"),
])
def test_after_the_class_or_the_window_nothing_is_granted_and_nobody_is_told(app, dates, quiz_id):
    story = Story()
    cohort = story.cohort(**dates)
    learner = story.teacher(cohort)
    with pytest.raises(services.GrantTooLate):
        grant(learner, story.instructor(cohort).actor, quiz_id)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(AttemptAllowance)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Notice)) == 0


def test_who_has_left_the_class_is_granted_nothing(app):
    story = Story()
    cohort = story.cohort()
    learner = story.teacher(cohort)
    with write_tx() as session:
        session.execute(sa.update(Enrolment).values(state="withdrawn"))
    with pytest.raises(services.GrantTooLate):
        grant(learner, story.instructor(cohort).actor, "m01-kuis")


def test_before_the_window_opens_something_can_be_granted_and_on_the_last_day_it_can_be_used(app):
    story = Story()
    cohort = story.cohort(posttest=(3, 3))
    learner, by = story.teacher(cohort), story.instructor(cohort).actor
    finish_modules(learner, "M00", "M01", "M02", "M03")
    grant(learner, by, "m10-akhir", attempts=2)
    with clock.freeze(clock.now() + dt.timedelta(days=3)):
        for _time in range(2):
            take(learner, "m10-akhir", right=0)
        grant(learner, by, "m10-akhir")
        assert start(learner, "m10-akhir")
