"""The database: one recipe for SQLite and PostgreSQL, and the only door to writing.

A read runs in the session's own snapshot. A write runs inside `write_tx()`, which is opened by the view helper
`perform`, by a command, by a job or by the sync end point, never by a service and never nested. Any INSERT, UPDATE
or DELETE outside it raises, on both databases, so that a forgotten transaction is a failing test and not a lottery.
"""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import DeclarativeBase, scoped_session

try:
    import fcntl
except ImportError:  # Windows has no flock; SQLite's own busy time-out then orders the writers.
    fcntl = None  # type: ignore[assignment]

WRITE_OPTION = "lms_write"
WAIT_SECONDS = 15.0
#: How a statement that changes rows begins; behind a WITH the verb may stand anywhere.
_CHANGES = re.compile(
    r"\s*(?:(?:INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE)\b|WITH\b.*\b(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\b)",
    re.IGNORECASE | re.DOTALL,
)
#: PostgreSQL's words for "somebody else held it too long": lock or statement time-out, deadlock, serialization.
_BUSY_STATES = frozenset({"55P03", "57014", "40P01", "40001"})

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The declarative base; its naming convention gives every constraint a name that migrations can drop."""

    metadata = sa.MetaData(naming_convention=NAMING)


db = SQLAlchemy(model_class=Base, disable_autonaming=True)


class WriteOutsideTransaction(RuntimeError):
    """A statement that changes rows was sent outside `write_tx()`."""


class NestedTransaction(RuntimeError):
    """`write_tx()` was opened inside another one; a service must not open or close transactions."""


class DatabaseBusy(Exception):
    """Another writer held the database for longer than the wait; the caller may try again shortly."""


def engine_options(url: str) -> dict[str, Any]:
    """Return pool and driver options for a database address."""
    # Values stay out of messages of errors, and so out of the log.
    if url.startswith("sqlite"):
        return {"hide_parameters": True, "connect_args": {"timeout": WAIT_SECONDS, "check_same_thread": False}}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        "connect_args": {
            "options": "-c statement_timeout=15000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
        },
    }


def prepare_engine(engine: Engine) -> None:
    """Attach the recipe to an engine: pragmas, explicit BEGIN, and the guard against stray writes."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    event.listen(engine, "before_cursor_execute", _refuse_stray_write)


def _sqlite_connect(connection: Any, _record: Any) -> None:
    # The driver must not send its own BEGIN, or the isolation of our transactions is undefined.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={int(WAIT_SECONDS * 1000)}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "cache_size=-16000",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITE_OPTION):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        # It takes no lock and cannot fail, and every page begins with it: straight to the driver, which costs a tenth.
        driver: Any = connection.connection.driver_connection
        driver.execute("BEGIN")


def _refuse_stray_write(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, _context: Any, _many: bool
) -> None:
    if connection.get_execution_options().get(WRITE_OPTION):
        return
    if _CHANGES.match(statement):
        raise WriteOutsideTransaction(statement.split("\n", 1)[0][:120])


def locks_rows() -> bool:
    """Tell whether `FOR UPDATE` means anything. SQLite lets one writer in at a time, so there is no row to wait for."""
    return db.engine.dialect.name != "sqlite"


def read(statement: sa.Executable, values: Mapping[str, Any] | None = None) -> Any:
    """Send a select of columns within the session's own transaction and return its result.

    It leaves out what `db.session.execute` adds for entities, which costs more than the database does; so it is for
    the reads that every page begins with. What was changed in the session and not sent yet is sent first, as there.
    """
    session = db.session()
    if session.info.get("writing"):
        session.flush()
    return session.connection().execute(statement, values)


@contextlib.contextmanager
def write_tx() -> Iterator[scoped_session[Any]]:
    """Open the one write transaction of this request, command or job, and commit it on leaving.

    Waits at most 15 seconds for other writers, then raises `DatabaseBusy`. Everything read before is forgotten:
    what decides must be read again inside. An exception rolls everything back. Hashing, rendering, image work and
    network calls stay outside.
    """
    current = db.session
    if current.info.get("writing"):
        raise NestedTransaction
    current.rollback()
    engine = db.engine
    with _writer_queue(engine):
        current.info["writing"] = True
        try:
            try:
                current.connection(execution_options={WRITE_OPTION: True})
            except sa.exc.OperationalError as error:
                raise DatabaseBusy from error
            yield current
            current.commit()
        except BaseException as problem:
            with contextlib.suppress(sa.exc.OperationalError):
                # SQLite has already rolled back when the disk is full.
                current.rollback()
            if _is_busy(problem):
                raise DatabaseBusy from problem
            raise
        finally:
            current.info.pop("writing", None)


def _is_busy(problem: BaseException) -> bool:
    """Tell whether a statement failed only because other writers were in the way."""
    return isinstance(problem, sa.exc.OperationalError) and getattr(problem.orig, "sqlstate", None) in _BUSY_STATES


@contextlib.contextmanager
def _writer_queue(engine: Engine) -> Iterator[None]:
    """Let SQLite writers of all processes and threads pass one by one.

    The lock file is opened by each holder, so the kernel orders threads and processes alike and frees the lock
    when a process is killed.
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or fcntl is None or not path or path == ":memory:":
        yield
        return
    descriptor = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + WAIT_SECONDS
        pause = 0.0005
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise DatabaseBusy from None
                time.sleep(pause)
                pause = min(pause * 1.5, 0.02)
        yield
    finally:
        os.close(descriptor)


def insert_new(model: type[Base], **values: Any) -> bool:
    """Insert a row unless one with the same unique key exists; True when it is new.

    Waits for another transaction that is inserting the same key, so of two at the same moment one is new.
    """
    session = db.session()
    session.flush()
    return session.connection().execute(_insert_new(model, db.engine.dialect.name), values).first() is not None


@cache
def _insert_new(model: type[Base], dialect: str) -> Any:
    make = sqlite.insert if dialect == "sqlite" else postgresql.insert
    # The row that comes back tells; a row count is not known on PostgreSQL when the database makes the key.
    return make(model.__table__).on_conflict_do_nothing().returning(sa.literal(1))  # type: ignore[arg-type]


def insert_rows(model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert rows with one statement, past the session: for rows that this transaction does not look at again.

    What they refer to has its id, so it was sent already.
    """
    if rows:
        db.session().connection().execute(_insert(model), rows)


@cache
def _insert(model: type[Base]) -> Any:
    return sa.insert(model.__table__)  # type: ignore[arg-type]


def database_path(url: str) -> Path | None:
    """Return the file of an embedded database address, or None for a server."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)
