"""A backup of the embedded database with its files, taken while the server runs, and its way back.

One zip file: `manifest.json`, `lms.sqlite3`, `uploads/…`. The manifest holds a SHA-256 for every file and the number
of rows of every table; the archive's comment holds a SHA-256 over all bytes before it, so that one flipped byte
anywhere is found before anything is written. The key file is never inside: a backup that carried it would lay open
every protected identifier to whoever finds it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from lms.core.keys import Keys
from lms.core.uploads import folder
from lms.core.uploads.folder import UPLOADS

FORMAT = 1
DATABASE, MANIFEST = "lms.sqlite3", "manifest.json"
_HASH_SIZE = 64
_BLOCK = 1 << 20
_MOST_MANIFEST = 64 << 20


class BackupProblem(Exception):
    """A backup cannot be made or used. Its text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds. `files` is name → (bytes, SHA-256), `tables` is name → rows."""

    version: str
    revision: str | None
    made_at: str
    key_check: str
    files: dict[str, tuple[int, str]]
    tables: dict[str, int]


def key_check(keys: Keys) -> str:
    """Return a value by which a key file is recognised; it tells nothing about the keys."""
    return keys.sign("backup", "which keys")[:16]


def make(
    target: Path, *, database: Path, instance: Path, keys: Keys, version: str, revision: str | None, now: dt.datetime
) -> Manifest:
    """Write a backup to a new file, readable by its owner only. Writers go on meanwhile; the snapshot is one moment.

    Raises `BackupProblem` when the target exists or the database is missing.
    """
    if not database.exists():
        raise BackupProblem(f"There is no database at {database}; run `lms migrate` first.")
    if target.exists():
        raise BackupProblem(f"{target} exists already; choose another name, a backup is never overwritten.")
    if not target.parent.is_dir():
        raise BackupProblem(f"The folder {target.parent} does not exist; make it first.")
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    copy = part.with_suffix(".sqlite3")
    try:
        _snapshot(database, copy)
        sources = {DATABASE: copy, **_uploads(instance)}
        manifest = Manifest(
            version=version, revision=revision, made_at=now.replace(microsecond=0).isoformat(),
            key_check=key_check(keys), tables=row_counts(copy),
            files={name: (path.stat().st_size, _sha256(path)) for name, path in sources.items()},
        )
        _write(part, manifest, sources)
        part.rename(target)
        folder.sync(target.parent)
    finally:
        for leftover in (part, copy):
            leftover.unlink(missing_ok=True)
    return manifest


def _snapshot(database: Path, copy: Path) -> None:
    """Copy the database as it is at one moment; SQLite's own way, the only safe one while others write."""
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with _opened(database) as source, _opened(copy) as target:
        # All pages in one step: a copy in several steps begins anew whenever somebody writes.
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, timeout=15, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


def row_counts(database: Path) -> dict[str, int]:
    """Return the number of rows of every table."""
    with _opened(database) as connection:
        found = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        ).fetchall()
        # The names come from the database's own catalogue; a name cannot be bound as a value.
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in found}  # noqa: S608


def _uploads(instance: Path) -> dict[str, Path]:
    # Read after the snapshot: a file is written before its row and never changed, so every row finds its file.
    root = instance / UPLOADS
    # What is being written at this moment has no row yet and will soon have another name.
    found = sorted(
        path for path in root.rglob("*") if path.suffix != folder.PART and path.is_file() and not path.is_symlink()
    )
    return {f"{UPLOADS}/{path.relative_to(root).as_posix()}": path for path in found}


def _write(part: Path, manifest: Manifest, sources: dict[str, Path]) -> None:
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            archive.writestr(MANIFEST, _as_json(manifest))
            for name, path in sources.items():
                with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as entry:
                    digest = _copy(source, entry)
                if digest != manifest.files[name][1]:
                    raise BackupProblem(f"{path} changed while it was being copied; try again.")
            # The comment is last in a zip file; its length stands before it and is covered by the hash.
            archive.comment = b"0" * _HASH_SIZE
        digest = _hash_before_comment(file)
        file.seek(-_HASH_SIZE, os.SEEK_END)
        file.write(digest.encode())
        file.flush()
        os.fsync(file.fileno())


def _as_json(manifest: Manifest) -> str:
    content = {
        "format": FORMAT, "version": manifest.version, "revision": manifest.revision, "made_at": manifest.made_at,
        "key_check": manifest.key_check, "tables": manifest.tables,
        "files": {name: {"bytes": size, "sha256": digest} for name, (size, digest) in manifest.files.items()},
    }
    return json.dumps(content, indent=1)


