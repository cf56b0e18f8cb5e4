"""Who works for a class, and telling them what waits there: one line for a class and kind while it is unread."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment
from lms.cohorts.queries import LearnerEnrolment
from lms.core import notices, roles
from lms.core.db import db
from lms.lib import clock


def tell_staff(about: LearnerEnrolment, capability: str, kind: str, *, link: str, n: int = 1) -> None:
    """Tell everybody whose role in a learner's class holds the capability, but never the learner.

    The sentence of the kind gets `cohort` and `n`. Somebody who may see every class is not told about each of them.
    """
    if about.cohort_uuid is None:
        return
    for person_id in class_staff(about.cohort_uuid, capability):
        if person_id != about.person_id:
            notices.tell_counted(person_id, kind, str(about.cohort_uuid), n=n, link=link, cohort=about.cohort_name)


def class_staff(cohort_uuid: UUID, capability: str) -> list[int]:
    """Return the people whose role in this very class is in force and holds the capability: one statement."""
    return _holders(capability, "class", str(cohort_uuid))


def holders_everywhere(capability: str) -> list[int]:
    """Return the people whose role is in force everywhere and holds the capability: one statement."""
    return _holders(capability, "all", "")


def _holders(capability: str, kind: str, key: str) -> list[int]:
    able = [role.key for role in roles.ROLES.values() if capability in role.capabilities]
    return list(db.session.scalars(
        sa.select(RoleAssignment.person_id).distinct().join(Person, Person.id == RoleAssignment.person_id)
        .where(
            RoleAssignment.scope_kind == kind, RoleAssignment.scope_key == key, RoleAssignment.role.in_(able),
            RoleAssignment.in_force(clock.now()), Person.ended_at.is_(None),
        ).order_by(RoleAssignment.person_id)
    ))
