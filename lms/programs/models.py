"""Tables of published programme versions and the files they show."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.types import Json, UtcDateTime
from lms.lib.uuid7 import uuid7


class ProgramVersion(Base):
    """One immutable version of a programme. `document` is the whole of it as plain data."""

    __tablename__ = "program_version"
    __table_args__ = (sa.UniqueConstraint("program_id", "major", "minor", name="uq_program_version_number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    program_id: Mapped[str] = mapped_column(sa.String(60), index=True)
    major: Mapped[int]
    minor: Mapped[int]
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    #: Changes here mean a new major version: ids, rules, keys, marks.
    rules_hash: Mapped[str] = mapped_column(sa.String(64))
    title: Mapped[str] = mapped_column(sa.String(120))
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    published_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[int] = mapped_column(default=0)


class ContentFile(Base):
    """A picture of a programme, kept once by its hash."""

    __tablename__ = "content_file"

    sha256: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    media_type: Mapped[str] = mapped_column(sa.String(40))
    body: Mapped[bytes] = mapped_column(sa.LargeBinary)


registry.person_column("program_version.published_by", on_merge="keep")
