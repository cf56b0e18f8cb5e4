"""Tables of regions, institutions and providers."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base
from lms.core.types import UtcDateTime
from lms.lib.uuid7 import uuid7


class Region(Base):
    """A region of the official tree."""

    __tablename__ = "region"
    __table_args__ = (
        sa.CheckConstraint("level IN ('province', 'regency', 'city', 'subdistrict', 'village')", name="level"),
    )

    code: Mapped[str] = mapped_column(sa.String(13), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(100))
    level: Mapped[str] = mapped_column(sa.String(12))
    parent_code: Mapped[str | None] = mapped_column(sa.ForeignKey("region.code"), index=True)
    #: IANA name; a class freezes it when it is made.
    timezone: Mapped[str] = mapped_column(sa.String(40))


class Institution(Base):
    """A satuan PAUD."""

    __tablename__ = "institution"
    __table_args__ = (
        sa.CheckConstraint("state IN ('pending', 'verified', 'merged')", name="state"),
        sa.CheckConstraint("form IN ('TK', 'RA', 'KB', 'TPA', 'SPS', 'TKLB')", name="form"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    npsn: Mapped[str | None] = mapped_column(sa.String(8), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    form: Mapped[str] = mapped_column(sa.String(4))
    is_private: Mapped[bool] = mapped_column(default=True)
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"), index=True)
    village: Mapped[str | None] = mapped_column(sa.String(80))
    state: Mapped[str] = mapped_column(sa.String(10), default="verified")
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"))


class Provider(Base):
    """An organisation that holds training (LPD)."""

    __tablename__ = "provider"

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    #: A short key that scopes use.
    code: Mapped[str] = mapped_column(sa.String(40), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    region_code: Mapped[str] = mapped_column(sa.ForeignKey("region.code"))
    #: The public help desk, for people who cannot sign in; an office, never a private number.
    help_name: Mapped[str | None] = mapped_column(sa.String(80))
    help_phone: Mapped[str | None] = mapped_column(sa.String(20))
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
