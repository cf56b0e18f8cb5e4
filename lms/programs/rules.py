"""What a version promises to running classes: ids, rules, keys and marks, apart from words and pictures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from lms.programs.content import DEFAULT_LANGUAGE, Lesson, Module, Program, Question, Quiz, as_document

#: Keys of `Program.data` whose values are words; everything else there counts.
_WORDS = frozenset({"title", "evidence", "hint"})


def content_hash(program: Program) -> str:
    """Return the hash of everything a learner or an instructor could see."""
    return _hash(as_document(program))


def rules_hash(program: Program) -> str:
    """Return the hash of what a new text does not change.

    Left out are titles, texts, pictures, feedback and the estimated minutes of a lesson, which follow its text.
    Kept are the order of things, the worth of each option at its place, and the answers themselves where a learner
    types (short answers and numbers).
    """
    return _hash({
        "head": [program.id, program.code, program.tier, program.order, program.jp, program.minutes_per_jp],
        "status": program.status,
        "requires": program.requires,
        "modules": [_module(module) for module in program.modules],
        "questions": {key: _question(question) for key, question in program.questions.items()},
        "units": [[unit["id"], unit["jp"]] for unit in program.units],
        "data": _without_words(program.data),
    })


def keys_moved(before: Program, after: Program) -> list[str]:
    """Return the questions in which an option kept its words but not its worth.

    The worth of each place can stay the same while two options change places, which corrects a key: that is no new
    wording, although `rules_hash` cannot see it.
    """
    shared = before.questions.keys() & after.questions.keys()
    return sorted(key for key in shared if _has_moved(_keys(before.questions[key]), _keys(after.questions[key])))


def _hash(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _module(module: Module) -> list[Any]:
    return [
        module.id, module.number, module.jp, module.depth, module.requires, module.complete,
        [_lesson(lesson) for lesson in module.lessons], [_quiz(quiz) for quiz in module.quizzes],
    ]


def _lesson(lesson: Lesson) -> list[Any]:
    return [lesson.id, lesson.number, lesson.reflection is not None, lesson.discussion is not None]


def _quiz(quiz: Quiz) -> list[Any]:
    return [
        quiz.id, quiz.kind, quiz.pass_mark, quiz.attempts, quiz.shuffle, quiz.minutes, quiz.online, quiz.draws,
        # A bank is drawn from by chance, so its order means nothing; a form is taken as it stands.
        sorted(quiz.bank), quiz.forms,
    ]


def _question(question: Question) -> list[Any]:
    own = question.content[DEFAULT_LANGUAGE]
    partners = [answer["match"] for answer in own["answers"]]
    rows = [
        [answer["fraction"], answer["value"], answer["tolerance"], partners.index(answer["match"])]
        for answer in own["answers"]
    ]
    typed = {
        language: [answer["text"]["text"] for answer in content["answers"]]
        for language, content in question.content.items()
    }
    return [
        question.type, sorted(question.tags), rows, own["ordering"], own["case_sensitive"],
        typed if question.type == "short_answer" else None,
    ]


def _without_words(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            # The levels of a criterion are words by level id; the list of levels itself is a rule.
            key: sorted(item) if key == "levels" and isinstance(item, Mapping) else _without_words(item)
            for key, item in value.items()
            if key not in _WORDS
        }
    if isinstance(value, list | tuple):
        return [_without_words(item) for item in value]
    return value


def _keys(question: Question) -> list[tuple[str, str]]:
    """The rows of a question as (words, worth): a fraction, a partner or a position."""
    answers = question.content[DEFAULT_LANGUAGE]["answers"]
    if question.type == "matching":
        return [(answer["text"]["text"], answer["match"]) for answer in answers]
    if question.type == "ordering":
        return [(answer["text"]["text"], str(number)) for number, answer in enumerate(answers)]
    return [(answer["text"]["text"], answer["fraction"]) for answer in answers]


def _has_moved(before: list[tuple[str, str]], after: list[tuple[str, str]]) -> bool:
    old = dict(before)
    worths = set(old.values())
    # A partner that is written anew is a new wording; one that another stem had is another key.
    return any(words in old and old[words] != worth and worth in worths for words, worth in after)
