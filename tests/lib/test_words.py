"""Numbers, dates and greetings as they are written and read here."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from lms.lib import words

DAY = date(2026, 11, 21)
EVENING = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "indonesian", "english"),
    [
        (1234.5, "1.234,5", "1,234.5"),
        (1_000_000, "1.000.000", "1,000,000"),
        (Decimal("0.285"), "0,29", "0.29"),
        (0.285, "0,29", "0.29"),
        (Decimal("2.50"), "2,5", "2.5"),
        (-3, "-3", "-3"),
    ],
)
def test_a_number_has_the_signs_of_its_language(
    value: Decimal | float, indonesian: str, english: str
) -> None:
    assert words.number(value, "id") == indonesian
    assert words.number(value, "en") == english


def test_an_unknown_language_is_refused_everywhere() -> None:
    with pytest.raises(ValueError, match="languages"):
        words.number(1, "fr")
    with pytest.raises(ValueError, match="languages"):
        words.date_long(DAY, "fr")
    with pytest.raises(ValueError, match="languages"):
        words.time_of(EVENING, "UTC", "fr")
    with pytest.raises(ValueError, match="languages"):
        words.greeting("P", None, "Sumiati", "fr")


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.783, "78,3%"),
        (0.52, "52%"),
        (1, "100%"),
        (0, "0%"),
        (Decimal(2999) / 3000, "99,9%"),
        (Decimal(1) / 3000, "0,1%"),
    ],
)
def test_a_percentage_never_rounds_to_all_or_nothing(share: Decimal | float, written: str) -> None:
    assert words.percent(share, "id") == written


def test_a_percentage_in_english_has_a_point() -> None:
    assert words.percent(0.783, "en") == "78.3%"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("82.50", "82,5"),
        ("82.505", "82,51"),
        ("82.004", "82"),
        ("100.00", "100"),
        ("0", "0"),
        ("83.36", "83,36"),
    ],
)
def test_a_mark_has_a_comma_and_at_most_two_decimals_rounded_half_up(value: str, written: str) -> None:
    assert words.mark(Decimal(value)) == written


def test_no_mark_is_a_dash_and_not_zero() -> None:
    assert words.mark(None) == "-"


def test_dates_are_written_in_full_or_short_with_the_month_as_a_word() -> None:
    assert words.date_long(DAY, "id") == "Sabtu, 21 November 2026"
    assert words.date_long(DAY, "en") == "Saturday, 21 November 2026"
    assert words.date_short(date(2026, 8, 1), "id") == "1 Agu 2026"


@pytest.mark.parametrize(
    ("zone", "written"),
    [
        ("Asia/Jakarta", "pukul 19.00 WIB"),
        ("Asia/Makassar", "pukul 20.00 WITA"),
        ("Asia/Jayapura", "pukul 21.00 WIT"),
        ("Asia/Kolkata", "pukul 17.30 UTC+05:30"),
        ("UTC", "pukul 12.00 UTC"),
    ],
)
def test_a_time_is_that_of_the_zone_and_names_it(zone: str, written: str) -> None:
    assert words.time_of(EVENING, zone, "id") == written


def test_a_moment_has_the_date_of_the_zone() -> None:
    assert words.moment(EVENING, "Asia/Makassar", "id") == "Sabtu, 21 November 2026 pukul 20.00 WITA"
    assert words.moment(EVENING, "Asia/Makassar", "en") == "Saturday, 21 November 2026, 20:00 WITA"
    late = datetime(2026, 11, 21, 17, 5, tzinfo=UTC)
    assert words.moment(late, "Asia/Makassar", "id") == "Minggu, 22 November 2026 pukul 01.05 WITA"


#: One instant of the night, on three clocks.
THERE = {
    "Asia/Jakarta": "Selasa, 3 November 2026 pukul 23.30 WIB",
    "Asia/Makassar": "Rabu, 4 November 2026 pukul 00.30 WITA",
    "Asia/Jayapura": "Rabu, 4 November 2026 pukul 01.30 WIT",
}


@pytest.mark.parametrize("order", list(itertools.permutations(THERE)))
def test_one_instant_has_the_day_of_each_zone_whichever_was_told_first(order: tuple[str, ...]) -> None:
    night = datetime(2026, 11, 3, 16, 30, tzinfo=UTC)
    words.date_long.cache_clear()
    words.date_short.cache_clear()

    for zone in order:
        day, _word, _clock = THERE[zone].partition(" pukul")
        assert words.moment(night, zone, "id") == THERE[zone]
        assert words.day_of(night, zone, "id") == day
        assert words.short_day(night, zone, "id") == day.split(", ")[1].replace("November", "Nov")


def test_a_time_has_no_day_before_it_has_a_zone() -> None:
    for refuses in (words.date_long, words.date_short):
        with pytest.raises(TypeError):
            refuses(EVENING, "id")
    for first, last in ((EVENING, DAY), (DAY, EVENING)):
        with pytest.raises(TypeError):
            words.date_range(first, last, "id")


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        words.time_of(EVENING.replace(tzinfo=None), "Asia/Makassar", "id")


@pytest.mark.parametrize(
    ("last", "written"),
    [
        (date(2026, 11, 21), "21 November 2026"),
        (date(2026, 11, 23), "21–23 November 2026"),
        (date(2026, 12, 2), "21 November – 2 Desember 2026"),
        (date(2027, 11, 2), "21 November 2026 – 2 November 2027"),
    ],
)
def test_a_range_writes_once_what_both_days_share(last: date, written: str) -> None:
    assert words.date_range(DAY, last, "id") == written


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before"):
        words.date_range(DAY, date(2026, 11, 20), "id")


@pytest.mark.parametrize(
    ("count", "written"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 KB"),
        (148_400, "148 KB"),
        (999_499, "999 KB"),
        (999_500, "1 MB"),
        (1_400_000, "1,4 MB"),
        (50_000_000, "50 MB"),
        (999_950_000, "1 GB"),
        (2_500_000_000_000, "2.500 GB"),
    ],
)
def test_a_size_has_the_unit_that_fits(count: int, written: str) -> None:
    assert words.size(count) == written


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("82,5", "82.5"),
        ("82.5", "82.5"),
        (" 82,50 ", "82.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234", "1234"),
        ("1.234.567", "1234567"),
        ("1,234", "1.234"),
        ("0.125", "0.125"),
        ("-3", "-3"),
        ("\u22123,5", "-3.5"),
        ("85", "85"),
    ],
)
def test_a_typed_number_is_read_as_it_is_meant(text: str, value: str) -> None:
    assert words.parse_decimal(text) == Decimal(value)


NO_NUMBERS = "- , 82, .5 1e5 NaN inf 1.23.4 1,2,3 12,345,67 1.2345,6 --1 ٨٢ 82,5% 1_000"


@pytest.mark.parametrize("text", ["", "1 000", "9" * 41, *NO_NUMBERS.split()])
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="number"):
        words.parse_decimal(text)


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_a_number_that_was_written_is_read_back(value: Decimal) -> None:
    written = words.number(value, "id")
    # A whole part of three digits after a point is the one form that two languages share.
    assert words.parse_decimal(written) == value


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("17/08/1985", date(1985, 8, 17)),
        ("17-8-1985", date(1985, 8, 17)),
        ("17.08.1985", date(1985, 8, 17)),
        ("1985-08-17", date(1985, 8, 17)),
        ("3/4/1985", date(1985, 4, 3)),
        ("17 Agustus 1985", date(1985, 8, 17)),
        ("17  agt 1985", date(1985, 8, 17)),
        ("17 Ags. 1985", date(1985, 8, 17)),
        ("3 Peb 1990", date(1990, 2, 3)),
        ("3 NOP 1990", date(1990, 11, 3)),
        ("3-Des-1990", date(1990, 12, 3)),
        ("Sabtu, 21 November 2026", date(2026, 11, 21)),
        ("29/02/2024", date(2024, 2, 29)),
    ],
)
def test_a_typed_date_is_read_with_the_day_first(text: str, day: date) -> None:
    assert words.parse_date(text) == day


NO_DATES = (
    "12/31/1985 31/02/1987 29/02/2023 1/1/85 17/08-1985 35722 besok 1985/08/17 ١٧/٠٨/١٩٨٥"
    " 01/01/0001 0001-01-01 31/12/9999 1899-12-31 01/01/2200"
)


@pytest.mark.parametrize("text", ["", "17 Foo 1985", "Agustus 17 1985", *NO_DATES.split()])
def test_a_month_before_the_day_and_days_that_do_not_exist_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|month|day"):
        words.parse_date(text)


@given(st.dates(date(1940, 1, 1), date(2100, 1, 1)))
def test_a_date_that_was_written_is_read_back(day: date) -> None:
    assert words.parse_date(words.date_short(day, "id")) == day
    assert words.parse_date(words.date_long(day, "id")) == day


def test_a_day_ends_one_second_before_midnight_in_its_zone() -> None:
    assert words.end_of_day(DAY, "Asia/Makassar") == datetime(2026, 11, 21, 15, 59, 59, tzinfo=UTC)
    assert words.end_of_day(DAY, "Asia/Jayapura") == datetime(2026, 11, 21, 14, 59, 59, tzinfo=UTC)
    assert words.end_of_day(DAY, "Asia/Jakarta").tzinfo is UTC


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Hj. Baiq Sri Wahyuni, S.Pd.", "BW"),
        ("Sumiati", "S"),
        ("'aisyah", "A"),
        ("M. Ali", "MA"),
        ("123", "?"),
        ("", "?"),
    ],
)
def test_initials_leave_titles_out(name: str, letters: str) -> None:
    assert words.initials(name) == letters


@pytest.mark.parametrize(
    ("sex", "call_name", "lang", "form"),
    [
        ("P", None, "id", "Ibu Baiq Sri Wahyuni"),
        ("P", "Sri", "id", "Ibu Sri"),
        ("L", " ", "id", "Bapak Baiq Sri Wahyuni"),
        (None, "Sri", "id", "Ibu/Bapak Sri"),
        ("P", "Sri", "en", "Ms Sri"),
        ("L", "Sri", "en", "Mr Sri"),
        (None, None, "en", "Baiq Sri Wahyuni"),
    ],
)
def test_a_greeting_has_the_call_name_or_the_whole_name(
    sex: str | None, call_name: str | None, lang: str, form: str
) -> None:
    assert words.greeting(sex, call_name, "Baiq Sri Wahyuni", lang) == form
