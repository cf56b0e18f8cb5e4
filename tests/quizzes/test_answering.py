"""Answers: kept one by one, newest wins, nothing of anybody else's, nothing half done."""

import dataclasses
import uuid
from decimal import Decimal

import pytest
import sqlalchemy as sa
from quiz_acts import RIGHT, WRONG, choosing, finish_modules, save, start, submit

from lms.core.db import db, write_tx
from lms.core.errors import Invalid, NotFound
from lms.quizzes import queries, services
from lms.quizzes.models import AnswerLog, Attempt
from lms.testing_stories import Story

pytestmark = pytest.mark.both


@pytest.fixture
def learner(app):
    return Story().teacher()


@pytest.fixture
def attempt(learner):
    return start(learner, "m00-awal")


def log():
    return list(db.session.scalars(sa.select(AnswerLog).order_by(AnswerLog.id)))


def chosen(learner, attempt):
    """What stands on the page: slot → words."""
    return {
        slot.number: {item.id: item.text.text for item in slot.presentation.options}.get(slot.answer, slot.answer)
        for slot in queries.attempt_page(attempt, by=learner.actor).slots
    }


def test_answers_of_one_phone_are_there_on_another_and_one_attempt_is_used(learner, attempt):
    """Scenario 12."""
    for number in (1, 2, 3):
        save(learner, attempt, choosing(learner, attempt, {number: RIGHT}), device="hp-1", seq=number)
    assert start(learner, "m00-awal") == attempt
    assert chosen(learner, attempt) == {1: RIGHT, 2: RIGHT, 3: RIGHT, 4: None}
    save(learner, attempt, choosing(learner, attempt, {4: RIGHT}), device="hp-2", seq=1)
    first = submit(learner, attempt)
    assert submit(learner, attempt) == first
    assert [row.mark for row in db.session.scalars(sa.select(Attempt))] == [Decimal(100)]


def test_a_saved_answer_leaves_one_log_line_with_what_the_device_said_and_the_version_grows(learner, attempt):
    operation = str(uuid.uuid4())
    before = queries.attempt_page(attempt, by=learner.actor).version
    with write_tx():
        reply = services.save_answers(
            attempt, choosing(learner, attempt, {2: RIGHT}), by=learner.actor.within(operation), device="hp-1", seq=7
        )
    assert reply == {"saved": [2], "late": False, "answered": 1, "version": before + 1}
    row = log()[0]
    assert (str(row.operation_id), row.slot, row.device, row.seq, row.flag) == (operation, 2, "hp-1", 7, None)


def test_an_answer_that_changes_nothing_leaves_no_trace(learner, attempt):
    fields = choosing(learner, attempt, {1: RIGHT})
    version = save(learner, attempt, fields)["version"]
    assert save(learner, attempt, {**fields, 2: {}})["version"] == version
    assert len(log()) == 1


def test_an_answer_can_be_taken_back(learner, attempt):
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}))
    assert save(learner, attempt, {1: {}})["answered"] == 0
    assert [bool(row.value) for row in log()] == [True, False]


def test_an_older_message_of_the_same_device_is_kept_and_does_not_win(learner, attempt):
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}), device="hp-1", seq=5)
    # The same answer again changes nothing, but the device was heard.
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}), device="hp-1", seq=9)
    save(learner, attempt, choosing(learner, attempt, {1: WRONG}), device="hp-1", seq=7)
    assert chosen(learner, attempt)[1] == RIGHT
    assert [row.flag for row in log()] == [None, "older"]


def test_of_two_devices_the_later_arrival_wins(learner, attempt):
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}), device="hp-1", seq=50)
    save(learner, attempt, choosing(learner, attempt, {1: WRONG}), device="hp-2", seq=1)
    assert chosen(learner, attempt)[1] == WRONG


@pytest.mark.parametrize("number", [0, 5, -1, 99])
def test_a_question_outside_the_attempt_is_refused_and_nothing_is_saved(learner, attempt, number):
    """ABUSE-A13."""
    with pytest.raises(services.UnknownSlot):
        save(learner, attempt, {**choosing(learner, attempt, {1: RIGHT}), number: {"answer": ["x"]}})
    with pytest.raises(services.UnknownSlot):
        save(learner, attempt, {}, flags={number: True})
    assert log() == []


