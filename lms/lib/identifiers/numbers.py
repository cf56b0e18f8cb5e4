"""NIK, telephone, NPSN and e-mail: normal form, and codes of the import list for what is wrong.

Codes that begin with E_ refuse, those with W_ accept and are shown; for one field the first E_ ends the
check. Letters are never guessed into digits: an O for a 0 is refused, because a wrong NIK is another
person's.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_HIDDEN = "•"
_QUOTES = "'’‘`´ʼ＇"
_SPACES = re.compile(r"[\s\u00a0\u200b\u2060\ufeff]+")
_SEPARATORS = re.compile(r"[\s\u00a0\u200b\u2060\ufeff.\-‐‑‒–—]+")
_SCIENTIFIC = re.compile(r"\d+([.,]\d+)?[eE]\+?\d+")
_DIGITS = re.compile(r"[0-9]+")
#: The two-digit codes of the provinces; a NIK begins with the one where it was given out.
PROVINCES = frozenset(
    str(code) for first, last in (
        (11, 19), (21, 21), (31, 36), (51, 53), (61, 65), (71, 76), (81, 82), (91, 96),
    ) for code in range(first, last + 1)
)
_MOBILE = re.compile(r"08[0-9]{8,11}")
_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


def normalise_nik(raw: str) -> tuple[str | None, list[str]]:
    """The sixteen digits of a NIK, or None, with codes: W_NIK_PEMISAH when separators were taken out.

    Only the form is judged here (E_NIK_KOSONG, E_NIK_ILMIAH, E_NIK_NONDIGIT, E_NIK_PANJANG); `check_nik`
    looks at what the digits say.
    """
    text = _SPACES.sub(" ", raw).strip()
    if not text.strip(_QUOTES + " "):
        return None, ["E_NIK_KOSONG"]
    if _SCIENTIFIC.fullmatch(text.lstrip(_QUOTES)):
        return None, ["E_NIK_ILMIAH"]
    digits = _SEPARATORS.sub("", text.lstrip(_QUOTES))
    if not _DIGITS.fullmatch(digits):
        return None, ["E_NIK_NONDIGIT"]
    if len(digits) != 16:
        return None, ["E_NIK_PANJANG"]
    return digits, [] if digits == raw else ["W_NIK_PEMISAH"]


def check_nik(
    nik: str,
    *,
    birth_date: date | None = None,
    sex: str | None = None,
    provinces: frozenset[str] = frozenset(),
) -> list[str]:
    """All codes for a NIK, raw or normalised; an empty list means nothing is wrong.

    `provinces` are the two-digit codes that exist; empty means that nobody knows and the province is not
    judged. A difference from `birth_date` or `sex` ("L" or "P") is a warning only: a NIK never changes, a
    profile can be wrong, and either may be.
    """
    digits, codes = normalise_nik(nik)
    if digits is None:
        return codes
    if provinces and digits[:2] not in provinces:
        return [*codes, "E_NIK_WILAYAH"]
    day, month, year = int(digits[6:8]), int(digits[8:10]), int(digits[10:12])
    is_woman = day > 40
    day -= 40 if is_woman else 0
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return [*codes, "E_NIK_TANGGAL"]
    if digits[12:] == "0000":
        return [*codes, "E_NIK_URUT"]
    if birth_date is not None and (day, month, year) != (
        birth_date.day,
        birth_date.month,
        birth_date.year % 100,
    ):
        codes.append("W_NIK_TGL_BEDA")
    if sex in ("L", "P") and is_woman != (sex == "P"):
        codes.append("W_NIK_KELAMIN_BEDA")
    return codes


def normalise_phone(raw: str) -> tuple[str | None, list[str]]:
    """A mobile number as it is stored, "08" and 8 to 11 digits, or None, with codes.

    W_HP_NORMAL when it was written otherwise, E_HP_FORMAT for anything else: a landline, two numbers in one
    cell, nothing. Whether the number is shared is for the caller to know.
    """
    text = _SPACES.sub(" ", raw).strip().lstrip(_QUOTES)
    number = _SEPARATORS.sub("", text)
    for country in ("+62", "62"):
        if number.startswith(country + "8"):
            number = "0" + number.removeprefix(country)
            break
    if number.startswith("8"):
        number = "0" + number
    if not _MOBILE.fullmatch(number):
        return None, ["E_HP_FORMAT"]
    return number, [] if number == raw else ["W_HP_NORMAL"]


def phone_international(stored: str) -> str:
    """ "0812…" as "+62812…", the form for sending; raises ValueError for what `normalise_phone` did not
    make.
    """
    if not _MOBILE.fullmatch(stored):
        raise ValueError("a stored telephone number begins with 08 and has 10 to 13 digits")
    return "+62" + stored[1:]


def normalise_npsn(raw: str) -> str:
    """An NPSN without surrounding spaces and in capitals; `check_npsn` says whether it is one."""
    return _SPACES.sub("", raw).lstrip(_QUOTES).upper()


def check_npsn(npsn: str, *, known: frozenset[str] | None = None) -> list[str]:
    """E_NPSN_FORMAT unless a digit or capital and seven digits; W_NPSN_TAK_DIKENAL if not in `known`."""
    if not re.fullmatch(r"[0-9A-Z][0-9]{7}", npsn):
        return ["E_NPSN_FORMAT"]
    return ["W_NPSN_TAK_DIKENAL"] if known is not None and npsn not in known else []


def normalise_email(raw: str) -> tuple[str | None, list[str]]:
    """An address in lower case, or None, with codes. Nothing written is no mistake: (None, []).

    W_EMAIL_NORMAL when capitals or surrounding spaces went, E_EMAIL_FORMAT for what no ordinary mailbox is
    called.
    """
    email = raw.strip().strip("\u200b\ufeff").lower()
    if not email:
        return None, []
    if len(email) > 254 or len(email.partition("@")[0]) > 64 or not _EMAIL.fullmatch(email):
        return None, ["E_EMAIL_FORMAT"]
    return email, [] if email == raw else ["W_EMAIL_NORMAL"]


def may_identify(text: str) -> bool:
    """True for text that may hold a NIK, a telephone number or an e-mail: an "@", or eight digits or more.

    Such text must not stand in an address, not even mistyped. A participant code has seven signs, a name no digits.
    """
    return "@" in unicodedata.normalize("NFKC", text) or sum(sign.isdigit() for sign in text) >= 8


def mask_email(email: str) -> str:
    """An address with the first sign of its mailbox and its host, enough for its owner to know it."""
    name, _at, host = email.partition("@")
    return f"{name[:1]}{_HIDDEN}{_HIDDEN}{_HIDDEN}@{host}"


def mask_nik(nik: str) -> str:
    """A NIK for screens, logs and the audit: the last four digits. Anything shorter shows nothing."""
    return _mask(nik, 4)


def mask_phone(phone: str) -> str:
    """A telephone number with its last three digits, enough for its owner to know it."""
    return _mask(phone, 3)


def _mask(text: str, shown: int) -> str:
    # Half of a number at the most is shown, so that a short or broken value does not come through whole.
    if len(text) < 2 * shown:
        return _HIDDEN * len(text)
    return _HIDDEN * (len(text) - shown) + text[-shown:]
