"""Pages of the facilitator and the class admin: who is where, whom to call, one person, account slips."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.slip_pages import answer_with_slips, uuids_of
from lms.cohorts import services as cohorts
from lms.cohorts.scope_names import scope_names, zone_of
from lms.cohorts.supervisors import supervisor_choices
from lms.core import i18n, registry
from lms.core.web import failures, menu
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page, said
from lms.core.web.paging import Pager
from lms.core.web.searching import search_text
from lms.core.words_lazy import lazy as _
from lms.enrolling import correcting, person, queries, services, worklist
from lms.enrolling.export import as_csv
from lms.lib import clock, words
from lms.programs.content import in_language
from lms.programs.marked import marked

bp = Blueprint("enrolling", __name__)

for _kind in ("pin.slip", "pin.class_slips", "account.unlock", "person.contact", "supervisor.assign"):
    registry.operation_kind(_kind)

menu.place("facilitator class_admin", 10, "enrolling.overview", _("Pemantauan"), "chart")
menu.place(
    "facilitator class_admin", 20, "enrolling.people", _("Peserta"), "people",
    lights="enrolling.one enrolling.correct enrolling.save_correction enrolling.printed enrolling.new_slip"
    " enrolling.make_slip",
)
menu.place(
    "facilitator class_admin", 30, "enrolling.classes", _("Kartu akun"), "key",
    lights="enrolling.class_slips enrolling.make_class_slips",
)
menu.place(
    "class_admin", 25, "enrolling.announcing", _("Pengumuman"), "bell",
    lights="teaching.announcements teaching.announce",
)

failures.says(cohorts.NotASupervisor, _("Orang ini tidak dapat menjadi pembimbing. Pilih nama lain."))

#: The words of each reason to call somebody; a quiz's name is put in where there is one.
REASON_WORDS = {
    "never_signed_in": _("Belum pernah masuk"),
    "not_begun": _("Belum mulai belajar"),
    "stuck": _("%(quiz)s: tiga kali belum lulus"),
    "idle": _("Tidak aktif sejak %(day)s"),
}
STATE_WORDS = {
    "proposed": _("Diusulkan"), "awaiting_recommendation": _("Menunggu rekomendasi"),
    "recommended": _("Direkomendasikan"), "confirmed": _("Bersedia"), "accepted": _("Diterima"), "active": _("Aktif"),
    "finished": _("Selesai"), "passed": _("Lulus"), "failed": _("Belum lulus"), "refused": _("Ditolak"),
    "declined": _("Tidak bersedia"), "waiting_list": _("Daftar tunggu"), "withdrawn": _("Mengundurkan diri"),
    "transferred": _("Dipindah"),
}
COHORT_WORDS = {
    "planned": _("Belum mulai"), "running": _("Berjalan"), "reporting": _("Masa laporan"), "finished": _("Selesai"),
}
FILTERS = (
    ("to_contact", _("Perlu dihubungi")), ("never_signed_in", _("Belum pernah masuk")),
    ("not_begun", _("Masuk, belum mulai belajar")), ("stuck", _("Tersendat di kuis")),
    ("idle", _("Tidak aktif 7 hari")), ("done", _("Semua modul selesai")), ("placed", _("Sudah diterima")),
    ("taking_part", _("Sudah diterima, kelas belum selesai")), ("waiting", _("Belum diterima di kelas")),
)
#: More people than this are no day on the road; the page says how many it leaves out.
MOST_PRINTED = 300
STEPS = (_("Diterima"), _("Sudah masuk"), _("Separuh modul"), _("Semua modul"))


def _words(known: worklist.Versions, *, is_page: bool = True) -> dict[str, Any]:
    """What every template of this domain needs to speak: the words of reasons, states and steps.

    A page says of an untranslated title in which language it is; a sheet has no elements to say it with.
    """
    def reason(line: Any) -> str:
        if line.reason is None:
            return ""
        title = known.quizzes.get(line.stuck_quiz or "", {})
        seen = line.last_activity
        day = words.short_day(seen, line.timezone, i18n.language()) if seen else ""
        if is_page:
            return said(REASON_WORDS[line.reason], quiz=marked(title, i18n.language()), day=day)
        return i18n.gettext(REASON_WORDS[line.reason], quiz=in_language(title, i18n.language())[0], day=day)

    def message(line: Any) -> str:
        name = words.greeting(line.sex, line.call_name, line.full_name, i18n.language())
        return i18n.gettext(
            _("Salam, %(name)s. Kami dari Diklat PAUD ingin bertanya kabar. Adakah kendala yang dapat kami bantu?"),
            name=name,
        )

    def standing(line: Any) -> str:
        if line.reason is not None:
            return reason(line)
        is_done = line.modules and line.modules_done >= line.modules
        return i18n.gettext(_("Semua modul selesai") if is_done else STATE_WORDS[line.state])

    return {
        "reason": reason, "message": message, "standing": standing, "states": STATE_WORDS,
        "cohort_states": COHORT_WORDS, "steps": STEPS, "scopes": scope_names(actor()),
    }


@bp.get("/pemantauan")
@allow("worklist.read")
def overview() -> Response:
    """Show who is where and whom to call first."""
    by, pager = actor(), Pager.of_request()
    known = worklist.versions(by)
    lines, _total = worklist.people(by, known, worklist.Filter(), limit=5, only_reasons=True)
    found = queries.overview(by, known)
    return page(
        "enrolling/overview.html", overview=found, classes=pager.part(found.classes), pager=pager, lines=lines,
        counts=worklist.reason_counts(by, known), now=clock.now(), zone=zone_of(by), **_words(known),
    )


@bp.get("/pemantauan/peserta")
@allow("worklist.read")
def people() -> Response:
    """List the people in scope, narrowed as asked."""
    by, pager = actor(), Pager.of_request()
    known = worklist.versions(by)
    wanted = _filter()
    lines = pager.fill(lambda: worklist.people(
        by, known, wanted, limit=pager.size, offset=pager.offset, only_reasons=wanted.state == "to_contact"
    ))
    return page(
        "enrolling/people.html", lines=lines, pager=pager, wanted=wanted, filters=FILTERS,
        regions=queries.region_choices(by), classes=queries.class_lines(by), **_words(known),
    )


@bp.get("/pemantauan/peserta/cetak")
@allow("worklist.read")
def printed() -> Response:
    """Show the same people on paper, neighbours together, with room for notes on the road."""
    by, wanted = actor(), _filter()
    known = worklist.versions(by)
    lines, total = worklist.people(by, known, wanted, limit=MOST_PRINTED, by_place=True)
    return page(
        "enrolling/printed.html", lines=lines, total=total, now=clock.now(), zone=zone_of(by), **_words(known)
    )


@bp.get("/pemantauan/peserta.csv")
@allow("worklist.read")
def people_csv() -> Response:
    """Send the same people as a sheet, all of them."""
    by, wanted = actor(), _filter()
    known = worklist.versions(by)
    lines, _total = worklist.people(by, known, wanted, limit=None, by_place=True)
    shown = _words(known, is_page=False)
    response = make_response(as_csv(lines, standing=shown["standing"], with_phone=by.can("see.phone")))
    day = clock.local(clock.now(), zone_of(by)).date().isoformat()
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="peserta-{day}.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _filter() -> worklist.Filter:
    cohort = None
    if text := request.args.get("kelas", ""):
        try:
            cohort = UUID(text)
        except ValueError:
            # A class that cannot exist has nobody in it; a wrong filter must never mean "everybody".
            cohort = UUID(int=0)
    return worklist.Filter(
        text=search_text(), region=request.args.get("kecamatan", "")[:20], cohort=cohort,
        state=request.args.get("keadaan", "")[:20],
    )


@bp.get("/pemantauan/peserta/<uuid:enrolment>")
@allow("worklist.read", conceal=True)
def one(enrolment: UUID) -> Response:
    """Show one person."""
    return _person_page(enrolment)


def _person_page(enrolment: UUID) -> Response:
    by = actor()
    known = worklist.versions(by)
    return page(
        "enrolling/person.html", person=person.person_page(enrolment, known, by=by), said=request.args.get("pesan"),
        supervisors=supervisor_choices(by=by) if by.can("supervisor.assign") else [], **_words(known),
    )


@bp.get("/pemantauan/peserta/<uuid:enrolment>/kartu")
@allow("pin.reset", conceal=True)
def new_slip(enrolment: UUID) -> Response:
    """Ask before a new PIN is made: the old one stops working."""
    by = actor()
    known = worklist.versions(by)
    return page(
        "enrolling/new_slip.html", person=person.person_page(enrolment, known, by=by), **_words(known),
    )


@bp.post("/pemantauan/peserta/<uuid:enrolment>/kartu")
@allow("pin.reset", conceal=True)
def make_slip(enrolment: UUID) -> Response:
    """Make a new PIN and answer with the slip; the PIN is shown this once."""
    by = actor()
    return answer_with_slips(
        "pin.slip", lambda who: person.people_for([enrolment], "pin.reset", by=who),
        back=url_for("enrolling.one", enrolment=enrolment), again=url_for("enrolling.new_slip", enrolment=enrolment),
        details=lambda ids: person.where_they_are(ids, by=by),
    )


@bp.post("/pemantauan/peserta/<uuid:enrolment>/buka")
@allow("account.unlock", conceal=True)
def unlock(enrolment: UUID) -> BaseResponse:
    """Open an account that wrong tries had closed."""
    return perform(
        "account.unlock", lambda by: services.unlock_account(enrolment, by=by),
        then=lambda _r: url_for("enrolling.one", enrolment=enrolment, pesan="buka"),
    )


bp.get("/pemantauan/peserta/<uuid:enrolment>/betulkan", endpoint="correct")(correcting.show)
bp.post("/pemantauan/peserta/<uuid:enrolment>/betulkan", endpoint="save_correction")(correcting.save)


@bp.post("/pemantauan/peserta/<uuid:enrolment>/pembimbing")
@allow("supervisor.assign", conceal=True)
def assign_supervisor(enrolment: UUID) -> BaseResponse:
    """Give the teacher a practice supervisor, or none."""
    chosen = [text for text in [request.form.get("pembimbing", "")] if text]
    supervisor = uuids_of(chosen)[0] if chosen else None
    return perform(
        "supervisor.assign", lambda by: cohorts.assign_supervisor(enrolment, supervisor, by=by),
        then=lambda _r: url_for("enrolling.one", enrolment=enrolment, pesan="pembimbing"),
    )


@bp.get("/pemantauan/pengumuman")
@allow("class.announce")
def announcing() -> Response:
    """Choose the class that is to be told something."""
    by, pager = actor(), Pager.of_request()
    classes = pager.part(queries.class_lines(by, "class.announce"))
    return page(
        "enrolling/announcing.html", classes=classes, pager=pager, cohort_states=COHORT_WORDS, scopes=scope_names(by)
    )


@bp.get("/pemantauan/kartu")
@allow("pin.reset")
def classes() -> Response:
    """Choose the class whose slips are to be printed."""
    by, pager = actor(), Pager.of_request()
    known = worklist.versions(by)
    shown = pager.part(queries.overview(by, known).classes)
    return page("enrolling/classes.html", classes=shown, pager=pager, **_words(known))


@bp.get("/pemantauan/kartu/<uuid:cohort>")
@allow("pin.reset")
def class_slips(cohort: UUID) -> Response:
    """Choose whose slips to print; those who never signed in are ticked already."""
    return _class_slips(cohort)


def _class_slips(cohort: UUID, *, status: int = 200) -> Response:
    by, pager = actor(), Pager.of_request(size=40)
    line = queries.class_line(by, cohort, "pin.reset")
    people = pager.fill(lambda: person.slip_lines(cohort, by=by, limit=pager.size, offset=pager.offset))
    return page(
        "enrolling/class_slips.html", status=status, cohort=line, people=people, pager=pager,
        nobody=status == 422, **_words(worklist.versions(by)),
    )


@bp.post("/pemantauan/kartu/<uuid:cohort>")
@allow("pin.reset")
def make_class_slips(cohort: UUID) -> BaseResponse:
    """Make new PINs for the ticked people and answer with the slips, several on a page of paper."""
    chosen, by = uuids_of(request.form.getlist("peserta")), actor()
    if not chosen:
        return _class_slips(cohort, status=422)
    here = url_for("enrolling.class_slips", cohort=cohort)
    return answer_with_slips(
        "pin.class_slips", lambda who: person.people_for(chosen, "pin.reset", by=who), back=here, again=here,
        details=lambda ids: person.where_they_are(ids, by=by),
    )
