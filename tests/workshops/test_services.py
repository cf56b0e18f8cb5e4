"""Writing a work: nothing that was typed is lost, and nobody else writes in it."""

import uuid

import pytest
import sqlalchemy as sa
from lib.picture_files import pdf
from quiz_acts import at_once
from work_acts import DAY, NOW, STORY, attach, cohort, count, detach, hand_in, save, stage, written

from lms.cohorts.models import Enrolment
from lms.core import operations, uploads
from lms.core.audit import AuditEntry
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.operations import Operation, Request, body_hash
from lms.core.uploads import Upload
from lms.workshops.models import StagePart, StageVersion, StageWork
from lms.workshops.services import attaching, drafting, handing_in, loading

pytestmark = pytest.mark.both


def test_the_first_saving_makes_the_work_and_its_part(learner):
    assert save(learner) == {"version": 1}

    row = stage()
    assert (row.activity_id, row.type_key, row.stage_id, row.state) == (
        "final_report", "final_report", "document", "draft")
    assert (row.enrolment_id, row.program_id, row.version) == (learner.enrolment_id, "diklat-mini", 1)
    assert (row.opened_at, row.submitted_version, row.submitted_at) == (NOW, 0, None)
    part = written()
    assert (part.values, part.version, part.saved_at, part.entered_by) == ({"cerita": STORY}, 1, NOW, None)


def test_writing_notes_when_somebody_was_last_active(learner):
    save(learner)
    own = Enrolment.id == learner.enrolment_id
    assert db.session.scalar(sa.select(Enrolment.last_active_at).where(own)) == NOW


def test_the_same_words_again_change_nothing(learner, time):
    save(learner)
    time.tick(DAY)
    before = count(AuditEntry)
    assert save(learner) == {"version": 1}
    # Also from a device that does not know that they were stored already.
    assert save(learner, base=0, device="hp-2") == {"version": 1}
    assert (written().version, written().saved_at, count(AuditEntry)) == (1, NOW, before)


def test_each_change_is_one_version_more_and_parts_count_for_themselves(learner):
    save(learner)
    assert save(learner, "Lain.", base=1) == {"version": 2}
    assert save(learner, "Senang", "bab-2", field="kesan") == {"version": 1}
    assert (written().values, written("bab-2").values) == ({"cerita": "Lain."}, {"kesan": "Senang"})
    assert count(StageWork) == 1


@pytest.mark.parametrize("device", ["hp-2", None])
def test_a_second_device_that_saw_less_is_refused_and_nothing_is_lost(learner, device):
    save(learner, device="hp-1")
    save(learner, "Ditulis di HP pertama.", base=1, device="hp-1")
    with pytest.raises(drafting.WrittenElsewhere):
        save(learner, "Ditulis di HP kedua.", base=1, device=device)

    assert (written().values, written().version) == ({"cerita": "Ditulis di HP pertama."}, 2)
    # Once it has seen what is there, it goes on.
    assert save(learner, "Keduanya.", base=2, device=device) == {"version": 3}


def test_two_pages_without_a_name_are_two_devices(learner):
    save(learner, device=None)
    with pytest.raises(drafting.WrittenElsewhere):
        save(learner, "Lain.", base=0, device=None)


def test_the_same_page_goes_on_from_its_own_last_saving(learner):
    for number in range(1, 4):
        assert save(learner, f"Kalimat {number}.", base=0, device="hp-1") == {"version": number}
    assert written().values == {"cerita": "Kalimat 3."}


def test_a_page_that_another_device_wrote_over_does_not_go_on(learner):
    save(learner, device="hp-1")
    save(learner, "Dari HP kedua.", base=1, device="hp-2")
    with pytest.raises(drafting.WrittenElsewhere):
        save(learner, "Dari HP pertama.", base=1, device="hp-1")
    assert written().values == {"cerita": "Dari HP kedua."}


def acts(who, other):
    """Everything that can be done with the work of `who`, done by `other`."""
    return [
        lambda: save(who, by=other.actor), lambda: attach(who, by=other.actor),
        lambda: detach(who, uuid.uuid4(), by=other.actor), lambda: hand_in(who, by=other.actor),
    ]


