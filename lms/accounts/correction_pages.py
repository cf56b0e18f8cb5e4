"""The form that puts the data of a person right, for every desk that may: first typed, then looked at, then saved.

A change of NIK, telephone or e-mail is shown once more before it is saved, because somebody else's would let a
stranger be found under this name. What is typed travels in forms only, never in an address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from werkzeug.wrappers import Response as BaseResponse

from lms.accounts.forms import CorrectionForm
from lms.accounts.services import correcting
from lms.accounts.services.people import IdentifierTaken
from lms.core import i18n
from lms.core.errors import Invalid
from lms.core.permissions import Actor
from lms.core.web import failures
from lms.core.web.actions import perform
from lms.core.web.identity import actor
from lms.core.web.pages import page
from lms.core.words_lazy import lazy as _
from lms.lib.identifiers import mask_email, mask_nik

#: What each value is called, on the page that compares.
LABELS = {
    "full_name": _("Nama lengkap"), "title_prefix": _("Gelar depan"), "title_suffix": _("Gelar belakang"),
    "call_name": _("Nama panggilan"), "sex": _("Jenis kelamin"), "has_shared_phone": _("HP dipakai bersama"),
    "nik": _("NIK"), "phone": _("Nomor HP"), "email": _("Email"),
}
SEX = {"P": _("Perempuan"), "L": _("Laki-laki")}
DOUBTS = {
    "W_NIK_KELAMIN_BEDA": _("Jenis kelamin di dalam NIK berbeda dengan data. Lihat KTP: mungkin NIK keluarga."),
    "W_HP_BERSAMA": _("Nomor HP ini juga tercatat pada orang lain, jadi keduanya masuk dengan kode peserta."),
}
#: The second page has two ways on: to save, or back to what was typed.
STEP, SAVE, CHANGE = "langkah", "simpan", "ubah"

failures.says(
    correcting.StaffPerson,
    _("Orang ini juga petugas, jadi datanya hanya dibetulkan oleh admin sistem. Belum ada yang diubah."),
)


def show(person_id: int, *, back: str) -> Response:
    """Show the form, filled with what is known; NIK and e-mail stay masked."""
    by = actor()
    now = correcting.known(person_id, by=by)
    return _form_page(CorrectionForm.of(correcting.fields_of(by), now.values), now, back=back)


def answer(kind: str, find: Callable[[Actor], int], *, back: str, done: str) -> BaseResponse:
    """Answer the form: with its mistakes, with the comparison to confirm, or by saving and going to `done`.

    `find` gives the person within the actor's scope; it is asked again inside the transaction.
    """
    by = actor()
    now = correcting.known(find(by), by=by)
    form, step = CorrectionForm.of(correcting.fields_of(by), {}), request.form.get(STEP, "")
    if step == CHANGE:
        return _form_page(form, now, back=back)
    if not form.validate():
        return _form_page(form, now, back=back, status=422)
    version, wanted = request.form.get("versi", ""), form.wanted
    try:
        found = correcting.differences(now, wanted, by=by)
        doubts = correcting.doubts(now, found, by=by)
        if version == now.version and step != SAVE and (doubts or any(item.name in correcting.MASKS for item in found)):
            return page(
                "accounts/correction_check.html", person=now.person, rows=[_row(item) for item in found], back=back,
                doubts=[DOUBTS[code] for code in doubts], version=now.version, step=(STEP, SAVE, CHANGE),
                fields=[item for item in failures.typed() if item[0] != STEP],
            )
        return perform(
            kind, lambda by: correcting.correct(find(by), wanted, version, by=by), then=lambda _r: done
        )
    except IdentifierTaken as problem:
        form.refuse(Invalid({problem.values["kind"]: _("Sudah tercatat pada orang lain. Periksa lagi angkanya.")}))
        return _form_page(form, now, back=back, status=422)
    except correcting.ChangedMeanwhile as problem:
        # The data that this form was filled from is no more; what was typed waits beside what is known now.
        now = correcting.known(find(by), by=by)
        return _form_page(form, now, back=back, status=problem.status, is_late=True)


def _form_page(
    form: CorrectionForm, now: correcting.Known, *, back: str, status: int = 200, is_late: bool = False
) -> Response:
    masked = {
        name: mask(now.values[name]) for name, mask in (("nik", mask_nik), ("email", mask_email)) if now.values[name]
    }
    return page(
        "accounts/correction.html", status=status, form=form, person=now.person, masked=masked, back=back,
        version=now.version, is_late=is_late,
    )


def _row(item: correcting.Difference) -> tuple[str, str, str]:
    before = mask_email(item.before) if item.name == "email" and item.before else item.before
    return i18n.gettext(LABELS[item.name]), _words(item.name, before), _words(item.name, item.after)


def _words(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return i18n.gettext(_("ya")) if value else i18n.gettext(_("tidak"))
    if value is None:
        return "–"
    if name == "sex":
        return i18n.gettext(SEX[value])
    return mask_nik(value) if name == "nik" else str(value)
