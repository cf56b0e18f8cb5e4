"""Starting an attempt: when it may, how often, what it draws."""

import datetime as dt

import pytest
import sqlalchemy as sa
from quiz_acts import at_once, finish_modules, note, start, submit, take

from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.lib import clock
from lms.quizzes import queries, services
from lms.quizzes.models import Attempt, AttemptQuestion, QuestionVersion
from lms.quizzes.reach import as_uuid
from lms.testing_program import FORM_B, FORM_C, choice, lesson, module, questions, quiz, tiny_program, with_quiz
from lms.testing_stories import Story

pytestmark = pytest.mark.both


def attempts():
    return list(db.session.scalars(sa.select(Attempt).order_by(Attempt.id)))


def drawn(attempt):
    return list(db.session.scalars(
        sa.select(QuestionVersion.question_id).join(AttemptQuestion).join(Attempt)
        .where(Attempt.uuid == as_uuid(attempt)).order_by(AttemptQuestion.slot)
    ))


def test_a_locked_module_says_what_is_missing(app):
    learner = Story().teacher()
    with pytest.raises(services.QuizLocked) as refused:
        start(learner, "m10-akhir")
    assert refused.value.values == {"missing": ["M00", "M01", "M02", "M03"]}
    assert attempts() == []


def test_a_class_that_has_not_begun_says_when_it_opens(app):
    story = Story()
    learner = story.teacher(story.cohort(starts=3))
    with pytest.raises(services.NotDueYet) as refused:
        start(learner, "m00-awal")
    assert refused.value.values["opens_on"] == clock.local(clock.now(), "Asia/Makassar").date() + dt.timedelta(days=3)


def test_a_class_that_has_ended_starts_nothing_and_its_last_day_counts_in_its_own_zone(app):
    story = Story()
    with clock.freeze(dt.datetime(2026, 11, 30, 15, 59, 58, tzinfo=dt.UTC)) as now:
        cohort = story.cohort(ends=0)
        first, second = story.teacher(cohort), story.teacher(cohort)
        start(first, "m00-awal")
        now.tick(dt.timedelta(seconds=2))
        with pytest.raises(services.QuizClosed):
            start(second, "m00-awal")


@pytest.mark.parametrize("state", ["confirmed", "withdrawn"])
def test_only_an_enrolment_that_learns_starts_a_quiz(app, state):
    learner = Story().teacher(state=state)
    with pytest.raises(services.QuizClosed):
        start(learner, "m00-awal")


@pytest.mark.parametrize(
    ("window", "refusal"), [((1, 5), services.NotDueYet), ((-5, -1), services.QuizClosed), ((0, 0), None)]
)
def test_the_post_test_has_its_own_window(app, window, refusal):
    story = Story()
    learner = story.teacher(story.cohort(posttest=window))
    finish_modules(learner, "M00", "M01", "M02", "M03")
    if refusal is None:
        assert start(learner, "m10-akhir")
        return
    with pytest.raises(refusal):
        start(learner, "m10-akhir")
    assert start(learner, "m10-latihan"), "the window is only about the test"


def test_nobody_starts_for_another_person(app):
    story = Story()
    mine, other = story.teacher(), story.teacher()
    with pytest.raises(NotFound), write_tx():
        services.start_attempt(mine.enrolment_uuid, "m00-awal", by=other.actor)
    with pytest.raises(NotFound), write_tx():
        services.start_attempt(mine.enrolment_uuid, "tidak-ada", by=mine.actor)
    with pytest.raises(NotFound), write_tx():
        services.start_attempt("bukan-uuid", "m00-awal", by=mine.actor)


def test_an_open_attempt_is_resumed_and_its_clock_starts_once(app):
    """ABUSE-A16."""
    learner = Story().teacher()
    finish_modules(learner, "M00")
    with clock.freeze(clock.now()) as now:
        first = start(learner, "m02-kuis")
        due = attempts()[0].due_at
        assert due == now.at + dt.timedelta(minutes=30)
        now.tick(dt.timedelta(minutes=10))
        assert start(learner, "m02-kuis") == first
    assert [attempt.due_at for attempt in attempts()] == [due]


def test_fifty_starts_at_once_with_one_allowed_make_one_attempt(app):
    """ABUSE-A18."""
    learner = Story().teacher()
    results = at_once(app, [lambda: start(learner, "m00-awal")] * 50)
    assert len(attempts()) == 1
    assert set(results) == {str(attempts()[0].uuid)}


