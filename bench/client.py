"""A browser in small: one kept-alive connection, cookies, forms. Checks what it gets."""

from __future__ import annotations

import http.client
import time
from html.parser import HTMLParser
from urllib.parse import urlencode

import brotli


class Unexpected(AssertionError):
    """A reply was not what the scenario wanted; the bench counts it as an error."""


class _Fields(HTMLParser):
    """Collects the forms of a page: action and the fields a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.options: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.forms.append((values.get("action", ""), {}))
        elif tag == "input" and self.forms and values.get("name"):
            if values.get("type") == "radio":
                self.options.setdefault(values["name"], []).append(values.get("value", ""))
            elif values.get("type") != "checkbox":
                self.forms[-1][1][values["name"]] = values.get("value", "")


class Browser:
    """One visitor. `seconds` collects how long each named request took."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.cookies: dict[str, str] = {}
        self.sessions: dict[str, dict[str, str]] = {}
        self.seconds: dict[str, list[float]] = {}
        self.bytes: dict[str, list[int]] = {}
        self.location = ""

    def keep(self, code: str) -> None:
        """Remember the session under way as that of a person."""
        self.sessions[code] = dict(self.cookies)

    def become(self, code: str) -> None:
        """Go on as a person whose session was kept."""
        self.cookies = self.sessions[code]

    def get(self, path: str, *, name: str = "", wants: str = "") -> str:
        """Fetch a page, follow nothing, and check that it contains what it should."""
        return self._send("GET", path, None, name, 200, wants)

    def post(self, path: str, fields: dict[str, str], *, name: str = "", script: bool = False) -> str:
        """Send a form; a redirect is expected, or JSON when our script asks. The target is kept in `location`."""
        return self._send("POST", path, urlencode(fields), name, 200 if script else 303, "", script)

    def _send(
        self, method: str, path: str, body: str | None, name: str, status: int, wants: str, script: bool = False
    ) -> str:
        headers = {"Accept-Encoding": "br", "Accept-Language": "id", "Connection": "keep-alive"}
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if script:
            headers["X-Requested-With"] = "sanggar"
        started = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        reply = self.connection.getresponse()
        raw = reply.read()
        self.seconds.setdefault(name or path, []).append(time.perf_counter() - started)
        self.bytes.setdefault(name or path, []).append(len(raw))
        for header in reply.headers.get_all("Set-Cookie") or []:
            key, _, rest = header.partition("=")
            self.cookies[key] = rest.partition(";")[0]
        self.location = reply.headers.get("Location", "")
        text = (brotli.decompress(raw) if reply.headers.get("Content-Encoding") == "br" else raw).decode()
        if reply.status != status or (wants and wants not in text):
            raise Unexpected(f"{method} {path}: {reply.status}, wanted {status} {wants!r}")
        return text

    def form(self, html: str, action_part: str) -> tuple[str, dict[str, str], dict[str, list[str]]]:
        """Return (action, hidden and text fields, options of radio buttons) of the first form whose action fits."""
        parser = _Fields()
        parser.feed(html)
        for action, fields in parser.forms:
            if action_part in action:
                return action, fields, parser.options
        raise Unexpected(f"no form for {action_part}")
