"""Commands that make the first administrator, and the keys that protect people's identifiers."""

from __future__ import annotations

import click

from lms import config as configuration
from lms.accounts.services import people, secrets
from lms.commands.shell import Failure, working
from lms.core import keys as key_files
from lms.core.db import write_tx
from lms.core.permissions import SYSTEM
from lms.lib.identifiers import normalise_email, tidy_name


@click.group()
def admin() -> None:
    """Look after administrators."""


@admin.command()
@click.option("--name", prompt="Full name, without titles", help="Full name, without titles.")
@click.option(
    "--sex", prompt="Woman (P) or man (L)", help="P for a woman, L for a man.",
    type=click.Choice(["P", "L"], case_sensitive=False),
)
@click.option(
    "--email", prompt="E-mail (may stay empty)", default="", show_default=False,
    help="An address to sign in with; may stay empty.",
)
def create(name: str, sex: str, email: str) -> None:
    """Make an administrator.

    Asks for what is not given, and prints a first password once; it must be changed at the first sign-in.
    """
    full_name = tidy_name(name)
    if not 2 <= len(full_name) <= 100:
        raise Failure("The name must have 2 to 100 letters.")
    identifiers = {"email": _checked_email(email)} if email.strip() else {}
    password = secrets.make_password()
    hashed = secrets.hash_secret(password)
    with working() as config:
        try:
            with write_tx():
                person = people.create_person(full_name, sex.upper(), identifiers=identifiers, by=SYSTEM)
                people.assign_role(person.id, "admin", "all", by=SYSTEM, paper="lms admin create")
                secrets.store_secret(person.id, "password", hashed, must_change=True, by=SYSTEM)
                code = person.code
        except people.IdentifierTaken as problem:
            raise Failure(f"Somebody already has the e-mail {email.strip()}.") from problem
        click.echo(f"Administrator {full_name}")
        click.echo(f"  sign in at  {config.base_url}/masuk")
        click.echo(f"  code        {code}" + (f" or {identifiers['email']}" if identifiers else ""))
        click.echo(f"  password    {password}")
        click.echo("The password is shown only now and must be changed at the first sign-in.")


def _checked_email(written: str) -> str:
    email, _codes = normalise_email(written)
    if email is None:
        raise Failure(f"{written.strip()} is not an e-mail address.")
    return email


@click.group()
def keys() -> None:
    """Look after the key file."""


@keys.command("create")
def create_keys() -> None:
    """Make the key file of a new installation.

    An existing one is never replaced.
    """
    path = configuration.load().key_file
    try:
        key_files.create_key_file(path)
    except FileExistsError as problem:
        raise Failure(
            f"{path} exists already and is not replaced: without it the protected identifiers cannot be read."
        ) from problem
    except OSError as problem:
        raise Failure(f"{path} cannot be written: {problem.strerror}.") from problem
    click.echo(f"Made {path}, readable by its owner only.")
    click.echo("Keep a copy apart from the backups: without it nobody can read the protected identifiers.")


COMMANDS = (admin, keys)
