"""Addresses of pages in templates: the same as `flask.url_for`, built from the route alone.

A page of a learner names some twenty addresses. Flask looks at the request, at relative names and at hosts for each
of them; our templates name full endpoints on one host, so the route and the values are enough.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Flask, request
from werkzeug.routing import Rule

#: The addresses a process keeps: a learner's next page names most of those of the last one again.
KEPT = 5000


class Addresses:
    """Builds addresses for one application; what is not plain is left to Flask."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        #: (endpoint, names of the values) → the route that takes them, or None when Flask must decide.
        self._routes: dict[tuple[str, tuple[str, ...]], Rule | None] = {}
        self._kept = lru_cache(maxsize=KEPT)(self._built)

    def url_for(self, endpoint: str, /, **values: Any) -> str:
        """Return the address of an endpoint, as `flask.url_for` does within a request."""
        try:
            address = None if request.environ.get("SCRIPT_NAME") else self._kept(endpoint, *values.items())
        except TypeError:  # A list of values cannot be kept.
            address = None
        return self._app.url_for(endpoint, **values) if address is None else address

    def _built(self, endpoint: str, *pairs: tuple[str, Any]) -> str | None:
        """Return an address that depends on nothing but the route and its values, or None when Flask must decide."""
        values = dict(pairs)
        form = (endpoint, tuple(values))
        if form not in self._routes:
            self._routes[form] = self._route(endpoint, values)
        route = self._routes[form]
        built = None if route is None or None in values.values() else route.build(values)
        return None if built is None else built[1]

    def _route(self, endpoint: str, values: dict[str, Any]) -> Rule | None:
        if endpoint not in self._app.view_functions or any(name.startswith("_") for name in values):
            return None
        fitting = [rule for rule in self._app.url_map.iter_rules(endpoint) if rule.arguments.issubset(values)]
        most = max((len(rule.arguments) for rule in fitting), default=0)
        routes = [rule for rule in fitting if len(rule.arguments) == most]
        # The route that takes the most values is meant; one that has defaults or a host is Flask's to choose.
        plain = len(routes) == 1 and not routes[0].defaults and not routes[0].host and not routes[0].subdomain
        return routes[0] if plain else None
