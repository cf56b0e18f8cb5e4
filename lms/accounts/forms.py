"""Forms of sign-in and of one's own account."""

from __future__ import annotations

import wtforms

from lms.core.web.forms import Form, TextField
from lms.core.words_lazy import lazy as _


class SignInForm(Form):
    """Who, with which secret, on whose phone."""

    identifier = TextField(_("Kode peserta, NIK, nomor HP atau surel"), longest=120)
    secret = TextField(_("PIN atau kata sandi"), longest=200)
    shared = wtforms.BooleanField(_("HP ini dipakai bersama"))


class ChangeSecretForm(Form):
    """The secret in use, a new one, and the new one again."""

    current = TextField(_("PIN atau kata sandi sekarang"), longest=200)
    secret = TextField(_("PIN baru"), longest=200)
    again = TextField(_("Ketik PIN baru sekali lagi"), longest=200)
