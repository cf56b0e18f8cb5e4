"""The table of uploaded files."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import UtcDateTime
from lms.lib.uuid7 import uuid7


class Upload(Base):
    """One file that somebody handed in for one purpose. Its content lies on disk under its hash."""

    __tablename__ = "upload"
    __table_args__ = (
        sa.CheckConstraint("state IN ('kept', 'ended')", name="state"),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended"),
        sa.CheckConstraint("(subject_kind IS NULL) = (subject_uuid IS NULL)", name="subject"),
        sa.CheckConstraint("bytes > 0", name="bytes"),
        sa.Index("ix_upload_sha256", "sha256"),
        sa.Index("ix_upload_subject", "subject_kind", "subject_uuid"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    sha256: Mapped[str] = mapped_column(sa.String(64))
    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"))
    #: What it was handed in for, a key of the domain that it belongs to.
    purpose: Mapped[str] = mapped_column(sa.String(40))
    #: What it belongs to, when that has a row already.
    subject_kind: Mapped[str | None] = mapped_column(sa.String(40))
    subject_uuid: Mapped[UUID | None] = mapped_column(sa.Uuid)
    state: Mapped[str] = mapped_column(sa.String(10), default="kept")
    bytes: Mapped[int]
    #: The media type that the content has.
    type: Mapped[str] = mapped_column(sa.String(100))
    #: The name its owner gave it, cleaned. For eyes only: the file on disk is found by its hash.
    name: Mapped[str] = mapped_column(sa.String(120))
    width: Mapped[int | None]
    height: Mapped[int | None]
    #: `lms.lib.images`: alike pictures have hashes that differ in few bits.
    picture_hash: Mapped[str | None] = mapped_column(sa.String(16))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_picture(self) -> bool:
        """Tell whether it is a picture that this program made anew."""
        return self.picture_hash is not None


registry.person_column("upload.owner_id")
