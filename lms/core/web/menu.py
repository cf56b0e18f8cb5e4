"""The main menu: at most five places for each role, registered by the domains that own the pages."""

from __future__ import annotations

from dataclasses import dataclass

from flask import request, url_for

from lms.core import i18n
from lms.core.web.identity import visitor
from lms.core.words_lazy import Lazy

MOST = 5


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the menu of some roles. `section` is the blueprint or endpoint that lights it up."""

    order: int
    endpoint: str
    label: Lazy
    icon: str
    lights: frozenset[str]


@dataclass(frozen=True, slots=True)
class ShownPlace:
    """A place as the template draws it."""

    address: str
    label: str
    icon: str
    current: bool


_places: dict[str, list[Place]] = {}


def place(roles: str, order: int, endpoint: str, label: Lazy, icon: str, *, lights: str = "") -> None:
    """Put a page into the menu of the named roles; `lights` names further endpoints that belong to it."""
    item = Place(order, endpoint, label, icon, frozenset({endpoint, *lights.split()}))
    for role in roles.split():
        menu = _places.setdefault(role, [])
        if item in menu:
            continue
        menu.append(item)
        menu.sort(key=lambda entry: entry.order)
        if len(menu) > MOST:
            raise ValueError(f"the menu of {role} has more than {MOST} places")


def of_visitor() -> list[ShownPlace]:
    """Return the menu of the visitor's active role."""
    known = visitor()
    if known is None:
        return []
    endpoint = request.endpoint
    return [
        ShownPlace(url_for(item.endpoint), i18n.gettext(item.label), item.icon, endpoint in item.lights)
        for item in _places.get(known.actor.role, [])
    ]
