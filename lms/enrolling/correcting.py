"""Pages that put right how a participant is called and reached, within the scope of the facilitator or class admin."""

from __future__ import annotations

from uuid import UUID

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts import correction_pages
from lms.core.permissions import Actor
from lms.core.web.actions import allow
from lms.core.web.identity import actor
from lms.enrolling.person import people_for

CAPABILITY = "person.contact"


@allow(CAPABILITY, conceal=True)
def show(enrolment: UUID) -> Response:
    """Show the form."""
    return correction_pages.show(_person_id(enrolment, actor()), back=url_for("enrolling.one", enrolment=enrolment))


@allow(CAPABILITY, conceal=True)
def save(enrolment: UUID) -> BaseResponse:
    """Save what was put right; another telephone number is shown once more before."""
    return correction_pages.answer(
        CAPABILITY, lambda by: _person_id(enrolment, by), back=url_for("enrolling.one", enrolment=enrolment),
        done=url_for("enrolling.one", enrolment=enrolment, pesan="betul"),
    )


def _person_id(enrolment: UUID, by: Actor) -> int:
    return people_for([enrolment], CAPABILITY, by=by)[0]
