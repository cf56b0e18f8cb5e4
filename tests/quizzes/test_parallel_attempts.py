"""What arrives at the same moment: nothing is doubled, nothing that was acknowledged is lost."""

import multiprocessing

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings, strategies as st
from quiz_acts import RIGHT, WRONG, at_once, choosing, finish_modules, save, start, submit

from lms import config
from lms.app import create_app
from lms.core.db import db, write_tx
from lms.core.permissions import Actor, Scope
from lms.quizzes import queries, services
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion
from lms.quizzes.reach import as_uuid
from lms.testing_stories import Story


def answer_against_submission(app, pairs):
    """Save an answer and hand in at the same moment, again and again; return how often each came first."""
    learner = Story().teacher()
    counts = {"scored": 0, "refused": 0}
    for _pair in range(pairs):
        attempt = start(learner, "m00-latihan")
        fields = choosing(learner, attempt, {1: RIGHT})
        db.session.remove()
        saved, handed_in = at_once(app, [
            lambda: save(learner, attempt, fields), lambda: submit(learner, attempt),  # noqa: B023
        ])
        assert handed_in["state"] == "graded"
        row = db.session.execute(
            sa.select(AttemptQuestion.answer, AttemptQuestion.fraction, Attempt.mark).join(Attempt)
            .where(Attempt.uuid == as_uuid(attempt), AttemptQuestion.slot == 1)
        ).one()
        if isinstance(saved, services.AttemptFinished):
            assert (row.answer, row.fraction, row.mark) == (None, 0, 0)
            counts["refused"] += 1
        else:
            assert saved["saved"] == [1]
            assert (row.answer, row.fraction, row.mark) == (fields[1]["answer"][0], 100, 50)
            counts["scored"] += 1
    return counts


@pytest.mark.both
def test_an_answer_beside_a_submission_is_scored_or_refused_and_never_lost(app):
    """ABUSE-A19."""
    assert sum(answer_against_submission(app, 50).values()) == 50


@pytest.mark.both
@pytest.mark.slow
def test_two_hundred_answers_beside_submissions_are_scored_or_refused(app):
    """ABUSE-A19 in full."""
    assert sum(answer_against_submission(app, 200).values()) == 200


@pytest.mark.both
def test_many_submissions_at_once_have_one_result_and_one_audit_line(app):
    from lms.core.audit import AuditEntry

    learner = Story().teacher()
    attempt = start(learner, "m00-awal")
    results = at_once(app, [lambda: submit(learner, attempt)] * 12)
    assert all(result == results[0] for result in results)
    closed = sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "attempt.submitted")
    assert db.session.scalar(closed) == 1


@pytest.mark.both
def test_answers_to_different_questions_at_once_are_all_kept(app):
    learner = Story().teacher()
    attempt = start(learner, "m00-awal")
    fields = {number: choosing(learner, attempt, {number: RIGHT}) for number in (1, 2, 3, 4)}
    replies = at_once(app, [lambda number=number: save(learner, attempt, fields[number]) for number in (1, 2, 3, 4)])
    assert sorted(reply["version"] for reply in replies) == [2, 3, 4, 5]
    assert queries.attempt_page(attempt, by=learner.actor).answered == 4


def start_in_a_process(values, learner, queue):
    """Run by another process: start an attempt with an application of its own."""
    app = create_app(config.load({}, **values))
    with app.app_context():
        try:
            actor = Actor(learner["person_id"], learner["person_uuid"], "teacher", (Scope("self", ""),))
            with write_tx():
                queue.put(services.start_attempt(learner["enrolment"], "m00-awal", by=actor))
        except Exception as error:
            queue.put(repr(error))
        finally:
            db.session.remove()
            db.engine.dispose()


@pytest.mark.both
def test_starts_from_several_processes_make_one_attempt(app, database_url, tmp_path, test_keys):
    learner = Story().teacher()
    db.session.remove()
    values = {"instance": tmp_path / "instance", "env": "testing", "database_url": database_url, "key_file": test_keys}
    who = {"person_id": learner.person_id, "person_uuid": str(learner.person_uuid), "enrolment": learner.enrolment_uuid}
    spawn = multiprocessing.get_context("spawn")
    queue = spawn.Queue()
    processes = [spawn.Process(target=start_in_a_process, args=(values, who, queue)) for _process in range(3)]
    for process in processes:
        process.start()
    found = {queue.get(timeout=60) for _process in processes}
    for process in processes:
        process.join(timeout=60)
    queue.close()
    queue.join_thread()
    assert found == {str(db.session.scalars(sa.select(Attempt)).one().uuid)}


SAVES = st.tuples(
    st.just("save"), st.integers(1, 4), st.sampled_from([RIGHT, WRONG, None]), st.sampled_from(["hp-1", "hp-2", None]),
    st.integers(0, 6),
)
STEPS = st.lists(st.one_of(SAVES, st.tuples(st.just("submit")), st.tuples(st.just("start"))), min_size=1, max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_no_order_of_saves_and_submissions_loses_an_acknowledged_answer(app, steps):
    """Against a model: every acknowledged answer that changed something is in the log, and the right one counts."""
    story = Story()
    story._count = db.session.scalar(sa.text("SELECT count(*) FROM person")) * 10 + 10
    learner = story.teacher()
    attempt = start(learner, "m00-awal")
    options = {
        (slot, text): choosing(learner, attempt, {slot: text})[slot] if text else {}
        for slot in (1, 2, 3, 4) for text in (RIGHT, WRONG, None)
    }
    counts: dict[int, str | None] = dict.fromkeys((1, 2, 3, 4))
    heard: dict[tuple[str, int], int] = {}
    logged, finished = [], False
    for step in steps:
        if step[0] == "submit":
            submit(learner, attempt)
            finished = True
        elif step[0] == "start":
            if not finished:
                assert start(learner, "m00-awal") == attempt
        else:
            _save, slot, text, device, seq = step
            if finished:
                with pytest.raises(services.AttemptFinished):
                    save(learner, attempt, {slot: options[slot, text]}, device=device, seq=seq)
                continue
            save(learner, attempt, {slot: options[slot, text]}, device=device, seq=seq)
            value = options[slot, text].get("answer", [None])[0]
            is_older = device is not None and heard.get((device, slot), -1) > seq
            if device is not None:
                heard[device, slot] = max(heard.get((device, slot), -1), seq)
            if value != counts[slot]:
                logged.append((slot, value))
                if not is_older:
                    counts[slot] = value
    row = db.session.scalars(sa.select(Attempt).where(Attempt.enrolment_id == learner.enrolment_id)).one()
    log = db.session.execute(
        sa.select(AnswerLog.slot, AnswerLog.value).where(AnswerLog.attempt_id == row.id).order_by(AnswerLog.id)
    )
    assert [tuple(line) for line in log] == logged
    page = queries.attempt_page(attempt, by=learner.actor)
    assert {slot.number: slot.answer for slot in page.slots} == counts
    if finished:
        right = sum(value is not None and value == options[slot, RIGHT]["answer"][0] for slot, value in counts.items())
        assert row.mark == 25 * right


def test_a_locked_module_is_not_opened_by_two_starts_at_once(app):
    learner = Story().teacher()
    results = at_once(app, [lambda: start(learner, "m10-akhir")] * 4)
    assert all(isinstance(result, services.QuizLocked) for result in results)
    finish_modules(learner, "M00", "M01", "M02", "M03")
    assert start(learner, "m10-akhir")