def test_scores_50_60_80_pass_at_the_third_attempt_and_a_fourth_needs_an_instructor_with_a_reason(app):
    """Scenario 13."""
    story = Story()
    bank = ("q1a-1", "q1a-2", "q1a-3", "q1a-4", "q1b-1", "q1b-2", "q1b-3", "q1b-4", "q2-1", "q2-2", "q2-3", "q2-4")
    program = with_quiz(tiny_program(), "m01-kuis", bank=bank, draws=((None, 10),))
    cohort = story.cohort(story.program(program))
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, "M00")
    note(learner, "lesson_read", "m01-1", "m01-2")
    for right, is_passed in ((5, False), (6, False), (8, True)):
        assert take(learner, "m01-kuis", right=right)["is_passed"] is is_passed
    found = overview(learner, "m01-kuis")
    assert (found.best.number, found.best.mark, found.best.is_passed, found.attempts_left) == (3, 80, True, 0)
    with pytest.raises(services.AttemptsUsedUp) as refused:
        start(learner, "m01-kuis")
    assert refused.value.values == {"limit": 3}
    with write_tx():
        services.grant_allowance(
            learner.enrolment_uuid, "m01-kuis", extra_attempts=1, extra_minutes=0, reason="Listrik padam",
            by=instructor.actor,
        )
    take(learner, "m01-kuis", right=7)
    found = overview(learner, "m01-kuis")
    assert (len(found.attempts), found.best.number, found.attempts_left) == (4, 3, 0)


def overview(learner, quiz_id):
    from lms.cohorts.queries import learner_enrolment
    from lms.programs import catalogue

    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    return queries.overview(enrolment, catalogue.version(enrolment.program_version_id), quiz_id)


def test_a_practice_may_be_repeated_without_end_and_says_so(app):
    learner = Story().teacher()
    for _time in range(5):
        take(learner, "m00-latihan", right=2)
    found = overview(learner, "m00-latihan")
    assert (len(found.attempts), found.attempts_left, found.can_start) == (5, None, True)


def test_forms_follow_one_another_by_attempt(app):
    learner = Story().teacher()
    finish_modules(learner, "M00", "M01", "M02", "M03")
    first = start(learner, "m10-akhir")
    submit(learner, first)
    second = start(learner, "m10-akhir")
    assert (tuple(drawn(first)), tuple(drawn(second))) == (FORM_B, FORM_C)


def test_a_further_attempt_takes_the_form_not_seen_longest_and_hides_the_right_answers_meanwhile(app):
    """Decision 21."""
    story = Story()
    cohort = story.cohort()
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, "M00", "M01", "M02", "M03")
    done = [take(learner, "m10-akhir", right=1)["attempt"] for _time in range(2)]
    assert queries.review(done[0], by=learner.actor).shows_answers
    with write_tx():
        services.grant_allowance(
            learner.enrolment_uuid, "m10-akhir", extra_attempts=2, extra_minutes=0, reason="Listrik padam",
            by=instructor.actor,
        )
    for form in (FORM_B, FORM_C):
        attempt = start(learner, "m10-akhir")
        assert tuple(drawn(attempt)) == form
        assert not any(queries.review(earlier, by=learner.actor).shows_answers for earlier in done)
        submit(learner, attempt)


def test_a_second_attempt_prefers_questions_that_were_not_seen(app):
    learner = Story().teacher()
    finish_modules(learner, "M00")
    first = start(learner, "m01-kuis")
    submit(learner, first)
    second = start(learner, "m01-kuis")
    assert set(drawn(first)) | set(drawn(second)) == {f"q1{tag}-{n}" for tag in "ab" for n in range(1, 5)}


def test_a_question_version_is_kept_once_however_many_draw_it(app):
    story = Story()
    cohort = story.cohort()
    for _time in range(3):
        start(story.teacher(cohort), "m00-awal")
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QuestionVersion)) == 4


def test_a_start_leaves_a_line_in_the_audit_log_and_activity_on_the_enrolment(app):
    learner = Story().teacher()
    attempt = start(learner, "m00-awal")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "attempt.started")).one()
    assert (entry.object_key, entry.actor_id, entry.after["number"]) == (attempt, learner.person_id, 1)
    from lms.cohorts.models import Enrolment

    assert db.session.get(Enrolment, learner.enrolment_id).last_active_at is not None


def test_the_order_of_a_shuffled_form_is_the_attempts_own_and_stays(app):
    """The draw is written once, so a page that is opened again, on any device, asks in the same order."""
    story = Story()
    form = tuple(f"b{number}" for number in range(9))
    pretest = quiz("m00-awal", "pretest", forms=(form,), attempts=1, shuffle=True)
    program = tiny_program(
        questions=questions("".join(choice(key) for key in form)),
        modules=(module("M00", 0, (lesson("m00-1", 1),), (pretest,), requires=()),),
    )
    cohort = story.cohort(story.program(program))

    def order(learner, attempt):
        page = queries.attempt_page(attempt, by=learner.actor)
        return tuple(slot.presentation.text.text for slot in page.slots)

    orders = set()
    for _person in range(6):
        learner = story.teacher(cohort)
        attempt = start(learner, "m00-awal")
        first = order(learner, attempt)
        db.session.remove()
        assert order(learner, attempt) == first
        assert len(set(first)) == len(form)
        orders.add(first)
    assert len(orders) > 1, "six people side by side do not sit in one order"
