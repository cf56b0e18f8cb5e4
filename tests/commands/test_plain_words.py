"""What is wrong with the settings, or with what was asked for, is said in a sentence; help fits on a line."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from running import ROOT, Run

from lms.cli import cli
from lms.demo.accounts import STAFF, TEACHERS


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"LMS_CLOCK": "soon"}, "'soon' is neither a time"),
    ({"LMS_DATABASE_URL": "mysql://someone:hush@host/name"}, "LMS_DATABASE_URL begins with mysql; use postgresql://"),
    ({"LMS_DATABASE_URL": "lms.sqlite3"}, "LMS_DATABASE_URL begins with lms.sqlite3; use postgresql://"),
    ({"PORT": "abc"}, "PORT=abc is not a port"),
])
def test_a_wrong_setting_is_named_with_what_to_write(
    changes: dict[str, str], sentence: str, tmp_path: Path, run: Run
) -> None:
    refused = run("demo", folder=tmp_path / "new", **changes)
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "hush" not in refused.stderr, "an address of a database may hold a password"


def test_a_place_for_data_that_cannot_be_a_folder_is_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("")
    refused = run("migrate", folder=tmp_path / "file")
    assert refused.returncode == 1
    assert f"({tmp_path / 'file'}: File exists); see INSTANCE" in refused.stderr


def test_a_settings_file_that_is_no_python_is_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "config.py").write_text("BASE_URL = \n")
    refused = run("migrate", folder=tmp_path)
    assert refused.returncode == 1
    assert f"{tmp_path / 'config.py'} cannot be read: SyntaxError" in refused.stderr


@pytest.mark.parametrize("content", ["{", "{}", "[]", '{"signing": "zz"}'])
def test_a_damaged_key_file_is_named(content: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / "keys.json").write_text(content)
    refused = run("migrate", folder=tmp_path)
    assert refused.returncode == 1
    assert f"The key file {tmp_path / 'keys.json'} cannot be read as one" in refused.stderr


@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_a_database_server_each_command_names_the_tool_that_does_its_work(
    command: str, tool: str, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lms.commands.keeping.database_path", lambda _url: None)
    assert run("migrate", folder=tmp_path).returncode == 0
    refused = run(command, "x.zip", folder=tmp_path)
    assert refused.returncode == 1
    assert f"  {tool} " in refused.stderr


def test_one_programme_can_be_checked_alone(tmp_path: Path, run: Run) -> None:
    alone = json.loads(run("check", "courses/diklat-lanjut", "--json").stdout)
    assert (alone["programs"], alone["modules"], alone["errors"]) == (1, 0, 0), "what it requires lies beside it"
    assert [item["id"] for item in alone["lists"]["programs"]] == ["diklat-lanjut"]
    assert "1 program, 11 modules" in run("check", "courses/diklat-dasar/").stdout


def test_a_bank_is_summed_up_by_type(tmp_path: Path, run: Run) -> None:
    bank = tmp_path / "bank.gift"
    bank.write_text("Ini bukan soal.\n\nBerapa? {=satu ~dua}\n\nMana? {=satu ~dua}\n")
    said = run("questions", "check", str(bank)).stdout
    assert said == "3 questions (2 multiple choice, 1 description), 0 errors.\n"


def test_every_command_is_summed_up_in_one_line_that_is_not_cut() -> None:
    shown = CliRunner().invoke(cli, ["--help"], terminal_width=80, prog_name="lms").stdout
    assert "..." not in shown.partition("Commands:")[2]


def test_the_readme_knows_every_command() -> None:
    page = (ROOT / "README.md").read_text()
    missing = [
        f"{name} {inner}".strip()
        for name, command in cli.commands.items()
        for inner in getattr(command, "commands", None) or [""]
        if f"`{name} {inner}".strip() not in page
    ]
    assert missing == []


def test_the_accounts_that_the_readme_sends_people_to_are_in_the_demo() -> None:
    page = (ROOT / "README.md").read_text().partition("## The first ten minutes")[2].partition("\n## ")[0]
    sent = {" ".join(words.split()) for words in re.findall(r"“([^”…]+)”", page)}
    assert len(sent) >= len({entry.role for entry in (*TEACHERS, *STAFF)}) == 8
    assert sent <= {entry.about for entry in (*TEACHERS, *STAFF)}
