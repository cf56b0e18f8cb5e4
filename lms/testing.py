"""Fixtures and stories for tests, also for plugins' own tests. The engine never imports this module.

The database of a test is built by the real migrations once, then copied: a file for SQLite, a template database for
PostgreSQL. `--both-databases` runs every test on both; tests marked `both` always do.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask, has_app_context
from flask.testing import FlaskClient

from lms import config
from lms.app import create_app
from lms.core import keys, migrations
from lms.core.db import db
from lms.lib import clock

POSTGRES = os.environ.get("LMS_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")


def postgres_is_there() -> bool:
    """Tell whether the tests can reach a PostgreSQL server."""
    engine = sa.create_engine(POSTGRES, connect_args={"connect_timeout": 2})
    try:
        with engine.connect():
            return True
    except sa.exc.OperationalError:
        return False
    finally:
        engine.dispose()


def admin_sql(statement: str) -> None:
    """Run one statement on the test server itself, outside any transaction."""
    engine = sa.create_engine(POSTGRES, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--both-databases", action="store_true", help="run every test on SQLite and on PostgreSQL")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both: runs on SQLite and on PostgreSQL")
    config.addinivalue_line("markers", "slow: only in `make test-full`")
    config.addinivalue_line("markers", "browser: drives a real Chromium")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_url" not in metafunc.fixturenames:
        return
    both = metafunc.config.getoption("--both-databases") or metafunc.definition.get_closest_marker("both")
    engines = ["sqlite", "postgresql"] if both else ["sqlite"]
    metafunc.parametrize("engine_name", engines, scope="function")


@pytest.fixture
def engine_name() -> str:
    """The database of this test; parametrised by `both`."""
    return "sqlite"


@pytest.fixture(scope="session")
def test_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One key file for the whole run."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    keys.create_key_file(path)
    return path


def _migrated(url: str, instance: Path, key_file: Path) -> None:
    app = create_app(config.load({}, instance=instance, env="testing", database_url=url, key_file=key_file))
    with app.app_context():
        migrations.migrate()
        db.engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, test_keys: Path) -> Path:
    """A SQLite file with all migrations applied."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "lms.sqlite3"
    _migrated(f"sqlite:///{path}", folder, test_keys)
    for suffix in ("-wal", "-shm"):
        # The engine was disposed, so the log is empty; a leftover file would not fit the copies.
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    return path


@pytest.fixture(scope="session")
def postgres_template(tmp_path_factory: pytest.TempPathFactory, test_keys: Path) -> Iterator[str]:
    """A PostgreSQL database with all migrations applied, used as a template."""
    if not postgres_is_there():
        pytest.skip("no PostgreSQL answers at LMS_TEST_POSTGRES")
    name = f"lms_template_{uuid.uuid4().hex[:12]}"
    admin_sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
    url = sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    _migrated(url, tmp_path_factory.mktemp("pg"), test_keys)
    yield name
    admin_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, engine_name: str, tmp_path: Path) -> Iterator[str]:
    """A migrated, empty database of one's own."""
    if engine_name == "sqlite":
        path = tmp_path / "lms.sqlite3"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    name = f"lms_test_{uuid.uuid4().hex[:12]}"
    admin_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield sa.make_url(POSTGRES).set(database=name).render_as_string(hide_password=False)
    admin_sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def make_app(database_url: str, tmp_path: Path, test_keys: Path) -> Iterator[Any]:
    """Build applications on this test's database; each gets its engine closed at the end."""
    made: list[Flask] = []

    def build(**settings: Any) -> Flask:
        values = {
            "instance": tmp_path / "instance", "env": "testing", "database_url": database_url, "key_file": test_keys,
            "base_url": "http://localhost", **settings,
        }
        app = create_app(config.load({}, **values))
        app.test_client_class = Browser
        made.append(app)
        return app

    yield build
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
    clock.set_offset(timedelta())


@pytest.fixture
def app(make_app: Any) -> Iterator[Flask]:
    """The application on a migrated, empty database, with its context pushed."""
    application = make_app()
    with application.app_context():
        yield application
        db.session.remove()


class Browser(FlaskClient):
    """A test client whose every request has an application context of its own, as on a server.

    Flask would lend a request the context that the test has pushed, and with it `g` and the session of the database.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            reply = super().open(*args, **kwargs)
        if has_app_context() and not db.session.info.get("writing"):
            db.session.rollback()  # What the test reads next, it reads anew.
        return reply


class StatementCounter:
    """Counts the SQL statements that are sent while it listens."""

    def __init__(self) -> None:
        self.statements: list[str] = []

    def __len__(self) -> int:
        return len(self.statements)


@pytest.fixture
def count_statements(app: Flask) -> Iterator[Any]:
    """Return a context manager factory: `with count_statements() as seen: …; len(seen)`."""
    import contextlib

    @contextlib.contextmanager
    def counting() -> Iterator[StatementCounter]:
        counter = StatementCounter()

        def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK")):
                counter.statements.append(statement)

        sa.event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield counter
        finally:
            sa.event.remove(db.engine, "before_cursor_execute", note)

    yield counting
