"""Reads pages as a browser without scripts does: forms with their fields, links, tags. Tests send what it finds."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

TEXT_KINDS = frozenset({"text", "search", "email", "tel", "url", "password", "number", ""})


@dataclass
class Form:
    """A form of a page: where it goes and what it would send."""

    action: str
    method: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    #: Names of the fields that somebody types into.
    typed: list[str] = field(default_factory=list)
    #: Names of fields with a list of choices, and the choices.
    choices: dict[str, list[str]] = field(default_factory=dict)

    def filled(self, **changes: Any) -> dict[str, list[str]]:
        """What the browser sends after somebody changed these fields; None leaves a field out."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        for name, value in changes.items():
            values = value if isinstance(value, list) else [] if value is None else [value]
            sent[name] = [str(item) for item in values]
        return sent


class Page(HTMLParser):
    """A parsed page."""

    def __init__(self, text: str, address: str = "/") -> None:
        super().__init__(convert_charrefs=True)
        self.address = address
        self.forms: list[Form] = []
        self.links: list[str] = []
        #: (tag, attributes) of everything.
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.comments: list[str] = []
        self.words = ""
        self._form: Form | None = None
        self._area: tuple[str, list[str]] | None = None
        self._select: str | None = None
        self._silent = 0
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        self.tags.append((tag, values))
        if tag in ("script", "style"):
            self._silent += 1
        if tag == "a" and values.get("href") is not None:
            self.links.append(urljoin(self.address, values["href"] or ""))
        if tag == "form":
            self._form = Form(urljoin(self.address, values.get("action") or self.address),
                              (values.get("method") or "get").lower())
            self.forms.append(self._form)
        if self._form is None:
            return
        name = values.get("name")
        if tag == "input" and name:
            self._input(name, values)
        elif tag == "textarea" and name:
            self._area = (name, [])
        elif tag == "select" and name:
            self._select = name
            self._form.choices[name] = []
        elif tag == "option" and self._select:
            self._form.choices[self._select].append(values.get("value") or "")
            if "selected" in values:
                self._form.fields.append((self._select, values.get("value") or ""))
        elif tag == "button" and name:
            self._form.choices.setdefault(name, []).append(values.get("value") or "")

    def _input(self, name: str, values: dict[str, str | None]) -> None:
        assert self._form is not None
        kind = (values.get("type") or "").lower()
        if kind in ("checkbox", "radio"):
            self._form.choices.setdefault(name, []).append(values.get("value") or "on")
            if "checked" in values:
                self._form.fields.append((name, values.get("value") or "on"))
            return
        self._form.fields.append((name, values.get("value") or ""))
        if kind in TEXT_KINDS:
            self._form.typed.append(name)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent -= 1
        if tag == "form":
            self._form = None
        elif tag == "textarea" and self._area and self._form:
            name, parts = self._area
            self._form.fields.append((name, "".join(parts).removeprefix("\n")))
            self._form.typed.append(name)
            self._area = None
        elif tag == "select":
            if self._form and self._select and self._select not in dict(self._form.fields):
                self._form.fields.append((self._select, (self._form.choices[self._select] or [""])[0]))
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area[1].append(data)
        elif not self._silent:
            self.words += data

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def form_to(self, path: str) -> Form:
        """The first unsafe form that goes to an address."""
        return next(form for form in self.forms if form.method == "post" and form.action.split("?")[0] == path)

    def has(self, tag: str, **attributes: str) -> bool:
        """Whether a tag with these attribute values stands on the page."""
        return any(name == tag and all(values.get(key) == value for key, value in attributes.items())
                   for name, values in self.tags)


def read(reply: Any) -> Page:
    """Parse the reply of a test client."""
    return Page(reply.text, reply.request.path)


def field_value(page: Page, name: str) -> str:
    """The value of a field anywhere on the page."""
    return next(value for form in page.forms for key, value in form.fields if key == name)
