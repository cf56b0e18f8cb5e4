"""What staff do to a class: tell it something, give it better texts, give a teacher a practice supervisor."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from lms.accounts.models import Person
from lms.cohorts import calendar, scope, supervisors, telling
from lms.cohorts.models import LEARNING_STATES, Announcement, Cohort, Enrolment
from lms.core import audit, notices, registry
from lms.core.db import db
from lms.core.errors import Conflict, Invalid, NotFound
from lms.core.permissions import Actor
from lms.core.registry import NoticeKind
from lms.core.words_lazy import lazy as _
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs import catalogue
from lms.programs.models import ProgramVersion

registry.notice_kinds.add(
    "announcement.published", NoticeKind("announcement.published", _("Pengumuman kelas: %(title)s"), "bell")
)
for _notice in (
    NoticeKind("staff.newer_text", _("Naskah %(program)s versi %(version)s siap untuk kelas: %(n)s."), "book"),
    NoticeKind("staff.text_given", _("%(cohort)s kini memakai naskah yang lebih baru, versi %(version)s."), "book"),
):
    registry.notice_kinds.add(_notice.key, _notice)


class NothingNewer(Conflict):
    """The class already has the newest text of its major version."""


class ClassEnded(Conflict):
    """A finished class keeps the version it was marked by."""


class NotASupervisor(Conflict):
    """The person is no practice supervisor now, or none whom the actor may assign; the two look the same."""


def announce(cohort_uuid: UUID, title: str, text: str, *, by: Actor) -> str:
    """Tell the whole class something; everybody in it gets a notice. Returns the announcement's uuid."""
    cohort_id = _cohort_id(cohort_uuid, by, "class.announce")
    if not title.strip() or not text.strip():
        raise Invalid({"text": _("Bagian ini perlu diisi.")})
    row = Announcement(
        uuid=uuid7(), cohort_id=cohort_id, author_id=by.person_id, title=title, text=text, created_at=clock.now()
    )
    db.session.add(row)
    people = db.session.scalars(
        sa.select(Enrolment.person_id).where(Enrolment.cohort_id == cohort_id, Enrolment.state.in_(LEARNING_STATES))
    )
    for person_id in people:
        notices.tell(person_id, "announcement.published", link=f"/pengumuman/{row.uuid}", title=title)
    audit.record("announcement.published", "cohort", cohort_uuid, by=by, after={"announcement": str(row.uuid)})
    return str(row.uuid)


def withdraw_announcement(announcement_uuid: UUID, *, by: Actor) -> str:
    """Take an announcement back: nobody sees it any more, the row stays. Returns the uuid of its class."""
    row = db.session.execute(
        sa.select(Announcement, Cohort.uuid).join(Cohort, Cohort.id == Announcement.cohort_id)
        .where(Announcement.uuid == announcement_uuid)
    ).first()
    if row is None:
        raise NotFound
    announcement, cohort_uuid = row
    _cohort_id(cohort_uuid, by, "class.announce")
    if announcement.ended_at is None:
        announcement.ended_at = clock.now()
        audit.record(
            "announcement.withdrawn", "cohort", cohort_uuid, by=by, before={"announcement": str(announcement_uuid)}
        )
    return str(cohort_uuid)


def take_minor_update(cohort_uuid: UUID, *, by: Actor) -> str:
    """Give a running class the newest text of the major version it began with; returns the new number.

    Ids, rules, keys and marks are the same within a major version, so nothing that was done changes.
    Raises `NothingNewer`, `ClassEnded`.
    """
    cohort = db.session.get_one(Cohort, _cohort_id(cohort_uuid, by, "class.update"))
    if cohort.state == calendar.FINISHED:
        raise ClassEnded
    current = catalogue.version(cohort.program_version_id)
    newest = catalogue.latest_minor(current.program_id, current.major)
    if newest.minor <= current.minor:
        raise NothingNewer
    cohort.program_version_id = newest.id
    audit.record(
        "cohort.minor_update", "cohort", cohort_uuid, by=by,
        before={"version": current.label}, after={"version": newest.label},
    )
    for person_id in telling.class_staff(cohort_uuid, "class.teach"):
        notices.tell(
            person_id, "staff.text_given", link=f"/kelas/{cohort_uuid}", cohort=cohort.name, version=newest.label
        )
    return newest.label


def tell_newer_text(version_id: int) -> None:
    """Tell those who may give a class newer text, once for a version, that there is one and for how many classes.

    Called in the transaction that publishes it.
    """
    version = catalogue.version(version_id)
    older = sa.select(ProgramVersion.id).where(
        ProgramVersion.program_id == version.program_id, ProgramVersion.major == version.major,
        ProgramVersion.minor < version.minor,
    )
    waiting = db.session.scalar(
        sa.select(sa.func.count()).select_from(Cohort)
        .where(Cohort.program_version_id.in_(older), Cohort.state != calendar.FINISHED)
    )
    for person_id in telling.holders_everywhere("class.update") if waiting else ():
        notices.tell_once(
            person_id, "staff.newer_text", f"{person_id} text {version_id}", link="/kelola/program",
            program=dict(version.program.title), version=version.label, n=waiting,
        )


def assign_supervisor(enrolment_uuid: UUID, supervisor_uuid: UUID | None, *, by: Actor) -> None:
    """Give a teacher a practice supervisor within the actor's reach, or none. Raises `NotASupervisor`.

    Nobody supervises themselves.
    """
    enrolment = db.session.scalar(
        scope.enrolments(Enrolment, actor=by, capability="supervisor.assign").where(Enrolment.uuid == enrolment_uuid)
    )
    if enrolment is None:
        raise NotFound
    supervisor = None if supervisor_uuid is None else _supervisor(supervisor_uuid, by)
    if supervisor is not None and supervisor == enrolment.person_id:
        raise NotASupervisor
    before = db.session.scalar(sa.select(Person.uuid).where(Person.id == enrolment.supervisor_id))
    enrolment.supervisor_id = supervisor
    audit.record(
        "enrolment.supervisor_assigned", "enrolment", enrolment_uuid, by=by,
        before={"supervisor": None if before is None else str(before)},
        after={"supervisor": None if supervisor is None else str(supervisor_uuid)},
    )


def _supervisor(person_uuid: UUID, by: Actor) -> int:
    found: int | None = db.session.scalar(
        supervisors.in_reach(Person.id, actor=by).where(Person.uuid == person_uuid)
    )
    if found is None:
        raise NotASupervisor
    return found


def _cohort_id(cohort_uuid: UUID, by: Actor, capability: str) -> int:
    found: int | None = db.session.scalar(
        scope.cohorts(Cohort.id, actor=by, capability=capability).where(Cohort.uuid == cohort_uuid)
    )
    if found is None:
        raise NotFound
    return found
