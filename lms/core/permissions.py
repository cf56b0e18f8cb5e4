"""Who may: capability × scope × dates, decided here and nowhere else.

`Actor` is the person who acts, in the role they have chosen, with the scopes of that role that are in force now.
`in_scope` turns an actor into a condition on any list or single row; a page, its list, its export and a single
object are therefore limited by the same code. An object outside the condition does not exist: `NotFound`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from lms.core import roles
from lms.core.errors import NotAllowed

Column = sa.ColumnElement[Any] | sa.orm.attributes.InstrumentedAttribute[Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """One limit of a role: its kind (all, region, provider, program, class, group, supervision, self) and its key."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting in one role. Services take it as `by`; it carries no name and no identifier."""

    person_id: int
    person_uuid: str
    role: str
    scopes: tuple[Scope, ...] = ()
    session_id: int | None = None
    on_behalf_of: int | None = None
    request_id: str | None = None
    operation_id: str | None = None
    language: str = field(default="id", compare=False)

    def can(self, capability: str) -> bool:
        """Tell whether the active role holds the capability somewhere."""
        return roles.has(self.role, capability)

    def require(self, capability: str) -> None:
        """Raise `NotAllowed` unless the active role holds the capability."""
        if not self.can(capability):
            raise NotAllowed

    def within(self, operation_id: str) -> Actor:
        """Return the same actor, working inside an operation."""
        return replace(self, operation_id=operation_id)


#: The system itself: commands and jobs. It is limited by nothing and named in the audit log.
SYSTEM = Actor(person_id=0, person_uuid="", role="system", scopes=(Scope("all", ""),))


@dataclass(frozen=True, slots=True)
class ScopeColumns:
    """Which columns of a query carry what a scope can be about. A missing column matches nothing."""

    person: Column | None = None
    region: Column | None = None
    provider: Column | None = None
    program: Column | None = None
    cohort: Column | None = None
    supervisor: Column | None = None


def in_scope(actor: Actor, capability: str, columns: ScopeColumns) -> sa.ColumnElement[bool]:
    """Return the condition that limits a query to what the actor may reach with this capability.

    Without the capability, or without a scope in force, the condition is false: default deny.
    """
    if actor.role != "system" and not actor.can(capability):
        return sa.false()
    return sa.or_(sa.false(), *(_condition(actor, scope, columns) for scope in actor.scopes))


def _condition(actor: Actor, scope: Scope, columns: ScopeColumns) -> sa.ColumnElement[bool]:
    match scope.kind:
        case "all":
            return sa.true()
        case "self":
            return _equals(columns.person, actor.person_id)
        case "supervision":
            return _equals(columns.supervisor, actor.person_id)
        case "region" if columns.region is not None and scope.key:
            # "52.02" covers "52.02" and "52.02.09" but never "52.021".
            return sa.or_(columns.region == scope.key, columns.region.like(f"{scope.key}.%"))
        case "provider":
            return _equals(columns.provider, scope.key)
        case "program":
            return _equals(columns.program, scope.key)
        case "class":
            return _equals_uuid(columns.cohort, scope.key)
        case _:
            return sa.false()


def _equals(column: Column | None, value: object) -> sa.ColumnElement[bool]:
    return sa.false() if column is None else column == value


def _equals_uuid(column: Column | None, key: str) -> sa.ColumnElement[bool]:
    try:
        return _equals(column, uuid.UUID(key))
    except ValueError:
        # A role that was recorded with a key no class has opens nothing; it must not break the page.
        return sa.false()
