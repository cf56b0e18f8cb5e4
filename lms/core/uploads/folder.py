"""The folder of files: `$INSTANCE/uploads/<first two digits>/<SHA-256>`, written so that no half file is ever found."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from lms.lib import clock

try:
    import fcntl
except ImportError:  # Windows has no flock; there a file may be swept in the moment in which it is stored again.
    fcntl = None  # type: ignore[assignment]

UPLOADS = "uploads"
#: What the small copy of a picture is called, behind the hash of the picture.
SMALL = ".small"
#: A file that is being written: the second in which that began, something random, this.
PART = ".part"

_installed: list[Path] = []


def install(instance: Path) -> None:
    """Make this the instance of this process; called once by `create_app`."""
    _installed[:] = [instance / UPLOADS]


def root() -> Path:
    """Return the folder of files of this process. It is made with the first file."""
    return _installed[0]


def place(sha256: str, *, small: bool = False) -> Path:
    """Return where the content with this hash lies, or the small copy of that picture."""
    return root() / sha256[:2] / (sha256 + (SMALL if small else ""))


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one at a time, of all processes and threads, put a file into its place or take one away."""
    if fcntl is None:
        yield
        return
    descriptor = os.open(root().with_name(f"{UPLOADS}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def write(target: Path, data: bytes) -> None:
    """Bring content to its place, whole or not at all, and to the disk before this returns.

    Content that is there already is only made young again, so that nobody sweeps it before its row is written.
    Raises `OSError` when the disk does not take it; nothing is left behind then.
    """
    _make_folder(target.parent)
    with alone():
        if target.is_file() and target.stat().st_size == len(data):
            _touch(target)
            return
    part = target.with_name(f"{int(clock.now().timestamp())}-{secrets.token_hex(8)}{PART}")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _touch(part)
        with alone():
            os.replace(part, target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _make_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    for upper in (folder.parent, folder.parent.parent):
        sync(upper)


def _touch(path: Path) -> None:
    # The age of a file is told by our clock, like everything else, and not by that of the disk.
    now = clock.now().timestamp()
    os.utime(path, (now, now))


def sync(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
