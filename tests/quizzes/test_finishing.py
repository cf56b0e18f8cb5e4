"""Handing in: what is graded at once, what waits for a person, what follows from it."""

from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import RIGHT, answering, choosing, finish_modules, note, start, submit, take

from lms.cohorts.queries import learner_enrolment
from lms.completion.queries import facts
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import Invalid, NotFound
from lms.core.notices import Notice
from lms.programs import catalogue
from lms.quizzes import queries, services
from lms.quizzes.models import Attempt, AttemptAllowance
from lms.quizzes.scoring import attempt_mark, best, gain, is_pass
from lms.testing_stories import Story


class Try:
    def __init__(self, number, mark):
        self.number, self.mark = number, None if mark is None else Decimal(mark)


def test_the_best_attempt_has_the_highest_mark_and_is_the_earliest_on_a_tie():
    tries = [Try(1, 50), Try(2, None), Try(3, 80), Try(4, 80)]
    assert best(tries).number == 3
    assert best([Try(1, None)]) is None
    assert best([Try(1, 0)]).number == 1


@pytest.mark.parametrize(
    ("kind", "mark", "passed"),
    [("module", "70", True), ("module", "69.99", False), ("posttest", "70", True), ("pretest", "100", None),
     ("practice", "100", None)],
)
def test_a_module_quiz_and_a_post_test_are_passed_with_their_mark_and_nothing_else_is(kind, mark, passed):
    assert is_pass(kind, 70, Decimal(mark)) is passed


def test_a_mark_is_rounded_half_up_before_it_is_compared():
    thirds = [Decimal("33.33")] * 3
    assert attempt_mark([*thirds, *[Decimal(100)] * 6, Decimal(0)]) == Decimal("70.00")
    assert attempt_mark([]) == 0


pytestmark = pytest.mark.both


@pytest.fixture
def story(app):
    return Story()


def essay_attempt(story, text="Sari menangis saat ditinggal ibunya."):
    cohort = story.cohort()
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, "M00")
    note(learner, "lesson_read", "m03-1")
    attempt = start(learner, "m03-kuis")
    fields = choosing(learner, attempt, {1: text, 2: RIGHT, 3: RIGHT})
    return learner, instructor, attempt, submit(learner, attempt, fields)


def mark(attempt, slot, value, by, comment="Runtut.", reason=""):
    with write_tx():
        return services.mark_essay(attempt, slot, mark=Decimal(value), comment=comment, reason=reason, by=by.actor)


def told(learner):
    """The notices of a learner, in their order."""
    return list(db.session.scalars(
        sa.select(Notice).where(Notice.person_id == learner.person_id).order_by(Notice.id)
    ))


def test_the_pre_test_is_done_when_it_is_handed_in_and_opens_what_comes_after(story):
    learner = story.teacher()
    note(learner, "lesson_read", "m00-1", "m00-2")
    assert take(learner, "m00-awal", right=0)["is_passed"] is None
    done = facts(learner.enrolment_id)
    assert (done.submitted, done.passed, done.modules) == ({"m00-awal"}, frozenset(), {"M00"})
    assert start(learner, "m01-kuis")


def test_passing_a_module_quiz_records_facts_and_grants_the_module(story):
    learner = story.teacher()
    finish_modules(learner, "M00")
    note(learner, "lesson_read", "m01-1", "m01-2")
    take(learner, "m01-kuis", right=2)
    done = facts(learner.enrolment_id)
    assert (done.submitted, done.passed) == ({"m01-kuis"}, frozenset())
    take(learner, "m01-kuis", right=4)
    done = facts(learner.enrolment_id)
    assert (done.passed, done.modules) == ({"m01-kuis"}, {"M00", "M01"})


def test_a_practice_counts_for_nothing(story):
    learner = story.teacher()
    assert take(learner, "m00-latihan", right=2)["is_passed"] is None
    assert facts(learner.enrolment_id) == facts(story.teacher().enrolment_id)


