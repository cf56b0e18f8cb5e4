"""Addresses of pages in templates: the same as `flask.url_for`, built from the route alone.

A page of a learner names some twenty addresses. Flask looks at the request, at relative names and at hosts for each
of them; our templates name full endpoints on one host, so the route and the values are enough.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from werkzeug.routing import Rule


class Addresses:
    """Builds addresses for one application; what is not plain is left to Flask."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        #: (endpoint, names of the values) → the route that takes them, or None when Flask must decide.
        self._routes: dict[tuple[str, tuple[str, ...]], Rule | None] = {}

    def url_for(self, endpoint: str, /, **values: Any) -> str:
        """Return the address of an endpoint, as `flask.url_for` does within a request."""
        form = (endpoint, tuple(values))
        try:
            route = self._routes[form]
        except KeyError:
            route = self._routes[form] = self._route(endpoint, values)
        if route is None or None in values.values() or request.environ.get("SCRIPT_NAME"):
            return self._app.url_for(endpoint, **values)
        built = route.build(values)
        return self._app.url_for(endpoint, **values) if built is None else built[1]

    def _route(self, endpoint: str, values: dict[str, Any]) -> Rule | None:
        if endpoint not in self._app.view_functions or any(name.startswith("_") for name in values):
            return None
        fitting = [rule for rule in self._app.url_map.iter_rules(endpoint) if rule.arguments.issubset(values)]
        most = max((len(rule.arguments) for rule in fitting), default=0)
        routes = [rule for rule in fitting if len(rule.arguments) == most]
        # The route that takes the most values is meant; one that has defaults or a host is Flask's to choose.
        plain = len(routes) == 1 and not routes[0].defaults and not routes[0].host and not routes[0].subdomain
        return routes[0] if plain else None
