"""Turning a template into an answer: language, menu, ETag, compression, caching class."""

from __future__ import annotations

import hashlib
import time
import uuid
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import brotli
from flask import Flask, Response, g, render_template, request
from markupsafe import Markup, escape

from lms.core import i18n, operations, roles
from lms.core.web import icons, menu, searching, security
from lms.core.web.addresses import Addresses
from lms.core.web.identity import visitor
from lms.lib import markup, words

LANGUAGE_COOKIE = "bahasa"
#: Brotli's window as a power of two. Pages are shorter than that, and the default claims megabytes for each of them.
WINDOW = 16


def init_app(app: Flask) -> None:
    """Install the language of each request, the words of templates, and compression of pages."""
    env = app.jinja_env
    env.add_extension("jinja2.ext.i18n")
    env.install_gettext_callables(said, said_of, newstyle=True)  # type: ignore[attr-defined]
    # The extension looks the function up in each page and asks again whether to escape; ours knows both.
    env.globals.update(_=said, gettext=said, ngettext=said_of, url_for=Addresses(app).url_for)
    env.trim_blocks = env.lstrip_blocks = True
    env.filters.update(
        number=lambda value: words.number(value, i18n.language()),
        mark=lambda value: words.mark(value, i18n.language()),
        percent=lambda value: words.percent(value, i18n.language()),
        date=lambda value: words.date_long(value, i18n.language()),
        date_short=lambda value: words.date_short(value, i18n.language()),
        # A time is told by the clock of a place: these take its zone, and the two above refuse a time.
        moment=lambda value, zone: words.moment(value, zone, i18n.language()),
        day_of=lambda value, zone: words.day_of(value, zone, i18n.language()),
        short_day=lambda value, zone: words.short_day(value, zone, i18n.language()),
        size=lambda value: words.size(value, i18n.language()),
        initials=words.initials,
        whatsapp=whatsapp_link,
        # What a person typed, escaped; and the text of a lesson, which was cleaned when it was published.
        typed=lambda text: Markup(markup.paragraphs(text)),  # noqa: S704
        lesson_html=Markup,
    )
    env.globals.update(csrf_token=security.csrf_token, hidden=hidden_fields, visitor=visitor, with_query=with_query)
    env.globals["language"] = i18n.language
    env.globals.update(search_pattern=searching.PATTERN, key_pattern=searching.KEY_PATTERN)
    env.globals.update(roles=roles.ROLES, drawn=icons.drawn, menu=menu.of_visitor)
    # The parts are rendered once as a module, so a page does not pay for them again.
    env.globals["p"] = env.get_template("parts.html").module

    @app.before_request
    def choose_language() -> None:
        g.started = time.perf_counter()
        i18n.set_language(chosen_language())

    @app.after_request
    def compress(response: Response) -> Response:
        return _compressed(response)


def said(message: str, /, **values: Any) -> Markup:
    """Return a message in the reader's language for a template; what stands in its places is escaped."""
    text = _words(i18n.language(), message)
    return text % values if values else text


def said_of(singular: str, plural: str, n: int, /, **values: Any) -> Markup:
    """Return the message that fits the number `n`, which also fills its place `n`."""
    return Markup(i18n.catalogue(i18n.language()).ngettext(singular, plural, n)) % {"n": n, **values}  # noqa: S704


@lru_cache(maxsize=5000)
def _words(language: str, message: str) -> Markup:
    # Message ids and catalogues are ours, so they are no words of a stranger that would need escaping.
    return Markup(i18n.catalogue(language).gettext(message))  # noqa: S704


def chosen_language() -> str:
    """Return the language of this request: asked for in the address, chosen before, or the browser's."""
    asked = request.args.get("bahasa") or request.cookies.get(LANGUAGE_COOKIE)
    if asked in i18n.LANGUAGES:
        return str(asked)
    return i18n.best_language(request.headers.get("Accept-Language", ""))


def page(template: str, /, *, status: int = 200, kept: bool = False, **context: Any) -> Response:
    """Answer with a page.

    `kept` marks a learner page that the browser may keep and ask about again: it gets an ETag and an empty 304 when
    nothing changed. Every other page is never stored, nor is a kept one of another status than 200; on a phone that
    several people use none is.
    """
    g.page_is_kept, g.page_status = kept, status
    body = render_template(template, **context).encode()
    response = Response(body, status=status, content_type="text/html; charset=utf-8")
    response.headers["Vary"] = "Cookie, Accept-Language, Accept-Encoding"
    known = visitor()
    # Going back shows what the browser keeps without asking us, whoever holds the phone by then.
    if kept and status == 200 and not (known and known.session_kind == "shared"):
        response.headers["Cache-Control"] = "private, no-cache"
        response.set_etag(hashlib.sha256(body).hexdigest()[:24], weak=True)
        response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "no-store"
    return security.set_visit_cookie(response)


def hidden_fields(form: str = "", version: object = "") -> Markup:
    """Return the hidden fields of a form: its token and its operation id.

    On a page that the browser may keep, `form` names the form and the object it changes, and `version` the version of
    that object, one that never comes back: the id stays the same until the object changes, so the page does too. Every
    other page names neither and gets an id of its own; a role that is chosen again, or a value put back, is another
    intention there. Raises `TypeError` when a kept page lacks one of them and when another page gives one.
    """
    known, is_kept = visitor(), g.get("page_is_kept", False)
    # A name that the template does not know reads as an empty one, and must not pass for a version.
    if (form != "", str(version) != "") != (is_kept, is_kept):
        raise TypeError("hidden() takes a form and its version on a page that is kept, and nothing on any other")
    if known is not None and is_kept and g.page_status == 200:
        operation = operations.form_operation_id(known.actor.person_id, form, version)
    else:
        operation = uuid.uuid4()
    # Both values are letters, digits and hyphens that we made ourselves, so there is nothing to escape.
    return Markup(  # noqa: S704
        f'<input type="hidden" name="_csrf" value="{security.csrf_token()}">'
        f'<input type="hidden" name="_op" value="{operation}">'
    )


def whatsapp_link(phone: str, text: str = "") -> str:
    """Return a link that opens WhatsApp with a prepared message; the person still decides to send it."""
    digits = "62" + "".join(sign for sign in phone if sign.isdigit()).removeprefix("62").removeprefix("0")
    return f"https://wa.me/{digits}" + (f"?{urlencode({'text': text})}" if text else "")


def with_query(**changes: Any) -> str:
    """Return this page's address with some query values changed; None removes one. For paging, sorting, filters."""
    values = request.args.to_dict(flat=False)
    changes = {name: None for name in values if searching.is_private(name)} | changes
    for name, value in changes.items():
        values.pop(name, None)
        if value is not None:
            values[name] = [str(value)]
    query = urlencode(sorted((name, item) for name, items in values.items() for item in items))
    return f"{request.path}?{query}" if query else request.path


def _compressed(response: Response) -> Response:
    if (
        response.status_code != 200
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or not (response.mimetype or "").startswith(("text/", "application/json"))
        or "br" not in request.headers.get("Accept-Encoding", "")
    ):
        return response
    body = response.get_data()
    if len(body) < 500:
        return response
    # 5 is the knee: 11 makes a page a tenth smaller and costs forty times the CPU, more than the page itself.
    response.set_data(brotli.compress(body, quality=5, lgwin=WINDOW))
    response.headers["Content-Encoding"] = "br"
    response.headers["Content-Length"] = str(len(response.get_data()))
    return response


__all__ = ["chosen_language", "escape", "hidden_fields", "init_app", "page", "with_query"]
