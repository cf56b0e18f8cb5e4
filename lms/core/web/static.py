"""Static files from memory: named by their content, compressed once at start, kept by browsers for ever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

import brotli
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import NotFound

from lms.core.web.actions import PUBLIC, allow

FOLDER = Path(__file__).resolve().parents[2] / "static"
COMPRESSED = frozenset({".css", ".js", ".svg", ".json", ".webmanifest"})


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    address: str
    media_type: str
    body: bytes
    brotli: bytes | None
    gzip: bytes | None


class Assets:
    """All static files by logical name (`sanggar.css`) and by the hashed name in their address."""

    def __init__(self, folder: Path) -> None:
        self.by_name: dict[str, Asset] = {}
        self.by_address: dict[str, Asset] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder).as_posix()
                asset = _read(path, name)
                self.by_name[name] = self.by_address[asset.address] = asset


_CSS_EXTRA = re.compile(rb"/\*.*?\*/|\n", re.DOTALL)
_JS_EXTRA = re.compile(rb"^[ \t]*//.*\n|^[ \t]+", re.MULTILINE)


def _slim(ending: str, body: bytes) -> bytes:
    """Return our own style or script without what only its readers need: comments, indentation.

    It knows how we write (no comment behind code, no text over several lines), so it is for these files alone.
    """
    if ending == ".css":
        return _CSS_EXTRA.sub(b"", body)
    return _JS_EXTRA.sub(b"", body) if ending == ".js" else body


def _read(path: Path, name: str) -> Asset:
    body = _slim(path.suffix, path.read_bytes())
    stem, dot, ending = name.rpartition(".")
    address = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}{dot}{ending}"
    small = path.suffix in COMPRESSED
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if media_type.startswith("text/") or path.suffix == ".js":
        media_type += "; charset=utf-8"
    return Asset(
        address, media_type, body,
        brotli.compress(body, quality=11) if small else None,
        gzip.compress(body, 9, mtime=0) if small else None,
    )


def init_app(app: Flask) -> Assets:
    """Read the files and serve them under /static/."""
    assets = Assets(FOLDER)
    bp = Blueprint("assets", __name__)

    @bp.get("/static/<path:name>")
    @allow(PUBLIC)
    def file(name: str) -> Response:
        """Send a static file; its name changes with its content, so it never has to be asked for again."""
        asset = assets.by_address.get(name)
        if asset is None:
            raise NotFound
        body, encoding = asset.body, None
        accepted = request.headers.get("Accept-Encoding", "")
        if asset.brotli and "br" in accepted:
            body, encoding = asset.brotli, "br"
        elif asset.gzip and "gzip" in accepted:
            body, encoding = asset.gzip, "gzip"
        response = Response(body, content_type=asset.media_type)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        response.headers["Vary"] = "Accept-Encoding"
        if encoding:
            response.headers["Content-Encoding"] = encoding
        return response

    app.register_blueprint(bp)
    app.jinja_env.globals["asset"] = lambda name: f"/static/{assets.by_name[name].address}"
    return assets
