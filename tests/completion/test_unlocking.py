"""What is open follows from facts and from the programme's own `requires`."""

import dataclasses

import pytest

from lms.completion.queries import Facts
from lms.completion.unlocking import missing_modules, standing
from lms.testing_program import tiny_program

PROGRAM = tiny_program()


def done(**sets):
    return Facts(**{name: frozenset(ids) for name, ids in sets.items()})


def test_at_the_beginning_only_the_first_module_is_open():
    states = {item.module.id: item.state for item in standing(PROGRAM, done()).modules}
    assert states == {"M00": "open", "M01": "locked", "M02": "locked", "M03": "locked", "M10": "locked"}


def test_after_the_first_module_the_order_is_free_and_the_last_waits():
    where = standing(PROGRAM, done(modules=["M00"]))
    assert [item.state for item in where.modules] == ["complete", "open", "open", "open", "locked"]
    assert where.of("M10").missing == ("M01", "M02", "M03")


def test_the_last_module_opens_when_all_others_are_complete():
    assert standing(PROGRAM, done(modules=["M00", "M01", "M02", "M03"])).of("M10").state == "open"


def test_the_order_comes_from_the_data_and_not_from_names():
    free = dataclasses.replace(
        PROGRAM, modules=tuple(dataclasses.replace(module, requires=()) for module in PROGRAM.modules)
    )
    assert {item.state for item in standing(free, done()).modules} == {"open"}


def test_a_module_begun_stays_open_when_a_later_version_asks_for_more():
    assert missing_modules(PROGRAM.module("M01"), done(opened=["m01-1"])) == ()
    assert missing_modules(PROGRAM.module("M01"), done()) == ("M00",)


def test_a_granted_module_is_complete_whatever_is_missing():
    where = standing(PROGRAM, done(modules=["M10"]))
    assert (where.of("M10").state, where.of("M10").percent) == ("complete", 100)


@pytest.mark.parametrize(
    ("facts", "percent"),
    [(done(), 0), (done(read=["m00-1"]), 33), (done(read=["m00-1", "m00-2"]), 66),
     (done(read=["m00-1", "m00-2"], submitted=["m00-awal"]), 99)],
)
def test_percent_counts_lessons_and_named_quizzes_and_only_a_fact_makes_it_100(facts, percent):
    assert standing(PROGRAM, facts).of("M00").percent == percent


def test_a_practice_quiz_counts_for_nothing():
    assert standing(PROGRAM, done(submitted=["m00-latihan"], passed=["m00-latihan"])).of("M00").percent == 0


def test_hours_and_modules_count_what_is_complete():
    where = standing(PROGRAM, done(modules=["M00", "M03"]))
    assert (where.jp_done, where.modules_done) == (2 + 3, 2)


def test_the_next_step_is_the_first_unread_lesson_then_the_quiz_then_the_next_module():
    def step(facts):
        found = standing(PROGRAM, facts).next_step
        return found and (found.kind, (found.lesson or found.quiz).id)

    assert step(done()) == ("lesson", "m00-1")
    assert step(done(read=["m00-1", "m00-2"])) == ("quiz", "m00-awal")
    assert step(done(modules=["M00"])) == ("lesson", "m01-1")
    # A module that was begun comes before one that was not.
    assert step(done(modules=["M00"], read=["m02-1"])) == ("quiz", "m02-kuis")
    everything = [module.id for module in PROGRAM.modules]
    assert step(done(modules=everything)) is None
