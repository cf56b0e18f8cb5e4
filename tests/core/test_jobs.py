"""Work outside a request: asked for with its cause, done once, taken again when its runner is killed."""

import datetime as dt
import threading

import pytest
import sqlalchemy as sa

from lms.core import jobs, registry
from lms.core.db import db, write_tx
from lms.core.jobs import JobRow
from lms.lib import clock

pytestmark = pytest.mark.both

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
done = []


def work(values):
    done.append(values)
    if values.get("fails"):
        raise OSError("the disk said no")


def killed(values):
    raise SystemExit("as if somebody pulled the plug")


registry.jobs.add("trial.work", registry.Job("trial.work", work))
registry.jobs.add("trial.killed", registry.Job("trial.killed", killed))


@pytest.fixture(autouse=True)
def _nothing_done():
    done.clear()


@pytest.fixture
def frozen(app):
    with clock.freeze(NOON) as at:
        yield at


def ask(key="trial.work", **values):
    with write_tx():
        return jobs.ask(key, **values)


def row():
    db.session.rollback()
    return db.session.scalar(sa.select(JobRow))


def test_a_job_is_done_once(frozen):
    ask(n=1)

    assert jobs.run_due() == 1
    assert jobs.run_due() == 0
    assert done == [{"n": 1}]
    assert (row().state, row().finished_at) == ("done", NOON)


def test_long_work_keeps_its_lease_and_is_not_taken_by_another(frozen, monkeypatch):
    def long_work(_values):
        for part in range(3):
            with write_tx():
                jobs.keep()
            frozen.tick(jobs.LEASE - dt.timedelta(seconds=1))
            done.append((part, jobs._take()))

    monkeypatch.setitem(registry.jobs._items, "trial.work", registry.Job("trial.work", long_work))
    ask()
    assert jobs.run_due() == 1
    assert done == [(0, None), (1, None), (2, None)]
    assert (row().state, row().tries, row().leased_until) == ("done", 1, None)


def test_work_outside_a_job_has_no_lease_to_keep(frozen):
    ask()
    with write_tx():
        jobs.keep()
    assert (row().state, row().leased_until) == ("waiting", None)


def test_a_cause_that_is_rolled_back_leaves_no_job(frozen):
    with pytest.raises(ZeroDivisionError), write_tx():
        jobs.ask("trial.work")
        raise ZeroDivisionError

    assert jobs.run_due() == 0


def test_a_job_waits_for_its_time(frozen):
    ask(due_at=NOON + dt.timedelta(hours=1))

    assert jobs.run_due() == 0
    frozen.tick(dt.timedelta(hours=1))
    assert jobs.run_due() == 1


def test_the_earliest_comes_first(frozen):
    ask(due_at=NOON - dt.timedelta(minutes=1), n="later")
    ask(due_at=NOON - dt.timedelta(minutes=5), n="earlier")
    jobs.run_due()

    assert [values["n"] for values in done] == ["earlier", "later"]


def test_a_daily_job_is_asked_for_once(frozen):
    assert ask(once="digest:2026-11-21")
    assert not ask(once="digest:2026-11-21")
    assert ask(once="digest:2026-11-22")
    assert jobs.run_due() == 2


@pytest.fixture
def daily(monkeypatch):
    """Only one kind of daily work, so that a test counts its own."""
    only = {"trial.daily": registry.Job("trial.daily", work, is_daily=True), "trial.work": registry.jobs["trial.work"]}
    monkeypatch.setattr(registry.jobs, "_items", only)


def test_daily_work_is_done_once_a_day_without_anybody_asking(frozen, daily):
    assert [jobs.turn() for _ in range(3)] == [1, 0, 0]

    frozen.tick(dt.timedelta(days=1))
    assert [jobs.turn() for _ in range(3)] == [1, 0, 0]
    assert len(done) == 2


def test_a_new_day_begins_when_it_has_begun_in_the_whole_country(frozen, daily):
    jobs.turn()
    frozen.tick(dt.timedelta(hours=12, minutes=59))  # 23:59 in Jakarta, tomorrow already in Makassar and Jayapura.
    assert jobs.turn() == 0

    frozen.tick(dt.timedelta(minutes=1))
    assert jobs.turn() == 1


def test_a_day_on_which_nothing_ran_is_not_made_up_for(frozen, daily):
    jobs.turn()
    frozen.tick(dt.timedelta(days=3))

    assert [jobs.turn() for _ in range(3)] == [1, 0, 0]


