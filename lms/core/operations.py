"""The same thing sent twice has one effect.

Every unsafe form carries an operation id. Its row is written in the same transaction as the effect, with a hash of
what was sent and the reply. The same id with the same body gets the first reply again; the same id with another body
is refused and kept for its owner to look at; a refused form leaves no row.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from lms.core import registry
from lms.core.db import Base, db, insert_new, write_tx
from lms.core.errors import Conflict, NotFound
from lms.core.keys import keys
from lms.core.permissions import Actor
from lms.core.types import Json, UtcDateTime
from lms.lib import clock
from lms.lib.uuid7 import DERIVED_VERSION, derived_uuid

#: Fields of a form that say nothing about what the person wants.
NOT_CONTENT = frozenset({"_op", "_csrf", "_device", "_seq", "_at"})


class Operation(Base):
    """A write that was acknowledged."""

    __tablename__ = "operation"
    __table_args__ = (sa.Index("ix_operation_person_received", "person_id", "received_at"),)

    id: Mapped[uuid.UUID] = mapped_column(sa.Uuid, primary_key=True)
    #: 0 stands for a visitor who is not signed in.
    person_id: Mapped[int]
    device: Mapped[str | None] = mapped_column(sa.String(40))
    seq: Mapped[int | None] = mapped_column(sa.BigInteger)
    kind: Mapped[str] = mapped_column(sa.String(60))
    body_sha256: Mapped[str] = mapped_column(sa.String(64))
    client_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    received_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reply: Mapped[Any] = mapped_column(Json)


registry.person_column("operation.person_id", on_merge="keep")

_FORGET = sa.delete(Operation.__table__).where(Operation.id == sa.bindparam("operation_id"))  # type: ignore[arg-type]
# Built once: every write of everybody ends with it.
_KEEP_REPLY = (
    sa.update(Operation.__table__)  # type: ignore[arg-type]
    .where(Operation.id == sa.bindparam("operation_id")).values(reply=sa.bindparam("answer", type_=Json))
)


class Unchanged(dict[str, Any]):
    """What a service returns when it found things as they were wanted already.

    The id of a form names its object's version, which then stays the same: with a row of it, the next form of that page
    would look like another body under the same id. So a form that changed nothing leaves no row.
    """


class OtherBody(Conflict):
    """This operation id was already used for something else by the same person."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived: the operation id, its kind, the canonical body, and what the device says about itself."""

    id: uuid.UUID
    kind: str
    body_sha256: str
    device: str | None = None
    seq: int | None = None
    client_at: dt.datetime | None = None


def form_operation_id(person_id: int, form: str, version: object) -> uuid.UUID:
    """Return the operation id a page puts into a form: the same for the same person, form and row version.

    It is no secret, it is a name for one intended change; it makes the page the same bytes on every visit.
    """
    return derived_uuid(keys().signing, "op", str(person_id), form, str(version))


def body_hash(fields: Iterable[tuple[str, str]], files: Iterable[tuple[str, str]] = ()) -> str:
    """Return the hash of a canonical body: names and values sorted, files by their SHA-256."""
    pairs = sorted((name, value) for name, value in fields if name not in NOT_CONTENT)
    content = json.dumps([pairs, sorted(files)], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _sealed(request: Request) -> str:
    """Return the hash as it is stored: under a key, for a plain one of six digits would soon be guessed."""
    return hmac.new(keys().signing, request.body_sha256.encode(), hashlib.sha256).hexdigest()


def seen(request: Request, *, by: Actor) -> Any | None:
    """Return the stored reply when this operation was already carried out, else None.

    Raises `OtherBody` when the same person used the id for something else, `NotFound` when it is not theirs.
    """
    row = db.session.get(Operation, request.id)
    if row is None:
        return None
    if row.person_id != by.person_id:
        raise NotFound
    if row.body_sha256 != _sealed(request) or row.kind != request.kind:
        raise OtherBody
    return row.reply


def carry_out(
    request: Request, effect: Callable[[Actor], Any], *, by: Actor, reply: Callable[[Any], Any] = lambda result: result
) -> Any:
    """Run an effect once, in one write transaction with its operation row, and return the reply.

    `effect` gets the actor and calls one service; `reply` turns its result into plain data that is stored and given
    again when the same operation comes a second time.
    """
    if request.kind not in registry.operation_kinds:
        raise LookupError(f"unknown operation kind {request.kind!r}")
    with write_tx() as session:
        # The row comes first: of two that arrive at the same moment the second waits here and then finds the reply.
        is_new = insert_new(
            Operation, id=request.id, person_id=by.person_id, device=request.device, seq=request.seq, kind=request.kind,
            body_sha256=_sealed(request), client_at=request.client_at, received_at=clock.now(), reply={},
        )
        if not is_new:
            return seen(request, by=by)
        result = effect(by.within(str(request.id)))
        answer = reply(result)
        session.flush()
        if isinstance(result, Unchanged) and request.id.version == DERIVED_VERSION:
            session.connection().execute(_FORGET, {"operation_id": request.id})
        else:
            session.connection().execute(_KEEP_REPLY, {"operation_id": request.id, "answer": answer})
    return answer
