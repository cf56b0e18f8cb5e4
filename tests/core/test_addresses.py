"""Addresses in templates are those of Flask, for every page there is."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import BuildError, IntegerConverter, UUIDConverter

from lms.core.web.addresses import Addresses

EXTRAS: tuple[dict[str, Any], ...] = (
    {}, {"hal": 2}, {"cari": "a b&ü", "hal": None}, {"_anchor": "isi"}, {"pilih": ["a", "b"]},
)


def values_for(rule: Any) -> dict[str, Any]:
    def example(name: str) -> Any:
        if name in (rule.defaults or {}):
            return rule.defaults[name]
        converter = rule._converters[name]
        if isinstance(converter, UUIDConverter):
            return uuid.UUID(int=5)
        return 7 if isinstance(converter, IntegerConverter) else "ü-b c.7"

    return {name: example(name) for name in rule.arguments}


@pytest.mark.parametrize("prefix", ["", "/lms"])
def test_every_address_is_the_one_flask_gives(app: Flask, prefix: str) -> None:
    addresses = Addresses(app)
    with app.test_request_context("/beranda", environ_overrides={"SCRIPT_NAME": prefix}):
        for rule in app.url_map.iter_rules():
            for extra in EXTRAS:
                values = values_for(rule) | extra
                assert addresses.url_for(rule.endpoint, **values) == url_for(rule.endpoint, **values), rule


def test_a_page_that_does_not_exist_has_no_address(app: Flask) -> None:
    with app.test_request_context("/"), pytest.raises(BuildError):
        Addresses(app).url_for("classroom.nowhere")
