"""Bringing the database to the revision this program needs, on both databases, all or nothing."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from lms.core.db import WRITE_OPTION, Base, db

ROOT = Path(__file__).resolve().parents[1]


def folder() -> Path:
    """Return the migrations: beside a checkout, or installed with the package."""
    beside = ROOT.parent / "migrations"
    return beside if (beside / "env.py").exists() else ROOT / "bundled" / "migrations"


def _config(connection: sa.Connection | None = None) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(folder()))
    config.attributes["metadata"] = Base.metadata
    config.attributes["connection"] = connection
    return config


def newest() -> str:
    """Return the revision this program needs."""
    head = ScriptDirectory(str(folder())).get_current_head()
    if head is None:
        raise LookupError("there are no migrations")
    return head


def is_known(revision: str | None) -> bool:
    """Tell whether this program has the revision; one that it does not know was made by a newer program."""
    known = {script.revision for script in ScriptDirectory(str(folder())).walk_revisions()}
    return revision is None or revision in known


def current() -> str | None:
    """Return the revision of the database, or None when it is empty."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(revision: str = "head", *, downwards: bool = False) -> None:
    """Run migrations in one transaction; a failure leaves the database as it was.

    SQLite rebuilds tables when it changes them, so foreign keys are off meanwhile and checked before the commit.
    """
    with db.engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            _foreign_keys(connection, "OFF")
        connection = connection.execution_options(**{WRITE_OPTION: True})
        try:
            with connection.begin():
                run = command.downgrade if downwards else command.upgrade
                run(_config(connection), revision)
                if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                    raise RuntimeError("the migration would leave rows that point nowhere")
        finally:
            if is_sqlite:
                _foreign_keys(connection, "ON")


def _foreign_keys(connection: sa.Connection, state: str) -> None:
    # The driver's own connection: SQLAlchemy would begin a transaction first, in which SQLite ignores this pragma.
    connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def write_new(message: str, revision_id: str) -> None:
    """Write a new migration from the difference between tables and database; for developers."""
    with db.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=revision_id)
