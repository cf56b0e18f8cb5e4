"""What a practice supervisor writes to a teacher by WhatsApp: a greeting that names no mark and no identifier."""

from __future__ import annotations

from typing import Protocol

from lms.core import i18n
from lms.core.words_lazy import lazy as _
from lms.lib import words


class Called(Protocol):
    """Somebody as far as a greeting needs them."""

    @property
    def sex(self) -> str: ...
    @property
    def call_name(self) -> str | None: ...
    @property
    def full_name(self) -> str: ...


def message_to(who: Called) -> str:
    """Return the prepared message; the supervisor reads it before sending."""
    return i18n.gettext(
        _("Salam, %(name)s. Saya pembimbing praktik Anda di Diklat PAUD. Kapan kita dapat berbicara?"),
        name=words.greeting(who.sex, who.call_name, who.full_name, i18n.language()),
    )
