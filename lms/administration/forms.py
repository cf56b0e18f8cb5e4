"""Forms of the administrator."""

from __future__ import annotations

import datetime as dt
from typing import Any

import wtforms

from lms.accounts.forms import PersonFields
from lms.core import i18n
from lms.core.web.forms import ChoiceField, Form, TextField
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words
from lms.lib.identifiers import normalise_email, normalise_nik, normalise_phone


class DateField(wtforms.Field):
    """A day, as a browser's own field sends it or as it is typed: 2026-11-21, 21/11/2026, 21 November 2026."""

    def __init__(self, label: str | Lazy, *, hint: str | Lazy = "", **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.hint = hint
        self.data: dt.date | None = None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        if not text:
            return
        try:
            self.data = words.parse_date(text)
        except ValueError:
            raise ValueError(i18n.gettext(_("Tulis tanggal seperti 21/11/2026."))) from None


class PersonForm(PersonFields):
    """A new person."""

    full_name = TextField(_("Nama lengkap"), longest=100, hint=_("Tanpa gelar. Boleh satu kata."))
    call_name = TextField(_("Nama panggilan"), required=False, longest=60, hint=_("Untuk sapaan Ibu atau Bapak."))
    sex = ChoiceField(_("Jenis kelamin"), choices={"P": _("Perempuan"), "L": _("Laki-laki")})
    nik = TextField(_("NIK"), required=False, longest=30, hint=_("16 angka. Disimpan tersandi."))
    phone = TextField(_("Nomor HP"), required=False, longest=30)
    email = TextField(_("Email"), required=False, longest=120)

    @property
    def identifiers(self) -> dict[str, str]:
        """The identifiers as they are stored."""
        found = {
            "nik": normalise_nik(self.nik.data)[0] if self.nik.data else None,
            "phone": normalise_phone(self.phone.data)[0] if self.phone.data else None,
            "email": normalise_email(self.email.data)[0] if self.email.data else None,
        }
        return {kind: value for kind, value in found.items() if value}


class ReopenForm(Form):
    """Why an ended account is opened again."""

    reason = TextField(
        _("Alasan"), longest=200, hint=_("Misalnya: diakhiri karena keliru. Tercatat di catatan perubahan.")
    )


class RoleForm(Form):
    """A role for a person: where, from when, until when, by which paper."""

    scope = ChoiceField(_("Lingkup"))
    since = DateField(_("Mulai"), hint=_("Kosongkan untuk mulai hari ini."))
    until = DateField(_("Sampai"), hint=_("Kosongkan bila belum ada batasnya."))
    paper = TextField(_("Surat atau SK"), longest=120, hint=_("Nomor dan tanggalnya."))
