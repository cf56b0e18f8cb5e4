"""Every failure is a page with a sentence that says what to do; never a trace.

Domains register the sentences of their refusals with `says`; a refusal without one gets the general sentence of its
status. A stale form, a changed resend, a conflict and a busy server hand back what was typed, so nothing is lost.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, jsonify, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError

from lms.core import i18n
from lms.core.db import DatabaseBusy
from lms.core.errors import Refusal
from lms.core.operations import OtherBody
from lms.core.web.actions import wants_json
from lms.core.web.identity import visitor
from lms.core.web.pages import page
from lms.core.web.resend import hand_back
from lms.core.web.searching import PrivateSearch
from lms.core.web.security import StaleToken, csrf_token
from lms.core.words_lazy import Lazy, lazy as _

log = logging.getLogger("lms.web")

GENERAL: dict[int, tuple[Lazy, Lazy]] = {
    400: (_("Permintaan ini tidak dapat dibaca"), _("Kembali ke beranda, lalu coba lagi dari sana.")),
    403: (
        _("Peran Anda tidak membuka halaman ini"),
        _("Bila Anda punya peran lain, pilih peran itu di halaman Akun. Bila belum, minta kepada admin kelas."),
    ),
    404: (_("Halaman tidak ditemukan"), _("Alamatnya mungkin salah ketik, atau halaman ini bukan untuk Anda.")),
    405: (_("Halaman ini tidak dapat dibuka dengan cara itu"), _("Kembali ke beranda, lalu coba lagi dari sana.")),
    409: (_("Keadaannya sudah berubah"), _("Muat ulang halaman, lalu lihat keadaan terbaru.")),
    413: (_("Isian terlalu besar"), _("Kurangi isinya, lalu kirim lagi.")),
    422: (_("Isian belum dapat diterima"), _("Kembali, perbaiki isian, lalu kirim lagi.")),
    429: (_("Terlalu banyak percobaan"), _("Tunggu sebentar, lalu coba lagi.")),
    500: (
        _("Ada yang salah di pihak kami"),
        _("Yang sudah tersimpan tetap aman. Coba lagi beberapa saat lagi. Bila terulang, sebutkan nomor di bawah."),
    ),
    503: (_("Sedang sibuk"), _("Isian Anda belum tersimpan. Tunggu sebentar, lalu kirim sekali lagi.")),
    507: (_("Tempat penyimpanan penuh"), _("Yang sudah tersimpan tetap aman. Coba lagi nanti, atau beri tahu admin.")),
}

#: What is typed into these is never sent back to a page.
SECRET_FIELDS = frozenset({"pin", "secret", "current", "again", "password"})

#: These failures say nothing against what was typed, so the page holds it.
HANDED_BACK = frozenset({409, 503})

#: The sentence of each refusal, and what puts its values into words.
_sentences: dict[str, tuple[Lazy, Callable[[dict[str, Any]], dict[str, Any]]]] = {}


def says(
    refusal: type[Refusal], sentence: Lazy, *, told: Callable[[dict[str, Any]], dict[str, Any]] = dict
) -> None:
    """Register the sentence of a refusal; its named places are filled from the refusal's values as `told` words them.

    The words of a programme, numbers and days need `told`: they are said in the reader's language.
    """
    _sentences[refusal.__name__] = sentence, told


says(PrivateSearch, _("NIK, nomor HP dan email tidak ditaruh di alamat halaman. Cari dengan nama atau kode peserta."))


def sentence_of(refusal: Refusal) -> str | None:
    """Return the words of a refusal in the reader's language, or None when it has none of its own."""
    if refusal.code not in _sentences:
        return None
    sentence, told = _sentences[refusal.code]
    return i18n.gettext(sentence, **told(refusal.values))


def init_app(app: Flask) -> None:
    """Answer every kind of failure."""
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(OtherBody, _other_body)
    app.register_error_handler(StaleToken, _stale)
    app.register_error_handler(DatabaseBusy, _busy)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def _refused(refusal: Refusal) -> Response:
    if refusal.status in (403, 404):
        log.info("denied", extra={"path_rule": str(request.url_rule), "code": refusal.code})
    return failure(refusal.status, text=sentence_of(refusal), code=refusal.code)


def _handed_back(status: int, title: str, text: str) -> Response | None:
    """Return the page that holds what somebody typed, or None when nothing was typed by anybody signed in."""
    if request.method != "POST" or visitor() is None or not (fields := typed()):
        return None
    return hand_back(fields, "refused" if status == 409 else "busy", status=status, title=title, text=text)


def _other_body(_problem: OtherBody) -> Response:
    if wants_json():
        return _json(409, "other_body")
    return hand_back(typed(), "changed", status=409, withheld=_asked_a_secret())


def _stale(_problem: StaleToken) -> Response:
    if wants_json():
        # After a new sign-in in another tab our script goes on with the new token; no other site can read it.
        return _json(403, "csrf", csrf=csrf_token() if visitor() else None)
    if visitor() is None:
        return failure(400, text=i18n.gettext("Halaman tadi sudah terlalu lama terbuka. Buka lagi, lalu isi kembali."))
    return hand_back(typed(), "stale", status=400, withheld=_asked_a_secret())


def _busy(_problem: DatabaseBusy) -> Response:
    response = failure(503)
    response.headers["Retry-After"] = "5"
    return response


def _database_away(problem: OperationalError) -> Response:
    # A full disk, a lost server, a lock held too long: nothing was committed, trying again is right.
    log.error("the database did not do it", exc_info=problem)
    return _busy(DatabaseBusy())


def _http(problem: HTTPException) -> Response:
    code = problem.code or 500
    if 300 <= code < 400:
        return problem.get_response()  # type: ignore[return-value]
    return failure(code)


def _unexpected(problem: Exception) -> Response:
    log.error("unexpected failure", exc_info=problem)
    return failure(InternalServerError.code)


def failure(status: int, *, text: str | None = None, code: str = "") -> Response:
    """Answer with the failure page of a status; `text` replaces the general advice."""
    if wants_json():
        return _json(status, code or str(status), text)
    words = GENERAL.get(status, GENERAL[500] if status >= 500 else GENERAL[400])
    title, said = i18n.gettext(words[0]), text or i18n.gettext(words[1])
    if status in HANDED_BACK and (filled := _handed_back(status, title, said)):
        return filled
    return page(
        "failures/failure.html", status=status, title=title, text=said, request_id=g.get("request_id", ""), code=status
    )


def _json(status: int, code: str, text: str | None = None, **more: object) -> Response:
    response = jsonify(ok=False, code=code, text=text, **more)
    response.status_code = status
    return response


def _asked_a_secret() -> bool:
    return not SECRET_FIELDS.isdisjoint(request.form)


def typed() -> list[tuple[str, str]]:
    """Return what was typed, without our own hidden fields; secrets are never handed back."""
    return [
        (name, value)
        for name, values in request.form.lists() if not name.startswith("_") and name not in SECRET_FIELDS
        for value in values
    ]
