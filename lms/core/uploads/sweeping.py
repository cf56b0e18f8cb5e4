"""The daily work of sweeping: files that never got a row, and what a killed process left half written."""

from __future__ import annotations

import datetime as dt
import logging
import re
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from lms.core import registry
from lms.core.db import db
from lms.core.uploads import folder
from lms.core.uploads.models import Upload
from lms.lib import clock

JOB = "uploads.sweep"
#: Between storing a file and writing its row lies a moment; an hour is far more.
AGE = dt.timedelta(hours=1)
ROWS = 500
log = logging.getLogger("lms.uploads")
_CONTENT = re.compile(rf"([0-9a-f]{{64}})(?:{re.escape(folder.SMALL)})?")
_LEFTOVER = re.compile(rf"(\d{{1,15}})-[0-9a-f]{{16}}{re.escape(folder.PART)}")


def sweep(_values: dict[str, Any] | None = None) -> int:
    """Remove files that are older than an hour and have no row, and old leftovers; return how many there were.

    Safe to run twice, by two at once, beside people who store the same content, and to be killed. Files of rows that
    ended stay. What does not look like a file of ours is left alone.
    """
    if not folder.root().is_dir():
        return 0
    removed = sum(map(_sweep_folder, sorted(path for path in folder.root().iterdir() if path.is_dir())))
    if removed:
        log.info("swept", extra={"files": removed})
    return removed


def _sweep_folder(place: Path) -> int:
    limit = (clock.now() - AGE).timestamp()
    names = [path.name for path in place.iterdir()]
    leftovers = [name for name in names if (began := _LEFTOVER.fullmatch(name)) and int(began[1]) < limit]
    for name in leftovers:
        (place / name).unlink(missing_ok=True)
    old = sorted({found[1] for name in names if (found := _CONTENT.fullmatch(name)) and _is_older(place / name, limit)})
    return len(leftovers) + sum(_remove_unknown(old[at:at + ROWS], limit) for at in range(0, len(old), ROWS))


def _is_older(path: Path, limit: float) -> bool:
    try:
        return path.stat().st_mtime < limit
    except FileNotFoundError:
        return False


def _remove_unknown(hashes: list[str], limit: float) -> int:
    known = set(db.session.scalars(sa.select(Upload.sha256).where(Upload.sha256.in_(hashes))))
    removed = 0
    for sha256 in hashes:
        if sha256 in known:
            continue
        for path in (folder.place(sha256), folder.place(sha256, small=True)):
            with folder.alone():
                # Asked again: somebody may have stored the same content since, and its row is on the way.
                if _is_older(path, limit):
                    path.unlink()
                    removed += 1
    return removed


registry.jobs.add(JOB, registry.Job(JOB, sweep, is_daily=True))
