"""Modules: `module.toml` with its quizzes, and the lessons beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lms.programs import fields
from lms.programs.content import CompletionRule, Draw, Lesson, Module, Question, Quiz
from lms.programs.context import Context
from lms.programs.lesson_files import read_lessons
from lms.programs.mistakes import Place, toml_sentence
from lms.programs.question_files import BankFile, Banks
from lms.programs.toml_lines import TomlRefused, read_toml

MODULE_FILE = "module.toml"
FOLDER_NAME = re.compile(r"(\d{2})-[^./]+")
QUIZ_KINDS = ("module", "practice", "pretest", "posttest")
#: The fewest questions in the bank of a module's quiz, by depth.
FEWEST_QUESTIONS = {"full": 25, "brief": 12}

_DRAW: fields.Fields = {
    "tag": fields.words(required=False, by_language=False, longest=fields.LONGEST_ID),
    "take": fields.whole(1, 200),
}
_QUIZ: fields.Fields = {
    "id": fields.identifier(),
    "title": fields.title(),
    "kind": fields.one_of(*QUIZ_KINDS),
    "bank": fields.words(required=False, by_language=False),
    "draw": fields.tables(_DRAW),
    "forms": fields.Field(fields.read_list(fields.read_words(300), least=1), required=False, default=()),
    "pass_mark": fields.whole(0, 100),
    "attempts": fields.whole(0, 50),
    "shuffle": fields.truth(default=False),
    "minutes": fields.whole(1, 480, required=False),
    "online": fields.truth(default=False),
}
_MODULE: fields.Fields = {
    "id": fields.identifier(),
    "title": fields.title(),
    "jp": fields.whole(0, 200),
    "depth": fields.one_of(*FEWEST_QUESTIONS),
    "requires": fields.identifiers(required=False),
    "aims": fields.texts(required=False),
    "complete": fields.Field(fields.read_list(fields.read_words(200), least=1)),
    "quiz": fields.tables(_QUIZ),
}


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module as far as it could be read. `values` lacks what was wrong; `module` is None unless all was right."""

    folder: str
    number: int
    values: dict[str, Any]
    place: Place | None
    quizzes: tuple[Quiz, ...]
    module: Module | None


def read_module(context: Context, banks: Banks, folder: str) -> ModuleFile:
    """Read the folder of one module, its lessons and its banks."""
    found = FOLDER_NAME.fullmatch(folder)
    number = int(found[1]) if found else 0
    values, place = _read_file(context, folder)
    lessons = read_lessons(context, folder, depth=values.get("depth"))
    quizzes: list[Quiz] = []
    is_whole = lessons is not None
    for index, quiz_values in enumerate(values.get("quiz", ())):
        assert place is not None
        quiz = _read_quiz(context, banks, folder, quiz_values, place.at("quiz", index), values.get("depth"))
        is_whole = is_whole and quiz is not None
        if quiz:
            quizzes.append(quiz)
    rules = _read_rules(values, place) if place else None
    context.items["modules"].append({
        "id": values.get("id"), "title": (values.get("title") or {}).get("id"), "path": context.folder.shown(folder),
        "jp": values.get("jp"), "depth": values.get("depth"),
    })
    module = None
    if is_whole and rules is not None and set(_MODULE) <= set(values):
        module = _module(values, number, lessons or (), tuple(quizzes), rules)
    return ModuleFile(folder, number, values, place, tuple(quizzes), module)


def _module(
    values: dict[str, Any],
    number: int,
    lessons: tuple[Lesson, ...],
    quizzes: tuple[Quiz, ...],
    rules: tuple[CompletionRule, ...],
) -> Module:
    return Module(
        id=values["id"], number=number, title=values["title"], jp=values["jp"], depth=values["depth"],
        requires=tuple(values["requires"]), aims=tuple(values["aims"]),
        lessons=lessons, quizzes=quizzes, complete=rules,
    )


def _read_file(context: Context, folder: str) -> tuple[dict[str, Any], Place | None]:
    name = f"{folder}/{MODULE_FILE}"
    if name not in context.folder.files:
        context.error(name, 1, "E_FILE_MISSING", f"{MODULE_FILE} belum ada.")
        return {}, None
    text = context.folder.read_text(name)
    if text is None:
        return {}, None
    try:
        raw, lines = read_toml(text)
    except TomlRefused as refused:
        context.error(name, refused.line, "E_TOML", toml_sentence(refused.message))
        return {}, None
    place = Place(context.mistakes, context.folder.shown(name), lines)
    values = fields.read_table(raw, _MODULE, place)
    if "id" in values and not context.claim(values["id"], name, place.at("id").line):
        del values["id"]
    return values, place