@pytest.mark.parametrize("value", [["o0000000000000000"], ["tepat"], ["o1", "o2"]])
def test_an_option_that_the_question_does_not_have_is_refused_and_nothing_is_saved(learner, attempt, value):
    with pytest.raises(Invalid) as refused:
        save(learner, attempt, {**choosing(learner, attempt, {1: RIGHT}), 2: {"answer": value}})
    assert list(refused.value.fields) == ["slot-2"]
    assert log() == []


def test_somebody_elses_attempt_does_not_exist(learner, attempt):
    """ABUSE-A01, ABUSE-A13."""
    story = Story()
    story._count = 500
    other = story.teacher()
    for act in (
        lambda: save(other, attempt, {1: {}}), lambda: submit(other, attempt),
        lambda: queries.attempt_page(attempt, by=other.actor), lambda: queries.review(attempt, by=other.actor),
        lambda: save(learner, str(uuid.uuid4()), {}), lambda: save(learner, "tidak-ada", {}),
    ):
        with pytest.raises(NotFound):
            act()
    # Having another role does not open one's own page to strangers either.
    with pytest.raises(NotFound):
        queries.attempt_page(attempt, by=dataclasses.replace(other.actor, role="instructor"))


def test_score_state_and_time_from_the_client_change_nothing(learner, attempt):
    """ABUSE-A14, ABUSE-A17."""
    fields = choosing(learner, attempt, {1: WRONG})
    fields[1] |= {"score": ["100"], "fraction": ["1"], "state": ["graded"], "is_correct": ["1"], "due_at": ["2099"]}
    save(learner, attempt, fields)
    submit(learner, attempt)
    row = db.session.scalars(sa.select(Attempt)).one()
    assert (row.state, row.mark) == ("graded", Decimal(0))


def test_a_flag_is_kept_and_grows_the_version(learner, attempt):
    version = save(learner, attempt, {}, flags={3: True})["version"]
    page = queries.attempt_page(attempt, by=learner.actor)
    assert ([slot.number for slot in page.slots if slot.is_flagged], page.version) == ([3], version)
    assert save(learner, attempt, {}, flags={3: True})["version"] == version


def test_a_finished_attempt_takes_no_answer(learner, attempt):
    """ABUSE-A20: nothing opens it again."""
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}))
    first = submit(learner, attempt)
    with pytest.raises(services.AttemptFinished):
        save(learner, attempt, {1: {"answer": [], "state": ["open"]}})
    with pytest.raises(services.AttemptFinished):
        submit(learner, attempt, choosing_after(learner, attempt, {1: WRONG}))
    assert submit(learner, attempt, choosing_after(learner, attempt, {1: RIGHT})) == first
    assert len(log()) == 1


def choosing_after(learner, attempt, texts):
    """The back button shows the form as it was."""
    fields = choosing(learner, attempt, texts)
    for value in fields.values():
        value["state"] = ["open"]
    return fields


def test_an_essay_keeps_its_words_and_loses_signs_no_database_keeps(learner):
    finish_modules(learner, "M00")
    attempt = start(learner, "m03-kuis")
    text = "Sari menangis.\r\nIbu guru mendekat\x00\ud800 dan <b>duduk</b> 🌱"
    save(learner, attempt, {1: {"answer": [text]}})
    assert queries.attempt_page(attempt, by=learner.actor).slots[0].answer == (
        "Sari menangis.\nIbu guru mendekat dan <b>duduk</b> 🌱"
    )


def test_a_text_that_is_too_long_is_refused_with_a_sentence(learner):
    finish_modules(learner, "M00")
    attempt = start(learner, "m03-kuis")
    with pytest.raises(Invalid) as refused:
        save(learner, attempt, {1: {"answer": ["a" * 20_001]}})
    assert refused.value.values["most"] == 20_000


def test_the_memory_of_devices_is_bounded(learner, attempt):
    for number in range(30):
        save(learner, attempt, choosing(learner, attempt, {1: RIGHT}), device=f"hp-{number}", seq=1)
    row = db.session.scalars(sa.select(Attempt)).one()
    assert len(row.heard) == services.answering.MOST_DEVICES
    assert "hp-29" in row.heard


@pytest.mark.parametrize("statement", ["UPDATE answer_log SET slot = 9", "DELETE FROM answer_log"])
def test_the_database_refuses_to_change_or_remove_what_arrived(learner, attempt, statement):
    save(learner, attempt, choosing(learner, attempt, {1: RIGHT}))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), write_tx() as session:
        session.execute(sa.text(statement))
