"""Which questions an attempt gets: the next form whole, or a draw from the bank. Pure, given its source of chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping

from lms.programs.content import Question, Quiz


def questions_for(
    quiz: Quiz, questions: Mapping[str, Question], *, number: int, seen: Iterable[str], chance: random.Random
) -> list[str]:
    """Return the ids of the questions of attempt `number`, in their order; a quiz that shuffles has them in any order.

    Forms follow one after another and begin again after the last. A draw takes each question once; those this learner
    has met least (`seen`: ids of earlier attempts, one entry each time) are taken before others. The attempt keeps the
    order in its slots, so it stays the same however often it is opened.
    """
    taken = list(quiz.forms[(number - 1) % len(quiz.forms)]) if quiz.forms else _drawn(quiz, questions, seen, chance)
    if quiz.shuffle:
        chance.shuffle(taken)
    return taken


def _drawn(quiz: Quiz, questions: Mapping[str, Question], seen: Iterable[str], chance: random.Random) -> list[str]:
    met = Counter(seen)
    drawn: list[str] = []
    for tag, take in quiz.draws:
        fitting = [key for key in quiz.bank if key not in drawn and (tag is None or tag in questions[key].tags)]
        chance.shuffle(fitting)
        # The sort is stable, so chance decides among questions that were met equally often.
        drawn += sorted(fitting, key=met.__getitem__)[:take]
    return drawn


def seeds_for(quiz: Quiz, count: int, chance: random.Random) -> list[int]:
    """Return the seed of the option order of each slot; 0 keeps the order of the file."""
    return [chance.randrange(1, 2**31) if quiz.shuffle else 0 for _ in range(count)]
