"""Storing a file, giving it a row, ending it."""

from __future__ import annotations

import errno
import hashlib
import logging
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import Invalid, NotFound, Refusal
from lms.core.permissions import Actor
from lms.core.uploads import folder
from lms.core.uploads.models import Upload
from lms.lib import clock, file_names, filetypes, images

log = logging.getLogger("lms.uploads")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_PICTURE_ENDING = filetypes.KINDS["jpg"]


class FileRefused(Invalid):
    """The file is not taken and nothing of it is kept. Values: `name`, and `reason` as a code.

    Reasons: those of `filetypes.BadFile` and `images.BadPicture`, and wrong_type for a kind not wanted here.
    """


class StorageFull(Refusal):
    """The disk takes no more files. Nothing is kept, reading goes on; trying again later is right."""

    status = 507


class PicturesBusy(Refusal):
    """All turns at opening pictures are taken; trying again in a moment is right."""

    status = 503


class FileGone(Refusal):
    """The file was swept away, for its row was not written within the hour. It has to be sent again."""

    status = 503


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies on disk and has no row yet. `name` is cleaned, the rest is told by the content."""

    sha256: str
    bytes: int
    type: str
    name: str
    width: int | None = None
    height: int | None = None
    picture_hash: str | None = None


def store(data: bytes, *, name: str = "", kinds: Collection[str] = frozenset(filetypes.KINDS)) -> Stored:
    """Look at a file, make it anew when it is a picture, and write it to disk. Never inside a transaction.

    `kinds` are the keys of `filetypes.KINDS` that are wanted here, `name` is what its owner calls it. It costs a tenth
    of a second for a picture. Raises `FileRefused`, `StorageFull`, `PicturesBusy`.
    """
    if db.session.info.get("writing"):
        raise RuntimeError("a file is stored before the transaction that writes its row")
    try:
        kind = filetypes.kind_of(data)
        if kind.key not in kinds:
            raise filetypes.BadFile("wrong_type")
        if not kind.is_picture:
            return _written(data, file_names.clean_name(name, kind.key), kind)
        picture = images.read_picture(data)
    except (filetypes.BadFile, images.BadPicture) as problem:
        raise FileRefused(name=file_names.clean_name(name, _ending_of(name)), reason=problem.code) from problem
    except images.NoTurn as problem:
        raise PicturesBusy from problem
    return _written_picture(picture, file_names.clean_name(name, _PICTURE_ENDING.key, instead="foto"))


def _ending_of(name: str) -> str:
    ending = name.rpartition(".")[2]
    return ending if ending.isascii() and ending.isalnum() and len(ending) <= 8 else "berkas"


def _written(data: bytes, name: str, kind: filetypes.Kind) -> Stored:
    sha256 = hashlib.sha256(data).hexdigest()
    _write(folder.place(sha256), data)
    return Stored(sha256, len(data), kind.media_type, name)


def _written_picture(picture: images.Picture, name: str) -> Stored:
    # The small copy first: whoever finds the picture finds both.
    _write(folder.place(picture.sha256, small=True), picture.thumbnail)
    _write(folder.place(picture.sha256), picture.data)
    return Stored(
        picture.sha256, len(picture.data), _PICTURE_ENDING.media_type, name, picture.width, picture.height,
        picture.hash,
    )


def _write(target: Path, data: bytes) -> None:
    try:
        folder.write(target, data)
    except OSError as problem:
        if problem.errno not in _FULL:
            raise
        log.error("no space left for files", extra={"bytes": len(data)})
        raise StorageFull from problem


def add(
    stored: Stored, *, owner_id: int, purpose: str, by: Actor, subject_kind: str | None = None,
    subject_uuid: uuid.UUID | None = None,
) -> Upload:
    """Write the row of a stored file inside the running transaction, with its audit row; return it with its id.

    Each call makes a row, also for content that has one. Raises `FileGone` when the file is not on disk any more.
    """
    if not folder.place(stored.sha256).is_file():
        raise FileGone
    row = Upload(
        sha256=stored.sha256, owner_id=owner_id, purpose=purpose, subject_kind=subject_kind, subject_uuid=subject_uuid,
        bytes=stored.bytes, type=stored.type, name=stored.name, width=stored.width, height=stored.height,
        picture_hash=stored.picture_hash, created_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    # A name may tell who is in the file, so the log has its size and kind only.
    about = {"bytes": row.bytes, "kind": row.name.rpartition(".")[2]}
    audit.record("upload.kept", "upload", row.uuid, by=by, after=about)
    return row


def end(upload_uuid: uuid.UUID, *, by: Actor) -> Upload:
    """End a file inside the running transaction: its row stays and says when, its content stays on disk.

    Ending it again changes nothing. Raises `NotFound`.
    """
    row = db.session.scalar(sa.select(Upload).where(Upload.uuid == upload_uuid).with_for_update())
    if row is None:
        raise NotFound
    if row.state == "kept":
        row.state, row.ended_at = "ended", clock.now()
        audit.record("upload.ended", "upload", row.uuid, by=by, after={"ended": True})
    return row


def path_of(upload: Upload, *, thumbnail: bool = False) -> Path:
    """Return where the content lies, or the small copy of a picture. Whether it may be read is for the caller."""
    return folder.place(upload.sha256, small=thumbnail and upload.is_picture)