def read_manifest(file: Path) -> Manifest:
    """Check every byte of a backup against its own hash and return what it says it holds."""
    try:
        with file.open("rb") as opened:
            opened.seek(0, os.SEEK_END)
            if opened.tell() <= _HASH_SIZE:
                raise BackupProblem(f"{file} is not a backup of Sanggar.")
            digest = _hash_before_comment(opened)
            opened.seek(-_HASH_SIZE, os.SEEK_END)
            if opened.read() != digest.encode():
                raise BackupProblem(
                    f"{file} is damaged or is not a backup of Sanggar: its checksum does not fit. Nothing was restored;"
                    " use another copy."
                )
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(MANIFEST).file_size > _MOST_MANIFEST:
                raise BackupProblem(f"{file} is not a backup of Sanggar.")
            content: dict[str, Any] = json.loads(archive.read(MANIFEST))
        if content["format"] != FORMAT:
            raise BackupProblem(f"{file} has format {content['format']}, from a newer program; update this one first.")
        return Manifest(
            version=content["version"], revision=content["revision"], made_at=content["made_at"],
            key_check=content["key_check"], tables=content["tables"],
            files={name: (item["bytes"], item["sha256"]) for name, item in content["files"].items()},
        )
    except FileNotFoundError:
        raise BackupProblem(f"There is no file {file}.") from None
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, TypeError) as error:
        raise BackupProblem(f"{file} cannot be read as a backup of Sanggar ({type(error).__name__}).") from error


def restore(file: Path, *, database: Path, instance: Path, replace: bool, stamp: str) -> Path | None:
    """Put a checked backup into an instance; return where the former content went, None when there was none.

    Everything is unpacked and verified beside its place first, so a bad file leaves the instance as it was.
    """
    manifest = read_manifest(file)
    targets = [path for path in _content(database, instance) if path.exists()]
    if targets and not replace:
        raise BackupProblem(
            f"{instance} is in use already ({', '.join(path.name for path in targets)}). Restore into an empty folder"
            " (INSTANCE=…), or say --replace to put the present content aside."
        )
    instance.mkdir(parents=True, exist_ok=True)
    work = instance / f".restore-{secrets.token_hex(4)}"
    work.mkdir(mode=0o700)
    try:
        _unpack(file, manifest, work)
        _verify_database(work / DATABASE, manifest)
        kept = _put_aside(targets, instance / f"before-restore-{stamp}") if targets else None
        os.replace(work / DATABASE, database)
        if (work / UPLOADS).is_dir():
            os.replace(work / UPLOADS, instance / UPLOADS)
        folder.sync(database.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return kept


def _unpack(file: Path, manifest: Manifest, work: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        if sorted(archive.namelist()) != sorted([MANIFEST, *manifest.files]):
            raise BackupProblem(f"{file} does not hold what its manifest names.")
        for name, (size, digest) in manifest.files.items():
            target = _place(work, name)
            if target is None or archive.getinfo(name).file_size != size:
                raise BackupProblem(f"{file} does not hold what its manifest names: {name!r}.")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as entry, target.open("xb") as copy:
                if _copy(entry, copy, most=size) != digest:
                    raise BackupProblem(f"{name} in {file} is damaged. Nothing was restored; use another copy.")
                target.chmod(0o600)


def _place(work: Path, name: str) -> Path | None:
    """Return where a file of the archive goes, or None for a name that would leave the folder."""
    if name == DATABASE:
        return work / DATABASE
    parts = PurePosixPath(name).parts
    is_plain = len(parts) > 1 and parts[0] == UPLOADS and not set(parts) & {"..", ".", "/"} and "\\" not in name
    return work.joinpath(*parts) if is_plain and ":" not in name else None


def _verify_database(path: Path, manifest: Manifest) -> None:
    with _opened(path) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        except sqlite3.DatabaseError as error:
            raise BackupProblem("The database in the backup is damaged. Nothing was restored.") from error
    if found != "ok" or row_counts(path) != manifest.tables:
        raise BackupProblem("The database in the backup is damaged. Nothing was restored.")


def _content(database: Path, instance: Path) -> tuple[Path, ...]:
    """Return what a restore replaces. A log left beside another database would be replayed into the restored one."""
    return database, Path(f"{database}-wal"), Path(f"{database}-shm"), instance / UPLOADS


def _put_aside(targets: list[Path], kept: Path) -> Path:
    kept.mkdir(mode=0o700)
    for path in targets:
        os.replace(path, kept / path.name)
    return kept


def _copy(source: IO[bytes], target: IO[bytes], most: int | None = None) -> str:
    digest, left = hashlib.sha256(), most
    while block := source.read(_BLOCK if left is None else min(_BLOCK, left)):
        digest.update(block)
        target.write(block)
        left = None if left is None else left - len(block)
    return digest.hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_before_comment(file: IO[bytes]) -> str:
    file.seek(0, os.SEEK_END)
    left = file.tell() - _HASH_SIZE
    file.seek(0)
    digest = hashlib.sha256()
    while left > 0 and (block := file.read(min(_BLOCK, left))):
        digest.update(block)
        left -= len(block)
    return digest.hexdigest()
