"""Allow and perform: the permission of a route, and the one way a page changes something."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Flask, Response, g, jsonify, redirect, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from lms.core import i18n, operations, roles
from lms.core.errors import NotAllowed, NotFound
from lms.core.permissions import Actor
from lms.core.web import searching, security
from lms.core.web.identity import actor, visitor
from lms.lib.identifiers import clean_text

View = TypeVar("View", bound=Callable[..., Any])


class SignedOut(Exception):
    """A form came from somebody who is not signed in any more. The sign-in page keeps what was typed."""


class ChangeFirst(Exception):
    """A form came from somebody who has to change a first PIN before. The page for that keeps what was typed."""


#: For routes that everybody may see: sign-in, health, static files, pictures of lessons.
PUBLIC = "public"


def allow(capability: str, *, conceal: bool = False) -> Callable[[View], View]:
    """Name the permission of a route. Nobody signed in: to the sign-in page. Role without it: refused.

    `conceal` is for pages about one person: to a role that may see nobody, such a page does not even exist (404).
    """
    if capability != PUBLIC and capability not in roles.CAPABILITIES:
        raise LookupError(f"unknown capability {capability!r}")

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if capability != PUBLIC:
                known = visitor()
                if known is None:
                    return _to_sign_in()
                security.check_token()
                if not known.actor.can(capability):
                    raise NotFound if conceal else NotAllowed
                if known.must_change and not getattr(view, "open_before_change", False):
                    if request.method == "POST" and not wants_json():
                        raise ChangeFirst
                    return redirect(url_for("accounts.change_secret"), 303)
            else:
                security.check_token()
            return view(*args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def open_before_change(view: View) -> View:
    """Mark a view that stays open to somebody who must first change the PIN that was made for them."""
    view.open_before_change = True  # type: ignore[attr-defined]
    return view


def check_routes(app: Flask) -> None:
    """Stop the start when a route of the core names no permission."""
    for endpoint, view in app.view_functions.items():
        if not hasattr(view, "capability"):
            raise LookupError(f"route {endpoint} names no permission")


def _to_sign_in() -> BaseResponse:
    if wants_json():
        text = i18n.gettext("Masuk lagi, jawaban Anda menunggu di halaman ini.")
        return jsonify(ok=False, code="signed_out", text=text), 401  # type: ignore[return-value]
    if request.method == "POST":
        raise SignedOut
    target = searching.address_to_return() if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", lanjut=target if security.is_own_path(target) else None), 303)


def wants_json() -> bool:
    """Tell whether a script of ours is asking; it gets plain data in place of a page."""
    return request.headers.get("X-Requested-With") == "sanggar"


def perform(kind: str, effect: Callable[[Actor], Any], *, then: Callable[[Any], str]) -> BaseResponse:
    """Carry out one service call as an operation and answer: back to a page, or plain data for our script.

    `effect` gets the actor and returns plain data; `then` turns that into the address of the next page. The reply is
    stored with the operation, so the same form sent twice has one effect and one answer. An operation that arrived in
    another way has the result alone in its reply, and leads from here to where this page leads.
    """
    reply = operations.carry_out(
        operation_request(kind), effect, by=actor(), reply=lambda result: {"to": then(result), "result": result}
    )
    g.performed = True
    if wants_json():
        return jsonify(ok=True, result=reply["result"])
    return redirect(reply.get("to") or then(reply["result"]), 303)


def operation_request(kind: str) -> operations.Request:
    """Read the operation from the request: its id, the canonical body, the device and its clock.

    The body is what was typed and the names and ids of what it is about, which stand in the address; how the address
    itself is spelled is no part of it, so the same change may arrive in another way and still be the same.
    """
    about = [(name, str(value)) for name, value in (request.view_args or {}).items()]
    fields = [(name, value) for name, values in request.form.lists() for value in values]
    files = [(name, _digest(file)) for name, sent in request.files.lists() for file in sent]
    return operations.Request(
        id=_operation_id(), kind=kind,
        body_sha256=operations.body_hash([*about, *fields], files),
        device=clean_text(request.form.get("_device", "")[:40]) or None,
        seq=_integer(request.form.get("_seq")),
    )


def _digest(file: FileStorage) -> str:
    digest = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
    file.stream.seek(0)
    return digest


def _operation_id() -> uuid.UUID:
    try:
        return uuid.UUID(request.form.get("_op", ""))
    except ValueError:
        raise security.StaleToken from None


def _integer(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def next_page(default: str) -> str:
    """Return where the visitor wanted to go, when that is a page of ours, else the default."""
    target = request.values.get("lanjut")
    return target if target is not None and security.is_own_path(target) else default


__all__ = [
    "PUBLIC", "ChangeFirst", "Response", "SignedOut", "allow", "check_routes", "next_page", "open_before_change",
    "operation_request", "perform", "wants_json",
]
