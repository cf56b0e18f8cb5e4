"""The roof of the command line: `lms …`, which is also `flask --app wsgi lms …`."""

from __future__ import annotations

import sys

import click
from flask import Flask

from lms import __version__
from lms.commands import courses, keeping, people, start
from lms.commands.shell import Commands, config_of, made


@click.group("lms", cls=Commands)
@click.version_option(__version__, prog_name="sanggar")
def cli() -> None:
    """Sanggar: tiered teacher training. Settings come from the environment (see docs/settings.md)."""


for _module in (start, courses, people, keeping):
    for _command in _module.COMMANDS:
        cli.add_command(_command)


def main() -> None:
    """Run the installed command `lms`."""
    cli.main(prog_name="lms")


def application() -> Flask:
    """Return the application for a web server, with the commands on it for `flask --app wsgi lms …`.

    Our commands build the application themselves when they need it, and say what is wrong with the settings; so for
    them `flask` gets an empty one that carries only the commands.
    """
    is_flask_command = click.get_current_context(silent=True) is not None
    if is_flask_command and "lms" in sys.argv[1:]:
        app = Flask("lms", static_folder=None)
    else:
        app = made()
        start.refuse_unfit(app, config_of(app))
    app.cli.add_command(cli)
    return app


__all__ = ["application", "cli", "main"]
