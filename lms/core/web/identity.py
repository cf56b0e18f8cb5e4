"""Who is asking. The accounts domain fills this in before every request; views only read it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import g
from flask_login import UserMixin

from lms.core.permissions import Actor


@dataclass(slots=True)
class Visitor(UserMixin):  # type: ignore[misc]
    """A signed-in person as the pages see them. Flask-Login's `current_user` is this object."""

    actor: Actor
    name: str
    full_name: str
    initials: str
    csrf_key: str
    session_kind: str
    roles: tuple[str, ...] = ()
    must_change: bool = False
    unread: int = 0
    language: str | None = None
    extra: dict[str, str] = field(default_factory=dict)

    def get_id(self) -> str:
        return self.actor.person_uuid


def visitor() -> Visitor | None:
    """Return the signed-in person, or None."""
    found: Visitor | None = getattr(g, "visitor", None)
    return found


def actor() -> Actor:
    """Return who acts. Only for views behind `allow`, where somebody is signed in."""
    found = visitor()
    if found is None:
        raise LookupError("nobody is signed in")
    return found.actor
