"""Numbers in addresses: places in a list, never the key of a row."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter


class SmallNumber(IntegerConverter):
    """A number of one to three plain digits, `<small:…>`; anything else is another address, which leads nowhere."""

    # The library's own converter reads any number of digits of any script, more than a database can be asked for.
    regex = r"[0-9]{1,3}"


def init_app(app: Flask) -> None:
    """Let routes name such a number."""
    app.url_map.converters["small"] = SmallNumber
