"""A mark is replaced by a new row with a reason and never lost; the newest counts."""

import datetime as dt
from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import finish_modules, start, submit

from lms.core import migrations
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import Invalid, NotFound
from lms.core.notices import Notice
from lms.lib import clock
from lms.quizzes import queries, services
from lms.quizzes.models import AttemptQuestion, EssayMark
from lms.testing_stories import Story

NOON = dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)


@pytest.fixture
def story(app):
    return Story()


def hand_in(learner, words="Saya bertanya dahulu."):
    finish_modules(learner, "M00")
    attempt = start(learner, "m03-kuis")
    slots = queries.attempt_page(attempt, by=learner.actor).slots
    number = next(slot.number for slot in slots if slot.presentation.type == "essay")
    submit(learner, attempt, {number: {"answer": [words]}})
    return attempt, number


def mark(attempt, slot, value, by, **said):
    with write_tx():
        return services.mark_essay(attempt, slot, mark=Decimal(value), comment=said.pop("comment", ""), by=by, **said)


@pytest.mark.both
def test_a_changed_mark_is_a_new_row_and_the_newest_counts_for_the_learner(story):
    cohort = story.cohort()
    learner = story.teacher(cohort)
    first, second = story.instructor(cohort), story.instructor(cohort)
    attempt, slot = hand_in(learner)
    mark(attempt, slot, "90", first.actor, comment="Jelas sekali.")
    mark(attempt, slot, "10", second.actor, reason="Bukan tulisannya sendiri.")

    given = queries.essay_marks(attempt, slot)
    assert [(item.mark, item.comment, item.reason) for item in given] == [
        (Decimal("10.00"), None, "Bukan tulisannya sendiri."), (Decimal("90.00"), "Jelas sekali.", None),
    ]
    assert [item.by for item in given] == [db.session.scalar(sa.text(
        "SELECT full_name FROM person WHERE id = :id"), {"id": who.person_id}) for who in (second, first)]
    seen = queries.review(attempt, by=learner.actor)
    assert (seen.slots[slot - 1].mark, seen.slots[slot - 1].comment) == (Decimal("10.00"), None)
    kinds = db.session.scalars(
        sa.select(Notice.kind).where(Notice.person_id == learner.person_id).order_by(Notice.id)
    ).all()
    assert kinds == ["quiz.graded", "quiz.regraded"]
    entry = db.session.scalars(
        sa.select(AuditEntry).where(AuditEntry.action == "essay.marked").order_by(AuditEntry.id.desc())
    ).first()
    assert (entry.before["mark"], entry.before["comment"]) == ("90.00", "Jelas sekali.")
    assert (entry.after["mark"], entry.after["reason"]) == ("10.00", "Bukan tulisannya sendiri.")


@pytest.mark.both
@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_from_the_second_mark_on_a_reason_is_required(story, reason):
    cohort = story.cohort()
    by = story.instructor(cohort).actor
    attempt, slot = hand_in(story.teacher(cohort))
    mark(attempt, slot, "80", by)
    with pytest.raises(Invalid) as refused:
        mark(attempt, slot, "8", by, reason=reason)

    assert set(refused.value.fields) == {"reason"}
    assert [item.mark for item in queries.essay_marks(attempt, slot)] == [Decimal("80.00")]


@pytest.mark.both
def test_the_zero_of_an_empty_essay_is_replaced_with_a_reason_too(story):
    cohort = story.cohort()
    by = story.instructor(cohort).actor
    attempt, slot = hand_in(story.teacher(cohort), words="")
    with pytest.raises(Invalid):
        mark(attempt, slot, "50", by)
    mark(attempt, slot, "50", by, reason="Jawabannya diserahkan di kertas.")

    assert [item.mark for item in queries.essay_marks(attempt, slot)] == [Decimal("50.00")]


@pytest.mark.both
def test_a_late_answer_that_is_accepted_waits_again_and_its_earlier_mark_stays_in_the_history(story):
    with clock.freeze(NOON) as now:
        cohort = story.cohort(ends=0)
        learner, by = story.teacher(cohort), story.instructor(cohort).actor
        finish_modules(learner, "M00")
        attempt = start(learner, "m03-kuis")
        now.tick(dt.timedelta(days=2))
        submit(learner, attempt, {1: {"answer": ["Terlambat."]}})
        mark(attempt, 1, "20", by, reason="Kosong, sudah dibicarakan.")
        with write_tx():
            services.accept_late(attempt, by=by)
        with pytest.raises(Invalid):
            mark(attempt, 1, "75", by)
        mark(attempt, 1, "75", by, reason="Jawaban terlambat diterima.")

    assert [item.mark for item in queries.essay_marks(attempt, 1)] == [Decimal("75.00"), Decimal("20.00")]


@pytest.mark.both
@pytest.mark.parametrize("statement", ["UPDATE essay_mark SET mark = 100", "DELETE FROM essay_mark"])
def test_no_mark_can_be_changed_or_removed(story, statement):
    cohort = story.cohort()
    attempt, slot = hand_in(story.teacher(cohort))
    mark(attempt, slot, "80", story.instructor(cohort).actor)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), write_tx() as session:
        session.execute(sa.text(statement))


@pytest.mark.both
def test_marks_given_before_there_was_a_history_are_its_beginning(story):
    cohort = story.cohort()
    by = story.instructor(cohort).actor
    attempt, slot = hand_in(story.teacher(cohort))
    mark(attempt, slot, "82.5", by, comment="Baik.")
    migrations.migrate("0003", downwards=True)
    migrations.migrate()

    row = db.session.scalars(sa.select(EssayMark)).one()
    kept = db.session.scalars(sa.select(AttemptQuestion).where(AttemptQuestion.marked_by.is_not(None))).one()
    assert (row.mark, row.comment, row.reason, row.marked_by) == (Decimal("82.50"), "Baik.", None, by.person_id)
    assert row.attempt_question_id == kept.id


@pytest.mark.both
def test_marked_essays_are_found_by_name_page_by_page_the_newest_first(story):
    cohort, other = story.cohort(), story.cohort()
    by = story.instructor(cohort).actor
    for name in ("Aminah", "Baiq Sari", "Sariah"):
        attempt, slot = hand_in(story.teacher(cohort, name=name))
        mark(attempt, slot, "70", by)
    mark(attempt, slot, "71", by, reason="Salah ketik.")
    elsewhere, number = hand_in(story.teacher(other, name="Sari Lain"))
    mark(elsewhere, number, "90", story.instructor(other).actor)

    lines, total = queries.marked_essays(by=by)
    assert [(line.learner, line.mark, line.changes) for line in lines] == [
        ("Sariah", Decimal("71.00"), 1), ("Baiq Sari", Decimal("70.00"), 0), ("Aminah", Decimal("70.00"), 0),
    ]
    assert total == 3
    assert [line.learner for line in queries.marked_essays(by=by, text="sari", page=2, size=1)[0]] == ["Baiq Sari"]
    assert queries.marked_essays(by=by, cohort_uuid=other.uuid) == ([], 0)
    with pytest.raises(NotFound):
        mark(attempt, slot, "1", story.instructor(other).actor, reason="x")
