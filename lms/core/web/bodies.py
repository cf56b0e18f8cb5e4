"""The body of a request arrives whole or not at all.

A phone that loses its signal leaves half a form behind. The server hands it on as if it had ended there, and the
library believes a server that says its bodies end by themselves; then half a text would be stored as all of it. Here
the length that was announced is held against what came, and a body that announces none is not read.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from werkzeug.exceptions import LengthRequired

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask, Request

ENDS_BY_ITSELF = "wsgi.input_terminated"


def init_app(app: Flask) -> None:
    """Let no body through that is shorter than it says: reading one answers 400."""
    inner: WSGIApplication = app.wsgi_app

    def whole(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_LENGTH"):
            # Without the server's word the library counts the bytes itself, and refuses what ends early.
            environ.pop(ENDS_BY_ITSELF, None)
        return inner(environ, start_response)

    app.wsgi_app = whole  # type: ignore[method-assign]


def check_length(request: Request) -> None:
    """Refuse a body in pieces of unknown length. Raises `LengthRequired` (411)."""
    # No browser sends a form that way, and its cut end looks like its end.
    in_pieces = "Transfer-Encoding" in request.headers and request.environ.get(ENDS_BY_ITSELF)
    if in_pieces and request.content_length is None:
        raise LengthRequired
