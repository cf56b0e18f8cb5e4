"""Named refusals. A service raises one with the values; the web floor turns it into a sentence and a status."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """Something was asked for that the rules do not allow. Nothing was changed.

    `values` fill the sentence that a person reads; they never hold a protected identifier.
    """

    status = 409

    def __init__(self, **values: Any) -> None:
        super().__init__(values)
        self.values = values

    @property
    def code(self) -> str:
        return type(self).__name__


class NotFound(Refusal):
    """The object does not exist, or lies outside the asker's scope: the two look the same."""

    status = 404


class NotAllowed(Refusal):
    """The role may not do this at all, whatever the object."""

    status = 403


class Invalid(Refusal):
    """A value cannot be accepted. `fields` maps a field name to a refusal code and its values."""

    status = 422

    def __init__(self, fields: dict[str, str] | None = None, **values: Any) -> None:
        super().__init__(**values)
        self.fields = fields or {}


class Conflict(Refusal):
    """The state forbids it (finished attempt, ended class); what was typed is handed back."""

    status = 409