def test_handing_in_leaves_a_line_in_the_audit_log(story):
    learner = story.teacher()
    take(learner, "m00-awal", right=3)
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "attempt.submitted")).one()
    assert (entry.actor_id, entry.after) == (
        learner.person_id, {"state": "graded", "mark": "75.00", "answered": 4}
    )


def test_an_essay_waits_neither_passes_nor_opens_the_review(story):
    learner, _instructor, attempt, result = essay_attempt(story)
    assert (result["state"], result["is_passed"]) == ("submitted", None)
    done = facts(learner.enrolment_id)
    assert (done.submitted, done.passed) == ({"m03-kuis"}, frozenset())
    review = queries.review(attempt, by=learner.actor)
    assert (review.is_open, review.mark, review.shows_answers) == (False, None, False)
    assert all(slot.mark is None and slot.right is None and not slot.feedback.answers for slot in review.slots)
    assert review.slots[0].summary.startswith("Sari")


def test_the_last_essay_grades_the_attempt_grants_the_module_and_tells_the_learner(story):
    learner, instructor, attempt, _result = essay_attempt(story)
    lines, total = queries.essays_to_mark(by=instructor.actor)
    assert (total, lines[0].slot, lines[0].answer[:4], lines[0].quiz_id) == (1, 1, "Sari", "m03-kuis")
    assert mark(attempt, 1, "80,5".replace(",", "."), instructor) == {
        "attempt": attempt, "state": "graded", "is_passed": True
    }
    assert db.session.scalars(sa.select(Attempt)).one().mark == Decimal("93.50")
    assert facts(learner.enrolment_id).modules == {"M00", "M03"}
    (notice,) = told(learner)
    assert (notice.person_id, notice.kind, notice.link) == (
        learner.person_id, "quiz.graded", f"/kuis/{learner.enrolment_uuid}/m03-kuis"
    )
    assert "80" not in str(notice.values), "a notice holds no mark"
    assert queries.essays_to_mark(by=instructor.actor) == ([], 0)
    assert queries.review(attempt, by=learner.actor).slots[0].comment == "Runtut."


def test_a_mark_that_is_changed_keeps_its_history_and_takes_no_fact_away(story):
    learner, instructor, attempt, _result = essay_attempt(story)
    mark(attempt, 1, 100, instructor)
    assert mark(attempt, 1, 0, instructor, reason="Salinan.")["is_passed"] is False
    assert facts(learner.enrolment_id).passed == {"m03-kuis"}
    entries = list(db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "essay.marked").order_by(AuditEntry.id)
    ))
    assert [(entry.before["mark"], entry.after["mark"]) for entry in entries] == [(None, "100.00"), ("100.00", "0.00")]
    assert [notice.kind for notice in told(learner)] == ["quiz.graded", "quiz.regraded"]


def test_an_empty_essay_is_zero_and_nobody_needs_to_read_it(story):
    _learner, instructor, _attempt, result = essay_attempt(story, text="  ")
    assert result["state"] == "graded"
    assert queries.essays_to_mark(by=instructor.actor) == ([], 0)


@pytest.mark.parametrize("value", ["-0.01", "100.01", "NaN", "Infinity"])
def test_a_mark_outside_0_to_100_is_refused(story, value):
    _learner, instructor, attempt, _result = essay_attempt(story)
    with pytest.raises(Invalid) as refused:
        mark(attempt, 1, value, instructor)
    assert list(refused.value.fields) == ["mark"]


def test_only_an_essay_of_a_finished_attempt_in_the_own_class_can_be_marked(story):
    learner, instructor, attempt, _result = essay_attempt(story)
    other = story.instructor(story.cohort())
    with pytest.raises(NotFound):
        mark(attempt, 1, 100, other)
    with pytest.raises(NotFound):
        mark(attempt, 1, 100, learner)
    with pytest.raises(services.UnknownSlot):
        mark(attempt, 2, 100, instructor)
    with pytest.raises(services.UnknownSlot):
        mark(attempt, 9, 100, instructor)
    mark(attempt, 1, 0, instructor)
    again = start(learner, "m03-kuis")
    with pytest.raises(services.AttemptRunning):
        mark(again, 1, 100, instructor)
    assert queries.essays_to_mark(by=other.actor) == ([], 0)


