"""Whether this program can serve: `/healthz`, for the start, a proxy and a watcher. No cookie, no write."""

from __future__ import annotations

from functools import cache

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify

from lms import __version__
from lms.core import migrations
from lms.core.db import database_path, db
from lms.core.web.actions import PUBLIC, allow

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@allow(PUBLIC)
def state() -> Response:
    """Answer 200 when the database answers and is as new as the program, else 503."""
    database, schema = _look()
    is_well = (database, schema) == ("ok", "current")
    answer = jsonify(
        status="ok" if is_well else "failing", version=__version__, database=database, migrations=schema
    )
    answer.status_code = 200 if is_well else 503
    return answer


def _look() -> tuple[str, str]:
    """Return the state of the database (ok, unreachable) and of its migrations (current, waiting, unknown)."""
    path = database_path(db.engine.url.render_as_string(hide_password=False))
    if path is not None and not path.exists():
        # Asking SQLite would make an empty file, and a look must not write.
        return "unreachable", "unknown"
    try:
        current = migrations.current()
    except sa.exc.SQLAlchemyError:
        return "unreachable", "unknown"
    return "ok", "current" if current == _newest() else "waiting"


@cache
def _newest() -> str:
    return migrations.newest()
