"""`/healthz` tells the truth, costs nothing, and writes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask

from lms.core import migrations
from lms.core.db import WRITE_OPTION, db


def test_a_current_database_is_well(app: Flask) -> None:
    reply = app.test_client().get("/healthz")
    assert reply.status_code == 200
    assert reply.json is not None
    assert reply.json["status"] == "ok"
    assert "Set-Cookie" not in reply.headers


def test_waiting_migrations_are_503(app: Flask) -> None:
    with db.engine.connect().execution_options(**{WRITE_OPTION: True}) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        connection.commit()
    reply = app.test_client().get("/healthz")
    assert (reply.status_code, reply.json["migrations"]) == (503, "waiting")  # type: ignore[index]


def test_a_database_that_is_away_is_503_and_is_not_made_anew(make_app: Any, tmp_path: Path) -> None:
    missing = tmp_path / "elsewhere" / "lms.sqlite3"
    missing.parent.mkdir()
    app = make_app(database_url=f"sqlite:///{missing}")
    reply = app.test_client().get("/healthz")
    assert (reply.status_code, reply.json["database"]) == (503, "unreachable")
    assert list(missing.parent.iterdir()) == []


def test_it_knows_every_revision_of_its_own(app: Flask) -> None:
    assert migrations.is_known(migrations.newest())
    assert migrations.is_known(None)
    assert not migrations.is_known("9999")
