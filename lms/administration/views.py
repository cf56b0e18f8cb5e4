"""Pages of the administrator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.services.people import IdentifierTaken
from lms.accounts.slip_pages import answer_with_slips
from lms.administration import correcting, log_words, people, queries, scopes, searching, services
from lms.administration.forms import PersonForm, RoleForm
from lms.cohorts import services as cohorts
from lms.config import DEFAULT_ZONE
from lms.core import i18n, registry
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.web import failures, menu
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.web.paging import Pager
from lms.core.web.searching import search_text
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words

bp = Blueprint("administration", __name__)

for _kind in (
    "person.create", "person.correct", "person.end", "person.reopen", "person.slip", "person.unlock",
    "role.assign", "role.end", "cohort.minor_update",
):
    registry.operation_kind(_kind)

menu.place("admin", 10, "administration.overview", _("Kelola"), "home")
menu.place(
    "admin", 20, "administration.people", _("Orang"), "people",
    lights="administration.person administration.new_person administration.new_role administration.new_slip"
    " administration.correct administration.save_correction administration.search_people administration.reopen"
    " administration.reopen_account",
)
menu.place("admin", 30, "administration.versions", _("Program"), "book")

failures.says(services.OwnAccount, _("Akun dan peran Anda sendiri diakhiri oleh admin lain."))
failures.says(services.LastAdmin, _("Ini satu-satunya admin sistem. Beri peran admin kepada orang lain dahulu."))
failures.says(cohorts.NothingNewer, _("Kelas ini sudah memakai naskah terbaru."))
failures.says(cohorts.ClassEnded, _("Kelas yang sudah selesai tetap memakai versi yang dipakai saat menilai."))


@bp.get("/kelola")
@allow("person.read")
def overview() -> Response:
    """Show the figures of the installation and what needs a hand."""
    return page("administration/overview.html", figures=queries.overview(by=actor()))


bp.get("/kelola/orang", endpoint="people")(searching.show)
bp.post("/kelola/orang", endpoint="search_people")(searching.search)


@bp.get("/kelola/orang/baru")
@allow("person.write")
def new_person() -> Response:
    """Show the form for a new person."""
    return _new_person(PersonForm())


def _new_person(form: PersonForm, *, status: int = 200) -> Response:
    return page("administration/new_person.html", status=status, form=form)


@bp.post("/kelola/orang/baru")
@allow("person.write")
def create_person() -> BaseResponse:
    """Create a person; a role and a slip come next, on the person's own page."""
    form = PersonForm()
    if not form.validate():
        return _new_person(form, status=422)
    try:
        return perform(
            "person.create",
            lambda by: services.create_person(
                form.full_name.data, form.sex.data, by=by, call_name=form.call_name.data or None,
                identifiers=form.identifiers,
            ),
            then=lambda person: url_for("administration.person", person=UUID(person), pesan="dibuat"),
        )
    except IdentifierTaken as problem:
        form.refuse(Invalid({problem.values["kind"]: _("Sudah dipakai orang lain. Cari orang itu dahulu.")}))
        return _new_person(form, status=422)


bp.get("/kelola/orang/<uuid:person>", endpoint="person")(correcting.person)
# The refused form stands at this address too, and from there the switch of language asks for it.
bp.get("/kelola/orang/<uuid:person>/aktifkan", endpoint="reopen")(correcting.person)
bp.post("/kelola/orang/<uuid:person>/aktifkan", endpoint="reopen_account")(correcting.reopen_account)
bp.get("/kelola/orang/<uuid:person>/betulkan", endpoint="correct")(correcting.correct)
bp.post("/kelola/orang/<uuid:person>/betulkan", endpoint="save_correction")(correcting.save_correction)


@bp.get("/kelola/orang/<uuid:person>/kartu")
@allow("person.write", conceal=True)
def new_slip(person: UUID) -> Response:
    """Ask before a new secret is made."""
    return page("administration/new_slip.html", person=people.person_page(person, by=actor()))


@bp.post("/kelola/orang/<uuid:person>/kartu")
@allow("person.write", conceal=True)
def make_slip(person: UUID) -> Response:
    """Make a new PIN or first password and answer with the slip."""
    return answer_with_slips(
        "person.slip", lambda by: services.person_ids(person, by=by),
        back=url_for("administration.person", person=person), again=url_for("administration.new_slip", person=person),
    )


@bp.post("/kelola/orang/<uuid:person>/buka")
@allow("person.write", conceal=True)
def unlock(person: UUID) -> BaseResponse:
    """Open an account that wrong tries had closed; facilitators do it from their own page, within their scope."""
    return perform(
        "person.unlock", lambda by: services.unlock(person, by=by),
        then=lambda _r: url_for("administration.person", person=person, pesan="buka"),
    )


@bp.post("/kelola/orang/<uuid:person>/akhiri")
@allow("person.write", conceal=True)
def end_account(person: UUID) -> BaseResponse:
    """Close an account."""
    return perform(
        "person.end", lambda by: services.end_account(person, by=by),
        then=lambda _r: url_for("administration.person", person=person, pesan="diakhiri"),
    )


