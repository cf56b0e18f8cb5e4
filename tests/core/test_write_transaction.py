"""The one door to writing: nothing is written outside it, nothing half written, and writers wait for each other."""

import multiprocessing
import threading

import pytest
import sqlalchemy as sa

from lms.config import load
from lms.core import db as database, registry
from lms.core.db import DatabaseBusy, NestedTransaction, WriteOutsideTransaction, db, insert_new, write_tx
from lms.core.jobs import JobRow
from lms.lib import clock
from lms.lib.uuid7 import uuid7

pytestmark = pytest.mark.both


def a_job(key="count", **values):
    return JobRow(key=key, values={}, due_at=clock.now(), **values)


def how_many():
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(JobRow))


def test_an_object_added_outside_the_write_transaction_is_refused(app):
    db.session.add(a_job())

    with pytest.raises(WriteOutsideTransaction):
        db.session.commit()
    assert how_many() == 0


@pytest.mark.parametrize("statement", [
    "INSERT INTO job (key) VALUES ('x')",
    "  update job SET tries = 1",
    "DELETE FROM job",
    "WITH old AS (SELECT id FROM job) DELETE FROM job WHERE id IN (SELECT id FROM old)",
    "WITH old AS (SELECT 1)\nUPDATE job SET tries = 2",
    "REPLACE INTO job (key) VALUES ('x')",
    "TRUNCATE job",
])
def test_a_statement_that_changes_rows_is_refused_outside_the_write_transaction(app, statement):
    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(sa.text(statement))


def test_reading_with_a_common_table_expression_is_no_write(app):
    assert db.session.scalar(sa.text("WITH old AS (SELECT 7 AS n) SELECT n FROM old")) == 7


def test_after_the_write_transaction_the_guard_stands_again(app):
    with write_tx() as session:
        session.add(a_job())

    with pytest.raises(WriteOutsideTransaction):
        db.session.execute(sa.delete(JobRow))
    assert how_many() == 1


def test_a_transaction_inside_another_raises_at_once_and_rolls_back(app):
    with pytest.raises(NestedTransaction), write_tx() as session:
        session.add(a_job())
        session.flush()
        with write_tx():
            pass
    assert how_many() == 0


def test_an_error_rolls_everything_back_and_the_next_writer_gets_in(app):
    with pytest.raises(ZeroDivisionError), write_tx() as session:
        session.add(a_job())
        session.flush()
        raise ZeroDivisionError

    assert how_many() == 0
    with write_tx() as session:
        session.add(a_job())
    assert how_many() == 1


def test_what_was_read_before_is_read_again_inside(app, make_app):
    with write_tx() as session:
        session.add(a_job(once="one"))
    row = db.session.scalar(sa.select(JobRow))
    assert row.tries == 0

    def elsewhere():
        with make_app().app_context(), write_tx() as session:
            session.execute(sa.update(JobRow).values(tries=3))

    other = threading.Thread(target=elsewhere)
    other.start()
    other.join()
    with write_tx() as session:
        assert session.get_one(JobRow, row.id).tries == 3


def test_a_row_with_the_same_unique_key_is_inserted_once(app):
    values = {"uuid": None, "key": "count", "values": {}, "state": "waiting", "tries": 0, "due_at": clock.now()}
    with write_tx():
        assert insert_new(JobRow, **values | {"uuid": uuid7(), "once": "today"})
        assert not insert_new(JobRow, **values | {"uuid": uuid7(), "once": "today"})
    assert how_many() == 1


def test_a_writer_waits_for_another_and_then_writes(app, make_app):
    holds, may_go = threading.Event(), threading.Event()

    def hold():
        with make_app().app_context(), write_tx() as session:
            session.add(a_job())
            session.flush()
            holds.set()
            may_go.wait(10)

    other = threading.Thread(target=hold)
    other.start()
    assert holds.wait(10)
    threading.Timer(0.2, may_go.set).start()
    with write_tx() as session:
        session.add(a_job())
    other.join()
    assert how_many() == 2


def test_writes_from_many_threads_all_land(app, make_app):
    application = make_app()
    failures = []

    def write():
        try:
            for _ in range(5):
                with application.app_context(), write_tx() as session:
                    session.add(a_job())
        except Exception as problem:
            failures.append(problem)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert how_many() == 40


