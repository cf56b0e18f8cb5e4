"""What the driver does: sign-in, home, lesson, a whole quiz attempt. Each returns how many requests it sent."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.client import Browser
from bench.server import WORKERS
from bench.world import PIN, Learner
from lms.accounts.services.secrets import hash_secret, matches
from lms.core.web.bodies import TURNS

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


def home(browser: Browser, learner: Learner) -> int:
    """Open the home page."""
    browser.become(learner.code)
    browser.get("/beranda", name="home", wants="Lanjutkan belajar")
    return 1


def lesson(browser: Browser, learner: Learner) -> int:
    """Open a lesson that has been read."""
    browser.become(learner.code)
    browser.get(f"/pelajaran/{learner.enrolment}/b-3", name="lesson", wants="Bagian 3")
    return 1


def quiz_attempt(browser: Browser, learner: Learner) -> int:
    """Take a quiz of ten questions: look, start, answer all at once by autosave, hand in, see the result."""
    browser.become(learner.code)
    start = f"/kuis/{learner.enrolment}/b-kuis"
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


@dataclass(frozen=True)
class Scenario:
    """What one round does, and how many people of each client are signed in before the clock starts."""

    run: Step
    people: int


#: Several people take turns in each browser: nobody takes a quiz a hundred times, and the list of attempts that a
#: learner sees must not grow with the length of the bench.
PEOPLE = 8

BARE = Scenario(bare_page, 0)
ALL: dict[str, Scenario] = {
    "sign-in": Scenario(sign_in, 0),
    "home": Scenario(home, PEOPLE),
    "lesson": Scenario(lesson, PEOPLE),
    "quiz attempt of 10": Scenario(quiz_attempt, PEOPLE),
}


def prepare(browser: Browser, people: list[Learner]) -> None:
    """Sign people in one after the other and keep the session of each."""
    for learner in people:
        sign_in(browser, learner)
        browser.keep(learner.code)


def password_hash_ms() -> float:
    """Return the CPU of one password check while as many go on at once as in the servers that sign people in.

    Signing in cannot be cheaper than that. Argon2 fills memory, so several at once cost more than one after the other.
    """
    hashed, rounds, at_once = hash_secret(PIN), 12, WORKERS * TURNS
    started = time.process_time()
    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(lambda _n: matches(hashed, PIN), range(rounds * at_once)))
    return round((time.process_time() - started) * 1000 / (rounds * at_once), 1)
