"""Stories for tests: a period, a class, people with roles, a published tiny programme. Never imported by the engine.

Every method writes what it needs in a transaction of its own (or in the one that is open) and returns plain values and
actors, so a test begins with one line per thing it is about. Dates are relative to the clock: a class is in its fourth
week unless told otherwise.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import Credential, Person, RoleAssignment, UserSession
from lms.accounts.services import secrets, signing
from lms.cohorts.models import Cohort, Enrolment, Period
from lms.core import roles
from lms.core.db import db, write_tx
from lms.core.keys import keys
from lms.core.permissions import Actor, Scope
from lms.lib import clock
from lms.lib.identifiers import fold_name, participant_code
from lms.lib.uuid7 import uuid7
from lms.programs.content import Program, as_document
from lms.programs.models import ProgramVersion
from lms.regions.models import Institution, Provider, Region
from lms.testing_program import PROVINCE, REGENCY, SUBDISTRICT, regions, tiny_program

PIN = "482915"
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)  # Roles begin before any time that a test stops the clock at.


@dataclass(frozen=True)
class Someone:
    """A person of the story. `code` and `secret` sign in."""

    actor: Actor
    person_id: int
    person_uuid: uuid.UUID
    code: str
    secret: str


@dataclass(frozen=True)
class Learner(Someone):
    """A person with an enrolment."""

    enrolment_id: int
    enrolment_uuid: uuid.UUID


@dataclass(frozen=True)
class Class:
    """A class of the story."""

    id: int
    uuid: uuid.UUID
    period_id: int
    version_id: int
    program_id: str


@cache
def _pin_hash() -> str:
    return secrets.hash_secret(PIN)


@contextlib.contextmanager
def writing() -> Iterator[None]:
    """Join the open write transaction, or open one."""
    if db.session.info.get("writing"):
        yield
        return
    with write_tx():
        yield


class Story:
    """Builds what a test is about. One story per test; its things stand in one database."""

    def __init__(self) -> None:
        self._count = 0

    def _next(self) -> int:
        self._count += 1
        return self._count

    def program(self, program: Program | None = None, *, major: int = 1, minor: int = 0) -> int:
        """Publish a programme (the tiny one by default) as it is and return the id of its version."""
        program = program or tiny_program()
        document = as_document(program)
        digest = hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()
        with writing():
            row = ProgramVersion(
                program_id=program.id, major=major, minor=minor, content_hash=digest, rules_hash=digest,
                title=program.title["id"], document=document, published_at=clock.now(),
            )
            db.session.add(row)
            db.session.flush()
            return row.id

    def provider(self, code: str = "bgp-ntb") -> int:
        """Return a provider with the regions of the story, made once."""
        with writing():
            found = db.session.scalar(sa.select(Provider.id).where(Provider.code == code))
            if found is not None:
                return found
            if db.session.get(Region, PROVINCE) is None:
                db.session.add_all(regions())
                db.session.flush()  # The provider points at one of them.
            row = Provider(
                code=code, name=f"Lembaga {code}", region_code=PROVINCE, help_name="Meja bantuan",
                help_phone="6281200000000",
            )
            db.session.add(row)
            db.session.flush()
            return row.id

    def institution(self, name: str = "TK Tunas Harapan", *, region: str = SUBDISTRICT) -> int:
        """Return a new institution."""
        self.provider()
        with writing():
            row = Institution(name=name, form="TK", region_code=region)
            db.session.add(row)
            db.session.flush()
            return row.id

    def cohort(
        self,
        version_id: int | None = None,
        *,
        starts: int = -21,
        ends: int = 60,
        posttest: tuple[int, int] | None = None,
        task: tuple[int, int] | None = None,
        name: str | None = None,
        region: str = REGENCY,
        provider: str = "bgp-ntb",
        timezone: str = "Asia/Makassar",
    ) -> Class:
        """Make a period and a class in it. `starts`, `ends`, `posttest` and `task` (the first and the last day of
        the independent task) are days from today, local time.
        """
        number = self._next()
        version_id = version_id or self._any_version()
        today = clock.local(clock.now(), timezone).date()
        provider_id = self.provider(provider)
        with writing():
            program_id = db.session.get_one(ProgramVersion, version_id).program_id
            first, last = (today + dt.timedelta(days=days) for days in (starts, ends))
            period = Period(
                code=f"P-{number}", title=f"Angkatan {number}", program_id=program_id, region_code=REGENCY,
                provider_id=provider_id, starts_on=first, ends_on=last, target=60,
            )
            db.session.add(period)
            db.session.flush()
            (opens, closes), (task_opens, task_closes) = (
                (None, None) if found is None else [today + dt.timedelta(days=days) for days in found]
                for found in (posttest, task)
            )
            row = Cohort(
                period_id=period.id, name=name or f"Kelas {number}", region_code=region, timezone=timezone,
                program_version_id=version_id, starts_on=first, ends_on=last, posttest_opens_on=opens,
                posttest_closes_on=closes, task_opens_on=task_opens, task_closes_on=task_closes,
            )
            db.session.add(row)
            db.session.flush()
            return Class(row.id, row.uuid, period.id, version_id, program_id)

    def _any_version(self) -> int:
        found = db.session.scalar(sa.select(sa.func.max(ProgramVersion.id)))
        return found if found is not None else self.program()

    def person(self, name: str | None = None, *, sex: str = "P", institution_id: int | None = None) -> Someone:
        """Make a person who can sign in with `code` and `secret`, without any role yet."""
        number = self._next()
        name = name or f"Sumiati {number}"
        with writing():
            row = Person(
                code=participant_code(random.SystemRandom()), full_name=name, name_key=fold_name(name), sex=sex,
                created_at=clock.now(), institution_id=institution_id,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add(Credential(
                person_id=row.id, kind="pin", hash=_pin_hash(), must_change=False, changed_at=clock.now()
            ))
            actor = Actor(row.id, str(row.uuid), "")
            return Someone(actor, row.id, row.uuid, row.code, PIN)

    def staff(self, role: str, scope_kind: str, scope_key: str = "", *, person: Someone | None = None) -> Someone:
        """Give a role with one scope to a person (a new one by default)."""
        person = person or self.person()
        actor = self._assign(person, role, Scope(scope_kind, scope_key))
        return Someone(actor, person.person_id, person.person_uuid, person.code, person.secret)

    def _assign(self, person: Someone, role: str, scope: Scope) -> Actor:
        with writing():
            db.session.add(RoleAssignment(
                person_id=person.person_id, role=role, scope_kind=scope.kind, scope_key=scope.key,
                starts_at=LONG_AGO,
            ))
            if roles.ROLES[role].is_staff:
                db.session.get_one(Credential, person.person_id).kind = "password"
        return Actor(person.person_id, str(person.person_uuid), role, (scope,))

    def teacher(
        self,
        cohort: Class | None = None,
        *,
        state: str = "active",
        supervisor: Someone | None = None,
        person: Someone | None = None,
        name: str | None = None,
        region: str = SUBDISTRICT,
        institution_id: int | None = None,
    ) -> Learner:
        """Enrol a teacher in a class (a new one by default)."""
        cohort = cohort or self.cohort()
        person = person or self.person(name, institution_id=institution_id)
        actor = self._assign(person, "teacher", Scope("self", ""))
        with writing():
            row = Enrolment(
                person_id=person.person_id, period_id=cohort.period_id, cohort_id=cohort.id, state=state,
                state_since=clock.now(), work_region=region, institution_id=institution_id,
                supervisor_id=None if supervisor is None else supervisor.person_id,
            )
            db.session.add(row)
            db.session.flush()
            return Learner(
                actor, person.person_id, person.person_uuid, person.code, person.secret, row.id, row.uuid
            )

    def instructor(self, cohort: Class, **kwargs: Any) -> Someone:
        """Make an instructor of a class."""
        return self.staff("instructor", "class", str(cohort.uuid), **kwargs)

    def supervisor(self, **kwargs: Any) -> Someone:
        """Make a practice supervisor; give it to `teacher(supervisor=…)`."""
        return self.staff("practice_supervisor", "supervision", **kwargs)

    def class_admin(self, cohort: Class, **kwargs: Any) -> Someone:
        """Make the admin of a class."""
        return self.staff("class_admin", "class", str(cohort.uuid), **kwargs)

    def facilitator(self, region: str = REGENCY, **kwargs: Any) -> Someone:
        """Make a facilitator of a region."""
        return self.staff("facilitator", "region", region, **kwargs)

    def observer(self, region: str = PROVINCE, **kwargs: Any) -> Someone:
        """Make an observer of a region."""
        return self.staff("observer", "region", region, **kwargs)

    def coordinator(self, program_id: str = "diklat-mini", **kwargs: Any) -> Someone:
        """Make a coordinator of a programme."""
        return self.staff("coordinator", "program", program_id, **kwargs)

    def admin(self, **kwargs: Any) -> Someone:
        """Make a system administrator."""
        return self.staff("admin", "all", **kwargs)

    def crowd(self, cohort: Class, size: int) -> list[int]:
        """Enrol many teachers who never sign in, with two bulk inserts; returns the ids of their enrolments."""
        now, first = clock.now(), self._count + 1
        self._count += size
        numbers = range(first, first + size)
        with writing():
            people = list(db.session.scalars(sa.insert(Person).returning(Person.id), [
                {"uuid": uuid7(), "code": f"T{number:05d}", "full_name": f"Guru {number}", "name_key": f"guru {number}",
                 "sex": "P", "created_at": now, "has_shared_phone": False, "is_demo": False}
                for number in numbers
            ]))
            return list(db.session.scalars(sa.insert(Enrolment).returning(Enrolment.id), [
                {"uuid": uuid7(), "person_id": person_id, "period_id": cohort.period_id, "cohort_id": cohort.id,
                 "state": "active", "state_since": now, "work_region": SUBDISTRICT}
                for person_id in people
            ]))

    def sign_in(self, client: Any, who: Someone, *, kind: str | None = None) -> str:
        """Open a session for a test client and return its form token (`_csrf`), without paying for a hash."""
        key, now = uuid.uuid4().hex, clock.now()
        with writing():
            known = db.session.get_one(Credential, who.person_id)
            kind = kind or ("staff" if known.kind == "password" else "own")
            db.session.add(UserSession(
                key_hash=signing.hash_key(key), person_id=who.person_id, kind=kind, role=who.actor.role or None,
                created_at=now, touched_at=now, expires_at=now + dt.timedelta(days=1), device="",
            ))
        client.set_cookie(client.application.extensions["lms.config"].cookie_name, key)
        return keys().sign("csrf", signing.hash_key(key))
