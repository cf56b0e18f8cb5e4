"""The body of a request arrives whole or not at all, and nobody waits for it.

A phone that loses its signal leaves half a form behind. The server hands it on as if it had ended there, and the
library believes a server that says its bodies end by themselves; then half a text would be stored as all of it. Here
the length that was announced is held against what came, and a body that announces none is not read.

A phone on 2G needs minutes for a photo. Its body is fetched before the request gets a turn, so it holds a thread of the
server and nothing else. Turns are few, because threads of one process that all want to compute hinder each other, most
of all when the machine is busy: see decision 0020.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from werkzeug.exceptions import LengthRequired

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask, Request

View = TypeVar("View", bound=Callable[..., Any])
ENDS_BY_ITSELF = "wsgi.input_terminated"
#: How many requests of one process compute at the same time; while one hashes a secret or waits for the disk, another
#: goes on.
TURNS = 2
#: The longest body that any page takes; a page says so itself (`takes`), the others take what the application allows.
LONGEST = 11 * 1024 * 1024
#: A body up to this many bytes waits in memory, a longer one in a file of the system's temporary folder.
IN_MEMORY = 256 * 1024
PIECE = 64 * 1024


def init_app(app: Flask) -> None:
    """Let no body through that is shorter than it says (reading one answers 400), and few requests at once."""
    inner: WSGIApplication = app.wsgi_app
    turns = threading.BoundedSemaphore(TURNS)

    def whole(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            # Without the server's word the library counts the bytes itself, and refuses what ends early.
            environ.pop(ENDS_BY_ITSELF, None)
        with _fetched(environ), turns:
            return inner(environ, start_response)

    app.wsgi_app = whole  # type: ignore[method-assign]


@contextmanager
def _fetched(environ: WSGIEnvironment) -> Iterator[None]:
    """Put in the place of the body, which comes at the pace of the phone, what has come of it when it ended."""
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or not 0 < int(length) <= LONGEST:
        # There is none, or it is refused by its announcement and nothing of it is read.
        yield
        return
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as here:
        missing = int(length)
        while missing and (piece := environ["wsgi.input"].read(min(missing, PIECE))):
            here.write(piece)
            missing -= len(piece)
        here.seek(0)
        environ["wsgi.input"] = here
        yield


def takes(size: int) -> Callable[[View], View]:
    """Let a route take bodies of up to `size` bytes, at most `LONGEST`. Stands above the route's permission."""
    if size > LONGEST:
        raise ValueError("no page takes a body that long")

    def decorate(view: View) -> View:
        view.takes = size  # type: ignore[attr-defined]
        return view

    return decorate


def check_length(request: Request) -> None:
    """Refuse a body in pieces of unknown length. Raises `LengthRequired` (411)."""
    # No browser sends a form that way, and its cut end looks like its end.
    in_pieces = "Transfer-Encoding" in request.headers and request.environ.get(ENDS_BY_ITSELF)
    if in_pieces and request.content_length is None:
        raise LengthRequired