@bp.get("/kelola/orang/<uuid:person>/peran")
@allow("role.assign", conceal=True)
def new_role(person: UUID) -> Response:
    """Choose a role, then its scope, dates and paper."""
    return _role_page(person, RoleForm(), request.args.get("peran", ""))


def _role_page(person: UUID, form: RoleForm, role: str, *, status: int = 200) -> Response:
    found = people.person_page(person, by=actor())
    form.scope.choices = dict(_scope_choices(role))
    return page("administration/new_role.html", status=status, person=found, form=form, role=role)


#: Scopes without a place of their own.
_PLACELESS = {
    "all": _("Semua"), "self": _("Diri sendiri"), "supervision": _("Peserta yang ditetapkan untuknya"),
}


def _scope_choices(role: str) -> list[tuple[str, str]]:
    return [
        (key, name or i18n.gettext(_PLACELESS[key.partition(":")[0]])) for key, name in scopes.scope_choices(role)
    ]


@bp.post("/kelola/orang/<uuid:person>/peran")
@allow("role.assign", conceal=True)
def give_role(person: UUID) -> BaseResponse:
    """Give the role."""
    form, role = RoleForm(), request.form.get("role", "")
    form.scope.choices = dict(_scope_choices(role))
    if not form.validate():
        return _role_page(person, form, role, status=422)
    values: dict[str, Any] = {
        "starts_at": _midnight(form.since.data), "paper": form.paper.data,
        "ends_at": words.end_of_day(form.until.data, DEFAULT_ZONE) if form.until.data else None,
    }
    try:
        return perform(
            "role.assign", lambda by: services.give_role(person, role, form.scope.data, by=by, **values),
            then=lambda _r: url_for("administration.person", person=person, pesan="peran"),
        )
    except Invalid as problem:
        form.refuse(problem)
        return _role_page(person, form, role, status=422)


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), ZoneInfo(DEFAULT_ZONE)).astimezone(dt.UTC)


@bp.post("/kelola/peran/<uuid:assignment>/akhiri")
@allow("role.assign", conceal=True)
def end_role(assignment: UUID) -> BaseResponse:
    """End a role."""
    return perform(
        "role.end", lambda by: services.end_role(assignment, by=by),
        then=lambda person: url_for("administration.person", person=UUID(person), pesan="peran-akhir"),
    )


@bp.get("/kelola/program")
@allow("program.read")
def versions() -> Response:
    """List the published versions and the classes that use them."""
    return page(
        "administration/versions.html", versions=queries.versions(by=actor()), zone=DEFAULT_ZONE,
        said=request.args.get("pesan"),
    )


@bp.post("/kelola/kelas/<uuid:cohort>/naskah")
@allow("class.update")
def take_minor_update(cohort: UUID) -> BaseResponse:
    """Give a running class the newest text of its major version."""
    return perform(
        "cohort.minor_update", lambda by: cohorts.take_minor_update(cohort, by=by),
        then=lambda _label: url_for("administration.versions", pesan="naskah"),
    )


@bp.get("/kelola/catatan", endpoint="audit")
@allow("audit.read")
def audit_log() -> Response:
    """Show the audit log, narrowed as asked; no row of it while a day cannot be read."""
    pager, asked, by = Pager.of_request(size=30), request.args, actor()
    days = _Day("dari"), _Day("sampai")
    wanted = queries.AuditFilter(
        action=asked.get("tindakan", "")[:60], person=search_text("orang"),
        object=search_text("objek", longest=64), since=days[0].day, until=days[1].day,
    )
    is_unread = any(day.is_wrong for day in days)
    # A day that cannot be read narrows nothing, and a wrong filter must never mean "everything".
    lines = [] if is_unread else pager.fill(
        lambda: queries.audit_page(wanted, by=by, zone=DEFAULT_ZONE, limit=pager.size, offset=pager.offset)
    )
    return page(
        "administration/audit.html", lines=lines, pager=pager, wanted=wanted, zone=DEFAULT_ZONE, days=days,
        is_unread=is_unread, actions=_said_actions(by), words=log_words, say=_say, say_value=_say_value,
    )


def _say(words_of: Mapping[str, Lazy], key: str) -> str:
    # A row may be older than the table: what has no words any more is shown as it was written.
    return i18n.gettext(words_of[key]) if key in words_of else key


def _say_value(field: str, value: Any) -> Any:
    told = log_words.value_words(field, value)
    return i18n.gettext(told) if isinstance(told, Lazy) else told


def _said_actions(by: Actor) -> list[tuple[str, str]]:
    """Return (key, words) of the actions in the log, in the order of their words."""
    found = [(key, _say(log_words.ACTIONS, key)) for key in queries.audit_actions(by=by)]
    return sorted(found, key=lambda item: item[1])


class _Day:
    """A day typed into a filter: as `day` when it can be read, and always as the text that stands in the field."""

    def __init__(self, name: str) -> None:
        self.name, self.text = name, request.args.get(name, "").strip()[:40]
        self.day: dt.date | None = None
        if self.text:
            with suppress(ValueError):
                self.day = words.parse_date(self.text)
        self.is_wrong = bool(self.text) and self.day is None
