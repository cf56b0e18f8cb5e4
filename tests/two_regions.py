"""Two regions, three classes, everybody with a role: the story behind the tests of who may reach what.

`own` is class A; `class` is another class of the same region and provider; `region` is a class elsewhere. Each class
has the same things: a learner with a running, a finished and an unmarked attempt, a question, an announcement, a task
that was handed in, a file in another task and one in the report. The task windows are open.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from lms.accounts.models import RoleAssignment
from lms.cohorts import services as cohorts
from lms.core import uploads
from lms.core.db import db, write_tx
from lms.lessons import services as lessons
from lms.programs.models import ContentFile
from lms.quizzes import queries as quiz_queries, services as quizzes
from lms.regions.models import Provider, Region
from lms.testing_program import with_works
from lms.testing_stories import Class, Learner, Someone, Story
from lms.workshops.services import attaching, drafting, handing_in
from lms.workshops.works import REPORT

SIDES = ("own", "class", "region")
PICTURE = "0" * 64
PAPER = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"


@dataclass
class Place:
    """A class and its things."""

    cohort: Class
    learner: Learner
    instructor: Someone
    objects: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """The three classes, and one person for each role; the roles are those of class A and its region."""

    story: Story
    places: dict[str, Place] = field(default_factory=dict)
    people: dict[str, Someone] = field(default_factory=dict)

    @property
    def own(self) -> Place:
        return self.places["own"]


def build(story: Story | None = None) -> World:
    """Make the whole story in the database of the running test."""
    story = story or Story()
    world = World(story)
    version = story.program(with_works())
    story.provider()
    _elsewhere()
    supervisor = story.supervisor()
    for side, region, work, provider in (
        ("own", "52.02", "52.02.01", "bgp-ntb"), ("class", "52.02", "52.02.01", "bgp-ntb"),
        ("region", "53.01", "53.01.01", "bgp-ntt"),
    ):
        cohort = story.cohort(version, name=f"Kelas {side}", region=region, provider=provider, task=(-1, 30))
        learner = story.teacher(
            cohort, name=f"Guru {side}", region=work, supervisor=supervisor if side == "own" else None
        )
        world.places[side] = Place(cohort, learner, story.instructor(cohort))
    own = world.own
    world.people = {
        "teacher": own.learner, "instructor": own.instructor,
        "extra_instructor": story.staff("extra_instructor", "class", str(own.cohort.uuid)),
        "practice_supervisor": supervisor, "class_admin": story.class_admin(own.cohort),
        "facilitator": story.facilitator("52.02"), "coordinator": story.coordinator(own.cohort.program_id),
        "observer": story.observer("52.02"), "admin": story.admin(),
    }
    for place in world.places.values():
        _things(place, supervisor)
    return world


def _elsewhere() -> None:
    with write_tx() as session:
        for code, name, level, parent in (
            ("53", "Nusa Tenggara Timur", "province", None), ("53.01", "Kupang", "regency", "53"),
            ("53.01.01", "Amarasi", "subdistrict", "53.01"),
        ):
            session.add(Region(code=code, name=name, level=level, parent_code=parent, timezone="Asia/Makassar"))
            session.flush()
        session.add(Provider(code="bgp-ntt", name="Lembaga bgp-ntt", region_code="53"))
        session.add(ContentFile(sha256=PICTURE, media_type="image/svg+xml", body=b"<svg/>"))


def _things(place: Place, supervisor: Someone) -> None:
    learner, by = place.learner, place.learner.actor
    enrolment = learner.enrolment_uuid
    with write_tx():
        for lesson in ("m00-1", "m00-2"):
            lessons.finish_lesson(enrolment, lesson, by=by)
        finished = quizzes.start_attempt(enrolment, "m00-awal", by=by)
        quizzes.submit(finished, {}, by=by)
        essay = quizzes.start_attempt(enrolment, "m03-kuis", by=by)
    slots = quiz_queries.attempt_page(essay, by=by).slots
    number = next(slot.number for slot in slots if slot.presentation.type == "essay")
    with write_tx():
        quizzes.submit(essay, {number: {"text": ["Anak bermain balok."], "answer": ["Anak bermain balok."]}}, by=by)
        running = quizzes.start_attempt(enrolment, "m00-latihan", by=by)
        question = lessons.ask(enrolment, "m00-1", f"Bertanya dari {place.cohort.uuid}?", by=by)
        lessons.save_reflection(enrolment, "m00-1", "Besok saya coba.", True, by=by)
        announcement = cohorts.announce(place.cohort.uuid, "Pertemuan", "Hari Sabtu.", by=place.instructor.actor)
    stored = uploads.store(PAPER, name="Surat.pdf")
    with write_tx():
        said = {"caption": "", "has_consent": False, "by": by}
        file = attaching.attach(enrolment, "P1", "P1", "lampiran", stored, **said)["file"]
        in_report = attaching.attach(enrolment, REPORT, "bab-2", "foto", stored, **said)["file"]
        drafting.save_part(enrolment, "W1", "W1", {"hasil": f"Tulisan dari {place.cohort.uuid}."}, base=0, by=by)
        handing_in.hand_in(enrolment, "W1", base=0, by=by)
    assignment = db.session.query(RoleAssignment.uuid).filter_by(person_id=learner.person_id).scalar()
    place.objects = {
        "enrolment": enrolment, "cohort": place.cohort.uuid, "attempt": uuid.UUID(running),
        "finished": uuid.UUID(finished), "essay": uuid.UUID(essay), "question": _as_uuid(question),
        "announcement": _as_uuid(announcement), "person": learner.person_uuid, "assignment": assignment,
        "essay_slot": number, "supervisor": supervisor.person_uuid,
        "file": uuid.UUID(file), "file_in_report": uuid.UUID(in_report),
    }


def _as_uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(str(value))
