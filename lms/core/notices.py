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
from lms.core.db import Base, db, insert_new
from lms.core.errors import NotFound
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
    #: Two notices with the same value of this column cannot both exist; it makes a reminder come once.
    once: Mapped[str | None] = mapped_column(sa.String(120), unique=True)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    read_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


registry.person_column("notice.person_id")
registry.operation_kind("notice.read")
registry.operation_kind("notice.open")


def tell(person_id: int, kind: str, *, link: str | None = None, **values: Any) -> None:
    """Leave a notice for a person inside the running transaction.

    A value named `date` is a day as ISO text, a title that has translations is a dictionary of them; the reader sees
    both in words of their language.
    """
    _require(kind)
    db.session.add(Notice(person_id=person_id, kind=kind, values=values, link=link, created_at=clock.now()))


def tell_once(person_id: int, kind: str, once: str, *, link: str | None = None, **values: Any) -> bool:
    """Leave a notice unless the same was told before (`once`, at most 120 letters); True when it is new."""
    _require(kind)
    return insert_new(
        Notice, uuid=uuid7(), person_id=person_id, kind=kind, values=values, link=link, once=once,
        created_at=clock.now(),
    )


def tell_counted(person_id: int, kind: str, about: str, *, n: int = 1, link: str | None = None, **values: Any) -> None:
    """Leave one notice for everything of a kind that is about the same thing, and count while it is unread.

    `about` names the thing in at most 60 letters; the sentence gets the number as `n`. Once it was read, what comes
    next begins a new notice.
    """
    _require(kind)
    mine = (Notice.person_id == person_id, Notice.kind == kind, Notice.once.startswith(f"{person_id} {about} "))
    unread = db.session.scalar(
        sa.select(Notice).where(*mine, Notice.read_at.is_(None)).with_for_update()
        .execution_options(populate_existing=True)
    )
    if unread is None:
        earlier = db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(*mine))
        once = f"{person_id} {about} {kind} {earlier}"
        if tell_once(person_id, kind, once, link=link, n=n, **values):
            return
        # Somebody else began the same notice at this moment, so it is there now.
        unread = db.session.scalars(sa.select(Notice).where(Notice.once == once).with_for_update()).one()
    unread.values = values | {"n": int(unread.values["n"]) + n}
    unread.created_at = clock.now()


def _require(kind: str) -> None:
    if kind not in registry.notice_kinds:
        raise LookupError(f"unknown notice kind {kind!r}")


def mark_all_read(*, by: Actor) -> int:
    """Mark every notice of the actor as read; return how many were new."""
    result = db.session.execute(
        sa.update(Notice).where(Notice.person_id == by.person_id, Notice.read_at.is_(None)).values(read_at=clock.now())
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def open_one(notice_uuid: uuid.UUID, *, by: Actor) -> str | None:
    """Mark one notice of the actor as read and return the path it leads to. Raises `NotFound` for anybody else's."""
    notice = db.session.scalar(
        sa.select(Notice).where(Notice.uuid == notice_uuid, Notice.person_id == by.person_id)
    )
    if notice is None:
        raise NotFound
    if notice.read_at is None:
        notice.read_at = clock.now()
    return notice.link


def of_person(person_id: int, *, page: int = 1, size: int = 20) -> tuple[list[Notice], int]:
    """Return one page of a person's notices, newest first, and how many there are."""
    mine = Notice.person_id == person_id
    total = db.session.scalar(sa.select(sa.func.count()).select_from(Notice).where(mine)) or 0
    rows = db.session.scalars(
        sa.select(Notice).where(mine).order_by(Notice.created_at.desc(), Notice.id.desc())
        .limit(size).offset((page - 1) * size)
    )
    return list(rows), total


def unread_count(person_id: sa.ColumnElement[int] | Any) -> sa.ScalarSelect[int]:
    """Return a sub-query that counts unread notices, to ride along with the session's own read."""
    return (
        sa.select(sa.func.count()).select_from(Notice)
        .where(Notice.person_id == person_id, Notice.read_at.is_(None)).scalar_subquery()
    )
