"""Forms of the desk."""

from __future__ import annotations

from lms.core.web.forms import Form, MarkField, TextField, WholeField
from lms.core.words_lazy import lazy as _


class AnswerForm(Form):
    """An answer to a learner's question."""

    text = TextField(_("Jawaban Anda"), longest=4000, lines=4)


class EssayForm(Form):
    """The mark of an essay and what to say about it."""

    mark = MarkField(_("Nilai 0 sampai 100"), hint=_("Boleh memakai koma, misalnya 82,5."))
    comment = TextField(
        _("Catatan untuk peserta"), required=False, longest=2000, lines=4,
        hint=_("Apa yang sudah baik, dan satu hal yang dapat ditambah."),
    )
    # Asked for by the service, and only where a mark takes the place of another one.
    reason = TextField(
        _("Mengapa nilai diubah"), required=False, longest=300, lines=2,
        hint=_("Misalnya: salah ketik. Nilai yang lama tetap tercatat."),
    )


class AllowanceForm(Form):
    """An extra attempt or extra minutes, and why."""

    extra_attempts = WholeField(_("Tambahan percobaan"), least=0, most=10, default=1)
    extra_minutes = WholeField(_("Tambahan menit"), least=0, most=240, default=0)
    reason = TextField(
        _("Alasan"), longest=300, lines=2, hint=_("Misalnya: listrik padam di tengah kuis. Alasan ini dicatat.")
    )


class LeaveOutForm(Form):
    """Why late answers do not count."""

    reason = TextField(
        _("Alasan tidak dihitung"), longest=300, lines=2,
        hint=_("Misalnya: dikerjakan setelah pembahasan di kelas. Alasan ini dicatat."),
    )


class AnnouncementForm(Form):
    """An announcement to a class."""

    title = TextField(_("Judul"), longest=120)
    text = TextField(_("Isi pengumuman"), longest=4000, lines=6)
