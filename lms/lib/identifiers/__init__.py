"""Identifiers of people and institutions, names, and the cleaning of typed text: pure functions, no storage.

`numbers` knows NIK, telephone, NPSN and e-mail; `codes` knows the participant code and the PIN; `names` knows
names, titles and plain text. Callers import from here.
"""

from lms.lib.identifiers.codes import new_pin, parse_participant_code, participant_code, pin_is_weak
from lms.lib.identifiers.names import clean_text, fold_name, proper_case, split_titles, tidy_name
from lms.lib.identifiers.numbers import (
    PROVINCES,
    check_nik,
    check_npsn,
    mask_email,
    mask_nik,
    mask_phone,
    may_identify,
    normalise_email,
    normalise_nik,
    normalise_npsn,
    normalise_phone,
    phone_international,
)

__all__ = [
    "PROVINCES",
    "check_nik",
    "check_npsn",
    "clean_text",
    "fold_name",
    "mask_email",
    "mask_nik",
    "mask_phone",
    "may_identify",
    "new_pin",
    "normalise_email",
    "normalise_nik",
    "normalise_npsn",
    "normalise_phone",
    "parse_participant_code",
    "participant_code",
    "phone_international",
    "pin_is_weak",
    "proper_case",
    "split_titles",
    "tidy_name",
]