def test_essays_of_one_class_can_be_listed_alone_and_page_by_page(story):
    _learner, instructor, _attempt, _result = essay_attempt(story)
    other_cohort = story.cohort()
    assert queries.essays_to_mark(by=instructor.actor, cohort_uuid=other_cohort.uuid) == ([], 0)
    lines, total = queries.essays_to_mark(by=instructor.actor, page=2)
    assert (lines, total) == ([], 1)


def grant(learner, by, quiz_id="m02-kuis", attempts=0, minutes=0, reason="Listrik padam"):
    with write_tx():
        return services.grant_allowance(
            learner.enrolment_uuid, quiz_id, extra_attempts=attempts, extra_minutes=minutes, reason=reason, by=by.actor
        )


def test_extra_minutes_lengthen_the_running_attempt_and_the_next_one(story):
    cohort = story.cohort()
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    finish_modules(learner, "M00")
    first = start(learner, "m02-kuis")
    grant(learner, instructor, minutes=15)
    submit(learner, first)
    start(learner, "m02-kuis")
    rows = list(db.session.scalars(sa.select(Attempt).order_by(Attempt.number)))
    assert [(row.due_at - row.started_at).total_seconds() for row in rows] == [45 * 60, 45 * 60]
    notice = db.session.scalars(sa.select(Notice)).one()
    assert (notice.person_id, notice.kind) == (learner.person_id, "quiz.allowance")
    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "allowance.granted")).one()
    assert entry.after == {"quiz": "m02-kuis", "attempts": 0, "minutes": 15, "reason": "Listrik padam"}


@pytest.mark.parametrize(
    ("values", "field"),
    [({"attempts": 1, "reason": "  "}, "reason"), ({"attempts": 1, "reason": "x" * 301}, "reason"),
     ({"attempts": 0}, "extra_attempts"), ({"attempts": -1}, "extra_attempts"), ({"attempts": 11}, "extra_attempts"),
     ({"minutes": 241}, "extra_minutes"), ({"minutes": 5, "quiz_id": "m01-kuis"}, "extra_minutes"),
     ({"attempts": 1, "quiz_id": "m00-latihan"}, "extra_attempts")],
)
def test_an_allowance_that_says_nothing_or_too_much_is_refused_beside_its_field(story, values, field):
    cohort = story.cohort()
    with pytest.raises(Invalid) as refused:
        grant(story.teacher(cohort), story.instructor(cohort), **values)
    assert list(refused.value.fields) == [field]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AttemptAllowance)) == 0


def test_only_an_instructor_of_the_class_grants(story):
    cohort = story.cohort()
    learner = story.teacher(cohort)
    for stranger in (story.instructor(story.cohort()), story.supervisor(), story.facilitator(), learner):
        with pytest.raises(NotFound):
            grant(learner, stranger, attempts=1)


def test_the_gain_is_the_best_post_test_less_the_pre_test_in_points(story):
    learner = story.teacher()
    program = catalogue.latest("diklat-mini").program
    take(learner, "m00-awal", right=1)
    assert gain(queries.best_marks(learner.enrolment_id), program) is None
    finish_modules(learner, "M00", "M01", "M02", "M03")
    take(learner, "m10-akhir", right=3)
    take(learner, "m10-akhir", right=2)
    found = gain(queries.best_marks(learner.enrolment_id), program)
    assert (found.pre, found.post, found.points) == (Decimal(25), Decimal(75), Decimal(50))


def test_the_overview_shows_every_attempt_and_which_one_counts(story):
    learner = story.teacher()
    finish_modules(learner, "M00")
    take(learner, "m01-kuis", right=3)
    attempt = start(learner, "m01-kuis")
    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    found = queries.overview(enrolment, catalogue.version(enrolment.program_version_id), "m01-kuis")
    assert [line.state for line in found.attempts] == ["graded", "running"]
    assert (str(found.open_attempt), found.attempts_left, found.can_start) == (attempt, 1, False)
    submit(learner, attempt, answering(learner, attempt, right=0))
