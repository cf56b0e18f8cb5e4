"""Commands on course files and published versions: check, questions check, publish, versions."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import sqlalchemy as sa

from lms import config as configuration
from lms.cohorts.models import Cohort, Enrolment
from lms.cohorts.services import tell_newer_text
from lms.commands.shell import Failure, counted, working
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.programs import catalogue, publish as publishing
from lms.programs.check import check_bank, check_courses, program_folders
from lms.programs.mistakes import Mistake
from lms.programs.program_file import PROGRAM_FILE
from lms.programs.reader import read_program

#: More mistakes than a screen holds help nobody; the rest is counted.
MOST_SHOWN = 200


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
def check(folder: Path | None, as_json: bool) -> None:
    """Report every mistake in the course files as path:line.

    FOLDER is a folder of programmes, or one programme of it; without it, the courses of this installation. Ends with 1
    when there is an error; a warning does not keep a programme from being published.
    """
    if folder is not None and (folder / PROGRAM_FILE).is_file():
        folder = folder.resolve()
        report = check_courses(folder.parent, only=folder.name)
    else:
        report = check_courses(folder or configuration.load().courses)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _print_report(report)
    if report["errors"]:
        click.get_current_context().exit(1)


def _print_report(report: dict[str, Any]) -> None:
    lines = [f"{_place(item)} {item['message']} [{item['code']}]" for item in report["lists"]["errors"]]
    lines += [f"{_place(item)} (warning) {item['message']} [{item['code']}]" for item in report["lists"]["warnings"]]
    _print_some(lines)
    names = ("program", "module", "lesson", "question", "word")
    counts = ", ".join(counted(report[f"{name}s"], name) for name in names)
    click.echo(f"{counts}; {counted(report['errors'], 'error')}, {counted(report['warnings'], 'warning')}.")


def _place(item: dict[str, Any]) -> str:
    return f"{item['path']}:{item['line']}:"


def _print_some(lines: Iterable[str], *, err: bool = False) -> None:
    lines = list(lines)
    for line in lines[:MOST_SHOWN]:
        click.echo(line, err=err)
    if len(lines) > MOST_SHOWN:
        click.echo(f"… and {len(lines) - MOST_SHOWN} more.", err=err)


@click.group()
def questions() -> None:
    """Work on question banks."""


@questions.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--format", "format_", default="gift", show_default=True, help="How the bank is written.")
@click.option("--json", "as_json", is_flag=True, help="Print questions and errors as JSON.")
def check_questions(file: Path, format_: str, as_json: bool) -> None:
    """Read one question bank and report what cannot be read as path:line.

    Ends with 1 when there is an error. What a programme asks of its banks besides (ids, keys, how many questions) is
    told by `lms check`.
    """
    report = check_bank(file, format_)
    if as_json:
        click.echo(json.dumps(report, ensure_ascii=False, indent=1))
    else:
        _print_some(f"{file}:{item['line']}: {item['message']}" for item in report["errors"])
        types = Counter(item["type"].replace("_", " ") for item in report["questions"])
        shown = ", ".join(f"{number} {name}" for name, number in types.most_common())
        questions_read = counted(len(report["questions"]), "question") + (f" ({shown})" if shown else "")
        click.echo(f"{questions_read}, {counted(len(report['errors']), 'error')}.")
    if report["errors"]:
        click.get_current_context().exit(1)


@dataclass(frozen=True, slots=True)
class Refused:
    """A programme that was not published: its folder and the sentences that say why."""

    folder: str
    lines: tuple[str, ...]


def publish_courses(
    root: Path, *, only: tuple[str, ...] = (), with_new_ids: bool = False, confirm_removed: bool = False,
    major: int | None = None,
) -> tuple[list[publishing.Published], list[Refused]]:
    """Publish the programmes of a folder, each in a transaction of its own; a broken one leaves its version in use."""
    published: list[publishing.Published] = []
    refused: list[Refused] = []
    for folder in program_folders(root):
        if only and folder.name not in only:
            continue
        if with_new_ids:
            _write_ids(folder)
        result = read_program(folder)
        try:
            with write_tx():
                made = publishing.publish(result, by=SYSTEM, confirm_removed=confirm_removed, major=major)
                if made.kind == "minor":
                    tell_newer_text(made.version_id)
            published.append(made)
        except publishing.BrokenProgram:
            refused.append(Refused(folder.name, tuple(str(Mistake(**item)) for item in _as_dicts(result.errors))))
        except publishing.RemovedIds as problem:
            removed: dict[str, int] = problem.values["removed"]
            lines = [f"{key} is gone; {learners} learners have work on it." for key, learners in removed.items()]
            refused.append(Refused(folder.name, (*lines, "Say --confirm-removed when this is meant.")))
        except publishing.NoSuchMajor as problem:
            lines = [f"{problem.values['program']} has no version {major}.x; `lms versions` lists what there is."]
            refused.append(Refused(folder.name, tuple(lines)))
        except publishing.NotItsText as problem:
            before = problem.values["before"]
            lines = [
                f"These files are no new text of {before}: their ids, rules, keys or marks differ from it.",
                f"Put the files of {before} back, change words and pictures only, and publish again.",
            ]
            refused.append(Refused(folder.name, tuple(lines)))
    return published, refused


def _as_dicts(mistakes: Iterable[Mistake]) -> list[dict[str, Any]]:
    return [
        {"path": item.path, "line": item.line, "code": item.code, "message": item.message, "level": item.level}
        for item in mistakes
    ]


def _write_ids(folder: Path) -> None:
    program_id = read_program(folder).head.get("id")
    used = publishing.used_ids(program_id) if program_id else set()
    for path, identifiers in publishing.write_ids(folder, used=used).items():
        click.echo(f"{path}: wrote {', '.join(identifiers)}")


@click.command()
@click.argument("programs", nargs=-1)
@click.option("--write-ids", "with_new_ids", is_flag=True, help="First write the ids that are missing into the files.")
@click.option("--confirm-removed", is_flag=True, help="Publish although ids that learners may have used are gone.")
@click.option(
    "--major", type=click.IntRange(min=1), help="Publish a new text for classes on this older major version only."
)
def publish(programs: tuple[str, ...], with_new_ids: bool, confirm_removed: bool, major: int | None) -> None:
    """Make versions of the course files, which classes learn from.

    PROGRAMS are names of programme folders; without them, all. What is broken is told and leaves its version in use;
    what has not changed stays as it is. Classes that have begun keep their version.
    """
    with working() as config:
        folders = {folder.name for folder in program_folders(config.courses)}
        if unknown := sorted(set(programs) - folders):
            raise Failure(f"There is no programme folder {', '.join(unknown)} in {config.courses}.")
        if not folders:
            raise Failure(f"There is no programme in {config.courses}; see LMS_COURSES.")
        done, refused = publish_courses(
            config.courses, only=programs, with_new_ids=with_new_ids, confirm_removed=confirm_removed, major=major
        )
    for item in done:
        click.echo(f"{item.program_id} {item.label} ({item.kind})")
        for key, learners in item.removed.items():
            click.echo(f"  removed {key}; {learners} learners have work on it")
    for problem in refused:
        _print_some(problem.lines, err=True)
    if refused:
        names = ", ".join(problem.folder for problem in refused)
        raise Failure(f"Not published: {names}. The versions in use stay.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the list as JSON.")
def versions(as_json: bool) -> None:
    """List the published versions, and who runs on them."""
    with working():
        running = {
            version_id: (classes, learners)
            for version_id, classes, learners in db.session.execute(
                sa.select(
                    Cohort.program_version_id, sa.func.count(Cohort.id.distinct()), sa.func.count(Enrolment.id)
                )
                .outerjoin(Enrolment, Enrolment.cohort_id == Cohort.id).group_by(Cohort.program_version_id)
            )
        }
        rows = [
            {
                "program": line.program_id, "version": line.label, "title": line.title,
                "published_at": line.published_at.isoformat(timespec="seconds"),
                "classes": running.get(line.id, (0, 0))[0], "learners": running.get(line.id, (0, 0))[1],
            }
            for line in catalogue.list_versions()
        ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for row in rows:
        click.echo(
            f"{row['program']:<20} {row['version']:>6}  {row['published_at'][:10]}  {row['classes']:>3} classes"
            f"  {row['learners']:>5} learners  {row['title']}"
        )
    if not rows:
        click.echo("Nothing is published yet; run `lms publish`.")


COMMANDS = (check, questions, publish, versions)
