"""A backup is one moment of the database, whole or refused."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sqlite3
import stat
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
import running
from lib.picture_files import jpeg
from running import Run, environment, wait_for

from lms.accounts.services import people
from lms.app import create_app
from lms.core import backup as backups, uploads
from lms.core.backup import BackupProblem
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM

SPOTS = 60


def rows(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    with sqlite3.connect(database) as connection:
        names = [row[0] for row in connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )]
        return {name: connection.execute(f'SELECT * FROM "{name}" ORDER BY rowid').fetchall() for name in names}


@pytest.fixture
def made(instance: Path, tmp_path: Path, run: Run) -> Path:
    """A backup of an instance with one uploaded file."""
    upload = instance / "uploads" / "01" / "photo.bin"
    upload.parent.mkdir(parents=True)
    upload.write_bytes(b"picture")
    done = run("backup", str(tmp_path / "made.zip"), folder=instance)
    assert done.returncode == 0, done.stderr
    return tmp_path / "made.zip"


def test_a_restored_instance_equals_the_snapshot_table_by_table(
    instance: Path, made: Path, tmp_path: Path, run: Run
) -> None:
    new = tmp_path / "new"
    done = run("restore", str(made), folder=new)
    assert done.returncode == 0, done.stderr
    assert rows(new / "lms.sqlite3") == rows(instance / "lms.sqlite3")
    assert (new / "uploads" / "01" / "photo.bin").read_bytes() == b"picture"
    assert not (new / "keys.json").exists()
    assert "There is no key file" in done.stderr
    shutil.copy(instance / "keys.json", new / "keys.json")
    assert run("audit", "verify", folder=new).returncode == 0


def test_an_uploaded_file_comes_back_with_its_row_and_half_files_do_not(
    instance: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running.own_environment(environment(instance), monkeypatch):
        app = create_app()
    with app.app_context():
        stored = uploads.store(jpeg(), name="foto.jpg")
        with write_tx():
            owner = people.create_person("Baiq Murniati", "P", by=SYSTEM, identifiers={})
            row = uploads.add(stored, owner_id=owner.id, purpose="report", by=SYSTEM)
            found = uploads.path_of(row).relative_to(instance)
        db.session.remove()
        db.engine.dispose()
    (instance / found.parent / "1-0123456789abcdef.part").write_bytes(b"half")

    assert run("backup", str(tmp_path / "made.zip"), folder=instance).returncode == 0
    new = tmp_path / "new"
    assert run("restore", str(tmp_path / "made.zip"), folder=new).returncode == 0

    kept = {path.name: path.read_bytes() for path in (new / "uploads").rglob("*") if path.is_file()}
    assert set(kept) == {stored.sha256, f"{stored.sha256}.small"}
    assert hashlib.sha256((new / found).read_bytes()).hexdigest() == stored.sha256
    (restored,) = rows(new / "lms.sqlite3")["upload"]
    assert stored.sha256 in restored


def test_a_backup_taken_while_others_write_is_one_moment(
    instance: Path, tmp_path: Path, run: Run, run_process: Run
) -> None:
    """A writer adds one row to each of two tables in every transaction; a copy of two moments would tell them apart."""
    database = instance / "lms.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE one (n INTEGER)")
        connection.execute("CREATE TABLE two (n INTEGER)")
    stop, written = threading.Event(), []

    def write() -> None:
        connection = sqlite3.connect(database, timeout=15, isolation_level=None)
        while not stop.is_set():
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO one VALUES (?)", (len(written),))
            connection.execute("INSERT INTO two VALUES (?)", (len(written),))
            connection.execute("COMMIT")
            written.append(len(written))
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_for(lambda: len(written) > 20)
        before = len(written)
        done = run_process("backup", str(tmp_path / "live.zip"), folder=instance)
        after = len(written)
    finally:
        stop.set()
        writer.join()
    assert done.returncode == 0, done.stderr
    assert after > before, "nothing was written meanwhile, so the test showed nothing"
    assert run("restore", str(tmp_path / "live.zip"), folder=tmp_path / "new").returncode == 0
    restored = rows(tmp_path / "new" / "lms.sqlite3")
    assert restored["one"] == restored["two"] == [(n,) for n in range(len(restored["one"]))]
    assert before <= len(restored["one"]) <= len(written)
    original = rows(database)
    assert {name: items for name, items in restored.items() if name not in ("one", "two")} == {
        name: items for name, items in original.items() if name not in ("one", "two")
    }


def test_a_flipped_byte_anywhere_is_refused(made: Path, tmp_path: Path) -> None:
    body = made.read_bytes()
    chance = random.Random(7)
    spots = {0, 1, 10, 30, len(body) - 1, len(body) - 64, len(body) - 65, len(body) - 70, len(body) // 2}
    spots |= {chance.randrange(len(body)) for _ in range(SPOTS)}
    damaged, new = tmp_path / "damaged.zip", tmp_path / "new"
    for spot in sorted(spots):
        damaged.write_bytes(body[:spot] + bytes([body[spot] ^ (1 << chance.randrange(8))]) + body[spot + 1:])
        with pytest.raises(BackupProblem):
            backups.restore(damaged, database=new / "lms.sqlite3", instance=new, replace=False, stamp="x")
        assert not new.exists()


def test_a_short_or_foreign_file_is_a_sentence(made: Path, tmp_path: Path, run: Run) -> None:
    for name, body in (("short", made.read_bytes()[:-100]), ("empty", b""), ("foreign", b"x" * 5000)):
        file = tmp_path / name
        file.write_bytes(body)
        refused = run("restore", str(file), folder=tmp_path / "new")
        assert refused.returncode == 1
        assert refused.stderr.startswith("lms: ")
        assert "Traceback" not in refused.stderr
    assert run("restore", str(tmp_path / "nowhere"), folder=tmp_path / "new").returncode == 1
    assert not (tmp_path / "new").exists()


def repacked(made: Path, target: Path, **changes: Any) -> Path:
    """Write a backup that is whole but says something else in its manifest."""
    with zipfile.ZipFile(made) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(contents["manifest.json"]) | changes
    contents["manifest.json"] = json.dumps(manifest).encode()
    with target.open("w+b") as file:
        with zipfile.ZipFile(file, "w") as archive:
            for name, body in contents.items():
                archive.writestr(changes.get("rename", {}).get(name, name), body)
            archive.comment = b"0" * 64
        digest = backups._hash_before_comment(file)
        file.seek(-64, 2)
        file.write(digest.encode())
    return target


def test_a_backup_of_a_newer_program_is_refused(made: Path, tmp_path: Path, run: Run) -> None:
    newer = repacked(made, tmp_path / "newer.zip", revision="9999", version="99.0")
    refused = run("restore", str(newer), folder=tmp_path / "new")
    assert refused.returncode == 1
    assert "newer program (99.0, database revision 9999)" in refused.stderr
    assert not (tmp_path / "new").exists()


def test_a_name_that_leaves_the_folder_is_refused(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        files = json.loads(archive.read("manifest.json"))["files"]
    for name in ("../evil", "uploads/../../evil", "/evil", "uploads\\..\\evil", "uploads/C:evil", "keys.json"):
        moved = {name if old.startswith("uploads/") else old: item for old, item in files.items()}
        evil = repacked(made, tmp_path / "evil.zip", files=moved, rename={"uploads/01/photo.bin": name})
        new = tmp_path / "deep" / "new"
        with pytest.raises(BackupProblem):
            backups.restore(evil, database=new / "lms.sqlite3", instance=new, replace=False, stamp="x")
        assert not [path for path in (tmp_path / "deep").rglob("*") if path.is_file()]
    assert not (tmp_path / "evil").exists()


def test_an_instance_in_use_is_only_replaced_when_told_to(instance: Path, made: Path, run: Run) -> None:
    refused = run("restore", str(made), folder=instance)
    assert refused.returncode == 1
    assert "is in use already" in refused.stderr
    asked = run("restore", str(made), "--replace", folder=instance)
    assert asked.returncode != 0, "without an answer nothing is replaced"
    with sqlite3.connect(instance / "lms.sqlite3") as connection:
        connection.execute("CREATE TABLE later (n INTEGER)")
    done = run("restore", str(made), "--replace", "--yes", folder=instance)
    assert done.returncode == 0, done.stderr
    assert "later" not in rows(instance / "lms.sqlite3")
    (kept,) = instance.glob("before-restore-*")
    assert "later" in rows(kept / "lms.sqlite3")


def test_a_running_server_keeps_its_instance(instance: Path, made: Path, run: Run) -> None:
    (instance / "server.pid").write_text("1\n")
    refused = run("restore", str(made), "--replace", "--yes", folder=instance)
    assert refused.returncode == 1
    assert "stop it first" in refused.stderr


def test_a_backup_is_private_never_overwritten_and_without_the_keys(instance: Path, made: Path, run: Run) -> None:
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    again = run("backup", str(made), folder=instance)
    assert again.returncode == 1
    assert "never overwritten" in again.stderr
    keys = json.loads((instance / "keys.json").read_text())
    with zipfile.ZipFile(made) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
        assert sorted(archive.namelist()) == ["lms.sqlite3", "manifest.json", "uploads/01/photo.bin"]
    assert keys["signing"].encode() not in whole
    assert list(made.parent.glob(".made*")) == []


def test_on_postgresql_its_own_tools_are_named(tmp_path: Path, run: Run) -> None:
    url = "postgresql://nobody@127.0.0.1:1/none"
    for arguments in (("restore", "x.zip"),):
        refused = run(*arguments, folder=tmp_path / "pg", LMS_DATABASE_URL=url)
        assert refused.returncode == 1
        assert "pg_restore" in refused.stderr
