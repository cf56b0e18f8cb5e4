"""The scorecard: on the screen, on paper, as a sheet."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, request

from lms.cohorts.scope_names import scope_names
from lms.core import i18n
from lms.core.errors import NotFound
from lms.core.web import menu
from lms.core.web.actions import allow
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.programs.content import Text
from lms.programs.marked import marked
from lms.reports import queries
from lms.reports.export import as_csv, cell_words

bp = Blueprint("reports", __name__)

menu.place("coordinator observer", 10, "reports.scorecard", _("Capaian"), "target")
menu.place("admin", 40, "reports.scorecard", _("Capaian"), "target")


def _in_words(text: Text) -> str:
    return marked(text, i18n.language())


@bp.get("/capaian")
@allow("scorecard.read")
def scorecard() -> Response:
    """Show the scorecard of a period: the one asked for, else the newest."""
    by = actor()
    choices = queries.periods(by)
    period = queries.chosen(choices, request.args.get("angkatan", ""))
    shown: dict[str, Any] = {"choices": choices, "scopes": scope_names(by), "say": cell_words, "in_words": _in_words}
    return page("reports/scorecard.html", card=queries.scorecard(by, period) if period else None, **shown)


@bp.get("/capaian.csv")
@allow("scorecard.read")
def scorecard_csv() -> Response:
    """Send the same numbers as a sheet."""
    by = actor()
    period = queries.chosen(queries.periods(by), request.args.get("angkatan", ""))
    if period is None:
        raise NotFound
    card = queries.scorecard(by, period)
    response = make_response(as_csv(card))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="capaian-{card.on.isoformat()}.csv"'
    return response