def _read_rules(values: dict[str, Any], place: Place) -> tuple[CompletionRule, ...] | None:
    """Turn "quiz:M01-kuis:passed" into a rule; that the quiz exists is judged when all modules are known."""
    rules: list[CompletionRule] = []
    is_whole = "complete" in values
    for index, written in enumerate(values.get("complete", ())):
        parts = tuple(written.split(":"))
        if parts == ("lessons",) or (len(parts) == 3 and parts[0] == "quiz" and parts[2] in ("passed", "submitted")):
            rules.append(parts)
            continue
        message = "Syarat selesai berbentuk lessons, quiz:<id>:passed atau quiz:<id>:submitted."
        place.at("complete", index).error("E_COMPLETE", message)
        is_whole = False
    return tuple(rules) if is_whole else None


def _read_quiz(
    context: Context, banks: Banks, folder: str, values: dict[str, Any], place: Place, depth: str | None
) -> Quiz | None:
    name = f"{folder}/{MODULE_FILE}"
    is_whole = set(_QUIZ) <= set(values)
    if "id" in values and not context.claim(values["id"], name, place.at("id").line):
        is_whole = False
    bank_files = [_file(context, banks, folder, values["bank"], place.at("bank"))] if values.get("bank") else []
    form_files = [
        _file(context, banks, folder, written, place.at("forms", index))
        for index, written in enumerate(values.get("forms", ()))
    ]
    if not {"bank", "forms", "draw"} <= set(values):
        return None
    if bool(bank_files) == bool(form_files) or (form_files and values["draw"]):
        place.error("E_QUIZ_SOURCE", "Kuis memakai bank (dengan draw) atau forms, salah satu.")
        return None
    files = [file for file in bank_files + form_files if file is not None and file.is_whole]
    if len(files) < len(bank_files + form_files):
        return None
    forms = tuple(tuple(question.id for question in file.questions) for file in files) if form_files else ()
    draws: tuple[Draw, ...] = ()
    if bank_files:
        questions = files[0].questions
        told = _draws(values["draw"], questions, place.at("draw"))
        if told is None or not _is_large_enough(context, files[0], values.get("kind"), depth):
            return None
        draws = told
    elif not _are_equal(forms, place.at("forms")):
        return None
    if not is_whole:
        return None
    return Quiz(
        id=values["id"], title=values["title"], kind=values["kind"], pass_mark=values["pass_mark"],
        attempts=values["attempts"], shuffle=values["shuffle"], minutes=values["minutes"], online=values["online"],
        draws=draws, bank=tuple(question.id for question in files[0].questions) if bank_files else (), forms=forms,
    )


def _file(context: Context, banks: Banks, folder: str, written: str, place: Place) -> BankFile | None:
    name = context.folder.resolve(folder, written)
    if name is None or not name.endswith(".gift"):
        place.error("E_FILE_MISSING", f"Berkas soal “{written[:120]}” tidak ada di folder program.")
        return None
    return banks.read(name)


def _draws(written: list[dict[str, Any]], questions: tuple[Question, ...], place: Place) -> tuple[Draw, ...] | None:
    """Return the draws, tagged ones first, or None when an unlucky order of drawing could run short.

    A question with two tags may be gone when the second tag is drawn, so it counts as taken there.
    """
    if any(set(draw) != set(_DRAW) for draw in written):
        return None
    order = sorted(range(len(written)), key=lambda index: written[index]["tag"] is None)
    taken: list[tuple[set[str], int]] = []
    is_whole = True
    for index in order:
        tag, take = written[index]["tag"], written[index]["take"]
        fitting = {question.id for question in questions if tag is None or tag in question.tags}
        left = len(fitting) - sum(min(count, len(fitting & others)) for others, count in taken)
        if left < take:
            what = f"bertanda “{tag}”" if tag else "tersisa"
            message = f"draw meminta {take} soal {what}, tetapi bank hanya menjamin {max(left, 0)}."
            if tag and not fitting:
                message = f"draw meminta soal bertanda “{tag}”, tetapi tidak ada soal dengan [tag:{tag}] di bank."
            place.at(index).error("E_DRAW", message)
            is_whole = False
        else:
            taken.append((fitting, take))
    if not is_whole:
        return None
    if not written:
        return ((None, len(questions)),) if questions else ()
    return tuple((written[index]["tag"], written[index]["take"]) for index in order)


def _is_large_enough(context: Context, bank: BankFile, kind: str | None, depth: str | None) -> bool:
    fewest = FEWEST_QUESTIONS.get(depth or "", 0) if kind == "module" else 1
    if len(bank.questions) >= fewest:
        return True
    message = f"Bank ini berisi {len(bank.questions)} soal; paling sedikit {fewest}."
    context.error(bank.name, 1, "E_BANK_SIZE", message)
    return False


def _are_equal(forms: tuple[tuple[str, ...], ...], place: Place) -> bool:
    first = len(forms[0])
    if first == 0:
        place.at(0).error("E_FORMS", "Bentuk tes ini kosong.")
        return False
    for index, form in enumerate(forms):
        if len(form) != first:
            place.at(index).error("E_FORMS", f"Bentuk tes ini berisi {len(form)} soal, bentuk pertama {first}.")
            return False
    return True
