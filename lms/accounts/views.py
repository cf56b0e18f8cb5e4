"""Pages of sign-in and of one's own account: PIN, roles, sessions, notices, language."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, make_response, redirect, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts import notice_pages, queries, tries, web
from lms.accounts.forms import CHANGE_FORMS, ChangeSecretForm, SignInForm
from lms.accounts.services import own_secret, signing
from lms.core import i18n, operations, registry, roles
from lms.core.errors import Invalid, Refusal
from lms.core.web import failures, menu
from lms.core.web.actions import (
    PUBLIC,
    ChangeFirst,
    SignedOut,
    allow,
    next_page,
    open_before_change,
    operation_request,
    perform,
)
from lms.core.web.identity import actor, visitor
from lms.core.web.pages import LANGUAGE_COOKIE, page
from lms.core.web.resend import hand_back
from lms.core.web.security import is_own_path
from lms.core.words_lazy import lazy as _
from lms.lib import clock

bp = Blueprint("accounts", __name__)

DEVICES = (
    ("Android", _("HP Android")), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", _("Komputer Windows")),
    ("Mac OS", _("Komputer Mac")), ("Linux", _("Komputer Linux")),
)

for _kind in ("secret.change", "session.end", "session.end_others", "role.choose"):
    registry.operation_kind(_kind)

menu.place(
    " ".join(roles.ROLES), 90, "accounts.account", _("Akun"), "account",
    lights="accounts.change_secret accounts.leave",
)

failures.says(signing.WrongSecret, _("Kode atau PIN tidak cocok. Periksa kartu akun, lalu ketik lagi pelan-pelan."))
failures.says(signing.NoRole, _("Akun ini belum punya peran yang berlaku. Hubungi admin kelas."))


@bp.get("/")
@allow(PUBLIC)
def start() -> BaseResponse:
    """Lead everybody to where their day begins: their role's first page, or the sign-in page."""
    known = visitor()
    if known is None:
        return redirect(url_for("accounts.sign_in"), 302)
    if known.must_change:
        return redirect(url_for("accounts.change_secret"), 302)
    return redirect(url_for(roles.ROLES[known.actor.role].home), 302)


@bp.get("/masuk")
@allow(PUBLIC)
def sign_in() -> Response:
    """Ask who is signing in; on a shared phone offer the names that were here before."""
    return _sign_in_page(SignInForm())


@bp.post("/masuk")
@allow(PUBLIC)
def enter() -> BaseResponse:
    """Check the secret and open a session."""
    form, known = SignInForm(), visitor()
    if not form.validate():
        return _sign_in_page(form, status=422)
    address = request.remote_addr or ""
    if tries.address_is_slow(address) and not web.form_counts(request.form.get("_at", "")):
        form.refuse(Invalid({"secret": _("Banyak percobaan dari jaringan ini. Tunggu 5 detik, lalu tekan Masuk.")}))
        return _sign_in_page(form, status=429)
    try:
        opened = signing.sign_in(
            form.identifier.text, form.secret.text, shared=form.shared.data, address=address,
            device=_device(request.headers.get("User-Agent", "")), instead_of=known.actor if known else None,
        )
    except signing.AccountLocked as problem:
        # The kind of what was typed is known of everybody; that of the account would tell that there is one.
        form.refuse(_closed("secret", problem, kind="pin" if form.secret.text.strip().isdigit() else "password"))
        return _sign_in_page(form, status=429)
    except (signing.WrongSecret, signing.NoRole) as problem:
        form.secret.errors = [failures.sentence_of(problem) or ""]
        return _sign_in_page(form, status=422)
    kept = web.waiting_form(opened.person_uuid)
    if kept is not None:
        web.read_visitor(opened.key)  # The form gets the token of the session that begins here.
        response = _change_page() if opened.must_change else _given_back(kept)
    else:
        target = url_for("accounts.change_secret") if opened.must_change else next_page(url_for("accounts.start"))
        response = make_response(redirect(target, 303))
    web.set_session_cookie(response, opened.key, max_age=opened.max_age)
    if form.shared.data:
        others = [item for item in web.chooser_people() if item != opened.person_uuid]
        web.remember_on_phone(response, [opened.person_uuid, *others])
    return response


CLOSED = {
    "pin": _("Terlalu banyak PIN salah. Tunggu %(minutes)s menit, atau minta admin kelas membuka akun."),
    "password": _("Terlalu banyak kata sandi salah. Tunggu %(minutes)s menit, atau minta admin sistem membuka akun."),
}


