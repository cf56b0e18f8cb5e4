"""The application as the journeys' server runs it: the real one, and every page says which template it was made of."""

from __future__ import annotations

from typing import Any

from flask import Flask, Response, g, template_rendered

from lms.cli import application as make

application: Flask = make()


def note(_application: Flask, template: Any, **_context: Any) -> None:
    g.template_name = template.name


@application.after_request
def name_the_template(response: Response) -> Response:
    if name := g.get("template_name"):
        response.headers["X-Template"] = name
    return response


@application.get("/galat-buatan")
def fail() -> Response:
    """Fail as no page of ours does on purpose: the page of an unexpected failure is looked at too."""
    raise RuntimeError("made for the test")


template_rendered.connect(note, application)
