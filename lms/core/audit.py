"""The audit log: one row per changed object, in the same transaction, never changed afterwards.

Triggers refuse UPDATE and DELETE on both databases. Each row carries a MAC over its content, so `lms audit verify`
finds a row that was edited behind the triggers. Identifiers are masked before they come here.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core.db import Base, db, insert_rows
from lms.core.keys import keys
from lms.core.permissions import Actor
from lms.core.types import Json, UtcDateTime
from lms.lib import clock


class AuditEntry(Base):
    """One change: who, for whom, in which role, what, before and after."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        sa.Index("ix_audit_entry_object", "object_kind", "object_key"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    #: 0 is the system: a command or a job.
    actor_id: Mapped[int] = mapped_column(index=True)
    on_behalf_of_id: Mapped[int | None]
    role: Mapped[str] = mapped_column(sa.String(40))
    action: Mapped[str] = mapped_column(sa.String(60), index=True)
    object_kind: Mapped[str] = mapped_column(sa.String(40))
    object_key: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
    request_id: Mapped[str | None] = mapped_column(sa.String(40))
    operation_id: Mapped[str | None] = mapped_column(sa.String(40))
    mac: Mapped[str] = mapped_column(sa.String(64))


def record(
    action: str,
    object_kind: str,
    object_key: object,
    *,
    by: Actor,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Write one audit row inside the running transaction. `before` and `after` hold only what changed, masked."""
    values = {
        "at": clock.now().replace(microsecond=0),
        "actor_id": by.person_id,
        "on_behalf_of_id": by.on_behalf_of,
        "role": by.role,
        "action": action,
        "object_kind": object_kind,
        "object_key": str(object_key),
        "before": before,
        "after": after,
        "request_id": by.request_id,
        "operation_id": by.operation_id,
    }
    insert_rows(AuditEntry, [values | {"mac": _mac(AuditEntry(**values))}])


def _mac(entry: AuditEntry) -> str:
    content = json.dumps(
        [
            entry.at.isoformat(), entry.actor_id, entry.on_behalf_of_id, entry.role, entry.action, entry.object_kind,
            entry.object_key, entry.before, entry.after, entry.request_id, entry.operation_id,
        ],
        sort_keys=True, ensure_ascii=False,
    )
    return keys().sign("audit", content)


def is_intact(entry: AuditEntry) -> bool:
    """Tell whether a row still says what was written."""
    return entry.mac == _mac(entry)


def edited_entries() -> Iterator[int]:
    """Yield the ids of rows whose content no longer fits their MAC."""
    for entry in db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id).execution_options(yield_per=500)):
        if not is_intact(entry):
            yield entry.id
