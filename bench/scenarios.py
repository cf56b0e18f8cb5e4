"""What the driver does: sign-in, home, lesson, a whole quiz attempt. Each returns how many requests it sent."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from bench.client import Browser
from bench.world import PIN, Learner
from lms.accounts.services.secrets import hash_secret, matches

Step = Callable[[Browser, Learner], int]


def bare_page(browser: Browser, _learner: Learner) -> int:
    """Fetch the bare page."""
    browser.get("/", wants="xxx")
    return 1


def sign_in(browser: Browser, learner: Learner) -> int:
    """Open the sign-in page and sign in, as somebody new each time."""
    browser.cookies.clear()
    _, fields, _ = browser.form(browser.get("/masuk", name="sign-in page", wants="Masuk"), "/masuk")
    browser.post("/masuk", {**fields, "identifier": learner.code, "secret": PIN}, name="sign-in")
    return 2


def signed_in(browser: Browser, learner: Learner) -> None:
    """Prepare a browser that is signed in."""
    sign_in(browser, learner)
    browser.learner = learner  # type: ignore[attr-defined]


def home(browser: Browser, _learner: Learner) -> int:
    """Open the home page."""
    browser.get("/beranda", name="home", wants="Lanjutkan belajar")
    return 1


def lesson(browser: Browser, _learner: Learner) -> int:
    """Open a lesson that has been read."""
    enrolment = browser.learner.enrolment  # type: ignore[attr-defined]
    browser.get(f"/pelajaran/{enrolment}/b-3", name="lesson", wants="Bagian 3")
    return 1


def quiz_attempt(browser: Browser, _learner: Learner) -> int:
    """Take a quiz of ten questions: look, start, answer all at once by autosave, hand in, see the result."""
    enrolment = browser.learner.enrolment  # type: ignore[attr-defined]
    start = f"/kuis/{enrolment}/b-kuis"
    _, fields, _ = browser.form(browser.get(start, name="quiz"), "")
    browser.post(start, fields, name="quiz start")
    attempt = browser.location
    page = browser.get(attempt, name="attempt", wants="Mana yang tepat")
    action, fields, options = browser.form(page, "/percobaan/")
    answers = {name: values[0] for name, values in options.items()}
    save = {**fields, **answers, "_op": str(uuid.uuid4())}
    browser.post(action, save, name="autosave", script=True)
    browser.get(attempt, name="attempt again")
    _, fields, _ = browser.form(browser.get(f"{attempt}/kirim", name="confirm"), "")
    browser.post(f"{attempt}/kirim", fields, name="hand in")
    browser.get(browser.location, name="result", wants="Soal")
    return 8


#: name -> (how a browser is prepared, what one round does)
ALL: dict[str, tuple[Callable[[Browser, Learner], None], Step]] = {
    "sign-in": (lambda _b, _l: None, sign_in),
    "home": (signed_in, home),
    "lesson": (signed_in, lesson),
    "quiz attempt of 10": (signed_in, quiz_attempt),
}


def password_hash_ms() -> float:
    """Return the CPU of one password check with every core checking one, as while the bench signs people in.

    Signing in cannot be cheaper than that. Argon2 fills memory, so two at once cost more than one after the other.
    """
    hashed, rounds, cores = hash_secret(PIN), 12, os.cpu_count() or 1
    started = time.process_time()
    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(lambda _n: matches(hashed, PIN), range(rounds * cores)))
    return round((time.process_time() - started) * 1000 / (rounds * cores), 1)
