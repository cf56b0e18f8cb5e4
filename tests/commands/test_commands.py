"""What commands print and refuse: sentences, never a trace, and a status that is not zero."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from running import ROOT, Run, environment

from lms.accounts.models import Credential, Person, RoleAssignment
from lms.accounts.services import signing
from lms.commands import shell
from lms.core import audit, registry
from lms.core.db import WRITE_OPTION, db, write_tx
from lms.core.notices import Notice
from lms.core.permissions import SYSTEM
from lms.programs.models import ProgramVersion
from lms.testing_stories import Story

Lms = Callable[..., Result]
COUNTS = ["programs", "modules", "lessons", "questions", "words", "errors", "warnings"]


@pytest.fixture
def courses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the course files, for tests that spoil them."""
    copy = shutil.copytree(ROOT / "courses", tmp_path / "courses")
    monkeypatch.setenv("LMS_COURSES", str(copy))
    return copy


def test_check_prints_counts_and_lists_under_the_same_names(courses: Path, lms: Lms) -> None:
    report = json.loads(lms("check", "--json").stdout)
    assert list(report) == [*COUNTS, "lists"]
    assert list(report["lists"]) == COUNTS
    assert report["programs"] == 3
    assert {name: len(report["lists"][name]) for name in COUNTS} == {name: report[name] for name in COUNTS}
    assert report["errors"] == 0


def test_check_names_path_line_and_code_and_ends_with_one(courses: Path, lms: Lms) -> None:
    (courses / "diklat-dasar" / "program.toml").write_text("id = \n")
    seen = lms("check", "--json")
    assert seen.exit_code == 1
    report = json.loads(seen.stdout)
    assert report["errors"] == len(report["lists"]["errors"]) > 0
    assert set(report["lists"]["errors"][0]) == {"path", "line", "code", "message"}
    plain = lms("check")
    assert plain.exit_code == 1
    assert "courses/diklat-dasar/program.toml:1:" in plain.stdout


def test_questions_check_reports_one_bank(tmp_path: Path, lms: Lms) -> None:
    bank = tmp_path / "bank.gift"
    bank.write_text("::Satu::Berapa? {=satu ~dua}\n\n::Rusak::Apa? {=a\n")
    seen = lms("questions", "check", str(bank), "--format", "gift", "--json")
    report = json.loads(seen.stdout)
    assert report["questions"] == [{"n": 1, "name": "Satu", "type": "multiple_choice"}]
    assert [set(error) for error in report["errors"]] == [{"line", "message"}]
    assert seen.exit_code == 1


@pytest.mark.parametrize(("name", "format_"), [("none.gift", "gift"), ("bank.gift", "qti"), (".", "gift")])
def test_questions_check_reports_what_it_cannot_open_in_the_same_shape(
    tmp_path: Path, lms: Lms, name: str, format_: str
) -> None:
    (tmp_path / "bank.gift").write_text("::Satu::Berapa? {=satu ~dua}\n")
    asked = ("questions", "check", str(tmp_path / name), "--format", format_)

    seen, plain = lms(*asked, "--json"), lms(*asked)

    report = json.loads(seen.stdout)
    assert report["questions"] == []
    [error] = report["errors"]
    assert set(error) == {"line", "message"}
    assert error["line"] == 1
    assert (seen.exit_code, plain.exit_code) == (1, 1)
    assert error["message"] in plain.stdout


@pytest.fixture
def published(app: Flask, courses: Path, make_app: Any, monkeypatch: pytest.MonkeyPatch, lms: Lms) -> Path:
    """The course files, published once as 1.0 into the test's database."""
    other = make_app(courses=courses)
    monkeypatch.setattr(shell, "_made", [other])
    done = lms("publish")
    assert done.exit_code == 0, done.output
    assert "diklat-dasar 1.0 (first)" in done.stdout
    return courses


def labels() -> list[tuple[str, int, int]]:
    db.session.rollback()
    rows = db.session.execute(
        sa.select(ProgramVersion.program_id, ProgramVersion.major, ProgramVersion.minor).order_by(ProgramVersion.id)
    )
    return [tuple(row) for row in rows if row.program_id == "diklat-dasar"]


def test_publishing_again_changes_nothing(published: Path, lms: Lms) -> None:
    assert "diklat-dasar 1.0 (unchanged)" in lms("publish").stdout
    assert labels() == [("diklat-dasar", 1, 0)]


