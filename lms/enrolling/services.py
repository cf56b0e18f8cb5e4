"""What facilitators and class admins change about a person: opening an account that wrong tries closed."""

from __future__ import annotations

from uuid import UUID

from lms.accounts.services import secrets
from lms.core.permissions import Actor
from lms.enrolling.person import people_for


def unlock_account(enrolment_uuid: UUID, *, by: Actor) -> None:
    """Open the account of a person within the actor's scope. Raises `NotFound`."""
    for person_id in people_for([enrolment_uuid], "account.unlock", by=by):
        secrets.unlock(person_id, by=by)
