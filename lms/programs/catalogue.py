"""Published programmes in memory: a document is fetched and parsed once per process, then only looked up.

A version never changes, so what is kept here is never stale; the only question to the database is which version is
the newest. Versions are kept per database engine, the least recently used leave first.
"""

from __future__ import annotations

import threading
import uuid
import weakref
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from lms.core.db import db, read
from lms.core.errors import NotFound
from lms.programs.content import Program, from_document
from lms.programs.models import ContentFile, ProgramVersion
from lms.programs.publish import FRESH

#: Versions in memory at a time; a programme of this kind takes a few megabytes.
MOST_KEPT = 24


@dataclass(frozen=True, slots=True)
class Version:
    """A published version with its programme. `id` stays inside; `uuid` is for addresses.

    Two are the same when their ids are: the programme of a version never changes, and is no part of its hash.
    """

    id: int
    uuid: uuid.UUID
    program_id: str
    major: int
    minor: int
    program: Program = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """The number people read: "2.1"."""
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list, without its content."""

    id: int
    uuid: uuid.UUID
    program_id: str
    major: int
    minor: int
    title: str
    published_at: Any
    published_by: int

    @property
    def label(self) -> str:
        return f"{self.major}.{self.minor}"


class _Shelf:
    """The versions of one database. A lock per version keeps two threads from parsing the same document."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.versions: OrderedDict[int, Version] = OrderedDict()
        self.loading: dict[int, threading.Lock] = {}

    def get(self, version_id: int) -> Version | None:
        with self.lock:
            found = self.versions.get(version_id)
            if found is not None:
                self.versions.move_to_end(version_id)
            return found

    def keep(self, version: Version) -> None:
        with self.lock:
            self.versions[version.id] = version
            self.loading.pop(version.id, None)
            while len(self.versions) > MOST_KEPT:
                self.versions.popitem(last=False)

    def lock_of(self, version_id: int) -> threading.Lock:
        with self.lock:
            return self.loading.setdefault(version_id, threading.Lock())

    def give_up(self, version_id: int) -> None:
        with self.lock:
            self.loading.pop(version_id, None)


_shelves: weakref.WeakKeyDictionary[Engine, _Shelf] = weakref.WeakKeyDictionary()
_shelves_lock = threading.Lock()


def _shelf() -> _Shelf:
    with _shelves_lock:
        return _shelves.setdefault(db.engine, _Shelf())


def version(version_id: int) -> Version:
    """Return a version; one statement the first time in this process, none afterwards. Raises NotFound."""
    shelf = _shelf()
    found = shelf.get(version_id)
    if found is not None:
        return found
    known = db.session().info
    if known.get("writing") and version_id in known.get(FRESH, ()):
        # Its transaction may still be rolled back, and its id would then be given to another version.
        return _load(version_id)
    with shelf.lock_of(version_id):
        found = shelf.get(version_id)
        if found is None:
            try:
                found = _load(version_id)
            except BaseException:
                shelf.give_up(version_id)
                raise
            shelf.keep(found)
    return found


def latest(program_id: str) -> Version:
    """Return the newest version of a programme: one small statement. Raises NotFound when there is none."""
    return _newest(program_id, ProgramVersion.program_id == program_id)


def latest_minor(program_id: str, major: int) -> Version:
    """Return the newest text of one major version: one small statement. Raises NotFound."""
    return _newest(program_id, ProgramVersion.program_id == program_id, ProgramVersion.major == major)


def list_versions() -> tuple[VersionLine, ...]:
    """Return every version without its content, by programme, newest first: one statement."""
    return tuple(VersionLine(*row) for row in read(_LINES))


_LINES = sa.select(
    ProgramVersion.id, ProgramVersion.uuid, ProgramVersion.program_id, ProgramVersion.major, ProgramVersion.minor,
    ProgramVersion.title, ProgramVersion.published_at, ProgramVersion.published_by,
).order_by(ProgramVersion.program_id, ProgramVersion.major.desc(), ProgramVersion.minor.desc())


def content_file(sha256: str) -> tuple[str, bytes]:
    """Return a picture as (media type, bytes): one statement, nothing is kept. Raises NotFound."""
    row = db.session.execute(
        sa.select(ContentFile.media_type, ContentFile.body).where(ContentFile.sha256 == sha256)
    ).first()
    if row is None:
        raise NotFound
    return row.media_type, row.body


def forget() -> None:
    """Empty the memory of this process. Only for tests that put rows back to an earlier state."""
    with _shelves_lock:
        _shelves.clear()


def _newest(program_id: str, *conditions: sa.ColumnElement[bool]) -> Version:
    order = (ProgramVersion.major.desc(), ProgramVersion.minor.desc())
    version_id = db.session.scalar(sa.select(ProgramVersion.id).where(*conditions).order_by(*order).limit(1))
    if version_id is None:
        raise NotFound(program=program_id)
    return version(version_id)


def _load(version_id: int) -> Version:
    # Columns and not the entity: the session must not hold a second copy of the whole document.
    row = db.session.execute(
        sa.select(
            ProgramVersion.id, ProgramVersion.uuid, ProgramVersion.program_id, ProgramVersion.major,
            ProgramVersion.minor, ProgramVersion.document,
        ).where(ProgramVersion.id == version_id)
    ).first()
    if row is None:
        raise NotFound
    return Version(row.id, row.uuid, row.program_id, row.major, row.minor, from_document(row.document))
