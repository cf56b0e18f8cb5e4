"""A real site for browser journeys: real migrations, the real programme, a real server, people who sign in by form."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from lib.picture_files import jpeg

from lms import config
from lms.accounts.models import Credential
from lms.accounts.services import people, secrets
from lms.app import create_app
from lms.cohorts.models import Enrolment
from lms.completion import services as completion
from lms.core import migrations, uploads
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM, Actor, Scope
from lms.demo import accounts as demo_accounts, story as demo_story
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs import catalogue
from lms.programs.publish import publish
from lms.programs.reader import read_program
from lms.quizzes import services as quizzes
from lms.quizzes.models import Attempt
from lms.testing_program import SUBDISTRICT
from lms.testing_stories import Class, Story
from lms.workshops.services import attaching, drafting

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "kebun kelor di Praya"
PIN = "482915"


@dataclass(frozen=True)
class Account:
    """Somebody of the site: what they type to sign in, and their enrolment if they learn."""

    role: str
    code: str
    secret: str
    person_id: int
    enrolment: str = ""


class Site:
    """The site of one test run. `url` answers; `new_teacher` and `staff` make people while it runs."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.folder = folder
        # A copy, so that a journey can break a file of the course and look at what the preview says.
        self.courses = Path(shutil.copytree(ROOT / "courses", folder / "courses"))
        self.config = config.load({}, instance=folder, env="development", base_url=self.url)
        self.app = create_app(self.config)
        with self.app.app_context():
            migrations.migrate()
            self.story = Story()
            with write_tx():
                for program in ("diklat-dasar", "diklat-lanjut", "diklat-mahir"):
                    publish(read_program(self.courses / program), by=SYSTEM)
        self.cohort = self.new_class("Kelas Janapria")
        self.process = self._serve()

    def _serve(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "INSTANCE": str(self.folder), "BASE_URL": self.url, "LMS_ENV": "development",
            "LMS_COURSES": str(self.courses), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests'}",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "browser.served:application", "--bind", f"127.0.0.1:{self.port}",
             "--worker-class", "gthread", "--workers", "1", "--threads", "4", "--log-level", "warning"],
            cwd=ROOT, env=environment, start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                urllib.request.urlopen(f"{self.url}/masuk", timeout=2).close()
                return process
            except (urllib.error.URLError, OSError):
                if process.poll() is not None:
                    raise RuntimeError("the server of the journeys did not start") from None
                # The server is another process: there is nothing to listen to but its port.
                time.sleep(0.1)
        raise TimeoutError(self.url)

    def stop(self) -> None:
        """End the server and everything it started."""
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(timeout=20)
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def new_class(self, name: str, **changes: Any) -> Class:
        """Make a class in its fourth week on the real programme; `changes` as for `Story.cohort`."""
        with self.app.app_context():
            version_id = catalogue.latest("diklat-dasar").id
            return self.story.cohort(version_id, **{"starts": -21, "ends": 60, "name": name} | changes)

    def new_teacher(
        self, name: str, *, must_change: bool = False, cohort: Class | None = None, state: str = "active",
        region: str = SUBDISTRICT, supervisor: Account | None = None,
    ) -> Account:
        """Make a teacher in a class who has done nothing yet."""
        cohort = cohort or self.cohort
        hashed = secrets.hash_secret(PIN)
        with self.app.app_context():
            institution = self.story.institution(f"KB {name}", region=region)
            with write_tx() as session:
                person = people.create_person(name, "P", by=SYSTEM, institution_id=institution)
                secrets.store_secret(person.id, "pin", hashed, must_change=must_change, by=SYSTEM)
                people.assign_role(person.id, "teacher", "self", by=SYSTEM, starts_at=_yesterday())
                enrolment = Enrolment(
                    uuid=uuid7(), person_id=person.id, period_id=cohort.period_id, cohort_id=cohort.id, state=state,
                    state_since=clock.now(), work_region=region, institution_id=institution,
                    supervisor_id=supervisor.person_id if supervisor else None,
                )
                session.add(enrolment)
                return Account("teacher", person.code, PIN, person.id, str(enrolment.uuid))

    def staff(self, role: str, scope_kind: str, scope_key: str = "", *, name: str = "Lalu Wirawan") -> Account:
        """Make somebody with one staff role and a password."""
        hashed = secrets.hash_secret(PASSWORD)
        with self.app.app_context(), write_tx():
            person = people.create_person(name, "L", by=SYSTEM)
            secrets.store_secret(person.id, "password", hashed, must_change=False, by=SYSTEM)
            people.assign_role(person.id, role, scope_kind, scope_key, by=SYSTEM, starts_at=_yesterday())
            return Account(role, person.code, PASSWORD, person.id)

    def give_role(self, account: Account, role: str, scope_kind: str, scope_key: str = "") -> None:
        """Give somebody one more role."""
        with self.app.app_context(), write_tx() as session:
            people.assign_role(account.person_id, role, scope_kind, scope_key, by=SYSTEM, starts_at=_yesterday())
            session.get_one(Credential, account.person_id).kind = "password"

    def complete(self, account: Account, *modules: str) -> None:
        """Let modules be complete for a learner, so that what comes after them is open."""
        with self.app.app_context(), write_tx() as session:
            enrolment_id = session.scalars(
                sa.select(Enrolment.id).where(Enrolment.uuid == UUID(account.enrolment))
            ).one()
            for module in modules:
                completion.record(
                    enrolment_id, "diklat-dasar", module, "module_complete", rule_version="1.0", by=SYSTEM
                )

    def hand_in_blank(self, account: Account, quiz_id: str, *, times: int) -> None:
        """Let a learner hand in a quiz without one answer, so many times."""
        by = Actor(account.person_id, "", "teacher", (Scope("self", ""),))
        with self.app.app_context():
            for _ in range(times):
                with write_tx():
                    quizzes.submit(quizzes.start_attempt(UUID(account.enrolment), quiz_id, by=by), {}, by=by)

    def write(
        self, account: Account, activity_id: str, part_id: str, values: dict[str, Any], *, photos: str = "",
        count: int = 2,
    ) -> None:
        """Let a learner write a part of a work on another phone, with so many pictures in the field `photos`."""
        by, enrolment = Actor(account.person_id, "", "teacher", (Scope("self", ""),)), UUID(account.enrolment)
        with self.app.app_context():
            for number in range(count if photos else 0):
                stored = uploads.store(jpeg(400 + number, 300), name=f"IMG_{number}.jpg")
                with write_tx():
                    attaching.attach(
                        enrolment, activity_id, part_id, photos, stored, caption=f"Sudut balok {number + 1}",
                        has_consent=True, by=by,
                    )
            with write_tx():
                drafting.save_part(enrolment, activity_id, part_id, values, base=1_000, by=by)

    def end_time(self, account: Account) -> None:
        """Let the time of what a learner answers at the moment be over."""
        with self.app.app_context(), write_tx() as session:
            enrolment_id = sa.select(Enrolment.id).where(Enrolment.uuid == UUID(account.enrolment)).scalar_subquery()
            session.execute(
                sa.update(Attempt).where(Attempt.enrolment_id == enrolment_id, Attempt.state == "running")
                .values(due_at=clock.now() - dt.timedelta(hours=1))
            )

    def lock(self, account: Account) -> None:
        """Close an account as wrong tries do."""
        with self.app.app_context(), write_tx() as session:
            session.execute(
                sa.update(Credential).where(Credential.person_id == account.person_id)
                .values(failures=10, locked_until=clock.now() + dt.timedelta(minutes=40))
            )

    def tell_demo(self) -> list[dict[str, str]]:
        """Make the fictive people of the demo on this site and return the accounts that are handed out."""
        with self.app.app_context():
            demo_story.build(say=lambda _line: None)
            return demo_accounts.refresh(self.app, self.config)


def _yesterday() -> dt.datetime:
    return clock.now() - dt.timedelta(days=1)
