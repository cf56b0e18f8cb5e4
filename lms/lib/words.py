"""Numbers, dates and forms of address as they are written and read in Indonesian and English.

`lang` is "id" or "en" and always given: a job, a certificate and a page may each speak another language than
the process does. English is written the British way (21 November 2026, 20:00), because that order is the
reader's own. Parsing raises ValueError and never guesses month before day.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from lms.lib.identifiers import split_titles

_LOCALES = {"id": "id", "en": "en_GB"}
#: The zones of the country with the letters people know them by.
ZONES = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januari january",
            "feb peb februari pebruari february",
            "mar mrt maret march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "agu ags agt agst agust agustus aug august",
            "sep sept september",
            "okt oct oktober october",
            "nov nop november nopember",
            "des dec desember december",
        ),
        start=1,
    )
    for name in names.split()
}
_MISSING = "-"
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_WITH_NAME = re.compile(
    r"(?:[a-z'’]+,\s*)?(\d{1,2})[\s-]+([a-z]+)\.?,?[\s-]+(\d{4})", re.ASCII | re.IGNORECASE
)
#: Pages say the same few numbers and days again and again, and Babel parses its pattern for each of them.
_kept = lru_cache(maxsize=4096)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_PLAIN = re.compile(r"[+-]?(\d+)(?:[.,](\d+))?", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:(?!\1)[.,]\d+)?", re.ASCII)


@_kept
def number(x: Decimal | int | float, lang: str, *, places: int = 2) -> str:
    """ "1.234,5" or "1,234.5": at most `places` decimals, rounded half up, without zeros at the end."""
    value = _rounded(x, places)
    return format_decimal(value, format="#,##0." + "#" * places if places else "#,##0", locale=_locale(lang))


def percent(share: Decimal | int | float, lang: str, *, places: int = 1) -> str:
    """A share of one as "78,3%"; 0.52 gives "52%". Only a whole share reads "100%", and only nothing "0%"."""
    value = _rounded(Decimal(str(share)) * 100, places)
    step = Decimal(1).scaleb(-places)
    # 2,999 of 3,000 teachers are not all of them, and rounding must not say so.
    if value == 100 and share < 1:
        value = 100 - step
    elif value == 0 and share > 0:
        value = step
    return number(value, lang, places=places) + "%"


def mark(value: Decimal | None, lang: str = "id") -> str:
    """A mark with at most two decimals: 82.50 is "82,5". No mark yet is "-", which is not zero."""
    return _MISSING if value is None else number(value, lang)


@_kept
def date_long(day: date, lang: str) -> str:
    """ "Sabtu, 21 November 2026". Raises TypeError for a time: its day depends on where it is told."""
    _require_day(day)
    return format_date(day, "EEEE, d MMMM y", locale=_locale(lang))


@_kept
def date_short(day: date, lang: str) -> str:
    """ "21 Nov 2026", never with the month as a number. Raises TypeError for a time, as `date_long` does."""
    _require_day(day)
    return format_date(day, "d MMM y", locale=_locale(lang))


def time_of(moment: datetime, zone: str, lang: str) -> str:
    """ "pukul 20.00 WITA" or "20:00 WITA" on the clock of `zone`; raises ValueError for a naive time."""
    there = _there(moment, zone)
    clock = format_time(there, "HH.mm" if lang == "id" else "HH:mm", locale=_locale(lang))
    name = ZONES.get(zone) or _offset_name(there)
    return f"pukul {clock} {name}" if lang == "id" else f"{clock} {name}"


def moment(at: datetime, zone: str, lang: str) -> str:
    """ "Sabtu, 21 November 2026 pukul 20.00 WITA"; in English the time follows a comma."""
    joint = " " if lang == "id" else ", "
    return day_of(at, zone, lang) + joint + time_of(at, zone, lang)


def day_of(at: datetime, zone: str, lang: str) -> str:
    """ "Sabtu, 21 November 2026": the day a moment falls on in `zone`; raises ValueError for a naive time."""
    return date_long(_there(at, zone).date(), lang)


def short_day(at: datetime, zone: str, lang: str) -> str:
    """ "21 Nov 2026": the same, short."""
    return date_short(_there(at, zone).date(), lang)


@_kept
def date_range(first: date, last: date, lang: str) -> str:
    """ "21–23 November 2026"; what both days share is written once. Raises ValueError when `last` is
    earlier, TypeError for times.
    """
    _require_day(first)
    _require_day(last)
    if last < first:
        raise ValueError(f"a range that ends ({last}) before it begins ({first})")
    end = format_date(last, "d MMMM y", locale=_locale(lang))
    if first == last:
        return end
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{end}"
    form = "d MMMM" if first.year == last.year else "d MMMM y"
    return f"{format_date(first, form, locale=_locale(lang))} – {end}"


def size(count: int, lang: str = "id") -> str:
    """A number of bytes as "812 B", "148 KB", "1,4 MB"; a KB is 1,000 bytes, as phones and operators
    count.
    """
    if count < 1000:
        return f"{count} B"
    value = _rounded(Decimal(count) / 1000, 0)
    if value < 1000:
        return f"{number(value, lang)} KB"
    for unit, power in (("MB", 6), ("GB", 9)):
        value = _rounded(Decimal(count).scaleb(-power), 1)
        if value < 1000 or unit == "GB":
            break
    return f"{number(value, lang, places=1)} {unit}"


def parse_decimal(text: str) -> Decimal:
    """A typed number: "82,5", "82.5", "1.234,5" and "1,234.5" are read as they are meant.

    One dot before exactly three digits parts thousands, as it does in Indonesian ("1.234" is 1234, but
    "0.125" is an eighth); a single comma is always the decimal sign. Raises ValueError for anything else,
    NaN and exponents too.
    """
    text = text.strip().replace("\u00a0", "").replace("\u2212", "-")
    if len(text) > 40:
        raise ValueError("a number of this length is a mistake")
    grouped = _GROUPED.fullmatch(text)
    if grouped and (set(text) >= {".", ","} or text.count(grouped[1]) > 1 or grouped[1] == "."):
        lone_fraction = text.lstrip("+-").startswith("0")
        if not lone_fraction:
            return Decimal(text.replace(grouped[1], "").replace(",", "."))
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return Decimal(text.replace(",", "."))


def parse_date(text: str) -> date:
    """A typed date: 17/08/1985, 17-8-1985, 17.08.1985, 1985-08-17, "17 Agustus 1985", "17 Agt 1985", "Peb",
    "Nop".

    The day stands before the month unless the year stands first, and a year has four digits, 1900 to 2199.
    Raises ValueError for anything else and for a day that does not exist.
    """
    text = " ".join(text.split())
    if found := _ISO.fullmatch(text):
        return _day(found[1], int(found[2]), found[3])
    if found := _DAY_FIRST.fullmatch(text):
        return _day(found[4], int(found[3]), found[1])
    found = _WITH_NAME.fullmatch(text)
    month = _MONTHS.get(found[2].casefold()) if found else None
    if found is None or month is None:
        raise ValueError(f"{text[:40]!r} is not a date; write it as 17/08/1985 or 17 Agustus 1985")
    return _day(found[3], month, found[1])


def _day(year: str, month: int, day: str) -> date:
    # A year that nobody means is a slip of the finger, and the first and the last there is have no moment in UTC.
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise ValueError(f"{year} is no year of a date here")
    return date(int(year), month, int(day))


def end_of_day(day: date, zone: str) -> datetime:
    """The last second of `day` in `zone` (23:59:59 there), in UTC: when a date-only deadline ends."""
    return datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)).astimezone(UTC)


@_kept
def initials(name: str) -> str:
    """One or two capitals for a round badge: of the first and the last word, titles left out; "?" for no
    letter.
    """
    words = [word.lstrip("'.-") for word in split_titles(name)[1].split()]
    letters = [word[0].upper()[0] for word in words if word and word[0].isalpha()]
    return "".join(letters[:1] + letters[1:][-1:]) or "?"


def greeting(sex: str | None, call_name: str | None, full_name: str, lang: str) -> str:
    """ "Ibu Mariani", "Bapak Lalu Hasan"; without a known sex ("L" or "P") "Ibu/Bapak …", in English the
    name alone.

    The call name, else the whole name: the first word may be Baiq or Lalu, which nobody is called by.
    """
    _locale(lang)
    forms = {"P": "Ibu", "L": "Bapak"} if lang == "id" else {"P": "Ms", "L": "Mr"}
    form = forms.get(sex or "", "Ibu/Bapak" if lang == "id" else "")
    return f"{form} {(call_name or '').strip() or full_name.strip()}".strip()


def _require_day(day: date) -> None:
    # Two times are equal when they are the same instant, so words kept for one zone would be told in every other.
    if isinstance(day, datetime):
        raise TypeError("a time has no day before it has a zone")


def _locale(lang: str) -> str:
    try:
        return _LOCALES[lang]
    except KeyError:
        raise ValueError(f"{lang!r} is not one of the languages {', '.join(_LOCALES)}") from None


def _rounded(x: Decimal | int | float, places: int) -> Decimal:
    # str gives the number a person sees: 0.285 as a binary fraction lies below itself and would round down.
    return Decimal(str(x)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def _offset_name(there: datetime) -> str:
    sign = there.strftime("%z")
    return f"UTC{sign[:3]}:{sign[3:5]}" if there.utcoffset() else "UTC"


def _there(at: datetime, zone: str) -> datetime:
    if at.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown in another one")
    return at.astimezone(ZoneInfo(zone))
