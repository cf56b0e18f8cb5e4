"""A real site for browser journeys: real migrations, the real programme, a real server, people who sign in by form."""

from __future__ import annotations

import datetime as dt
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from lms import config
from lms.accounts.services import people, secrets
from lms.app import create_app
from lms.cohorts.models import Enrolment
from lms.core import migrations
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.programs.publish import publish
from lms.programs.reader import read_program
from lms.testing_stories import SUBDISTRICT, Class, Story

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
        self.config = config.load({}, instance=folder, env="development", base_url=self.url)
        self.app = create_app(self.config)
        with self.app.app_context():
            migrations.migrate()
            self.story = Story()
            with write_tx():
                version_id = publish(read_program(ROOT / "courses" / "diklat-dasar"), by=SYSTEM).version_id
            self.cohort = self.story.cohort(version_id, starts=-21, ends=60, name="Kelas Janapria")
            self.other = self.story.cohort(version_id, starts=-21, ends=60, name="Kelas Keruak", region="52.03")
        self.process = self._serve()

    def _serve(self) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "INSTANCE": str(self.folder), "BASE_URL": self.url, "LMS_ENV": "development",
            "PYTHONPATH": str(ROOT),
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "wsgi:application", "--bind", f"127.0.0.1:{self.port}",
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


def _yesterday() -> dt.datetime:
    return clock.now() - dt.timedelta(days=1)
