"""Looking for people: by name or code in the address, by NIK, telephone or e-mail in a form that leaves no trace."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.administration import people
from lms.config import DEFAULT_ZONE
from lms.core.web.actions import allow
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.core.web.searching import is_private, search_text
from lms.lib.identifiers import may_identify


@allow("person.read")
def show() -> Response:
    """List people, narrowed by name, code and role. An address with an identifier in it searches nothing."""
    if is_private("q"):
        return _found([], Pager(1, 20), is_private=True, status=422)
    pager, text, role = Pager.of_request(), search_text(), request.args.get("peran", "")[:40]
    lines = pager.fill(
        lambda: people.find_people(text, role=role, by=actor(), limit=pager.size, offset=pager.offset)
    )
    return _found(lines, pager, text=text, role=role)


@allow("person.read")
def search() -> BaseResponse:
    """Take the search form: a name or code goes on into the address, an identifier is answered here.

    Nothing is changed, so it needs no operation. One who has the identifier is shown at once; the answer never
    repeats what was typed.
    """
    text, role = request.form.get("q", "").strip()[:80], request.form.get("peran", "")[:40]
    if not may_identify(text):
        return redirect(url_for("administration.people", q=text or None, peran=role or None), 303)
    lines = people.of_identifier(text, by=actor())
    if len(lines) == 1:
        return redirect(url_for("administration.person", person=lines[0].uuid), 303)
    return _found(lines, Pager(1, max(20, len(lines)), len(lines)), is_identifier=True)


def _found(
    lines: list[people.PersonLine], pager: Pager, *, text: str = "", role: str = "", status: int = 200,
    is_private: bool = False, is_identifier: bool = False,
) -> Response:
    return page(
        "administration/people.html", status=status, lines=lines, pager=pager, text=text, role=role,
        zone=DEFAULT_ZONE, is_private=is_private, is_identifier=is_identifier,
    )
