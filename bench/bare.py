"""The floor: a Flask page of a given size without database, session or rules."""

from __future__ import annotations

import os

from flask import Flask, render_template_string

application = Flask(__name__)
SIZE = int(os.environ.get("BENCH_PAGE_BYTES", "9000"))
TEMPLATE = "<!doctype html><title>{{ title }}</title><main>{{ body }}</main>"


@application.get("/")
def page() -> str:
    """Answer with a page of the wanted size through a template, as any Flask page is made."""
    return render_template_string(TEMPLATE, title="bare", body="x" * SIZE)
