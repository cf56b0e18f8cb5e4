"""The story: who learns where, since when, and how far they are. Made once, in one transaction."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from lms.accounts.services import secrets
from lms.cohorts.models import Cohort, Enrolment, Meeting, Period
from lms.core import audit
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM, Actor, Scope
from lms.demo import calendar, cast, learning, people
from lms.demo.calendar import ZONE, Run, moment
from lms.demo.people import TASTURA, Staff, Teacher
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs import catalogue
from lms.regions.models import Provider

PROGRAM = "diklat-dasar"
PAPER = "SK LPD 421/{year}"


@dataclass(slots=True)
class Class:
    """A class of the story, once in the database."""

    cohort: Cohort
    run: Run
    learners: list[learning.Learner] = field(default_factory=list)
    instructors: list[Actor] = field(default_factory=list)


def build(*, say: Callable[[str], None]) -> bool:
    """Make the story when no fictive people are there yet; True when it was made now."""
    if count_people():
        return False
    say("Making demo data; this takes some seconds …")
    spare = people.hash_all([secrets.make_pin() for _ in range(cast.HASHES)])
    with write_tx():
        _tell(random.Random("sanggar-demo"), spare)  # noqa: S311 — a story, not a secret: the same in every demo.
    return True


def count_people() -> int:
    """Return how many fictive people the database holds."""
    return people.count()


def _tell(dice: random.Random, spare: list[str]) -> None:
    version = catalogue.latest(PROGRAM)
    institutions = people.add_places()
    central = people.add_teachers("peserta-182.csv", institutions, dice)
    eastern = people.add_teachers("peserta-lotim.csv", institutions, dice)
    fourth, reporting, ended, waiting = central[:37], central[37:73], central[73:109], central[109:]
    classes = [
        _class(cast.FOURTH_WEEK, fourth, version.id, dice),
        _class(cast.REPORT_WEEKS, reporting, version.id, dice),
        _class(cast.ENDED, ended, version.id, dice),
        _class(cast.EASTERN, eastern, version.id, dice),
    ]
    _waiting_group(waiting)
    for role, staff, scope_kind, key in cast.OFFICES:
        people.add_staff(staff, role, scope_kind, key, paper="SK Kepala Dinas 800/112", codes=dice)
    _give_secrets([*fourth, *reporting, *ended, *eastern], spare)
    for plan, one in zip((cast.FOURTH_WEEK, cast.REPORT_WEEKS, cast.ENDED, cast.EASTERN), classes, strict=True):
        learning.tell(plan, one.cohort, one.run, one.learners, one.instructors, version, dice)
    audit.record("demo.made", "program", PROGRAM, by=SYSTEM, after={"people": count_people()})


def _class(plan: cast.Plan, teachers: Sequence[Teacher], version_id: int, dice: random.Random) -> Class:
    run = calendar.run_in_week(plan.week)
    period = _period(plan.period, plan.provider, plan.region, run)
    cohort = Cohort(
        uuid=uuid7(), period_id=period.id, name=plan.name, region_code=plan.region, timezone=ZONE,
        program_version_id=version_id, starts_on=run.starts_on, ends_on=run.ends_on,
        posttest_opens_on=run.posttest[0], posttest_closes_on=run.posttest[1],
        task_opens_on=run.tasks[0], task_closes_on=run.tasks[1],
    )
    db.session.add(cohort)
    db.session.flush()
    made = Class(cohort, run)
    paper = PAPER.format(year=run.starts_on.year)
    with clock.freeze(moment(run.starts_on, 8)):
        for staff in plan.instructors:
            made.instructors.append(_assigned(staff, "instructor", "class", str(cohort.uuid), paper, dice))
        for staff in plan.admins:
            _assigned(staff, "class_admin", "class", str(cohort.uuid), paper, dice)
        guides = [_assigned(staff, "practice_supervisor", "supervision", "", paper, dice) for staff in plan.supervisors]
        for number, teacher in enumerate(teachers):
            state = plan.outcome(number, len(teachers))
            row = _enrolment(teacher, period.id, state, cohort.id)
            # Neighbours have the same supervisor, who travels to them.
            row.supervisor_id = guides[number * len(guides) // len(teachers)].person_id
            db.session.add(row)
            db.session.flush()
            made.learners.append(learning.Learner(
                row, Actor(teacher.person_id, "", "teacher", (Scope("self", ""),)), number
            ))
        audit.record("cohort.created", "cohort", cohort.uuid, by=SYSTEM, after={"people": len(teachers)})
    for week, kind, title, place in cast.MEETINGS:
        day = run.week(week)
        db.session.add(Meeting(
            cohort_id=cohort.id, kind=kind, title=title, place=place, starts_at=moment(day, 14), ends_at=moment(day, 16)
        ))
    return made


def _period(title: str, provider: str, region: str, run: Run) -> Period:
    provider_id = db.session.scalars(sa.select(Provider.id).where(Provider.code == provider)).one()
    period = Period(
        code=f"{region}-{title.split()[-1]}", title=title, program_id=PROGRAM, region_code=region,
        provider_id=provider_id, is_private_only=True, target=60 if provider == TASTURA else 20, cap=None,
        starts_on=run.starts_on, ends_on=run.ends_on,
    )
    db.session.add(period)
    db.session.flush()
    return period


def _enrolment(teacher: Teacher, period_id: int, state: str, cohort_id: int | None) -> Enrolment:
    return Enrolment(
        uuid=uuid7(), person_id=teacher.person_id, period_id=period_id, cohort_id=cohort_id, state=state,
        state_since=clock.now(), work_region=teacher.region, institution_id=teacher.institution_id,
    )


def _waiting_group(teachers: Sequence[Teacher]) -> None:
    """A group whose letter from the head of the Dinas has not come; a few are not on the list yet."""
    period = _period(cast.WAITING_PERIOD, TASTURA, "52.02", calendar.run_in_week(-2))
    for number, teacher in enumerate(teachers):
        state = "awaiting_recommendation" if number < cast.ON_THE_LIST else "proposed"
        db.session.add(_enrolment(teacher, period.id, state, None))
    audit.record("period.proposed", "period", period.uuid, by=SYSTEM, after={"people": len(teachers)})


def _assigned(
    staff: Staff, role: str, scope_kind: str, scope_key: str, paper: str, dice: random.Random
) -> Actor:
    person_id = people.add_staff(staff, role, scope_kind, scope_key, paper=paper, codes=dice)
    return Actor(person_id, "", role, (Scope(scope_kind, scope_key),))


def _give_secrets(teachers: Sequence[Teacher], hashes: list[str]) -> None:
    """Give everybody who learns a PIN of their own that nobody knows any more; a slip can be printed anew."""
    for teacher, hashed in zip(teachers, hashes, strict=False):
        secrets.store_secret(teacher.person_id, "pin", hashed, must_change=False, by=SYSTEM)
