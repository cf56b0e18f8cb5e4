"""Commands that start the server: `demo` for a first look in one step, `serve` for an installation."""

from __future__ import annotations

import os
import signal
import sys
import time
from types import FrameType
from urllib.parse import urlsplit

import click
from flask import Flask

from lms import config as configuration, demo as story
from lms.accounts.services import people
from lms.app import create_app
from lms.commands.courses import publish_courses
from lms.commands.shell import Failure, made, require_tables
from lms.core import migrations, serving
from lms.core.db import db
from lms.core.serving import Address
from lms.demo import accounts
from lms.programs import catalogue


@click.command()
@click.option("--prepare", is_flag=True, help="Only prepare: migrate, publish and make the demo data, then end.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
def demo(prepare: bool, host: str) -> None:
    """Make everything for a first look, and serve it.

    Brings the database to what this program needs, publishes the course files, makes fictive demo data on the first
    start, prints the accounts, and serves at http://127.0.0.1:$PORT (8000). Never in production.
    """
    began = time.monotonic()
    config = configuration.load()
    if config.env == "production":
        raise Failure("Demo data never goes into production. Use `lms serve`, or another folder with LMS_ENV=demo.")
    address = address_of(config, host)
    if not prepare:
        check_free(address)
    app = made()
    with app.app_context():
        if migrations.current() != migrations.newest():
            migrations.migrate()
        _publish(config)
        is_first = story.build(say=click.echo)
        entries = accounts.refresh(app, config)
    if is_first:
        click.echo(f"Prepared in {time.monotonic() - began:.1f} s.")
    click.echo(accounts.table(entries, accounts.path(config)))
    if prepare:
        click.echo("The demo is ready. The same command without --prepare serves it.")
        return
    _serve(app, address, config)


def _publish(config: configuration.Config) -> None:
    """Publish what is new in the course files; a broken file is told and never stops the start."""
    published, refused = publish_courses(config.courses)
    for item in published:
        if item.kind != "unchanged":
            click.echo(f"Published {item.program_id} {item.label}.")
    for problem in refused:
        click.echo(f"Not published: {problem.folder}. The version in use stays; see `lms check`.", err=True)
        for line in problem.lines[:10]:
            click.echo(f"  {line}", err=True)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen; a proxy brings TLS.")
def serve(host: str) -> None:
    """Serve this installation at $PORT (8000).

    gunicorn serves, or waitress on Windows. Ends on SIGTERM or Ctrl-C.
    """
    config = configuration.load()
    address = address_of(config, host)
    check_free(address)
    app = made()
    with app.app_context():
        require_tables()
    refuse_unfit(app, config)
    _serve(app, address, config)


def refuse_unfit(app: Flask, config: configuration.Config) -> None:
    """Raise `ConfigProblem` when production would serve fictive people or their secrets, or could let nobody in."""
    if config.env != "production":
        return
    found = []
    if accounts.path(config).exists():
        found.append(f"{accounts.path(config)} holds demo secrets; production starts in a folder without them.")
    with app.app_context():
        if migrations.current() is not None and (fictive := story.count_people()):
            found.append(
                f"The database holds {fictive} fictive demo people. Use another database (INSTANCE=… or"
                " LMS_DATABASE_URL=…), then `lms migrate`, `lms publish` and `lms admin create`."
            )
        elif not serving.waiting_migrations():
            found += _missing()
    if found:
        raise configuration.ConfigProblem("\n".join(found))


def _missing() -> list[str]:
    """Return what a migrated database still lacks before anybody can sign in, as sentences that say what to do."""
    found = []
    if not catalogue.list_versions():
        found.append("No programme is published; publish the course files with `lms publish`.")
    if not people.had_administrator():
        found.append("There is no administrator, so nobody can sign in; make the first one with `lms admin create`.")
    return found


def address_of(config: configuration.Config, host: str) -> Address:
    """Return where to listen: `$PORT`, 8000 without it."""
    written = os.environ.get("PORT") or "8000"
    if not (written.isascii() and written.isdigit() and 0 < int(written) < 65536):
        raise Failure(f"PORT={written} is not a port; use a number from 1 to 65535.")
    return Address(host, int(written), config.base_url)


def check_free(address: Address) -> None:
    """Fail with a sentence when something else listens there."""
    try:
        serving.check_port(address)
    except serving.PortInUse as problem:
        raise Failure(
            f"Port {address.port} is in use by another program, or may not be used ({problem.__cause__})."
            f" Stop that program, or choose another port: PORT={address.port + 1}."
        ) from problem


def _serve(app: Flask, address: Address, config: configuration.Config) -> None:
    if urlsplit(config.base_url).scheme == "http" and config.env == "production":
        click.echo("Attention: BASE_URL is http; passwords travel unprotected.", err=True)
    click.echo(f"Serving {config.base_url}/ — stop with Ctrl-C.")
    with app.app_context():
        # The workers are forked and open connections of their own.
        db.session.remove()
        db.engine.dispose()
    signal.signal(signal.SIGTERM, _leave)
    serving.serve(create_app, address, config, say=_say)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """End as gunicorn does; in force until it has set its own handlers, and for waitress."""
    sys.exit(0)


def _say(line: str) -> None:
    click.echo(line)
    sys.stdout.flush()


COMMANDS = (demo, serve)