def test_a_broken_programme_leaves_its_version_in_use(published: Path, lms: Lms) -> None:
    module = published / "diklat-dasar" / "01-konsep-dasar" / "module.toml"
    module.write_text(module.read_text().replace("jp = 4", "jp = -4"))
    refused = lms("publish")
    assert refused.exit_code == 1
    assert "01-konsep-dasar/module.toml:" in refused.stderr
    assert "The versions in use stay" in refused.stderr
    assert labels() == [("diklat-dasar", 1, 0)]


def test_a_removed_id_needs_a_word(published: Path, lms: Lms) -> None:
    bank = published / "diklat-dasar" / "01-konsep-dasar" / "quiz.gift"
    text = bank.read_text()
    first = text.index("// [id:")
    identifier = text[first + 7: text.index("]", first)]
    bank.write_text(text.replace(f"[id:{identifier}]", f"[id:{identifier}X]"))
    refused = lms("publish", "diklat-dasar")
    assert refused.exit_code == 1
    assert f"{identifier} is gone; 0 learners have work on it." in refused.stderr
    done = lms("publish", "diklat-dasar", "--confirm-removed")
    assert done.exit_code == 0
    assert "diklat-dasar 2.0 (major)" in done.stdout


def test_an_older_major_gets_a_new_text_when_it_is_named(published: Path, lms: Lms) -> None:
    module = published / "diklat-dasar" / "01-konsep-dasar" / "module.toml"
    text = module.read_text()
    module.write_text(text.replace("attempts = 3", "attempts = 4", 1))
    assert "diklat-dasar 2.0 (major)" in lms("publish", "diklat-dasar").stdout
    refused = lms("publish", "diklat-dasar", "--major", "1")
    assert refused.exit_code == 1
    assert "no new text of 1.0" in refused.stderr
    assert "diklat-dasar has no version 7.x" in lms("publish", "diklat-dasar", "--major", "7").stderr

    module.write_text(text.replace("Konsep Dasar", "Konsep dasar", 1))
    done = lms("publish", "diklat-dasar", "--major", "1")

    assert "diklat-dasar 1.1 (minor)" in done.stdout, done.output
    assert labels() == [("diklat-dasar", 1, 0), ("diklat-dasar", 2, 0), ("diklat-dasar", 1, 1)]


def test_whoever_gives_classes_their_text_is_told_that_there_is_a_newer_one(published: Path, lms: Lms) -> None:
    story = Story()
    version = db.session.scalars(sa.select(ProgramVersion.id).where(ProgramVersion.program_id == "diklat-dasar")).one()
    story.cohort(version)
    admin = story.admin()
    module = published / "diklat-dasar" / "01-konsep-dasar" / "module.toml"
    module.write_text(module.read_text().replace("Konsep Dasar", "Konsep dasar", 1))
    assert "diklat-dasar 1.1 (minor)" in lms("publish", "diklat-dasar").stdout

    db.session.rollback()
    notice = db.session.scalars(sa.select(Notice).where(Notice.person_id == admin.person_id)).one()
    assert (notice.kind, notice.values["version"], notice.values["n"]) == ("staff.newer_text", "1.1", 1)


def test_missing_ids_are_written_before_publishing(published: Path, lms: Lms) -> None:
    bank = published / "diklat-dasar" / "01-konsep-dasar" / "quiz.gift"
    bank.write_text(bank.read_text() + "\n// [tag:bentuk]\n::Baru::Apakah TK bagian dari PAUD? {TRUE}\n")
    assert lms("publish", "diklat-dasar").exit_code == 1
    done = lms("publish", "--write-ids", "diklat-dasar")
    assert done.exit_code == 0, done.output
    assert "01-konsep-dasar/quiz.gift: wrote M01-Q" in done.stdout


def test_versions_are_listed_with_what_runs_on_them(published: Path, lms: Lms) -> None:
    seen = lms("versions", "--json")
    assert seen.exit_code == 0, seen.output
    found = json.loads(seen.stdout)
    assert {(item["program"], item["version"], item["classes"]) for item in found} == {
        ("diklat-dasar", "1.0", 0), ("diklat-lanjut", "1.0", 0), ("diklat-mahir", "1.0", 0)
    }


