"""The walls around every page: known hosts, form tokens, and the headers that browsers enforce."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import BadRequest

from lms.config import Config
from lms.core.keys import keys
from lms.core.web import bodies
from lms.core.web.identity import visitor

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
#: Names the browser before anybody is signed in, so that a form from elsewhere cannot sign somebody in.
VISIT_COOKIE = "kunjungan"


class StaleToken(Exception):
    """The form's token is missing or old. Nothing was changed; a signed-in person gets the form back, filled."""


def init_app(app: Flask, *, inline_style: str) -> None:
    """Install the walls. `inline_style` is the one style element a page may carry; the policy names its hash."""
    digest = base64.b64encode(hashlib.sha256(inline_style.encode()).digest()).decode()
    policy = (
        f"default-src 'self'; style-src 'self' 'sha256-{digest}'; base-uri 'none'; form-action 'self';"
        " frame-ancestors 'none'; object-src 'none'"
    )
    config: Config = app.extensions["lms.config"]
    bodies.init_app(app)
    fixed = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-store",
    }
    if config.is_https:
        fixed["Strict-Transport-Security"] = "max-age=31536000"

    @app.before_request
    def guard_the_door() -> None:
        if request.host not in config.hosts:
            raise BadRequest("unknown host")
        # Nobody types a zero byte, and PostgreSQL cannot even be asked for one.
        if "\0" in request.path or b"%00" in request.query_string:
            raise BadRequest("a zero byte in the address")
        bodies.check_length(request)
        size = getattr(app.view_functions.get(request.endpoint or ""), "takes", None)
        if size is not None:
            request.max_content_length = size

    @app.after_request
    def put_headers(response: Response) -> Response:
        # Asking for each name by itself would read the whole list anew, eight times an answer.
        given = {name.lower() for name in response.headers.keys()}  # noqa: SIM118
        response.headers.extend([(name, value) for name, value in fixed.items() if name.lower() not in given])
        return response


def check_token() -> None:
    """Refuse an unsafe request whose token does not fit, or which another site started. Raises `StaleToken`."""
    if request.method in SAFE_METHODS:
        return
    _check_origin()
    given = request.form.get("_csrf") or request.headers.get("X-CSRF") or ""
    if not hmac.compare_digest(given.encode(), csrf_token().encode()):
        # A page that refuses has no form for whoever is not signed in, so it marks no browser.
        g.pop("visit_key_is_new", None)
        raise StaleToken


def _check_origin() -> None:
    # A browser that tells where a form came from is believed; one that tells nothing is judged by the token alone.
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None and site not in ("same-origin", "none"):
        raise StaleToken
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise StaleToken


def csrf_token() -> str:
    """Return the token of this session; constant for its life, so pages stay the same bytes."""
    known = visitor()
    if known is not None:
        return keys().sign("csrf", known.csrf_key)
    return keys().sign("csrf-visit", visit_key())


def visit_key() -> str:
    """Return the random name of this browser before sign-in; it is set as a cookie with the page."""
    if "visit_key" not in g:
        g.visit_key = request.cookies.get(VISIT_COOKIE) or ""
        if len(g.visit_key) != 22:
            g.visit_key = secrets.token_urlsafe(16)
            g.visit_key_is_new = True
    return str(g.visit_key)


def set_visit_cookie(response: Response) -> Response:
    """Send the visit cookie when this page showed a form to somebody who is not signed in: the sign-in form alone."""
    if g.get("visit_key_is_new"):
        config: Config = current_app.extensions["lms.config"]
        response.set_cookie(
            VISIT_COOKIE, g.visit_key, httponly=True, samesite="Lax", secure=config.is_https, path="/"
        )
    return response


def is_own_path(target: str | None) -> bool:
    """Tell whether a redirect target stays on this site: one leading slash, no trick that browsers fold into a host."""
    if not target or len(target) > 500 or not target.startswith("/"):
        return False
    if any(ord(sign) <= 32 or sign == "\\" or ord(sign) == 127 for sign in target):
        return False
    return not target.startswith("//") and not urlsplit(target).netloc and not urlsplit(target).scheme
