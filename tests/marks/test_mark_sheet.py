"""The mark sheet: what counts, what is done, what is missing, and nothing taken for zero."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from quiz_acts import finish_modules, note, take

from lms.cohorts.queries import learner_enrolment
from lms.core.db import db, write_tx
from lms.marks.queries import Note, mark_sheet, sheet_of, verdict
from lms.programs import catalogue
from lms.programs.reader import read_program
from lms.quizzes import queries, services
from lms.testing_program import tiny_program
from lms.testing_stories import Story


def sheet(learner):
    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    return mark_sheet(enrolment, catalogue.version(enrolment.program_version_id))


def component(found, key):
    return next(item for stage in found.stages for item in stage.components if item.id == key)


def requirement(found, code):
    return next(item for item in found.requirements if item.code == code)


@pytest.fixture
def learner(app):
    return Story().teacher()


@pytest.mark.both
def test_at_the_beginning_everything_is_missing_and_nothing_is_zero(learner):
    found = sheet(learner)
    assert (found.total, found.predicate, found.is_passed) == (None, None, None)
    assert [(stage.id, stage.weight, stage.mark) for stage in found.stages] == [
        ("deepening", 40, None), ("independent_task", 60, None)
    ]
    assert all(item.mark is None for stage in found.stages for item in stage.components)
    assert {item.code: item.state for item in found.requirements} == {
        "total": "waiting", "independent_task": "waiting", "modules": "todo", "attendance": "waiting",
        "mandatory_tasks": "waiting",
    }


@pytest.mark.both
def test_the_mean_of_module_quizzes_needs_all_of_them(learner):
    story = Story()
    finish_modules(learner, "M00")
    take(learner, "m01-kuis", right=2)
    take(learner, "m01-kuis", right=4)
    take(learner, "m02-kuis", right=3)
    found = component(sheet(learner), "module_quizzes")
    assert (found.mark, found.note) == (None, Note("quizzes", {"done": 2, "total": 3}))
    # The third quiz has an essay: it counts when somebody has marked it.
    attempt = take(learner, "m03-kuis", right=3)["attempt"]
    assert component(sheet(learner), "module_quizzes").mark is None
    cohort_uuid = learner_enrolment(learner.enrolment_uuid, by=learner.actor).cohort_uuid
    instructor = story.staff("instructor", "class", str(cohort_uuid), person=story_person(story))
    with write_tx():
        services.mark_essay(attempt, 1, mark=Decimal(70), comment="", by=instructor.actor)
    found = component(sheet(learner), "module_quizzes")
    assert (found.mark, found.note.values) == (Decimal("88.33"), {"done": 3, "total": 3})


def story_person(story):
    story._count = 300
    return story.person()


@pytest.mark.both
def test_the_post_test_counts_with_its_best_mark_and_the_stage_waits_for_the_others(learner):
    finish_modules(learner, "M00", "M01", "M02", "M03")
    take(learner, "m10-akhir", right=3)
    take(learner, "m10-akhir", right=2)
    found = sheet(learner)
    assert component(found, "posttest").mark == Decimal(75)
    assert found.stages[0].mark is None
    assert requirement(found, "modules").values["tests_done"] == 1


@pytest.mark.both
def test_requirements_count_modules_and_hours_from_facts(learner):
    finish_modules(learner, "M00", "M01")
    note(learner, "quiz_passed", "m01-kuis")
    found = sheet(learner)
    assert requirement(found, "modules").values == {
        "done": 2, "total": 5, "jp_done": 6, "jp": 15, "tests_done": 1, "tests": 4,
    }
    assert (requirement(found, "modules").state, requirement(found, "modules").link) == ("todo", "program")
    assert requirement(found, "attendance").values == {"percent": 80}


@pytest.mark.both
def test_the_sheet_costs_two_statements(learner, count_statements):
    enrolment = learner_enrolment(learner.enrolment_uuid, by=learner.actor)
    version = catalogue.version(enrolment.program_version_id)
    with count_statements() as seen:
        mark_sheet(enrolment, version)
    assert len(seen) == 2


@pytest.mark.parametrize(("state", "ends", "expected"), [
    ("active", 60, None), ("accepted", 60, None), ("active", -1, "undecided"), ("finished", -1, "undecided"),
    ("passed", -1, "passed"), ("failed", -1, "failed"), ("passed", 60, "passed"),
])
def test_the_verdict_is_what_people_decided_and_undecided_when_the_class_is_over(app, state, ends, expected):
    story = Story()
    learner = story.teacher(story.cohort(ends=ends), state=state)
    assert verdict(learner_enrolment(learner.enrolment_uuid, by=learner.actor)) == expected
    assert sheet(learner).verdict == expected


def test_a_sheet_with_a_verdict_holds_what_was_recorded_and_asks_for_nothing():
    marks = {"m00-awal": Decimal(25), "m01-kuis": Decimal(80), "m10-akhir": Decimal(75)}
    running, over = (sheet_of(tiny_program(), queries_facts(), marks, decided) for decided in (None, "failed"))
    assert [item.code for item in over.requirements] == ["modules"]
    assert (over.requirements[0].state, over.requirements[0].link) == ("recorded", None)
    assert (running.is_whole, over.is_whole) == (True, False)
    assert component(over, "final_report").note == Note("unrecorded")
    assert component(over, "module_quizzes").note == Note("quizzes", {"done": 1, "total": 3})
    assert [stage.mark for stage in over.stages] == [None, None], "empty is not zero, also in the end"
    assert running.gain == over.gain
    assert over.gain.points == Decimal(50)


def test_the_real_programme_asks_for_the_five_conditions_its_first_lesson_teaches():
    course = Path(__file__).resolve().parents[2] / "courses" / "diklat-dasar"
    found = sheet_of(read_program(course).program, queries_facts(), {})
    lesson = (course / "00-orientasi" / "01-alur-diklat.md").read_text(encoding="utf-8")
    taught = re.search(r"## Lima syarat lulus.*?\|---\|---\|\n((?:\|[^\n]+\n)+)", lesson, re.DOTALL)[1].splitlines()
    assert [row.split("|")[1].strip() for row in taught] == [
        "Nilai akhir", "Nilai tugas mandiri", "Modul", "Kehadiran", "Tugas wajib"
    ]
    assert [item.code for item in found.requirements] == [
        "total", "independent_task", "modules", "attendance", "mandatory_tasks"
    ]


def test_an_outline_without_marks_has_an_empty_sheet():
    found = sheet_of(tiny_program(data={}), queries_facts(), {})
    assert (found.stages, found.total, found.is_passed) == ((), None, None)


def queries_facts():
    from lms.completion.queries import Facts

    return Facts()


def test_best_marks_leave_out_what_is_not_graded(learner):
    assert queries.best_marks(learner.enrolment_id) == {}
    db.session.remove()