def test_the_first_administrator_gets_a_password_once(app: Flask, lms: Lms) -> None:
    done = lms("admin", "create", "--name", "  Rizki   Maulana ", "--sex", "L", "--email", "Rizki@Contoh.example")
    assert done.exit_code == 0, done.output
    said = dict(line.split(maxsplit=1) for line in done.stdout.splitlines() if line.startswith("  "))
    person = db.session.scalars(sa.select(Person)).one()
    assert (person.full_name, person.is_demo) == ("Rizki Maulana", False)
    assignment = db.session.scalars(sa.select(RoleAssignment)).one()
    assert (assignment.role, assignment.scope_kind) == ("admin", "all")
    assert db.session.get_one(Credential, person.id).must_change
    db.session.rollback()
    opened = signing.sign_in("rizki@contoh.example", said["password"], shared=False, address="x", device="")
    assert opened.must_change
    again = lms("admin", "create", "--name", "Lain", "--sex", "P", "--email", "rizki@contoh.example")
    assert again.exit_code == 1
    assert "Somebody already has the e-mail" in again.stderr


def test_an_administrator_can_be_made_by_answering_questions(app: Flask, lms: Lms) -> None:
    done = lms("admin", "create", input="Siti Aminah\nP\n\n")
    assert done.exit_code == 0, done.output
    assert db.session.scalars(sa.select(Person.full_name)).one() == "Siti Aminah"


def test_a_key_file_is_never_replaced(tmp_path: Path, run: Run) -> None:
    instance = tmp_path / "new"
    assert run("keys", "create", folder=instance, LMS_ENV="production").returncode == 0
    first = (instance / "keys.json").read_bytes()
    again = run("keys", "create", folder=instance)
    assert again.returncode == 1
    assert "is not replaced" in again.stderr
    assert (instance / "keys.json").read_bytes() == first
    assert (instance / "keys.json").stat().st_mode & 0o077 == 0


def test_an_edited_audit_row_is_named(app: Flask, lms: Lms, engine_name: str) -> None:
    with write_tx():
        for number in range(3):
            audit.record("test.done", "thing", number, by=SYSTEM)
    assert "3 audit rows, all as they were written." in lms("audit", "verify").stdout
    with db.engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        way_in = (
            "DROP TRIGGER audit_entry_no_update" if engine_name == "sqlite"
            else "ALTER TABLE audit_entry DISABLE TRIGGER ALL"
        )
        connection.execute(sa.text(way_in))
        connection.execute(sa.text("UPDATE audit_entry SET object_key = 'other' WHERE id = 2"))
        connection.commit()
    db.session.rollback()
    refused = lms("audit", "verify")
    assert refused.exit_code == 1
    assert "1 of 3 audit rows do not fit their seal: 2." in refused.stderr


def test_migrating_twice_is_harmless_and_a_newer_database_is_left_alone(app: Flask, lms: Lms) -> None:
    assert "already" in lms("migrate").stdout
    with db.engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    refused = lms("migrate")
    assert refused.exit_code == 1
    assert "revision 9999, which this program" in refused.stderr
    assert "run `lms migrate` first" in lms("versions").stderr


def test_due_jobs_are_run(app: Flask, lms: Lms) -> None:
    daily = sum(kind.is_daily for kind in registry.jobs.items().values())
    assert lms("jobs", "run").stdout == f"{daily} jobs were run.\n", "the work of today"
    assert lms("jobs", "run").stdout == "0 jobs were run.\n"


def test_both_ways_to_call_a_command_are_the_same(tmp_path: Path, run_process: Run) -> None:
    for arguments in (["--version"], ["check", "--json"], ["versions"]):
        by_flask = run_process(*arguments, folder=tmp_path / "a")
        by_name = subprocess.run(
            [sys.executable, "-c", "from lms.cli import main; main()", *arguments], cwd=ROOT,
            env=environment(tmp_path / "a"), capture_output=True, text=True, timeout=60,
        )
        assert (by_flask.returncode, by_flask.stdout) == (by_name.returncode, by_name.stdout)


@pytest.mark.parametrize("arguments", [
    ["versions"], ["publish"], ["audit", "verify"], ["backup", "x.zip"], ["jobs", "run"],
    ["admin", "create", "--name", "A B", "--sex", "P", "--email", ""],
])
def test_without_tables_every_command_says_what_to_do(arguments: list[str], tmp_path: Path, run: Run) -> None:
    refused = run(*arguments, folder=tmp_path / "none")
    assert refused.returncode == 1
    assert "run `lms migrate` first" in refused.stderr
    assert "Traceback" not in refused.stderr
