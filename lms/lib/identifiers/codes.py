"""What a teacher signs in with from a paper slip: the participant code and the PIN."""

from __future__ import annotations

import random
import re
import unicodedata
from datetime import date
from itertools import pairwise

# No vowels and no L, so no words; nothing that is read as another sign on a bad print (0 O Q, 1 I, 2 Z, 5 S,
# 6 G, 8 B, U V). Digits win over the letters they look like, except 0 and 1. The number of signs is a prime.
ALPHABET = "23456789CDFHJKMNPRTVWXY"
_LENGTH = 7
_HEAD = 3
# Abbreviations that somebody would rather not read on their slip.
_UNWANTED = ("FCK", "KKK", "KNT", "MMK")
_SEPARATORS = re.compile(r"[\s.\-_‐‑‒–—−]+")
_PIN = re.compile(r"[0-9]{6}")
_LONGEST_RUN = 3


def participant_code(rng: random.Random) -> str:
    """A new code such as "JNP-4K7R": six random signs and a check sign (148 million codes).

    Pass `secrets.SystemRandom()`. Whether a code is taken is for the caller's unique key to say; ask again
    then.
    """
    while True:
        drawn = "".join(rng.choice(ALPHABET) for _ in range(_LENGTH - 1))
        code = drawn + _check_sign(drawn)
        if not any(word in code for word in _UNWANTED):
            return f"{code[:_HEAD]}-{code[_HEAD:]}"


def parse_participant_code(text: str) -> str | None:
    """A typed code in its stored form, or None when it cannot be one.

    Capitals, spaces, dots and dashes do not matter. One wrong sign, or two signs in each other's place, is
    always noticed; so None means "typed wrongly" and should not count as an attempt to guess a PIN.
    """
    code = _SEPARATORS.sub("", unicodedata.normalize("NFKC", text[:100])).upper()
    if len(code) != _LENGTH or any(sign not in ALPHABET for sign in code) or _weigh(code):
        return None
    return f"{code[:_HEAD]}-{code[_HEAD:]}"


def _weigh(code: str) -> int:
    # Weights differ and are smaller than the prime, so no single change and no exchange can leave the sum at
    # 0.
    return sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(code, start=1)) % len(ALPHABET)


def _check_sign(drawn: str) -> str:
    return next(sign for sign in ALPHABET if _weigh(drawn + sign) == 0)


def new_pin(rng: random.Random, *, birth_date: date | None = None) -> str:
    """Six digits that `pin_is_weak` does not find; pass `secrets.SystemRandom()`."""
    while True:
        pin = f"{rng.randrange(1_000_000):06d}"
        if not pin_is_weak(pin, birth_date=birth_date):
            return pin


def pin_is_weak(pin: str, *, birth_date: date | None = None) -> bool:
    """True for a PIN that is guessed early, and for anything that is not six digits.

    Weak are: four or more digits in a run up or down (9 goes on to 0), all equal, a pair or a triple repeated
    (121212, 123123), and with `birth_date` its year or the date in two digits each in any usual order.
    """
    if not _PIN.fullmatch(pin):
        return True
    if pin in (pin[:1] * 6, pin[:2] * 3, pin[:3] * 2) or _has_run(pin):
        return True
    return birth_date is not None and any(
        birth_date.strftime(form) in pin for form in ("%Y", "%d%m%y", "%m%d%y", "%y%m%d")
    )


def _has_run(pin: str) -> bool:
    steps = [(int(after) - int(before)) % 10 for before, after in pairwise(pin)]
    return any(
        steps[start : start + _LONGEST_RUN] in ([1] * _LONGEST_RUN, [9] * _LONGEST_RUN)
        for start in range(len(steps))
    )