def test_nobody_else_writes_in_a_work_or_hands_it_in(story):
    made, supervisor = cohort(story), story.supervisor()
    learner = story.teacher(made, supervisor=supervisor)
    others = (
        story.teacher(made), supervisor, story.instructor(made), story.class_admin(made), story.facilitator(),
        story.admin(),
    )
    for other in others:
        for act in acts(learner, other):
            with pytest.raises(NotFound):
                act()
    assert (count(StageWork), count(StagePart), count(Upload)) == (0, 0, 0)


def test_what_the_programme_does_not_have_does_not_exist(learner):
    for unknown in (
        {"work": "tidak-ada"}, {"part": "bab-3"}, {"enrolment": uuid.uuid4()}, {"work": "W1", "part": "bab-1"},
    ):
        with pytest.raises(NotFound):
            save(learner, **unknown)
    assert count(StageWork) == 0


@pytest.mark.parametrize(("task", "reason"), [((1, 9), "not_open"), (None, "no_window")])
def test_nothing_is_written_before_the_window_opens(story, task, reason):
    learner = story.teacher(cohort(story, task))
    for act in acts(learner, learner):
        with pytest.raises(loading.NotOpen) as refusal:
            act()
        assert refusal.value.values == {"reason": reason}
    assert count(StageWork) == 0


def test_nothing_is_written_by_somebody_who_does_not_learn(story):
    learner = story.teacher(cohort(story), state="withdrawn")
    for act in acts(learner, learner):
        with pytest.raises(loading.NotOpen) as refusal:
            act()
        assert refusal.value.values == {"reason": "not_learning"}


def test_a_window_opens_with_the_first_day_of_the_class(story):
    learner = story.teacher(cohort(story, (0, 9)))
    assert save(learner) == {"version": 1}


def test_first_savings_at_the_same_moment_make_one_work(app, learner):
    results = at_once(app, [
        lambda part=part, field=field: save(learner, "Satu", part, field=field)
        for part, field in (("bab-1", "cerita"), ("bab-2", "kesan"))
    ])
    assert results == [{"version": 1}, {"version": 1}]
    assert count(StageWork) == 1


def once(kind, effect, by, *, content=("a", "1"), op=None):
    request = Request(op or uuid.uuid4(), kind, body_hash([content]))
    return operations.carry_out(request, effect, by=by)


def test_the_same_operation_twice_has_one_effect(learner):
    stored = uploads.store(pdf(), name="a.pdf")
    acts_of_a_form = [
        ("work.save", lambda by: drafting.save_part(
            learner.enrolment_uuid, "W1", "W1", {"hasil": "Taman"}, base=0, by=by)),
        ("work.attach", lambda by: attaching.attach(
            learner.enrolment_uuid, "P1", "P1", "lampiran", stored, caption="", has_consent=False, by=by)),
        ("work.submit", lambda by: handing_in.hand_in(learner.enrolment_uuid, "W1", base=1, by=by)),
    ]
    for kind, effect in acts_of_a_form:
        op = uuid.uuid4()
        assert once(kind, effect, learner.actor, op=op) == once(kind, effect, learner.actor, op=op)
        with pytest.raises(operations.OtherBody):
            once(kind, effect, learner.actor, content=("a", "2"), op=op)
    assert (count(StagePart), count(Upload), count(StageVersion), count(Operation)) == (2, 1, 1, 3)
    assert written("W1").version == 1


def test_a_refused_operation_leaves_no_row(learner):
    with pytest.raises(handing_in.Incomplete):
        once("work.submit", lambda by: handing_in.hand_in(learner.enrolment_uuid, "W1", base=0, by=by), learner.actor)
    assert (count(Operation), count(StageWork)) == (0, 0)


def test_the_log_says_that_something_was_written_and_not_what(learner):
    save(learner, "Rahasia hati saya di taman ini.")
    attach(learner, "Rahasia keterangan")
    hand_in(learner)
    key = str(stage().uuid)
    entries = list(db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)))

    assert [(row.action, row.before, row.after) for row in entries if row.object_key == key] == [
        ("work.save", {"part": "bab-1", "version": 0}, {"part": "bab-1", "version": 1}),
        ("work.save", {"part": "bab-2", "version": 0}, {"part": "bab-2", "version": 1}),
        ("work.submit", {"work_state": "draft"},
         {"work_state": "submitted", "activity": "final_report", "version": 1, "late_days": 0}),
    ]
    assert {row.actor_id for row in entries if row.object_key == key} == {learner.person_id}
    assert "Rahasia" not in repr([(row.before, row.after) for row in entries])
