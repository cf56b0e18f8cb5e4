"""Pictures from strangers: opened in a process of their own, and made anew as a plain JPEG before anybody sees them.

What comes out is ours: upright, at most 1280 pixels long, without place, profile or comment. The process that decodes
(`images_worker.py`) has little memory, three seconds of work and none of our settings, so a picture that is made to
hurt a decoder ends that process and nothing else. It costs about a tenth of a second and must stay outside of every
write transaction.

The 64-bit picture hash is the difference hash (dHash): is each cell of a 9 × 8 grey copy darker than its right
neighbour? It needs no mathematics and no library, and survives what messengers and phones do to a picture: another
size, another quality, a little brighter. Turning or cutting changes it, and plain surfaces look alike, so it is a hint
for a person and never a proof.
"""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from lms.lib import filetypes

#: Bytes of a picture as it comes; phones make up to 6 MB.
LARGEST = filetypes.LARGEST
#: Seconds after which a picture is given up, on a machine that has no time for it or no limits of its own.
PATIENCE = 10.0
#: Pictures opened at the same moment by this process; each may use 300 MB, and small servers have little more.
AT_ONCE = 2
WORKER = Path(__file__).with_name("images_worker.py")
#: All that the other process needs of our surroundings. The address of the database, for one, stays here.
SURROUNDINGS = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMPDIR")

_turns = threading.BoundedSemaphore(AT_ONCE)


class BadPicture(Exception):
    """The picture is refused. `code`: not_a_picture, too_large, too_many_pixels, too_costly, broken."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NoTurn(Exception):
    """Others have had pictures opened all the time; trying again in a moment is right."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture made anew. `data` and `thumbnail` are JPEG, `hash` has 16 hexadecimal digits."""

    data: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str
    hash: str


def read_picture(data: bytes) -> Picture:
    """Make a JPEG, PNG or WebP anew; what it is, its bytes decide. Of an animated one the first frame stays.

    The long side becomes at most 1280 pixels, what is transparent white; the thumbnail has 320 and about 20 KB at
    most. The same bytes give the same picture. Raises `BadPicture`, or `NoTurn` after 10 seconds of waiting.
    """
    if filetypes.picture_kind(data) is None:
        raise BadPicture("not_a_picture")
    if len(data) > LARGEST:
        raise BadPicture("too_large")
    if not _turns.acquire(timeout=PATIENCE):
        raise NoTurn
    try:
        return _answered(_asked(data))
    finally:
        _turns.release()


def _asked(data: bytes) -> bytes:
    surroundings = {name: os.environ[name] for name in SURROUNDINGS if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own program with our own file, no word of anybody else.
            [sys.executable, "-P", str(WORKER)], input=data, capture_output=True, timeout=PATIENCE, env=surroundings,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise BadPicture("too_costly") from None
    if done.returncode == 0:
        return done.stdout
    if done.returncode < 0:
        # The limit on time ends the process, and so does a picture that breaks a decoder.
        took_too_long = -done.returncode in (getattr(signal, "SIGXCPU", None), getattr(signal, "SIGKILL", None))
        raise BadPicture("too_costly" if took_too_long else "broken")
    raise RuntimeError("pictures cannot be opened: " + done.stderr.decode(errors="replace").strip()[-300:])


def _answered(answer: bytes) -> Picture:
    head, _line, body = answer.partition(b"\n")
    facts = json.loads(head)
    if "code" in facts:
        raise BadPicture(facts["code"])
    size = facts["sizes"][0]
    picture = body[:size]
    return Picture(
        data=picture, thumbnail=body[size:], width=facts["width"], height=facts["height"],
        sha256=hashlib.sha256(picture).hexdigest(), hash=facts["hash"],
    )


def hash_distance(a: str, b: str) -> int:
    """Return in how many of 64 bits two picture hashes differ; up to about 6 is probably the same picture."""
    return (int(a, 16) ^ int(b, 16)).bit_count()
