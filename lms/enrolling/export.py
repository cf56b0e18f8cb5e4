"""The work list as a sheet, for a day on the road: names, places, why to call, and a telephone where it may be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lms.core import i18n
from lms.core.words_lazy import lazy as _
from lms.enrolling.worklist import PersonLine
from lms.lib.sheet import as_sheet

HEAD = (_("Kecamatan"), _("Lembaga"), _("Nama"), _("Kelas"), _("Modul"), _("Keadaan"))
PHONE = _("Nomor HP")


def as_csv(lines: Iterable[PersonLine], *, standing: Callable[[Any], str], with_phone: bool) -> str:
    """Return the sheet; `standing` says in words how it is with somebody. No identity number is ever in it."""
    return as_sheet(_rows(lines, standing, with_phone))


def _rows(lines: Iterable[PersonLine], standing: Callable[[Any], str], with_phone: bool) -> Iterator[list[str]]:
    yield [i18n.gettext(word) for word in (*HEAD, *([PHONE] if with_phone else []))]
    for line in lines:
        modules = f"{line.modules_done} / {line.modules}" if line.modules else ""
        row = [line.region, line.institution or "", line.full_name, line.cohort_name or "", modules, standing(line)]
        yield [*row, *([_grouped(line.phone)] if with_phone else [])]


def _grouped(phone: str | None) -> str:
    """A telephone number in groups: a spreadsheet would take bare digits for a number and drop the zero."""
    return "-".join(part for part in (phone[:4], phone[4:8], phone[8:]) if part) if phone else ""
