"""Reading works: one's own only, in few statements, and by the programme of one's class."""

import dataclasses
import uuid

import pytest
import sqlalchemy as sa
from work_acts import STORY, attach, cohort, detach, hand_in, save

from lms.cohorts.queries import learner_enrolment
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.programs import catalogue
from lms.programs.models import ProgramVersion
from lms.testing_program import tiny_program, with_works
from lms.workshops import queries, works
from lms.workshops.contract import Returning
from lms.workshops.models import StageWork

pytestmark = pytest.mark.both


def page(who, work="final_report", **more):
    return queries.stage_page(who.enrolment_uuid, work, by=more.pop("by", who.actor), **more)


def enrolment(who):
    return learner_enrolment(who.enrolment_uuid, by=who.actor, capability="work.do")


def test_a_work_costs_three_statements_and_all_of_them_one(app, learner, count_statements):
    save(learner)
    attach(learner)
    page(learner)
    own = enrolment(learner)
    db.session.remove()
    with count_statements() as seen:
        assert page(learner).of("bab-1").values == {"cerita": STORY}
    assert len(seen) <= 3
    with count_statements() as seen:
        assert len(queries.all_works(own)) == 3
    assert len(seen) <= 1


def test_a_work_that_was_never_begun_reads_as_an_empty_draft(learner):
    found = page(learner)
    assert (found.row, found.state, found.version, found.closed_reason) == (None, "draft", 0, None)
    assert (found.of("bab-1").values, found.of("bab-1").version, found.of("bab-1").saved_at) == ({}, 0, None)
    assert [(gap.part, gap.field, gap.code) for gap in found.gaps] == [("bab-1", "cerita", "missing")]
    assert (found.is_shut, found.late_days) == (False, 0)
    with pytest.raises(NotFound):
        found.part("tidak-ada")


def test_what_was_handed_in_reads_the_newest_first_and_cannot_be_written(learner):
    save(learner)
    hand_in(learner)
    with write_tx():
        db.session.execute(sa.update(StageWork).values(state="returned", version=3))
    save(learner, "Versi kedua laporan ini lebih baik.", base=1)
    hand_in(learner, base=3)
    found = page(learner)
    assert (found.state, found.closed_reason, found.version) == ("submitted", "submitted", 4)
    handed_in = queries.versions_of(found.row.id)
    assert [(item.number, item.values["bab-1"]["cerita"]) for item in handed_in] == [
        (2, "Versi kedua laporan ini lebih baik."), (1, STORY)]


def test_every_work_of_the_programme_says_where_it_stands(learner):
    save(learner)
    save(learner, part="W1", work="W1", field="hasil")
    hand_in(learner, "W1")
    lines = queries.all_works(enrolment(learner))
    assert [(line.work.activity_id, line.work.kind, line.state) for line in lines] == [
        ("final_report", "report", "draft"), ("W1", "mandatory", "submitted"), ("P1", "elective", None)]


def test_a_class_counts_only_its_own_work_that_was_handed_in(story):
    made = cohort(story)
    first, second, third = (story.teacher(made) for _learner in range(3))
    beside = story.teacher(story.cohort(made.version_id, task=(-7, 7)))
    for who in (first, second, beside):
        save(who)
    for who in (first, beside):
        hand_in(who)
    save(third, part="W1", work="W1", field="hasil")
    hand_in(third, "W1")
    assert queries.handed_in(made.id, "final_report") == {first.enrolment_id}


def test_ABUSE_A02_a_file_of_somebody_elses_work_does_not_exist(story):
    made, supervisor = cohort(story), story.supervisor()
    learner, classmate = story.teacher(made, supervisor=supervisor), story.teacher(made)
    # Of the same bytes: who has a picture sees one's own row of it, and no other.
    file, copy = attach(learner), attach(classmate)
    others = (
        classmate, supervisor, story.instructor(made), story.class_admin(made), story.facilitator(), story.observer(),
        story.admin(),
    )
    for other in others:
        for address in (file, uuid.uuid4()):
            with pytest.raises(NotFound):
                queries.own_file(address, by=other.actor)
        with pytest.raises(NotFound):
            page(learner, by=other.actor)
    assert queries.own_file(file, by=learner.actor).uuid == file
    assert queries.own_file(copy, by=classmate.actor).uuid == copy


def test_a_file_that_was_taken_away_is_still_its_owners(learner):
    file = attach(learner)
    detach(learner, file)
    assert queries.own_file(file, by=learner.actor).uuid == file


def test_a_programme_without_a_report_and_forms_has_no_works(story):
    version = story.program(tiny_program())
    assert works.works_of(version) == ()
    assert queries.all_works(enrolment(story.teacher(story.cohort(version)))) == []
    for version_id in (version, None):
        with pytest.raises(NotFound):
            works.work_of(version_id, "final_report")


def test_works_say_what_their_programme_says(story):
    report, task, other = works.works_of(story.program(with_works()))
    stage = report.stage("document")
    assert [part.id for part in stage.parts] == ["bab-1", "bab-2"]
    assert (stage.marked_by, stage.returning, stage.rubric) == (
        ("practice_supervisor",), Returning(most=2, days=14, late_days=14), None)
    assert [(item.activity_id, item.type_key, item.kind, item.evidence) for item in (task, other)] == [
        ("W1", "task_form", "mandatory", {"id": "Foto"}), ("P1", "task_form", "elective", {"id": "Karya"})]
    assert [field.id for field in task.stage("document").part("W1").fields] == ["hasil"]


def test_a_rubric_finds_the_level_of_a_mark(story):
    program = with_works()
    data = program.data | {
        "criteria": [{"id": "isi", "weight": 100, "title": {"id": "Isi"}, "levels": {}, "parts": ["bab-1"]}],
        "levels": [{"id": name, "title": {"id": name}, "from": least, "mid": least + 5}
                   for name, least in (("baik", 80), ("cukup", 60), ("kurang", 0))],
    }
    report = works.works_of(story.program(dataclasses.replace(program, data=data)))[0]
    rubric = report.stages[0].rubric
    assert [rubric.level_of(mark).id for mark in (100, 80, 79, 60, 0)] == ["baik", "baik", "cukup", "cukup", "kurang"]
    assert rubric.criterion("isi").parts == ("bab-1",)


def test_an_id_that_was_given_twice_has_the_works_of_its_own_version(story):
    with pytest.raises(ZeroDivisionError), write_tx():
        first = story.program(with_works())
        assert len(works.works_of(first)) == 3
        raise ZeroDivisionError
    # As publishing does, which keeps nothing of what may still be rolled back.
    catalogue.forget()
    second = story.program(tiny_program())
    with write_tx():
        db.session.execute(sa.update(ProgramVersion).where(ProgramVersion.id == second).values(id=first))
    assert works.works_of(first) == ()
