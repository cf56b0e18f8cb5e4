"""Production starts only with what it needs, and says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running import ROOT, Run, Server, environment

URL = "https://diklat.example.id"
GOOD = {"LMS_ENV": "production", "BASE_URL": URL}


def made_ready(run: Run, instance: Path) -> None:
    assert run("keys", "create", folder=instance, **GOOD).returncode == 0
    assert run("migrate", folder=instance, **GOOD).returncode == 0


def test_a_clean_installation_starts(tmp_path: Path, run: Run, start: object) -> None:
    instance = tmp_path / "clean"
    made_ready(run, instance)
    assert run("publish", folder=instance, **GOOD).returncode == 0
    person = ("--name", "Ibu Admin", "--sex", "P", "--email", "")
    assert run("admin", "create", *person, folder=instance, **GOOD).returncode == 0
    server: Server = start(instance, **GOOD)  # type: ignore[operator]
    assert server.wait_ready() == f"ready {URL}/"
    assert not (instance / "demo-accounts.json").exists()


@pytest.mark.parametrize(("changes", "sentence"), [
    ({"BASE_URL": ""}, "BASE_URL must"),
    ({"BASE_URL": "http://diklat.example.id"}, "BASE_URL must begin with https://"),
    ({"BASE_URL": "https://127.0.0.1"}, "BASE_URL must be the public address"),
    ({"LMS_CLOCK": "+3d"}, "LMS_CLOCK is for trials only"),
    ({"LMS_ENV": "prod"}, "LMS_ENV=prod is unknown"),
    ({"LMS_PROXIES": "many"}, "LMS_PROXIES is the number"),
    ({"LMS_KEY_FILE": "/nowhere/keys.json"}, "lms keys create"),
])
def test_what_is_missing_is_named(changes: dict[str, str], sentence: str, tmp_path: Path, run: Run) -> None:
    made_ready(run, tmp_path / "clean")
    refused = run("serve", folder=tmp_path / "clean", **(GOOD | changes))
    assert refused.returncode == 1
    assert sentence in refused.stderr
    assert "Traceback" not in refused.stderr


def test_an_installation_that_nobody_could_enter_is_not_served(tmp_path: Path, run: Run) -> None:
    """Each of what is missing is named, whatever else is there, and only serving is refused."""
    clean = tmp_path / "clean"
    made_ready(run, clean)
    no_programme, no_administrator = "publish the course files with `lms publish`", "with `lms admin create`"
    for done, lacking in (
        ((), (no_programme, no_administrator)),
        (("publish",), (no_administrator,)),
    ):
        if done:
            assert run(*done, folder=clean, **GOOD).returncode == 0
        refused = run("serve", folder=clean, **GOOD)
        assert refused.returncode == 1
        told = [sentence for sentence in (no_programme, no_administrator) if sentence in refused.stderr]
        assert told == list(lacking)
        assert len(refused.stderr.splitlines()) == len(lacking)
        assert "Traceback" not in refused.stderr


def test_an_administrator_without_a_programme_is_not_enough(tmp_path: Path, run: Run) -> None:
    made_ready(run, tmp_path / "clean")
    person = ("--name", "Ibu Admin", "--sex", "P", "--email", "")
    assert run("admin", "create", *person, folder=tmp_path / "clean", **GOOD).returncode == 0
    refused = run("serve", folder=tmp_path / "clean", **GOOD)
    assert refused.returncode == 1
    assert refused.stderr.splitlines() == [
        "lms: No programme is published; publish the course files with `lms publish`."
    ]


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path, run: Run) -> None:
    made_ready(run, tmp_path / "clean")
    os.chmod(tmp_path / "clean" / "keys.json", 0o640)
    refused = run("serve", folder=tmp_path / "clean", **GOOD)
    assert refused.returncode == 1
    assert "chmod 600" in refused.stderr


@pytest.mark.parametrize("content", [
    "", "{}", "[]", '{"signing": "00", "lookup": "11", "encryption": {"k1": "22"}, "current": "k1"}',
    '{"signing": "' + "00" * 32 + '", "lookup": "' + "11" * 32 + '", "encryption": {"k1": "' + "22" * 32
    + '"}, "current": "k1"}',
])
def test_a_default_or_broken_key_file_is_refused(content: str, tmp_path: Path, run: Run) -> None:
    made_ready(run, tmp_path / "clean")
    (tmp_path / "clean" / "keys.json").write_text(content)
    refused = run("serve", folder=tmp_path / "clean", **GOOD)
    assert refused.returncode == 1
    assert "lms keys create" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_demo_data_and_demo_keys_never_go_into_production(instance: Path, run: Run) -> None:
    refused = run("serve", folder=instance, **GOOD)
    assert "was made by a demo start" in refused.stderr
    (instance / "keys.json").unlink()
    assert run("keys", "create", folder=instance).returncode == 0
    refused = run("serve", folder=instance, **GOOD)
    assert refused.returncode == 1
    assert "demo-accounts.json holds demo secrets" in refused.stderr
    assert "fictive demo people" in refused.stderr
    refused = run("demo", folder=instance, **GOOD)
    assert refused.returncode == 1
    assert "Demo data never goes into production" in refused.stderr


def test_another_web_server_is_refused_the_same_way(instance: Path) -> None:
    (instance / "keys.json").write_text((instance / "keys.json").read_text().replace('"demo"', '"production"'))
    loaded = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=environment(instance, **GOOD), capture_output=True,
        text=True, timeout=60,
    )
    assert loaded.returncode != 0
    assert "fictive demo people" in loaded.stderr
