"""The migrations make exactly the tables of the program, go both ways, and change all or nothing, on both databases."""

import datetime as dt
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.cohorts.models import Cohort
from lms.core import migrations
from lms.core.db import Base, db, write_tx
from lms.core.jobs import JobRow
from lms.lib import clock
from lms.testing import POSTGRES, admin_sql
from lms.testing_stories import Story

pytestmark = pytest.mark.both


def tables():
    return set(sa.inspect(db.engine).get_table_names())


def test_the_migrated_schema_is_the_one_the_program_declares(app):
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)

    assert differences == []


def constraints(engine):
    """Every named check and unique constraint and index of a database."""
    inspector = sa.inspect(engine)
    found = set()
    for table in inspector.get_table_names():
        found |= {(table, "check", item["name"]) for item in inspector.get_check_constraints(table)}
        found |= {(table, "unique", item["name"]) for item in inspector.get_unique_constraints(table)}
        found |= {(table, "index", item["name"], tuple(item["column_names"]), bool(item["unique"]))
                  for item in inspector.get_indexes(table)}
        found |= {(table, "foreign", item["name"], item["referred_table"])
                  for item in inspector.get_foreign_keys(table)}
    return {item for item in found if item[0] != "alembic_version"}


def test_the_migrations_make_the_same_constraints_as_the_declared_tables(app, engine_name, tmp_path):
    if engine_name == "sqlite":
        fresh = sa.create_engine(f"sqlite:///{tmp_path / 'fresh.sqlite3'}")
        name = None
    else:
        name = f"lms_test_{uuid.uuid4().hex[:12]}"
        admin_sql(f"CREATE DATABASE {name}")
        fresh = sa.create_engine(sa.make_url(POSTGRES).set(database=name))
    try:
        Base.metadata.create_all(fresh)
        assert constraints(db.engine) == constraints(fresh)
    finally:
        fresh.dispose()
        if name:
            admin_sql(f"DROP DATABASE {name} WITH (FORCE)")


def test_down_to_nothing_and_up_again_gives_the_same_schema(app):
    before, kept = constraints(db.engine), tables()

    migrations.migrate("base", downwards=True)
    assert tables() <= {"alembic_version"}
    migrations.migrate()

    assert tables() == kept
    assert constraints(db.engine) == before
    assert migrations.current() == migrations.newest()


def test_every_single_step_goes_down_and_up_again(app):
    steps = [script.revision for script in ScriptDirectory(str(migrations.folder())).walk_revisions()]

    for _revision in steps:
        migrations.migrate("-1", downwards=True)
    assert migrations.current() is None
    for revision in reversed(steps):
        migrations.migrate("+1")
        assert migrations.current() == revision


@pytest.mark.parametrize(("zone", "first", "reports", "last", "state"), [
    ("Asia/Makassar", 1, None, 9, "planned"), ("Asia/Makassar", 0, None, 0, "running"),
    ("Asia/Makassar", -9, 0, 9, "reporting"), ("Asia/Makassar", -9, 0, -1, "finished"),
    # In the hour that is frozen below it is the next day in Jayapura already.
    ("Asia/Jayapura", 1, None, 9, "running"), ("Asia/Jakarta", 1, None, 9, "planned"),
])
def test_going_down_a_class_gets_the_state_of_its_dates_and_going_up_its_rows_stay(
    app, zone, first, reports, last, state
):
    with clock.freeze(dt.datetime(2026, 9, 1, 15, 30, tzinfo=dt.UTC)):
        today = dt.date(2026, 9, 1)
        made = Story().cohort()
        with write_tx() as session:
            session.execute(sa.update(Cohort).values(
                timezone=zone, starts_on=today + dt.timedelta(days=first), ends_on=today + dt.timedelta(days=last),
                task_opens_on=None if reports is None else today + dt.timedelta(days=reports),
            ))
        migrations.migrate("0002", downwards=True)
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SELECT uuid IS NOT NULL, state FROM cohort").all() == [(True, state)]
        migrations.migrate()

    assert db.session.get_one(Cohort, made.id).uuid == made.uuid


def test_migrating_a_current_database_changes_nothing_and_keeps_the_rows(app):
    with write_tx() as session:
        session.add(JobRow(key="x", values={}, due_at=clock.now()))

    migrations.migrate()

    assert db.session.scalar(sa.select(sa.func.count()).select_from(JobRow)) == 1


def test_a_migration_that_fails_leaves_the_database_as_it_was(app, monkeypatch):
    migrations.migrate("-1", downwards=True)
    before = migrations.current()

    def upgrade_and_fail(config, revision):
        command_upgrade(config, revision)
        raise RuntimeError("half way")

    command_upgrade = migrations.command.upgrade
    monkeypatch.setattr(migrations.command, "upgrade", upgrade_and_fail)
    with pytest.raises(RuntimeError, match="half way"):
        migrations.migrate()

    assert migrations.current() == before
    monkeypatch.undo()
    migrations.migrate()
    assert migrations.current() == migrations.newest()


def test_foreign_keys_are_off_while_sqlite_rebuilds_tables_and_on_afterwards(app, engine_name, monkeypatch):
    if engine_name != "sqlite":
        pytest.skip("only SQLite rebuilds tables")
    seen = []

    def look(config, _revision):
        seen.append(config.attributes["connection"].exec_driver_sql("PRAGMA foreign_keys").scalar())

    monkeypatch.setattr(migrations.command, "upgrade", look)
    migrations.migrate()

    assert seen == [0]
    with db.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_migration_that_would_leave_rows_pointing_nowhere_is_refused(app, engine_name, monkeypatch):
    if engine_name != "sqlite":
        pytest.skip("PostgreSQL checks by itself")

    def orphan(config, _revision):
        config.attributes["connection"].exec_driver_sql(
            "INSERT INTO credential (person_id, kind, hash, must_change, changed_at, failures)"
            " VALUES (99, 'pin', 'x', 0, '2026-01-01', 0)"
        )

    monkeypatch.setattr(migrations.command, "upgrade", orphan)
    with pytest.raises(RuntimeError, match="point nowhere"):
        migrations.migrate()
    assert db.session.scalar(sa.text("SELECT count(*) FROM credential")) == 0


def test_there_is_one_line_of_migrations():
    script = ScriptDirectory(str(migrations.folder()))

    assert len(script.get_heads()) == 1
    assert len(script.get_bases()) == 1
    for revision in script.walk_revisions():
        assert revision.doc
        assert "def downgrade" in Path(revision.path).read_text()


@pytest.mark.parametrize("setting", ["journal_mode=wal", "synchronous=2", "foreign_keys=1", "trusted_schema=0"])
def test_sqlite_keeps_what_it_acknowledged(app, engine_name, setting):
    if engine_name != "sqlite":
        pytest.skip("pragmas of SQLite")
    name, value = setting.split("=")
    assert str(db.session.scalar(sa.text(f"PRAGMA {name}"))) == value


def test_postgresql_gives_up_on_what_takes_too_long(app, engine_name):
    if engine_name != "postgresql":
        pytest.skip("settings of PostgreSQL")
    for name, value in (("statement_timeout", "15s"), ("lock_timeout", "5s"), ("TimeZone", "UTC"),
                        ("idle_in_transaction_session_timeout", "1min"), ("synchronous_commit", "on")):
        assert db.session.scalar(sa.text(f"SHOW {name}")) == value
