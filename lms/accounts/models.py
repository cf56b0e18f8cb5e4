"""Tables of people, identifiers, credentials, sessions and role assignments."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base
from lms.core.keys import Sealed
from lms.core.types import EncryptedText, UtcDateTime
from lms.lib.uuid7 import uuid7

#: A moment in a condition: the time itself, or the place in a prepared statement where it is filled in.
Moment = dt.datetime | sa.BindParameter[dt.datetime]


class Person(Base):
    """A human being. Never deleted: `ended_at` closes the account, `merged_into_id` points at the record that stays."""

    __tablename__ = "person"
    __table_args__ = (
        sa.CheckConstraint("sex IN ('L', 'P')", name="sex"),
        sa.Index("ix_person_name_key", "name_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    #: Printed on the account slip; the everyday way to sign in.
    code: Mapped[str] = mapped_column(sa.String(12), unique=True)
    full_name: Mapped[str] = mapped_column(sa.String(100))
    #: Folded for search and for look-alikes.
    name_key: Mapped[str] = mapped_column(sa.String(120))
    call_name: Mapped[str | None] = mapped_column(sa.String(60))
    title_prefix: Mapped[str | None] = mapped_column(sa.String(40))
    title_suffix: Mapped[str | None] = mapped_column(sa.String(60))
    sex: Mapped[str] = mapped_column(sa.String(1))
    institution_id: Mapped[int | None] = mapped_column(sa.ForeignKey("institution.id"), index=True)
    #: 'id' or 'en'. For what will be sent out, such as letters; pages and notices follow the reader's browser.
    language: Mapped[str | None] = mapped_column(sa.String(2))
    #: Their phone is used by several people, so sessions are short and the chooser is offered.
    has_shared_phone: Mapped[bool] = mapped_column(default=False)
    is_demo: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("person.id"))


class PersonIdentifier(Base):
    """A protected identifier of a person, sealed for its own row and found again by a keyed hash."""

    __tablename__ = "person_identifier"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('nik', 'phone', 'email', 'nuptk')", name="kind"),
        # A phone may serve a family; every other identifier belongs to one person.
        sa.Index(
            "uq_person_identifier_exclusive", "kind", "lookup", unique=True,
            sqlite_where=sa.text("kind <> 'phone'"), postgresql_where=sa.text("kind <> 'phone'"),
        ),
        sa.Index("ix_person_identifier_lookup", "lookup", "kind"),
        sa.UniqueConstraint("person_id", "kind", name="uq_person_identifier_kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    sealed: Mapped[Sealed] = mapped_column(EncryptedText)
    lookup: Mapped[str] = mapped_column(sa.String(64))


class Credential(Base):
    """The secret of a person: a PIN for learners, a password for staff, as an Argon2id hash."""

    __tablename__ = "credential"
    __table_args__ = (sa.CheckConstraint("kind IN ('pin', 'password')", name="kind"),)

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    hash: Mapped[str] = mapped_column(sa.String(160))
    #: Made by the server or by an administrator: the next sign-in asks for an own one.
    must_change: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: Wrong tries since the last right one, and until when the account is closed to everybody. A try that closes
    #: nothing leaves a moment that is over, so that tries grow old.
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class AddressCounter(Base):
    """Wrong sign-ins from one address in one window; they slow the form, they never lock it.

    A slowed form that was sent is counted here too, under a hash of its own, because it counts once.
    """

    __tablename__ = "address_counter"

    #: A keyed hash: neither the address itself nor the form is kept.
    address: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    window_started_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(default=0)


class UnknownIdentifier(Base):
    """Wrong tries for an identifier that names nobody; closed and forgotten as an account's, so a lock tells nothing.
    """

    __tablename__ = "unknown_identifier"

    #: A keyed hash: what was typed is not kept.
    lookup: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class UserSession(Base):
    """A signed-in browser. The cookie holds a random value of which only the hash is stored."""

    __tablename__ = "user_session"
    __table_args__ = (sa.CheckConstraint("kind IN ('own', 'shared', 'staff')", name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    role: Mapped[str | None] = mapped_column(sa.String(40))
    created_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    touched_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    #: The user agent, shortened, so that people recognise their own phone in the list.
    device: Mapped[str] = mapped_column(sa.String(80), default="")
    ended_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class RoleAssignment(Base):
    """A role of a person: where, from when, until when, and by which paper."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        sa.CheckConstraint(
            "scope_kind IN ('self', 'all', 'region', 'provider', 'program', 'class', 'group', 'supervision')",
            name="scope_kind",
        ),
        sa.Index("ix_role_assignment_scope", "role", "scope_kind", "scope_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[uuid.UUID] = mapped_column(sa.Uuid, unique=True, default=uuid7)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("person.id"), index=True)
    role: Mapped[str] = mapped_column(sa.String(40))
    scope_kind: Mapped[str] = mapped_column(sa.String(12))
    scope_key: Mapped[str] = mapped_column(sa.String(60), default="")
    starts_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    #: The decree or letter the role comes from.
    paper: Mapped[str | None] = mapped_column(sa.String(120))

    @classmethod
    def in_force(cls, now: Moment) -> sa.ColumnElement[bool]:
        """The condition that an assignment holds at this moment: begun, and not ended yet."""
        return sa.and_(cls.starts_at <= now, cls.not_over(now))

    @classmethod
    def not_over(cls, now: Moment) -> sa.ColumnElement[bool]:
        """The condition that an assignment holds now or will hold: not ended yet."""
        return sa.or_(cls.ends_at.is_(None), cls.ends_at > now)


for _path, _merge in (
    ("person.merged_into_id", "keep"),
    ("person_identifier.person_id", "move"),
    ("credential.person_id", "refuse"),
    ("user_session.person_id", "refuse"),
    ("role_assignment.person_id", "move"),
):
    registry.person_column(_path, on_merge=_merge)
registry.person_column("audit_entry.actor_id", on_merge="keep")
registry.person_column("audit_entry.on_behalf_of_id", on_merge="keep")
