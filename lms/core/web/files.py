"""Sending a file that somebody handed in, so that no browser takes it for a page of ours."""

from __future__ import annotations

import logging

from flask import Response, send_file

from lms.core.errors import NotFound
from lms.core.uploads import Upload, path_of
from lms.core.web.identity import visitor

log = logging.getLogger("lms.uploads")
#: Whatever is in the file, it runs nothing, loads nothing, and is no part of this site.
POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"


def send_upload(upload: Upload, *, download: bool, thumbnail: bool = False) -> Response:
    """Answer with a file, or with a part of it when the browser asks for one. Who may see it, the caller has decided.

    Only pictures that this program made anew are shown, unless `download`; everything else is a download always. The
    browser may keep it and has to ask each time whether it still may; on a phone that several people use it keeps
    nothing. A file that is not on disk is logged and raises `NotFound`.
    """
    is_small = thumbnail and upload.is_picture
    known = visitor()
    is_shared = known is not None and known.session_kind == "shared"
    path = path_of(upload, thumbnail=is_small)
    if not path.is_file():
        log.error("a file is missing", extra={"upload": str(upload.uuid)})
        raise NotFound
    response: Response = send_file(
        path, mimetype=upload.type, as_attachment=download or not upload.is_picture, download_name=upload.name,
        conditional=True, etag=False if is_shared else f"{upload.sha256}{'-small' if is_small else ''}",
        last_modified=None, max_age=None,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store" if is_shared else "private, no-cache"
    response.headers["Vary"] = "Cookie"
    return response
