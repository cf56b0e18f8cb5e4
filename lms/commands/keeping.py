"""Commands that keep an installation: migrate, backup, restore, audit verify, jobs run."""

from __future__ import annotations

import time
from pathlib import Path

import click
import sqlalchemy as sa

from lms import __version__, config as configuration
from lms.commands.shell import Failure, made, working
from lms.core import audit, backup as backups, jobs, keys, migrations
from lms.core.db import database_path, db
from lms.core.serving import running_pid
from lms.lib import clock


@click.command()
def migrate() -> None:
    """Bring the database to what this program needs.

    All or nothing; harmless when nothing waits.
    """
    app = made()
    with app.app_context():
        before = migrations.current()
        if not migrations.is_known(before):
            raise Failure(
                f"The database is at revision {before}, which this program ({__version__}) does not know:"
                " a newer one has been here. Install that one, or restore a backup from before."
            )
        if before == migrations.newest():
            click.echo(f"The database is at {before} already.")
            return
        migrations.migrate()
        click.echo(f"The database went from {before or 'empty'} to {migrations.current()}.")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def backup(file: Path) -> None:
    """Write database and files into one new file.

    Also while the server runs. This is for the embedded database; a PostgreSQL server brings its own tools.
    """
    with working() as config:
        database = _embedded(
            config, "Back it up with its own tools", 'pg_dump --format=custom --file=lms.dump "$LMS_DATABASE_URL"',
            f"tar czf uploads.tar.gz -C {config.instance} uploads",
        )
        manifest = backups.make(
            file.absolute(), database=database, instance=config.instance, keys=keys.keys(), version=__version__,
            revision=migrations.current(), now=clock.now(),
        )
    rows, size = sum(manifest.tables.values()), file.stat().st_size
    click.echo(
        f"Wrote {file}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files) - 1} uploaded files,"
        f" {size / 1e6:.1f} MB."
    )
    click.echo(f"The key file {config.key_file} is not inside; keep a copy of it elsewhere.")


def _embedded(config: configuration.Config, instead: str, database_line: str, files_line: str) -> Path:
    """Return the embedded database, or fail with the two commands that do the same on a PostgreSQL server."""
    database = database_path(config.database_url)
    if database is None:
        raise Failure(
            f"This installation uses a PostgreSQL server. {instead}:\n  {database_line}\n  {files_line}\n"
            f"The second line only when there is a folder {config.instance / 'uploads'}. Keep the key file elsewhere."
        )
    return database


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--replace", is_flag=True, help="Put the present content of the instance aside first.")
@click.option("--yes", is_flag=True, help="Do not ask before replacing.")
def restore(file: Path, replace: bool, yes: bool) -> None:
    """Put a backup into an empty instance.

    Every byte is checked before anything is written. The server must not run meanwhile.
    """
    config = configuration.load()
    database = _embedded(
        config, "Restore into an empty database with its own tools",
        'pg_restore --no-owner --dbname="$LMS_DATABASE_URL" lms.dump', f"tar xzf uploads.tar.gz -C {config.instance}",
    )
    manifest = backups.read_manifest(file)
    if not migrations.is_known(manifest.revision):
        raise Failure(
            f"The backup was made by a newer program ({manifest.version}, database revision {manifest.revision});"
            f" this one is {__version__}. Update it first. Nothing was restored."
        )
    if (pid := running_pid(config.instance / "server.pid")) is not None:
        raise Failure(
            f"A server (process {pid}) uses {config.instance}; stop it first. When none runs, remove server.pid there."
        )
    if replace and not yes and any(config.instance.glob("*")):
        click.confirm(f"Put the present content of {config.instance} aside and restore {file}?", abort=True)
    kept = backups.restore(
        file, database=database, instance=config.instance, replace=replace, stamp=f"{clock.now():%Y%m%d-%H%M%S}"
    )
    if kept is not None:
        click.echo(f"The former content is in {kept}.")
    click.echo(
        f"Restored {sum(manifest.tables.values())} rows in {len(manifest.tables)} tables and"
        f" {len(manifest.files) - 1} uploaded files, as of {manifest.made_at}."
    )
    if manifest.revision != migrations.newest():
        click.echo("The backup is older than this program; run `lms migrate` before you start the server.")
    _compare_keys(config, manifest)


def _compare_keys(config: configuration.Config, manifest: backups.Manifest) -> None:
    try:
        if backups.key_check(keys.read_key_file(config.key_file)) == manifest.key_check:
            return
        problem = f"The key file {config.key_file} is not the one this backup was made with."
    except FileNotFoundError:
        problem = f"There is no key file at {config.key_file} yet."
    except ValueError as damaged:
        problem = str(damaged)
    click.echo(
        f"Attention: {problem} Put your copy there before the first start: without it the protected identifiers"
        " cannot be read and the audit log cannot be verified.", err=True,
    )


@click.group("audit")
def audit_group() -> None:
    """Look after the audit log."""


@audit_group.command()
def verify() -> None:
    """Check the seal of every row of the audit log.

    Names the rows that were edited behind the program, and then ends with 1.
    """
    with working():
        total = db.session.scalar(sa.select(sa.func.count()).select_from(audit.AuditEntry)) or 0
        edited = list(audit.edited_entries())
    if edited:
        shown = ", ".join(str(number) for number in edited[:20]) + (" …" if len(edited) > 20 else "")
        raise Failure(
            f"{len(edited)} of {total} audit rows do not fit their seal: {shown}. They were edited behind the program,"
            " or the key file is another one."
        )
    click.echo(f"{total} audit rows, all as they were written.")


@click.group("jobs")
def jobs_group() -> None:
    """Look after work outside requests."""


@jobs_group.command("run")
@click.option("--watch", is_flag=True, help="Go on until stopped, looking every 5 seconds.")
def run_jobs(watch: bool) -> None:
    """Run the jobs that are due, and the daily ones. The server does this by itself; this is for one without runner."""
    with working():
        done = jobs.turn(limit=1000)
        click.echo(f"{done} jobs were run.")
        while watch:
            time.sleep(5)
            if done := jobs.turn(limit=1000):
                click.echo(f"{done} jobs were run.")


COMMANDS = (migrate, backup, restore, audit_group, jobs_group)