def test_a_counter_raised_by_many_threads_loses_no_step(app, make_app):
    with write_tx() as session:
        session.add(a_job())
    application = make_app()

    def raise_it():
        for _ in range(5):
            with application.app_context(), write_tx() as session:
                row = session.scalar(sa.select(JobRow).with_for_update())
                row.tries += 1

    threads = [threading.Thread(target=raise_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    assert db.session.scalar(sa.select(JobRow.tries)) == 30


def write_in_a_process(url, instance, key_file, times):
    from lms.app import create_app

    app = create_app(load({}, instance=instance, env="testing", database_url=url, key_file=key_file,
                          base_url="http://localhost"))
    with app.app_context():
        for _ in range(times):
            with write_tx() as session:
                session.add(a_job())
        db.engine.dispose()


def test_processes_pass_one_by_one(app, database_url, tmp_path, test_keys):
    spawn = multiprocessing.get_context("spawn")
    others = [
        spawn.Process(target=write_in_a_process, args=(database_url, tmp_path / "instance", test_keys, 10))
        for _ in range(2)
    ]
    for other in others:
        other.start()
    for _ in range(10):
        with write_tx() as session:
            session.add(a_job())
    for other in others:
        other.join(60)
    assert [other.exitcode for other in others] == [0, 0]
    assert how_many() == 30


class Held:
    """Holds what another writer needs, in a thread of its own, for the length of a `with` block."""

    def __init__(self, application):
        self.application, self.ready, self.done = application, threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._hold)

    def _hold(self):
        with self.application.app_context(), write_tx() as session:
            session.execute(sa.update(JobRow).values(tries=9))
            self.ready.set()
            self.done.wait(20)

    def __enter__(self):
        self.thread.start()
        assert self.ready.wait(10)

    def __exit__(self, *_):
        self.done.set()
        self.thread.join()


@pytest.fixture
def short_wait(monkeypatch, engine_name):
    """Wait a fifth of a second, not fifteen, and tell PostgreSQL the same."""
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.2)
    if engine_name == "postgresql":
        whole = database.engine_options

        def short(url):
            options = whole(url)
            options["connect_args"]["options"] = options["connect_args"]["options"].replace(
                "lock_timeout=5000", "lock_timeout=200"
            )
            return options

        monkeypatch.setattr(database, "engine_options", short)


class Hours:
    """A clock that only waiting moves, in the place of the machine's."""

    def __init__(self):
        self.now = 0.0

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_a_writer_that_waited_too_long_is_told_that_the_database_is_busy(
    short_wait, app, make_app, engine_name, monkeypatch
):
    with write_tx() as session:
        session.add(a_job())
    with Held(make_app()):
        hours = Hours()
        monkeypatch.setattr(database, "time", hours)
        with pytest.raises(DatabaseBusy) as told, write_tx() as session:
            session.execute(sa.update(JobRow).values(tries=1))
    if engine_name == "sqlite":
        assert database.WAIT_SECONDS < hours.now < database.WAIT_SECONDS + 0.05, "it waits in steps of up to 20 ms"
    else:
        assert told.value.__cause__.orig.sqlstate == "55P03", "the server's own lock time-out ended the wait"
    db.session.rollback()
    assert db.session.scalar(sa.select(JobRow.tries)) == 9


def test_a_busy_database_answers_503_with_the_time_to_come_back(short_wait, make_app):
    from lms.core.web.actions import PUBLIC, allow

    application = make_app()

    def write():
        with write_tx() as session:
            session.execute(sa.update(JobRow).values(tries=1))
        return "written"

    application.add_url_rule("/tulis", "write", allow(PUBLIC)(write))
    with application.app_context():
        with write_tx() as session:
            session.add(a_job())
        with Held(make_app()):
            reply = application.test_client().get("/tulis")

    assert reply.status_code == 503
    assert reply.headers["Retry-After"] == "5"
    assert "Isian Anda belum tersimpan" in reply.text


def test_a_key_registered_twice_with_other_content_stops_the_start():
    register = registry.Register("trial")
    register.add("a", 1)
    register.add("a", 1)

    with pytest.raises(ValueError, match="registered twice"):
        register.add("a", 2)
