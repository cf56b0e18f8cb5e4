"""The session cookie of a browser: reading it before a request, renewing it after, setting and removing it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from lms.accounts import sessions, tries
from lms.accounts.services import signing
from lms.config import Config
from lms.core import i18n
from lms.core.db import DatabaseBusy
from lms.core.keys import keys
from lms.core.web import failures, security
from lms.core.web.identity import Visitor
from lms.lib import clock, words

#: Who signed in on this shared phone before; signed, and holding only the persons' uuids.
CHOOSER_COOKIE = "akun"
CHOOSER_SIZE = 6
#: Seconds a sign-in form is looked at before it counts from an address with many wrong tries.
SHORTEST_LOOK, LONGEST_LOOK = 5, 600


def _config() -> Config:
    config: Config = current_app.extensions["lms.config"]
    return config


def load_visitor() -> None:
    """Find out who is asking. Assets and health are for everybody and cost no statement."""
    g.visitor = None
    if request.endpoint in ("assets.file", "health.state", None):
        return
    read_visitor(request.cookies.get(_config().cookie_name))


def read_visitor(key: str | None) -> None:
    """Let the rest of this request know who has the session of a cookie value; nobody when it is not open."""
    loaded = sessions.load(key)
    if loaded is None:
        return
    actor = replace(loaded.actor, request_id=g.request_id, language=i18n.language())
    g.visitor = Visitor(
        actor=actor, name=words.greeting(loaded.sex, loaded.call_name, loaded.full_name, i18n.language()),
        full_name=loaded.full_name, initials=words.initials(loaded.full_name), csrf_key=loaded.key_hash,
        session_kind=loaded.kind, roles=loaded.roles, must_change=loaded.must_change, unread=loaded.unread,
    )
    if loaded.needs_touch and actor.session_id is not None:
        try:
            signing.touch(actor.session_id)
            g.renew_cookie = loaded.kind == "own"
        except DatabaseBusy:
            # Noting the use of a session can wait for the next request.
            g.renew_cookie = False


def refresh_cookie(response: Response) -> Response:
    """Give a renewed session on an own phone its full life again, at most once a day."""
    key = request.cookies.get(_config().cookie_name)
    if g.get("renew_cookie") and key:
        set_session_cookie(response, key, max_age=int(signing.OWN_PHONE.total_seconds()))
    return response


def set_session_cookie(response: Response, key: str, *, max_age: int | None) -> None:
    """Put the session into the browser; without `max_age` it ends when the browser closes."""
    config = _config()
    response.set_cookie(
        config.cookie_name, key, max_age=max_age, httponly=True, samesite="Lax", secure=config.is_https, path="/"
    )


def drop_session_cookie(response: Response) -> None:
    """Remove the session from the browser."""
    config = _config()
    response.delete_cookie(config.cookie_name, path="/", httponly=True, samesite="Lax", secure=config.is_https)


def form_stamp() -> str:
    """Return when this sign-in form was shown, signed for this browser, so that nobody can date it back."""
    at = str(int(clock.now().timestamp()))
    return f"{at}.{keys().sign('form-time', security.visit_key(), at)}"


def form_counts(stamp: str) -> bool:
    """Tell whether a form was shown to this browser between five seconds and ten minutes ago and is used first now."""
    at, _dot, mac = stamp[:100].partition(".")
    if not keys().verify(mac, "form-time", security.visit_key(), at):
        return False
    if not SHORTEST_LOOK <= clock.now().timestamp() - int(at) <= LONGEST_LOOK:
        return False
    return tries.use_form(f"{security.visit_key()}.{at}")


def chooser_people() -> list[str]:
    """Return the uuids of those who use this shared phone, newest first; an edited cookie counts as empty."""
    try:
        found = _serializer().loads(request.cookies.get(CHOOSER_COOKIE, ""))
    except BadSignature:
        return []
    return [str(item) for item in found][:CHOOSER_SIZE] if isinstance(found, list) else []


def remember_on_phone(response: Response, people: list[str]) -> None:
    """Keep who uses this shared phone, so that the next sign-in offers their names."""
    config = _config()
    if people:
        response.set_cookie(
            CHOOSER_COOKIE, _serializer().dumps(people[:CHOOSER_SIZE]), max_age=180 * 86400, httponly=True,
            samesite="Lax", secure=config.is_https, path="/masuk",
        )
    else:
        response.delete_cookie(CHOOSER_COOKIE, path="/masuk")


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(keys().signing, salt="chooser")


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was typed into a form whose session had ended, for the person of that session only."""

    person_uuid: str
    address: str
    fields: list[tuple[str, str]]


def keep_form() -> str:
    """Return the form of this request, signed, for the sign-in page to hold; empty when it is not worth keeping.

    The browser still has the cookie of the session and the form the token of it, so the form is one of ours and the
    person is known. Secrets are left out.
    """
    key, fields = request.cookies.get(_config().cookie_name, ""), failures.typed()
    given = request.form.get("_csrf", "")
    person_uuid = sessions.owner(key) if keys().verify(given, "csrf", signing.hash_key(key)) else None
    if person_uuid is not None and waiting_form(person_uuid):
        return request.form["_kept"]  # The session ended once more, while the secret was being changed.
    address = request.full_path.rstrip("?")
    if person_uuid is None or not fields or not security.is_own_path(address):
        return ""
    return str(_keeper().dumps([person_uuid, address, fields]))


def kept_form(text: str) -> KeptForm | None:
    """Read what `keep_form` made; None for anything else."""
    try:
        person_uuid, address, fields = _keeper().loads(text)
    except BadSignature:
        return None
    return KeptForm(person_uuid, address, [(name, value) for name, value in fields])


def waiting_form(person_uuid: str) -> KeptForm | None:
    """Return the form that this request carries along for the person it belongs to; None for anybody else."""
    kept = kept_form(request.form.get("_kept", ""))
    return kept if kept is not None and kept.person_uuid == person_uuid else None


def _keeper() -> URLSafeSerializer:
    return URLSafeSerializer(keys().signing, salt="kept-form")
