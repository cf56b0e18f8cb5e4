"""Forms of sign-in and of one's own account."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import wtforms

from lms.core import i18n
from lms.core.web.forms import ChoiceField, Form, TextField
from lms.core.words_lazy import lazy as _
from lms.lib.identifiers import (
    PROVINCES,
    check_nik,
    normalise_email,
    normalise_nik,
    normalise_phone,
    split_titles,
    tidy_name,
)


class SignInForm(Form):
    """Who, with which secret, on whose phone."""

    identifier = TextField(_("Kode peserta, NIK, nomor HP atau email"), longest=120)
    secret = TextField(_("PIN atau kata sandi"), longest=200)
    shared = wtforms.BooleanField(_("HP ini dipakai bersama"))


class ChangeSecretForm(Form):
    """The PIN in use, a new one, and the new one again."""

    current = TextField(_("PIN sekarang"), longest=200)
    secret = TextField(_("PIN baru"), longest=200)
    again = TextField(_("Ketik PIN baru sekali lagi"), longest=200)


class ChangePasswordForm(ChangeSecretForm):
    """The same for somebody who signs in with a password."""

    current = TextField(_("Kata sandi sekarang"), longest=200)
    secret = TextField(_("Kata sandi baru"), longest=200)
    again = TextField(_("Ketik kata sandi baru sekali lagi"), longest=200)


#: The form for each kind of secret.
CHANGE_FORMS = {"pin": ChangeSecretForm, "password": ChangePasswordForm}


#: What to do about a NIK that cannot be one, by the code of the import list.
NIK_PROBLEMS = {
    "E_NIK_WILAYAH": _("Dua angka pertama NIK bukan kode provinsi. Lihat KTP, ketik ulang."),
    "E_NIK_TANGGAL": _("Tanggal lahir di dalam NIK tidak mungkin. Lihat KTP, ketik ulang."),
    "E_NIK_URUT": _("NIK tidak berakhir dengan 0000. Lihat KTP, ketik ulang."),
}


class PersonFields(Form):
    """What is checked wherever the data of a person is typed; a form has those of the fields that it needs."""

    def validate_full_name(self, field: TextField) -> None:
        name = tidy_name(field.data)
        if len(name) < 2 or any(sign.isdigit() for sign in name):
            raise wtforms.validators.ValidationError(i18n.gettext(_("Nama 2 sampai 100 huruf, tanpa angka.")))
        field.data = name

    def validate_nik(self, field: TextField) -> None:
        codes = check_nik(field.data, provinces=PROVINCES) if field.data else []
        wrong = next((code for code in codes if code.startswith("E_")), None)
        if wrong is not None:
            sentence = NIK_PROBLEMS.get(wrong, _("NIK harus 16 angka. Lihat KTP, ketik ulang."))
            raise wtforms.validators.ValidationError(i18n.gettext(sentence))

    def validate_phone(self, field: TextField) -> None:
        if field.data and normalise_phone(field.data)[0] is None:
            raise wtforms.validators.ValidationError(i18n.gettext(_("Tulis satu nomor HP, misalnya 0844 1234 5678.")))

    def validate_email(self, field: TextField) -> None:
        if field.data and normalise_email(field.data)[0] is None:
            raise wtforms.validators.ValidationError(i18n.gettext(_("Tulis email yang lengkap, atau kosongkan.")))


class CorrectionForm(PersonFields):
    """The data of a person, to be put right. NIK and e-mail are never shown: empty leaves them, a tick removes them."""

    full_name = TextField(_("Nama lengkap"), longest=100, hint=_("Tanpa gelar, seperti di ijazah. Boleh satu kata."))
    title_prefix = TextField(_("Gelar depan"), required=False, longest=40, hint=_("Misalnya Hj. atau Dra."))
    title_suffix = TextField(_("Gelar belakang"), required=False, longest=60, hint=_("Misalnya S.Pd. AUD"))
    call_name = TextField(_("Nama panggilan"), required=False, longest=60, hint=_("Untuk sapaan Ibu atau Bapak."))
    sex = ChoiceField(_("Jenis kelamin"), choices={"P": _("Perempuan"), "L": _("Laki-laki")})
    phone = TextField(_("Nomor HP"), required=False, longest=30, hint=_("Kosongkan bila tidak punya lagi."))
    has_shared_phone = wtforms.BooleanField(_("HP dipakai bersama"))
    nik = TextField(_("NIK baru"), required=False, longest=30)
    nik_again = TextField(_("Ketik NIK baru sekali lagi"), required=False, longest=30)
    drop_nik = wtforms.BooleanField(_("Hapus NIK yang tersimpan"))
    email = TextField(_("Email baru"), required=False, longest=120)
    drop_email = wtforms.BooleanField(_("Hapus email yang tersimpan"))

    @classmethod
    def of(cls, names: Collection[str], values: Mapping[str, Any]) -> CorrectionForm:
        """Return the form with the fields somebody may correct, filled with what may be shown of them."""
        shown = {name: value for name, value in values.items() if name not in ("nik", "email")}
        form = cls(data=shown)
        for name in [field.name for field in form]:
            if name.removeprefix("drop_").removesuffix("_again") not in names:
                del form[name]
        return form

    def validate_full_name(self, field: TextField) -> None:
        super().validate_full_name(field)
        before, _name, behind = split_titles(field.data)
        if before or behind:
            raise wtforms.validators.ValidationError(i18n.gettext(_("Tulis nama tanpa gelar.")))

    def validate_nik_again(self, field: TextField) -> None:
        if normalise_nik(self["nik"].data or "")[0] != normalise_nik(field.data or "")[0]:
            raise wtforms.validators.ValidationError(i18n.gettext(_("Kedua isian harus sama. Ketik ulang.")))

    @property
    def wanted(self) -> dict[str, Any]:
        """What somebody wants, normalised, by the names of the data; what stays as it is, is missing."""
        found: dict[str, Any] = {
            field.name: field.data for field in self if field.name in ("full_name", "sex", "has_shared_phone")
        }
        for name in ("title_prefix", "title_suffix", "call_name"):
            if name in self:
                found[name] = tidy_name(self[name].data) or None
        if "phone" in self:
            found["phone"] = normalise_phone(self["phone"].data)[0]
        for name, normalise in (("nik", normalise_nik), ("email", normalise_email)):
            if name in self and self[name].data:
                found[name] = normalise(self[name].data)[0]
            elif name in self and self[f"drop_{name}"].data:
                found[name] = None
        return found
