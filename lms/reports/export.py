"""The scorecard as a sheet: one line a number, from the same object as the page."""

from __future__ import annotations

from collections.abc import Iterator

from lms.core import i18n
from lms.core.words_lazy import lazy as _
from lms.lib import words
from lms.lib.sheet import as_sheet
from lms.programs.content import in_language
from lms.reports.queries import MEASURES, Scorecard
from lms.reports.suppression import Cell

WORDS = {"joined": _("bergabung"), "begun": _("sudah mulai"), "finished": _("selesai semua modul")}
SMALL, CLOSED = _("< 5"), _("ditutup")


def cell_words(cell: Cell) -> str:
    """Return a count as it is shown on the page and in the sheet."""
    if cell.value is not None:
        return words.number(cell.value, i18n.language())
    return i18n.gettext(SMALL if cell.is_small else CLOSED)


def as_csv(card: Scorecard) -> str:
    """Return the sheet."""
    return as_sheet(_lines(card))


def _lines(card: Scorecard) -> Iterator[list[str]]:
    say, day = i18n.gettext, card.on.isoformat()
    yield [say(_("tanggal")), say(_("angkatan")), say(_("bagian")), say(_("nama")), say(_("ukuran")), say(_("nilai"))]
    head = [day, card.period.title]
    if card.period.target is not None:
        yield [*head, say(_("semua")), "", say(_("target")), str(card.period.target)]
    for measure, cell in zip(MEASURES, card.totals, strict=True):
        yield [*head, say(_("semua")), "", say(WORDS[measure]), cell_words(cell)]
    yield [*head, say(_("semua")), "", say(_("hari untuk satu modul (median)")), _days(card.median_days)]
    for row in card.rows:
        for measure, cell in zip(MEASURES, row.cells, strict=True):
            yield [*head, say(_("kecamatan")), row.name, say(WORDS[measure]), cell_words(cell)]
    for module in card.modules:
        title = in_language(module.title, i18n.language())[0]
        yield [*head, say(_("modul")), title, say(_("hari (median)")), _days(module.days)]


def _days(days: float | None) -> str:
    return i18n.gettext(SMALL) if days is None else words.number(days, i18n.language(), places=1)