def _closed(field: str, problem: signing.AccountLocked, *, kind: str) -> Invalid:
    """Say beside a field how long the account is closed after wrong tries, and who opens it for this kind of secret."""
    minutes = max(1, -(-int((problem.values["until"] - clock.now()).total_seconds()) // 60))
    said = Invalid({field: CLOSED[kind]}, minutes=minutes)
    said.status = problem.status
    return said


def _given_back(kept: web.KeptForm) -> Response:
    """Show what was typed before the session ended, ready to be sent again."""
    return hand_back(kept.fields, "stale", action=kept.address)


@bp.app_errorhandler(SignedOut)
def sign_in_again(_problem: SignedOut) -> BaseResponse:
    """Ask who sent a form after the session's end; what was typed waits on the page for the same person."""
    kept = web.keep_form()
    if not kept:
        return redirect(url_for("accounts.sign_in"), 303)
    return _sign_in_page(SignInForm(MultiDict()), kept=kept, status=401)


@bp.app_errorhandler(ChangeFirst)
def change_first(_problem: ChangeFirst) -> BaseResponse:
    """Ask for the change before anything else; what was typed waits on its page and is given back after it."""
    kept = web.keep_form()
    if not kept:
        return redirect(url_for("accounts.change_secret"), 303)
    return _change_page(kept=kept, status=409)


def _sign_in_page(form: SignInForm, *, kept: str | None = None, status: int = 200) -> Response:
    people = [] if request.args.get("lain") else queries.phone_users(web.chooser_people())
    if form.identifier.text and form.identifier.text not in [person.code for person in people]:
        people = []  # Somebody else typed a name here: it must not be lost behind the list.
    return page(
        "accounts/sign_in.html", status=status, form=form, people=people, lanjut=next_page(""),
        stamp=web.form_stamp(), kept_form=kept or request.form.get("_kept"), was_sent=kept is not None,
    )


def _device(agent: str) -> str:
    """Name a device in a word or two that its owner recognises."""
    return next((str(name) for sign, name in DEVICES if sign in agent), "")


@bp.get("/lupa-pin")
@allow(PUBLIC)
def forgotten() -> Response:
    """Tell whom to ask for a new PIN. The page is the same for everybody, so it tells nothing about anybody."""
    return page("accounts/forgotten.html", desks=queries.help_desks())


@bp.get("/keluar")
@allow("account.own")
@open_before_change
def leave() -> Response:
    """Ask before signing out."""
    return page("accounts/leave.html")


@bp.post("/keluar")
@allow("account.own")
@open_before_change
def sign_out() -> BaseResponse:
    """End this session in every process."""
    session_id = actor().session_id or 0
    response = make_response(
        perform(
            "session.end", lambda by: signing.sign_out(session_id, by=by), then=lambda _r: url_for("accounts.sign_in")
        )
    )
    web.drop_session_cookie(response)
    return response


@bp.get("/akun")
@allow("account.own")
def account() -> Response:
    """Show one's own account: who I am here, my roles, where I am signed in."""
    return page(
        "accounts/account.html", account=queries.own_account(by=actor()), zone=registry.zone_of(actor()),
        said=request.args.get("pesan"), desks=queries.help_desks(registry.providers_of(actor())),
    )


@bp.get("/akun/pin")
@allow("account.own")
@open_before_change
def change_secret() -> Response:
    """Show the form for a new PIN or password."""
    return _change_page()


@bp.post("/akun/pin")
@allow("account.own")
@open_before_change
def store_secret() -> BaseResponse:
    """Replace the secret; sessions on other devices end."""
    by, change = actor(), None
    form = CHANGE_FORMS[queries.secret_kind(by=by)]()
    # Sent a second time, the form still names the old secret; it gets the first answer again.
    if operations.seen(operation_request("secret.change"), by=by) is None:
        if not form.validate():
            return _change_page(form, status=422)
        try:
            change = own_secret.prepare(
                form.current.text, form.secret.text, form.again.text, by=by, address=request.remote_addr or ""
            )
        except (Invalid, signing.WrongSecret, signing.AccountLocked) as problem:
            return _change_refused(form, problem)
    try:
        reply = perform(
            "secret.change", lambda by: own_secret.store(change, by=by) if change else None,
            then=lambda _r: url_for("accounts.start") if visitor() and visitor().must_change  # type: ignore[union-attr]
            else url_for("accounts.account", pesan="pin"),
        )
    except (signing.WrongSecret, signing.AccountLocked) as problem:
        return _change_refused(form, problem)
    kept = web.waiting_form(by.person_uuid)
    return reply if kept is None else _given_back(kept)


def _change_refused(form: ChangeSecretForm, problem: Refusal) -> Response:
    if isinstance(problem, signing.AccountLocked):
        problem = _closed("current", problem, kind=queries.secret_kind(by=actor()))
    elif isinstance(problem, signing.WrongSecret):
        problem = Invalid({"current": _("Belum cocok dengan yang sekarang dipakai.")})
    assert isinstance(problem, Invalid)
    form.refuse(problem)
    return _change_page(form, status=problem.status)


def _change_page(form: ChangeSecretForm | None = None, *, kept: str = "", status: int = 200) -> Response:
    if web.waiting_form(actor().person_uuid):
        kept = request.form["_kept"]
    known = queries.own_account(by=actor())
    # Without a form yet there is nothing typed into it, also where the sign-in form has led here.
    form = form or CHANGE_FORMS[known.secret_kind](MultiDict())
    return page(
        "accounts/change_secret.html", status=status, form=form, kind=known.secret_kind, kept_form=kept,
    )


@bp.post("/akun/peran")
@allow("account.own")
def choose_role() -> BaseResponse:
    """Act in another of one's own roles."""
    role = request.form.get("role", "")
    return perform(
        "role.choose", lambda by: signing.choose_role(role, by=by),
        then=lambda chosen: url_for(roles.ROLES[chosen].home),
    )


@bp.post("/akun/keluar-lain")
@allow("account.own")
def end_others() -> BaseResponse:
    """Sign out everywhere else."""
    return perform(
        "session.end_others", lambda by: signing.end_other_sessions(by=by),
        then=lambda _r: url_for("accounts.account", pesan="keluar"),
    )


bp.get("/pemberitahuan", endpoint="notices")(notice_pages.show)
bp.post("/pemberitahuan", endpoint="read_notices")(notice_pages.read_all)
bp.post("/pemberitahuan/<uuid:notice>", endpoint="open_notice")(notice_pages.open_one)


@bp.get("/bahasa/<code>")
@allow(PUBLIC)
def choose_language(code: str) -> BaseResponse:
    """Remember the language on this device and go back."""
    target = request.args.get("lanjut")
    response = redirect(target if target and is_own_path(target) else url_for("accounts.start"), 303)
    if code in i18n.LANGUAGES:
        response.set_cookie(LANGUAGE_COOKIE, code, max_age=int(dt.timedelta(days=365).total_seconds()), samesite="Lax",
                            path="/")
    return response
