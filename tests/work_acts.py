"""What people do with reports and tasks, for tests: writing, adding pictures, handing in."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from lib.picture_files import jpeg

from lms.core import uploads
from lms.core.db import db, write_tx
from lms.testing_program import with_works
from lms.testing_stories import Class, Learner, Story
from lms.workshops.models import StagePart, StageVersion, StageWork
from lms.workshops.services import attaching, drafting, handing_in
from lms.workshops.works import REPORT

#: Five words, as many as the first chapter asks for.
STORY = "Anak-anak menyusun balok di teras."
DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
#: Noon of a day. The task of a class that is made then opened seven days before it and is due seven days after it.
NOW = dt.datetime(2027, 1, 11, 4, 0, tzinfo=dt.UTC)
DUE = dt.datetime(2027, 1, 18, 15, 59, 59, tzinfo=dt.UTC)


def cohort(story: Story, task: tuple[int, int] | None = (-7, 7), **more: Any) -> Class:
    """Make a class with a report, between the first and the last day of its task."""
    return story.cohort(story.program(with_works()), task=task, **more)


def save(who: Learner, text: str = STORY, part: str = "bab-1", *, field: str = "cerita", **more: Any) -> dict[str, Any]:
    """Write a text in a part of the report."""
    values = more.pop("values", {field: text})
    with write_tx():
        return drafting.save_part(
            more.pop("enrolment", who.enrolment_uuid), more.pop("work", REPORT), part, values,
            base=more.pop("base", 0), by=more.pop("by", who.actor), **more,
        )


def hand_in(who: Learner, work: str = REPORT, **more: Any) -> dict[str, Any]:
    """Hand in what was written."""
    with write_tx():
        return handing_in.hand_in(
            more.pop("enrolment", who.enrolment_uuid), work, base=more.pop("base", 0), by=more.pop("by", who.actor),
            **more,
        )


def attach(who: Learner, caption: str = "Balok", *, field: str = "foto", part: str = "bab-2", **more: Any) -> uuid.UUID:
    """Add a picture to the report and return the address of the file."""
    stored = more.pop("stored", None) or uploads.store(jpeg(40, 30), name="IMG_1.jpg")
    with write_tx():
        return uuid.UUID(attaching.attach(
            more.pop("enrolment", who.enrolment_uuid), more.pop("work", REPORT), part, field, stored, caption=caption,
            has_consent=more.pop("has_consent", True), by=more.pop("by", who.actor),
        )["file"])


def detach(who: Learner, file: uuid.UUID, **more: Any) -> dict[str, Any]:
    """Take a picture out of the report."""
    with write_tx():
        return attaching.detach(
            more.pop("enrolment", who.enrolment_uuid), REPORT, "bab-2", "foto", file, by=more.pop("by", who.actor)
        )


def written(part: str = "bab-1") -> Any:
    """Return the row of a part as it is stored; None where nothing was written."""
    db.session.rollback()
    return db.session.scalar(sa.select(StagePart).where(StagePart.part_id == part))


def stage() -> Any:
    """Return the only stage there is."""
    db.session.rollback()
    return db.session.scalars(sa.select(StageWork)).one()


def versions() -> list[StageVersion]:
    """Return everything that was handed in."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(StageVersion).order_by(StageVersion.id)))


def count(table: type[Any]) -> int:
    """Return how many rows a table has."""
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def set_stage(**values: Any) -> None:
    """Let a reader have decided."""
    with write_tx():
        db.session.execute(sa.update(StageWork).values(**values))
