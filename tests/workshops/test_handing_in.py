"""Handing in: once, when nothing is missing, within its time; what was handed in never changes."""

import pytest
import sqlalchemy as sa
from quiz_acts import at_once
from work_acts import (
    DAY,
    DUE,
    MINUTE,
    NOW,
    STORY,
    attach,
    cohort,
    count,
    detach,
    hand_in,
    save,
    set_stage,
    stage,
    versions,
    written,
)

from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.uploads import Upload
from lms.lib import clock
from lms.workshops.models import StageWork
from lms.workshops.services import handing_in, loading

pytestmark = pytest.mark.both


def test_what_was_handed_in_is_not_written_in_any_more(learner):
    save(learner)
    file = attach(learner)
    hand_in(learner)
    acts_of_the_learner = (
        lambda: save(learner, "Diubah sesudahnya.", base=1), lambda: attach(learner), lambda: detach(learner, file),
        lambda: hand_in(learner),
    )
    for state in ("submitted", "accepted", "refused"):
        set_stage(state=state)
        for act in acts_of_the_learner:
            with pytest.raises(loading.AlreadyHandedIn) as refusal:
                act()
            assert refusal.value.values == {"state": state}
    assert (written().values, len(versions()), count(Upload)) == ({"cerita": STORY}, 1, 1)


def test_what_is_incomplete_is_not_handed_in_and_says_what_is_missing(learner):
    save(learner, "Tiga kata saja", values={"cerita": "Tiga kata saja", "jumlah": "banyak"})
    attach(learner, has_consent=False)
    before = (stage().version, count(AuditEntry))

    with pytest.raises(handing_in.Incomplete) as refusal:
        hand_in(learner)

    assert [(gap.part, gap.field, gap.code) for gap in refusal.value.gaps] == [
        ("bab-1", "jumlah", "number"), ("bab-1", "cerita", "words"), ("bab-2", "foto", "consent")]
    assert (stage().version, count(AuditEntry), stage().state, versions()) == (*before, "draft", [])


def test_what_was_never_written_is_not_handed_in(learner):
    with pytest.raises(handing_in.Incomplete) as refusal:
        hand_in(learner)
    assert [(gap.field, gap.code) for gap in refusal.value.gaps] == [("cerita", "missing")]
    assert count(StageWork) == 0


def test_handing_in_makes_version_one_of_everything_that_was_written(learner, time):
    save(learner)
    save(learner, "Senang", "bab-2", field="kesan")
    time.tick(DAY)
    said = NOW + MINUTE
    assert hand_in(learner, base=1, client_at=said) == {"version": 1, "late_days": 0}

    [version] = versions()
    assert version.values == {"bab-1": {"cerita": STORY}, "bab-2": {"kesan": "Senang"}}
    assert (version.number, version.late_days, version.rule_version) == (1, 0, "1.0")
    assert (version.submitted_at, version.client_at, version.submitted_by) == (NOW + DAY, said, learner.person_id)
    row = stage()
    assert (row.state, row.submitted_version, row.submitted_at, row.version) == ("submitted", 1, NOW + DAY, 2)


def test_later_writing_never_changes_what_was_handed_in(learner, time):
    save(learner)
    hand_in(learner)
    set_stage(state="returned", returns=1, return_until=DUE + 5 * DAY, version=3)
    save(learner, "Sudah diperbaiki sesuai saran pembimbing.", base=1)
    time.tick(DAY)
    assert hand_in(learner, base=3) == {"version": 2, "late_days": 0}

    assert [version.values["bab-1"]["cerita"] for version in versions()] == [
        STORY, "Sudah diperbaiki sesuai saran pembimbing."]
    assert (stage().return_until, stage().version) == (None, 4)


@pytest.mark.parametrize("statement", ["UPDATE stage_version SET late_days = 9", "DELETE FROM stage_version"])
def test_the_database_itself_refuses_to_change_what_was_handed_in(learner, statement):
    save(learner)
    hand_in(learner)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), write_tx() as session:
        session.execute(sa.text(statement))
    assert [version.late_days for version in versions()] == [0]


def test_a_page_that_saw_another_state_does_not_hand_in(learner):
    save(learner)
    hand_in(learner)
    set_stage(state="returned", version=3)
    for base in (0, 1, 2, 99):
        with pytest.raises(handing_in.ChangedSince):
            hand_in(learner, base=base)
    assert len(versions()) == 1


def test_two_that_hand_in_at_the_same_moment_make_one_version(app, learner):
    save(learner)
    results = at_once(app, [lambda: hand_in(learner, base=1)] * 4)

    assert [result for result in results if isinstance(result, dict)] == [{"version": 1, "late_days": 0}]
    assert all(isinstance(result, dict | loading.AlreadyHandedIn) for result in results)
    assert len(versions()) == 1
    handed_in = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "work.submit")
    assert db.session.scalar(handed_in) == 1


def test_what_comes_late_is_taken_and_its_days_are_kept(story):
    made = cohort(story)
    for after, days in ((0 * MINUTE, 0), (5 * MINUTE, 0), (6 * MINUTE, 1), (DAY, 1), (14 * DAY, 14)):
        learner = story.teacher(made)
        save(learner)
        with clock.freeze(DUE + after):
            assert hand_in(learner) == {"version": 1, "late_days": days}
    assert [version.late_days for version in versions()] == [0, 0, 1, 1, 14]


def test_after_fourteen_days_it_is_shut_and_what_was_written_stays(learner):
    save(learner)
    with clock.freeze(DUE + 14 * DAY + MINUTE):
        with pytest.raises(handing_in.Shut) as refusal:
            hand_in(learner)
        assert refusal.value.values == {"since": DUE + 14 * DAY}
        assert save(learner, "Masih boleh menulis setiap hari.", base=1) == {"version": 2}
    assert (versions(), stage().state) == ([], "draft")


def test_returned_work_has_its_own_deadline(learner):
    save(learner)
    hand_in(learner)
    set_stage(state="returned", return_until=DUE + 20 * DAY, version=3)
    with clock.freeze(DUE + 21 * DAY):
        assert hand_in(learner, base=3) == {"version": 2, "late_days": 1}
