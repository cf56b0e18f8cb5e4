"""What every command stands on: the application, made once and only when needed, and failures as sentences."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Any

import click
import sqlalchemy as sa
from flask import Flask

from lms import config as configuration
from lms.app import create_app
from lms.core import migrations
from lms.core.backup import BackupProblem
from lms.core.db import DatabaseBusy
from lms.core.errors import Refusal
from lms.core.serving import PortInUse

_made: list[Flask] = []


def counted(number: int, one: str) -> str:
    """Return a number with its word: "1 error", "2 errors"."""
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


class Failure(click.ClickException):
    """A command cannot do what was asked. Its text says why and what to do; the status is 1."""

    def show(self, file: Any = None) -> None:
        for line in self.format_message().splitlines():
            click.echo(line if line.startswith(" ") else f"lms: {line}", file=file, err=True)


class Commands(click.Group):
    """A group whose expected problems end as sentences."""

    def invoke(self, ctx: click.Context) -> Any:
        with sentences():
            return super().invoke(ctx)


@contextlib.contextmanager
def sentences() -> Iterator[None]:
    """Turn problems of use into `Failure`; faults of ours go on as they are."""
    try:
        yield
    except configuration.ConfigProblem as problem:
        raise Failure(str(problem)) from problem
    except BackupProblem as problem:
        raise Failure(str(problem)) from problem
    except PortInUse as problem:
        raise Failure("The port is in use.") from problem
    except DatabaseBusy as problem:
        raise Failure("Another program keeps the database busy; try again in a moment.") from problem
    except sa.exc.OperationalError as problem:
        raise Failure(_database_sentence(problem)) from problem
    except sa.exc.ProgrammingError as problem:
        if "UndefinedTable" not in type(problem.orig).__name__:
            raise
        raise Failure("The database has no tables yet; run `lms migrate` first.") from problem
    except Refusal as refusal:
        values = ", ".join(f"{name}={value}" for name, value in refusal.values.items())
        raise Failure(f"Refused: {refusal.code}{f' ({values})' if values else ''}.") from refusal


def _database_sentence(problem: sa.exc.OperationalError) -> str:
    text = str(problem.orig).splitlines()[0]
    if "no such table" in text:
        return "The database has no tables yet; run `lms migrate` first."
    return f"The database does not answer ({text}); see LMS_DATABASE_URL."


def made() -> Flask:
    """Return the application of this process, built from the environment at the first call."""
    if not _made:
        # Database, uploads and backups hold personal data; nobody else on this machine needs to read them.
        os.umask(0o077)
        try:
            _made.append(create_app())
        except OSError as problem:
            place = f"{problem.filename}: " if problem.filename else ""
            raise Failure(
                f"The data of this installation cannot be reached ({place}{problem.strerror or problem});"
                " see INSTANCE and LMS_KEY_FILE."
            ) from problem
    return _made[0]


def config_of(app: Flask) -> configuration.Config:
    """Return the settings an application was built with."""
    found: configuration.Config = app.extensions["lms.config"]
    return found


@contextlib.contextmanager
def working() -> Iterator[configuration.Config]:
    """Open the application's context for a command that works on the migrated database."""
    app = made()
    with app.app_context():
        require_tables()
        yield config_of(app)


def require_tables() -> None:
    """Fail with a sentence unless the database is at the revision that this program needs."""
    try:
        current = migrations.current()
    except sa.exc.OperationalError as problem:
        raise Failure(_database_sentence(problem)) from problem
    if current != migrations.newest():
        state = "has no tables yet" if current is None else f"is at revision {current}, not {migrations.newest()}"
        raise Failure(f"The database {state}; run `lms migrate` first.")