def test_several_runners_ask_for_daily_work_once(app, make_app, daily):
    application, gate = make_app(), threading.Barrier(4)

    def run():
        with application.app_context():
            gate.wait(10)
            jobs.turn()

    runners = [threading.Thread(target=run) for _ in range(4)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert len(done) == 1


def test_a_runner_that_looks_again_sees_what_others_asked_for_meanwhile(app, make_app, daily):
    application = make_app()
    with application.app_context():
        jobs.turn()
        assert jobs.run_due() == 0
        ask_elsewhere = threading.Thread(target=lambda: _ask_in(application))
        ask_elsewhere.start()
        ask_elsewhere.join()
        assert jobs.turn() == 1


def _ask_in(application):
    with application.app_context():
        ask()


def test_two_who_ask_for_the_same_daily_job_at_once_both_go_on(app, make_app):
    application, gate, answers = make_app(), threading.Barrier(6), []

    def ask_it():
        with application.app_context():
            gate.wait(10)
            with write_tx():
                answers.append(jobs.ask("trial.work", once="today"))

    threads = [threading.Thread(target=ask_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [False] * 5 + [True]


def test_a_job_whose_runner_was_killed_is_taken_again_when_its_lease_ends(frozen):
    ask("trial.killed")
    with pytest.raises(SystemExit):
        jobs.run_due()
    assert row().state == "running"
    assert jobs.run_due() == 0, "the lease still holds"

    frozen.tick(jobs.LEASE + dt.timedelta(seconds=1))
    with pytest.raises(SystemExit):
        jobs.run_due()
    assert row().tries == 2


def test_a_job_that_kills_every_runner_is_left_alone_in_the_end(frozen):
    ask("trial.killed")
    for _ in range(jobs.TRIES):
        with pytest.raises(SystemExit):
            jobs.run_due()
        frozen.tick(jobs.LEASE + dt.timedelta(seconds=1))

    assert jobs.run_due() == 0
    assert row().tries == jobs.TRIES
    assert (row().state, row().error) == ("failed", "killed")


def test_a_failing_job_is_tried_again_later_and_later_and_then_given_up(frozen, caplog):
    ask(fails=True)
    waits = []
    for _ in range(jobs.TRIES):
        assert jobs.run_due() == 1
        assert jobs.run_due() == 0
        waits.append(row().due_at - clock.now())
        frozen.tick(dt.timedelta(hours=2))

    assert len(done) == jobs.TRIES
    assert waits[:4] == sorted(waits[:4])
    assert waits[0] == dt.timedelta(minutes=1)
    assert (row().state, row().error) == ("failed", "OSError")
    assert jobs.run_due() == 0
    assert "the disk said no" in caplog.text


def test_one_failing_job_does_not_stop_the_others(frozen, caplog):
    ask(fails=True, due_at=NOON - dt.timedelta(minutes=2))
    ask(n=2)

    assert jobs.run_due() == 2
    assert done[-1] == {"n": 2}


def test_a_slow_runner_whose_job_was_taken_over_does_not_overrule_the_other(frozen, monkeypatch):
    ask(n=1)
    first = jobs._take()
    frozen.tick(jobs.LEASE + dt.timedelta(seconds=1))
    second = jobs._take()
    assert first[0] == second[0]
    jobs._run(*second)
    monkeypatch.setitem(registry.jobs._items, "trial.work", registry.Job("trial.work", lambda _v: 1 / 0))

    jobs._run(*first)

    assert row().state == "done"


def test_two_runners_share_the_work_and_do_nothing_twice(app, make_app):
    for number in range(12):
        ask(n=number)
    application = make_app()

    def run():
        with application.app_context():
            while jobs.run_due():
                pass

    runners = [threading.Thread(target=run) for _ in range(3)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert sorted(values["n"] for values in done) == list(range(12))


def test_an_unknown_job_cannot_be_asked_for(app):
    with pytest.raises(LookupError), write_tx():
        jobs.ask("nobody.registered")


def test_a_job_of_a_removed_part_fails_and_is_told(frozen, caplog):
    with write_tx() as session:
        session.add(JobRow(key="gone", values={}, due_at=NOON))

    assert jobs.run_due() == 1
    assert row().error == "LookupError"
