"""Pages of the notice centre. Opening a notice marks it as read, so its link is a form: a GET changes nothing."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Response, url_for
from werkzeug.wrappers import Response as BaseResponse

from lms.core import i18n, notices, registry
from lms.core.permissions import Actor
from lms.core.web.actions import allow, perform
from lms.core.web.identity import actor
from lms.core.web.pages import page, said
from lms.core.web.paging import Pager
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words
from lms.programs.marked import marked

#: What will come to the page while it is empty, by what the reader's role does.
COMING = (
    ("learning.do", _("Kabar dari pengajar dan admin kelas muncul di sini.")),
    ("question.answer", _("Pertanyaan baru, esai dan jawaban terlambat dari kelas Anda muncul di sini.")),
    ("class.update", _("Naskah yang lebih baru untuk sebuah kelas muncul di sini.")),
)
NOTHING_COMING = _("Belum ada kabar yang dikirim ke peran Anda. Pekerjaan Anda ada di menu.")


@allow("notice.own")
def show() -> Response:
    """Show one's notices, newest first."""
    pager, by = Pager.of_request(), actor()
    rows = pager.fill(lambda: notices.of_person(by.person_id, page=pager.page, size=pager.size))
    return page(
        "accounts/notices.html", notices=[_shown(row) for row in rows], pager=pager, zone=registry.zone_of(by),
        coming=_coming(by),
    )


def _coming(by: Actor) -> Lazy:
    return next((words for capability, words in COMING if by.can(capability)), NOTHING_COMING)


def _shown(row: notices.Notice) -> dict[str, object]:
    kind, values = registry.notice_kinds[row.kind], dict(row.values)
    for name, value in values.items():
        if isinstance(value, dict):
            values[name] = marked(value, i18n.language())
    if "date" in values:
        values["date"] = words.date_long(dt.date.fromisoformat(values["date"]), i18n.language())
    return {
        "uuid": row.uuid, "text": said(kind.sentence, **values), "icon": kind.icon, "link": row.link,
        "at": row.created_at, "is_new": row.read_at is None,
    }


@allow("notice.own")
def read_all() -> BaseResponse:
    """Mark all notices as read."""
    return perform(
        "notice.read", lambda by: notices.mark_all_read(by=by), then=lambda _r: url_for("accounts.notices")
    )


@allow("notice.own")
def open_one(notice: UUID) -> BaseResponse:
    """Mark one notice as read and go where it leads."""
    return perform(
        "notice.open", lambda by: notices.open_one(notice, by=by),
        then=lambda link: link or url_for("accounts.notices"),
    )
