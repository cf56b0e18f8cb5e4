"""A programme as every floor above sees it: immutable values that know neither files nor the database.

`as_document` and `from_document` carry it into a row of plain data and back; what is stored today must be readable
after the next release, so a new field gets a default in `from_document`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from lms.core.errors import NotFound

#: The same words in several languages, by language code. Indonesian ("id") is always there.
Text = Mapping[str, str]
#: A tag (None: any question that is left) and how many questions to take. Tagged draws come first.
Draw = tuple[str | None, int]
#: ("lessons",) or ("quiz", quiz id, "passed" | "submitted").
CompletionRule = tuple[str, ...]

DEFAULT_LANGUAGE = "id"

T = TypeVar("T")


def in_language(text: Text, language: str) -> tuple[str, bool]:
    """Return the words in a language and whether they fell back to Indonesian because nobody has translated them."""
    if language in text:
        return text[language], False
    return text.get(DEFAULT_LANGUAGE, ""), language != DEFAULT_LANGUAGE


@dataclass(frozen=True)
class Lesson:
    """A page to read. `html` is rendered and safe.

    `images` are names as in `/isi/<name>` (sha256 and extension), of all languages. `words` counts the Indonesian
    text; `bytes` is that text with its pictures, as a phone would fetch it.
    """

    id: str
    number: int
    title: Text
    minutes: int
    html: Text
    reflection: Text | None
    discussion: Text | None
    words: int
    images: tuple[str, ...]
    bytes: int


@dataclass(frozen=True)
class Quiz:
    """A quiz draws from its `bank`, or takes the next of its `forms` whole; exactly one of the two is filled.

    `kind` is module, practice, pretest or posttest; a practice counts for nothing. `attempts` of 0 is as often as
    one likes. `shuffle` mixes the questions of each attempt and the options of each question. `minutes` is None
    without a time limit. `online` means that it cannot be done without a connection.
    """

    id: str
    title: Text
    kind: str
    pass_mark: int
    attempts: int
    shuffle: bool
    minutes: int | None
    online: bool
    draws: tuple[Draw, ...]
    bank: tuple[str, ...]
    forms: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Question:
    """A question with its key, per language as `gift.as_dict` gives it: never for a learner as it is.

    Line and category are blank in `content`, so that moving a question in its file changes nothing. `sha256` is over
    the Indonesian content and pins it in an attempt. A translation has its options in the order of the Indonesian.
    """

    id: str
    type: str
    tags: tuple[str, ...]
    content: Mapping[str, Mapping[str, Any]]
    sha256: str

    def __hash__(self) -> int:
        """By id and content, so that what is made of a question can be kept beside it."""
        return hash((self.id, self.sha256))


@dataclass(frozen=True)
class Module:
    """Lessons and quizzes that open when the modules in `requires` are complete. `jp` counts lesson hours."""

    id: str
    number: int
    title: Text
    jp: int
    depth: str
    requires: tuple[str, ...]
    aims: tuple[Text, ...]
    lessons: tuple[Lesson, ...]
    quizzes: tuple[Quiz, ...]
    complete: tuple[CompletionRule, ...]


@dataclass(frozen=True)
class Program:
    """A tier of training. An `outline` has `units` (id, title, jp) and no modules yet.

    `data` holds, as plain data with every text by language: weights, components, predicates, pass, report, tasks,
    criteria, levels, report_parts, elective_required; what the file leaves out is empty.
    """

    id: str
    code: str
    title: Text
    tier: str
    order: int
    jp: int
    minutes_per_jp: int
    status: str
    requires: tuple[str, ...]
    modules: tuple[Module, ...]
    questions: Mapping[str, Question]
    units: tuple[Mapping[str, Any], ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)

    def module(self, module_id: str) -> Module:
        """Return a module; raises NotFound."""
        return _found(self._modules, module_id)

    def lesson(self, lesson_id: str) -> tuple[Module, Lesson]:
        """Return a lesson and the module it stands in; raises NotFound."""
        return _found(self._lessons, lesson_id)

    def quiz(self, quiz_id: str) -> tuple[Module, Quiz]:
        """Return a quiz and the module it stands in; raises NotFound."""
        return _found(self._quizzes, quiz_id)

    def question(self, question_id: str) -> Question:
        """Return a question; raises NotFound."""
        return _found(self.questions, question_id)

    @cached_property
    def ids(self) -> dict[str, str]:
        """Every id that learners' work may point at, with its kind: module, lesson, quiz, question or task."""
        kinds = dict.fromkeys(self._modules, "module") | dict.fromkeys(self._lessons, "lesson")
        kinds |= dict.fromkeys(self._quizzes, "quiz") | dict.fromkeys(self.questions, "question")
        return kinds | dict.fromkeys((task["id"] for task in self.data.get("tasks", ())), "task")

    @cached_property
    def _modules(self) -> dict[str, Module]:
        return {module.id: module for module in self.modules}

    @cached_property
    def _lessons(self) -> dict[str, tuple[Module, Lesson]]:
        return {lesson.id: (module, lesson) for module in self.modules for lesson in module.lessons}

    @cached_property
    def _quizzes(self) -> dict[str, tuple[Module, Quiz]]:
        return {quiz.id: (module, quiz) for module in self.modules for quiz in module.quizzes}


def _found(among: Mapping[str, T], key: str) -> T:
    try:
        return among[key]
    except KeyError:
        raise NotFound(id=key) from None


def as_document(program: Program) -> dict[str, Any]:
    """Return the programme as plain data for JSON: dicts, lists, strings, numbers, truth values."""
    document = _plain(program)
    assert isinstance(document, dict)
    return document


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return {part.name: _plain(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def from_document(document: Mapping[str, Any]) -> Program:
    """Return the programme that `as_document` wrote."""
    return Program(
        **_only(document, ["id", "code", "title", "tier", "order", "jp", "minutes_per_jp", "status"]),
        requires=tuple(document["requires"]),
        modules=tuple(_module(module) for module in document["modules"]),
        questions={key: _question(question) for key, question in document["questions"].items()},
        units=tuple(document.get("units", ())),
        data=document.get("data", {}),
    )


def _module(document: Mapping[str, Any]) -> Module:
    return Module(
        **_only(document, ["id", "number", "title", "jp", "depth"]),
        requires=tuple(document["requires"]),
        aims=tuple(document["aims"]),
        lessons=tuple(_lesson(lesson) for lesson in document["lessons"]),
        quizzes=tuple(_quiz(quiz) for quiz in document["quizzes"]),
        complete=tuple(tuple(rule) for rule in document["complete"]),
    )


def _lesson(document: Mapping[str, Any]) -> Lesson:
    plain = _only(document, ["id", "number", "title", "minutes", "html", "reflection", "discussion", "words", "bytes"])
    return Lesson(**plain, images=tuple(document["images"]))


def _quiz(document: Mapping[str, Any]) -> Quiz:
    return Quiz(
        **_only(document, ["id", "title", "kind", "pass_mark", "attempts", "shuffle", "minutes", "online"]),
        draws=tuple((tag, take) for tag, take in document["draws"]),
        bank=tuple(document["bank"]),
        forms=tuple(tuple(form) for form in document["forms"]),
    )


def _question(document: Mapping[str, Any]) -> Question:
    return Question(**_only(document, ["id", "type", "content", "sha256"]), tags=tuple(document["tags"]))


def _only(document: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: document[name] for name in names}
