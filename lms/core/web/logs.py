"""The log: one JSON object a line, so that nothing somebody typed can look like a line of its own.

A line names the request and, for a refusal, the rule and the code; never what was typed, never a name, never a
protected identifier. Errors carry their trace here, and only here.
"""

from __future__ import annotations

import json
import logging
import sys

from flask import g, has_request_context

from lms.lib import clock

#: What a record may bring along besides its sentence.
EXTRAS = ("path_rule", "code")


class JsonLine(logging.Formatter):
    """Writes a record as one line of ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": clock.now().isoformat(timespec="milliseconds"), "level": record.levelname, "logger": record.name,
            "message": record.getMessage(),
        }
        if has_request_context():
            line["request"] = g.get("request_id", "")
        line |= {name: str(getattr(record, name)) for name in EXTRAS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


class _ToStandardError(logging.StreamHandler):  # type: ignore[type-arg]
    """Writes to whatever standard error is now, so that a server may turn it over to a file."""

    @property
    def stream(self) -> object:
        return sys.stderr

    @stream.setter
    def stream(self, _value: object) -> None:
        """The stream is looked up each time."""


def install() -> None:
    """Send the program's own log to standard error; asking twice changes nothing."""
    logger = logging.getLogger("lms")
    if not any(isinstance(handler, _ToStandardError) for handler in logger.handlers):
        handler = _ToStandardError()
        handler.setFormatter(JsonLine())
        logger.addHandler(handler)
    logger.setLevel(logging.INFO)
