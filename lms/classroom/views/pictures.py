"""Pictures of lessons: named by their content, so a browser keeps them for ever."""

from __future__ import annotations

import re

from flask import Response

from lms.classroom.views.blueprint import bp
from lms.core.errors import NotFound
from lms.core.web.actions import PUBLIC, allow
from lms.programs import catalogue

_NAME = re.compile(r"([0-9a-f]{64})\.[a-z0-9]{2,5}")


@bp.get("/isi/<name>")
@allow(PUBLIC)
def picture(name: str) -> Response:
    """Send a picture. Its name is its hash, which nobody guesses and which says nothing about anybody."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotFound
    media_type, body = catalogue.content_file(found[1])
    response = Response(body, content_type=media_type)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
