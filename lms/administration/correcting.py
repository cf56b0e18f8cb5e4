"""Pages that put an account right: its data, and its end."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts import correction_pages
from lms.administration import people, services
from lms.administration.forms import ReopenForm
from lms.config import DEFAULT_ZONE
from lms.core.web import failures
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _

failures.says(services.MergedAccount, _("Akun ini sudah digabung dengan akun lain, jadi tidak dibuka lagi."))


@allow("person.read", conceal=True)
def person(person: UUID) -> Response:
    """Show one person: account, roles, enrolments."""
    return _person(person, ReopenForm())


def _person(person: UUID, form: ReopenForm, *, status: int = 200) -> Response:
    return page(
        "administration/person.html", status=status, person=people.person_page(person, by=actor()), zone=DEFAULT_ZONE,
        said=request.args.get("pesan"), form=form,
    )


@allow("person.write", conceal=True)
def reopen_account(person: UUID) -> BaseResponse:
    """Open an account that was ended; roles are given anew."""
    form = ReopenForm()
    if not form.validate():
        return _person(person, form, status=422)
    return perform(
        "person.reopen", lambda by: services.reopen_account(person, form.reason.data, by=by),
        then=lambda _r: url_for("administration.person", person=person, pesan="aktif"),
    )


@allow("person.edit", conceal=True)
def correct(person: UUID) -> Response:
    """Show the form that puts the data of a person right."""
    return correction_pages.show(
        services.person_of(person, by=actor()), back=url_for("administration.person", person=person)
    )


@allow("person.edit", conceal=True)
def save_correction(person: UUID) -> BaseResponse:
    """Save what was put right; a change of an identifier is shown once more before."""
    return correction_pages.answer(
        "person.correct", lambda by: services.person_of(person, by=by),
        back=url_for("administration.person", person=person),
        done=url_for("administration.person", person=person, pesan="betul"),
    )
