"""Who accompanies a class, and whom to ask while a registration is on its way. Numbers are offices', never people's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Person, RoleAssignment
from lms.classroom.announcements import full_name
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.cohorts.queries import LearnerEnrolment
from lms.core.db import db, read
from lms.core.types import UtcDateTime
from lms.lib import clock
from lms.regions.models import Provider

#: A region has one facilitator or two; more names would help nobody.
MOST_FACILITATORS = 3


@dataclass(frozen=True, slots=True)
class Companion:
    """Somebody who accompanies the class. `roles` are keys of the roles table, the nearest to learning first."""

    name: str
    plain_name: str
    roles: tuple[str, ...]


_NOW: Any = sa.bindparam("now", type_=UtcDateTime)
_PERSON = (Person.id, Person.full_name, Person.title_prefix, Person.title_suffix)
_STAFF = (
    sa.select(*_PERSON, RoleAssignment.role, sa.null().label("help_name"), sa.null().label("help_phone"))
    .join(RoleAssignment, RoleAssignment.person_id == Person.id)
    .where(
        RoleAssignment.scope_kind == "class", RoleAssignment.scope_key == sa.bindparam("cohort_key"),
        RoleAssignment.role.in_(("instructor", "extra_instructor", "class_admin")),
        RoleAssignment.in_force(_NOW), Person.ended_at.is_(None),
    )
)
_SUPERVISOR = sa.select(*_PERSON, sa.literal("practice_supervisor"), sa.null(), sa.null()).where(
    Person.id == sa.bindparam("supervisor_id"), Person.ended_at.is_(None),
    sa.select(RoleAssignment.id).where(
        RoleAssignment.person_id == Person.id, RoleAssignment.role == "practice_supervisor",
        RoleAssignment.in_force(_NOW),
    ).exists(),
)
_HELP_DESK = (
    sa.select(
        sa.literal(0), sa.literal(""), sa.null(), sa.null(), sa.literal(""), Provider.help_name, Provider.help_phone
    )
    .join(Period, Period.provider_id == Provider.id).join(Cohort, Cohort.period_id == Period.id)
    .where(Cohort.id == sa.bindparam("cohort_id"), Provider.help_phone.is_not(None), Provider.ended_at.is_(None))
)
_COMPANIONS: Any = sa.union_all(_STAFF, _SUPERVISOR, _HELP_DESK)
#: In which order those who accompany a class are told.
_NEAREST = ("instructor", "extra_instructor", "practice_supervisor", "class_admin")


def companions_of(enrolment: LearnerEnrolment) -> tuple[list[Companion], tuple[str, str] | None]:
    """Return who accompanies a class, each once with all their roles in it, and the provider's public help desk.

    The number is the office's, never somebody's own.
    """
    people: dict[int, list[Any]] = {}
    help_desk = None
    rows = read(_COMPANIONS, {
        "cohort_key": str(enrolment.cohort_uuid), "supervisor_id": enrolment.supervisor_id or 0,
        "cohort_id": enrolment.cohort_id, "now": clock.now(),
    })
    for row in rows:
        if row.help_phone:
            help_desk = (row.help_name or enrolment.provider_name, row.help_phone)
        else:
            people.setdefault(row.id, []).append(row)
    found = []
    for held in people.values():
        roles = sorted({row.role for row in held}, key=_NEAREST.index)
        found.append(Companion(full_name(held[0]), held[0].full_name, tuple(roles)))
    return sorted(found, key=lambda item: (_NEAREST.index(item.roles[0]), item.plain_name)), help_desk


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom somebody can ask about a registration. `help_desk` is (name, number) of the provider's office."""

    help_desk: tuple[str, str] | None
    facilitators: list[str]


def whom_to_ask(enrolment: LearnerEnrolment) -> Asked:
    """Return the provider's help desk and the facilitators of the region one works in: two statements."""
    desk = db.session.execute(
        sa.select(Provider.help_name, Provider.help_phone).join(Period, Period.provider_id == Provider.id)
        .join(Enrolment, Enrolment.period_id == Period.id)
        .where(Enrolment.id == enrolment.id, Provider.help_phone.is_not(None), Provider.ended_at.is_(None))
    ).first()
    covers = sa.or_(
        Enrolment.work_region == RoleAssignment.scope_key,
        Enrolment.work_region.like(RoleAssignment.scope_key.concat(".%")),
    )
    rows = db.session.execute(
        sa.select(*_PERSON, Person.name_key).distinct().select_from(Enrolment).join(RoleAssignment, covers)
        .join(Person, Person.id == RoleAssignment.person_id)
        .where(
            Enrolment.id == enrolment.id, RoleAssignment.role == "facilitator", RoleAssignment.scope_kind == "region",
            RoleAssignment.scope_key != "", RoleAssignment.in_force(clock.now()), Person.ended_at.is_(None),
        ).order_by(Person.name_key, Person.id).limit(MOST_FACILITATORS)
    )
    return Asked(
        None if desk is None else (desk.help_name or enrolment.provider_name, desk.help_phone),
        [full_name(row) for row in rows],
    )
