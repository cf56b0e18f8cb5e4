"""The catalogue asks the database once for a version, and never serves what was not committed."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from course_files import sound_files, write_course
from flask import Flask

from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.core.permissions import SYSTEM
from lms.programs import catalogue
from lms.programs.models import ProgramVersion
from lms.programs.publish import publish
from lms.programs.reader import read_program


def publish_with(root: Path, old: str = "", new: str = "") -> int:
    files = {name: body.replace(old.encode(), new.encode()) if old else body for name, body in sound_files().items()}
    result = read_program(write_course(root, files))
    with write_tx():
        return publish(result, by=SYSTEM).version_id


@pytest.mark.both
def test_a_version_costs_one_statement_the_first_time_and_none_afterwards(
    app: Flask, tmp_path: Path, count_statements: Any
) -> None:
    version_id = publish_with(tmp_path)

    with count_statements() as first:
        version = catalogue.version(version_id)
    with count_statements() as again:
        same = catalogue.version(version_id)
    with count_statements() as newest:
        latest = catalogue.latest("demo")

    assert (len(first), len(again), len(newest)) == (1, 0, 1)
    assert same is version
    assert latest is version
    assert (version.program_id, version.label, version.program.lesson("M01-L1")[1].minutes) == ("demo", "1.0", 7)
    assert version.program == read_program(write_course(tmp_path / "again")).program


def test_the_newest_version_and_the_newest_minor_of_a_major_are_told_apart(app: Flask, tmp_path: Path) -> None:
    publish_with(tmp_path / "a")
    publish_with(tmp_path / "b", "Paragraf pertama", "Alinea pertama")
    publish_with(tmp_path / "c", "attempts = 3", "attempts = 5")

    assert catalogue.latest("demo").label == "2.0"
    assert catalogue.latest_minor("demo", 1).label == "1.1"
    assert [line.label for line in catalogue.list_versions()] == ["2.0", "1.1", "1.0"]
    assert catalogue.list_versions()[0].title == "Program Demo"


def test_what_is_not_there_is_not_found(app: Flask, tmp_path: Path) -> None:
    publish_with(tmp_path)

    for ask in (
        lambda: catalogue.version(999), lambda: catalogue.latest("lain"), lambda: catalogue.latest_minor("demo", 7),
        lambda: catalogue.content_file("0" * 64),
    ):
        with pytest.raises(NotFound):
            ask()


def test_a_picture_is_served_by_its_hash(app: Flask, tmp_path: Path) -> None:
    version = catalogue.version(publish_with(tmp_path))
    name = version.program.lesson("M01-L1")[1].images[1]

    media_type, body = catalogue.content_file(name.partition(".")[0])

    assert media_type == "image/png"
    assert body.startswith(b"\x89PNG")


def test_a_version_that_was_rolled_back_is_not_remembered(app: Flask, tmp_path: Path) -> None:
    """SQLite gives the id of a row that was rolled back to the next one."""
    result = read_program(write_course(tmp_path))
    seen: list[int] = []

    def publish_and_fail() -> None:
        with write_tx():
            seen.append(publish(result, by=SYSTEM).version_id)
            assert catalogue.version(seen[0]).label == "1.0"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        publish_and_fail()

    [lost] = seen
    with pytest.raises(NotFound):
        catalogue.version(lost)
    found = publish_with(tmp_path / "b", "Program Demo", "Program Lain")
    # SQLite gives the id again, PostgreSQL does not; either way it is the new programme that is read.
    assert found == lost or db.engine.dialect.name == "postgresql"
    assert catalogue.version(found).program.title["id"] == "Program Lain"


def test_many_threads_parse_a_document_once(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version_id = publish_with(tmp_path)
    parsed: list[int] = []
    real = catalogue.from_document

    def parse(document: dict[str, Any]) -> Any:
        parsed.append(1)
        return real(document)

    monkeypatch.setattr(catalogue, "from_document", parse)
    found: list[catalogue.Version] = []

    def ask() -> None:
        with app.app_context():
            found.append(catalogue.version(version_id))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert all(one is found[0] for one in found)
    assert len(parsed) == 1


def test_the_memory_is_bounded(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, count_statements: Any
) -> None:
    monkeypatch.setattr(catalogue, "MOST_KEPT", 2)
    first, second, third = (publish_with(tmp_path / str(n), "Program Demo", f"Program {n}") for n in range(3))
    for version_id in (first, second, first, third):
        catalogue.version(version_id)

    with count_statements() as kept:
        catalogue.version(first)
        catalogue.version(third)
    with count_statements() as gone:
        catalogue.version(second)

    assert (len(kept), len(gone)) == (0, 1)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ProgramVersion)) == 3
