"""The notice centre: what a person should know, written in the transaction of its cause.

A notice stores its kind and plain values; the sentence is made when it is shown, in the reader's language. It never
holds a mark or an identifier.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base, db
from lms.core.permissions import Actor
from lms.core.types import Json, UtcDateTime
from lms.lib import clock
from lms.lib.uuid7 import uuid7


class Notice(Base):
    """One notice for one person."""

    __tablename__ = "notice"
    __table_args__ = (sa.Index("ix_notice_person_unread", "person_id", "read_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(sa.String(60))
    values: Mapped[dict[str, Any]] = mapped_column(Json)
    #: A path on this site, without host.
    link: Mapped[str | None] = mapped_column(sa.String(200))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


registry.person_column("notice.person_id")
registry.operation_kind("notice.read")


def tell(person_id: int, kind: str, *, link: str | None = None, **values: Any) -> None:
    """Leave a notice for a person inside the running transaction."""
    if kind not in registry.notice_kinds:
        raise LookupError(f"unknown notice kind {kind!r}")
    db.session.add(Notice(person_id=person_id, kind=kind, values=values, link=link, created_at=clock.now()))


def mark_all_read(*, by: Actor) -> int:
    """Mark every notice of the actor as read; return how many were new."""
    result = db.session.execute(
        sa.update(Notice).where(Notice.person_id == by.person_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def of_person(person_id: int, *, page: int = 1, size: int = 20) -> tuple[list[Notice], int]:
    """Return one page of a person's notices, newest first, and how many there are."""
    mine = Notice.person_id == person_id
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(mine)) or 0
    rows = db.session.scalars(
        sa.select(Notice).where(mine).order_by(Notice.id.desc()).limit(size).offset((page - 1) * size)
    )
    return list(rows), total


def unread_count(person_id: sa.ColumnElement[int] | Any) -> sa.ScalarSelect[int]:
    """Return a sub-query that counts unread notices, to ride along with the session's own read."""
    return (
        sa.select(sa.func.count()).select_from(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None)).scalar_subquery()
    )
