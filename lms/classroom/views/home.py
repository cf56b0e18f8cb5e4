"""Home, tiers, modules and announcements."""

from __future__ import annotations

import uuid

from flask import Response

from lms.classroom import announcements as announcement_queries, queries
from lms.classroom.views.blueprint import bp
from lms.core.web.actions import allow
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.quizzes import queries as quiz_queries

#: The way of a registration, in order; a state that is not on it has its own sentence.
REGISTRATION = ("proposed", "awaiting_recommendation", "recommended", "confirmed", "accepted", "active")


@bp.get("/beranda")
@allow("learning.read")
def home() -> Response:
    """Show where to go on; before the class begins, where the registration stands."""
    found = queries.home(by=actor())
    if found.enrolment is None:
        return page("classroom/no_enrolment.html", kept=True)
    if found.desk is None:
        return page("classroom/registration.html", kept=True, home=found, steps=REGISTRATION)
    return page("classroom/home.html", kept=True, home=found)


@bp.get("/diklat")
@bp.get("/diklat/<program_id>")
@allow("learning.read")
def tier(program_id: str | None = None) -> Response:
    """Show a tier with its modules; without a name, the tier one learns in."""
    return page("classroom/tier.html", kept=True, tier=queries.tier_page(program_id, by=actor()))


@bp.get("/modul/<uuid:enrolment_uuid>/<module_id>")
@allow("learning.read")
def module(enrolment_uuid: uuid.UUID, module_id: str) -> Response:
    """Show what a module wants, its lessons and its quizzes."""
    desk = queries.desk(enrolment_uuid, by=actor())
    state = desk.module(module_id)
    overviews = {
        quiz.id: quiz_queries.overview(desk.enrolment, desk.version, quiz.id) for quiz in state.module.quizzes
    }
    return page("classroom/module.html", kept=True, desk=desk, state=state, module=state.module, overviews=overviews)


@bp.get("/pengumuman")
@allow("learning.read")
def announcements() -> Response:
    """Show the announcements of one's classes, newest first."""
    pager = Pager.of_request()
    found = pager.fill(
        lambda: announcement_queries.announcements(by=actor(), page=pager.page, size=pager.size)
    )
    return page("classroom/announcements.html", kept=True, announcements=found, pager=pager)


@bp.get("/pengumuman/<uuid:announcement_uuid>")
@allow("learning.read")
def announcement(announcement_uuid: uuid.UUID) -> Response:
    """Show one announcement."""
    item = announcement_queries.announcement(announcement_uuid, by=actor())
    return page("classroom/announcement.html", kept=True, item=item)
