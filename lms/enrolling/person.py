"""One person as the facilitator and the class admin see them: who, where, how far, can they sign in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, PersonIdentifier
from lms.accounts.services.people import open_identifier
from lms.cohorts import scope
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.completion import progress
from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.enrolling.worklist import CAPABILITY, Filter, PersonLine, Versions, people
from lms.lib import clock
from lms.lib.identifiers import mask_nik
from lms.regions.models import Institution, Region


@dataclass(frozen=True, slots=True)
class PersonPage:
    """What one person's page shows. `nik` is masked; `phone` is None unless the actor may see it."""

    uuid: UUID
    person_id: int
    code: str
    full_name: str
    title_prefix: str | None
    title_suffix: str | None
    call_name: str | None
    sex: str
    has_shared_phone: bool
    ended_at: dt.datetime | None
    institution: str | None
    region: str
    region_code: str
    period: str
    cohort_name: str | None
    cohort_uuid: UUID | None
    state: str
    state_since: dt.datetime
    modules_done: int
    modules: int
    has_begun: bool
    last_activity: dt.datetime | None
    last_sign_in: dt.datetime | None
    timezone: str
    secret_changed_at: dt.datetime | None
    must_change: bool | None
    failures: int | None
    locked_until: dt.datetime | None
    supervisor: str | None
    supervisor_uuid: UUID | None
    reason: str | None
    stuck_quiz: str | None
    nik: str | None
    phone: str | None

    @property
    def is_locked(self) -> bool:
        """Whether wrong tries keep the account closed just now."""
        return self.locked_until is not None and self.locked_until > clock.now()


def person_page(enrolment_uuid: UUID, known: Versions, *, by: Actor) -> PersonPage:
    """Return a person within the actor's scope: four statements. Raises `NotFound`."""
    supervisor = sa.orm.aliased(Person)
    row = db.session.execute(
        scope.enrolments(
            Enrolment.uuid, Enrolment.person_id, Person.code, Person.full_name, Person.title_prefix,
            Person.title_suffix, Person.call_name, Person.sex, Person.has_shared_phone, Person.ended_at,
            Institution.name.label("institution"), Region.name.label("region"), Region.code.label("region_code"),
            Period.title.label("period"), Cohort.name.label("cohort_name"), Cohort.uuid.label("cohort_uuid"),
            Enrolment.state, Enrolment.state_since, progress.modules_done().label("modules_done"),
            progress.module_total(known.modules).label("modules"), progress.has_begun().label("has_begun"),
            progress.last_activity().label("last_activity"), progress.last_sign_in().label("last_sign_in"),
            scope.zone().label("timezone"),
            Credential.changed_at.label("secret_changed_at"), Credential.must_change, Credential.failures,
            Credential.locked_until, supervisor.full_name.label("supervisor"),
            supervisor.uuid.label("supervisor_uuid"), actor=by, capability=CAPABILITY,
        )
        .join(Person, Person.id == Enrolment.person_id)
        .join(Region, Region.code == Enrolment.work_region)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .outerjoin(supervisor, supervisor.id == Enrolment.supervisor_id)
        .where(Enrolment.uuid == enrolment_uuid)
    ).first()
    if row is None:
        raise NotFound
    line, identifiers = _reason(row, by, known), _identifiers(row.person_id, by)
    return PersonPage(
        **row._mapping, reason=line.reason if line else None, stuck_quiz=line.stuck_quiz if line else None,
        nik=identifiers.get("nik"), phone=identifiers.get("phone"),
    )


def _reason(row: Any, by: Actor, known: Versions) -> PersonLine | None:
    # The list's own query answers, so the page and the list can never name different reasons.
    lines, _total = people(by, known, Filter(text=row.code), limit=5)
    return next((line for line in lines if line.uuid == row.uuid), None)


def _identifiers(person_id: int, by: Actor) -> dict[str, str]:
    found: dict[str, str] = {}
    wanted = [kind for kind, right in (("nik", "see.identifier_tail"), ("phone", "see.phone")) if by.can(right)]
    rows = db.session.scalars(
        sa.select(PersonIdentifier).where(PersonIdentifier.person_id == person_id, PersonIdentifier.kind.in_(wanted))
    )
    for row in rows:
        text = open_identifier(row)
        found[row.kind] = mask_nik(text) if row.kind == "nik" else text
    return found


@dataclass(frozen=True, slots=True)
class SlipLine:
    """A person of a class on the page where slips are chosen."""

    uuid: UUID
    person_id: int
    full_name: str
    institution: str | None
    has_signed_in: bool


def slip_lines(cohort_uuid: UUID, *, by: Actor, limit: int = 40, offset: int = 0) -> tuple[list[SlipLine], int]:
    """Return the people of a class who can get a slip, those who never signed in first: two statements."""
    here = (Cohort.uuid == cohort_uuid, Person.ended_at.is_(None), Enrolment.state.not_in(("withdrawn", "transferred")))
    total = db.session.scalar(
        scope.enrolments(sa.func.count(), actor=by, capability="pin.reset")
        .join(Person, Person.id == Enrolment.person_id).where(*here)
    ) or 0
    signed = progress.has_signed_in()
    rows = db.session.execute(
        scope.enrolments(
            Enrolment.uuid, Enrolment.person_id, Person.full_name, Institution.name.label("institution"),
            signed.label("has_signed_in"), actor=by, capability="pin.reset",
        )
        .join(Person, Person.id == Enrolment.person_id)
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .where(*here).order_by(sa.case((signed, 1), else_=0), Person.name_key, Enrolment.id).limit(limit).offset(offset)
    )
    return [SlipLine(**row._mapping) for row in rows], total


def people_for(enrolments: Sequence[UUID], capability: str, *, by: Actor) -> list[int]:
    """Return the people of enrolments. Raises `NotFound` for the whole call when one of them is out of scope."""
    wanted = set(enrolments)
    rows = db.session.execute(
        scope.enrolments(Enrolment.uuid, Enrolment.person_id, actor=by, capability=capability)
        .where(Enrolment.uuid.in_(wanted))
    ).all()
    if not wanted or {row.uuid for row in rows} != wanted:
        raise NotFound
    return [row.person_id for row in rows]


def where_they_are(person_ids: Sequence[int], *, by: Actor) -> dict[int, str]:
    """Return "institution · class" for slips, within the scope: one statement."""
    rows = db.session.execute(
        scope.enrolments(
            Enrolment.person_id, Institution.name, Cohort.name.label("cohort"), actor=by, capability="pin.reset"
        )
        .outerjoin(Institution, Institution.id == Enrolment.institution_id)
        .where(Enrolment.person_id.in_(person_ids)).order_by(Enrolment.id)
    )
    return {row.person_id: " · ".join(part for part in (row.name, row.cohort) if part) for row in rows}
