"""What a preview shows: a published version, or the files of `courses/` read this moment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lms.core.errors import NotFound
from lms.lib import gift
from lms.programs import catalogue
from lms.programs.check import program_folders
from lms.programs.content import Module, Program, Quiz
from lms.programs.mistakes import Mistake
from lms.programs.reader import read_program
from lms.quizzes.question_types import Presentation, question_type

#: A preview draws nothing at random, so two looks at it can be compared.
MOST_QUESTIONS = 60


@dataclass(frozen=True, slots=True)
class Preview:
    """A programme to look at. `label` is `major.minor`, or empty for the files; pictures of files come from `files`."""

    program: Program
    label: str
    mistakes: tuple[Mistake, ...]
    files: dict[str, tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Line:
    """One programme in the list of previews."""

    program_id: str
    title: dict[str, str]
    label: str
    has_files: bool


def programs(courses: Path) -> list[Line]:
    """Return every programme that is published or lies in the courses folder."""
    folders = {folder.name for folder in program_folders(courses)}
    newest: dict[str, Line] = {}
    for line in catalogue.list_versions():
        if line.program_id not in newest:
            newest[line.program_id] = Line(
                line.program_id, {"id": line.title}, line.label, line.program_id in folders
            )
    for name in sorted(folders - set(newest)):
        newest[name] = Line(name, {"id": name}, "", True)
    return list(newest.values())


def published(program_id: str) -> Preview:
    """Return the newest published version. Raises `NotFound`."""
    version = catalogue.latest(program_id)
    return Preview(version.program, version.label, (), {})


def from_files(program_id: str, courses: Path) -> Preview:
    """Return the programme as its files are now. Raises `NotFound` when they are missing, `Broken` when unreadable."""
    folder = next((item for item in program_folders(courses) if item.name == program_id), None)
    if folder is None:
        raise NotFound
    result = read_program(folder)
    if result.program is None:
        raise Broken(result.mistakes)
    return Preview(result.program, "", result.mistakes, dict(result.files))


class Broken(Exception):
    """The files cannot be shown; `mistakes` say where and why."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__(len(mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as it is presented; untranslated ones are in Indonesian."""

    presentation: Presentation
    is_translated: bool


def questions(program: Program, quiz: Quiz, language: str) -> list[ShownQuestion]:
    """Return the questions a learner could meet in a quiz, as they are presented: without key or feedback."""
    ids = quiz.bank or tuple(dict.fromkeys(key for form in quiz.forms for key in form))
    shown = []
    for key in ids[:MOST_QUESTIONS]:
        content = program.questions[key].content
        question = gift.from_dict(content.get(language, content["id"]))
        shown.append(ShownQuestion(question_type(question.type).present(question), language in content))
    return shown


def beside(module: Module, lesson_id: str) -> tuple[str | None, str | None]:
    """Return the ids of the lessons before and after one in its module."""
    ids = [lesson.id for lesson in module.lessons]
    place = ids.index(lesson_id)
    return (ids[place - 1] if place else None, ids[place + 1] if place + 1 < len(ids) else None)

