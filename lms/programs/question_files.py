"""Question banks: GIFT files, their translations, and what makes a question usable."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from lms.lib import gift
from lms.lib.markup import MarkupRefused, to_html
from lms.programs.content import DEFAULT_LANGUAGE, Question
from lms.programs.context import Context
from lms.programs.fields import TRANSLATIONS, is_id

#: What the GIFT reader only doubts, but a course may not hold; the other doubts are warnings.
_FATAL = {
    "weights_not_100": "E_WEIGHTS",
    "no_full_mark": "E_NO_KEY",
    "no_right_option": "E_NO_KEY",
    "text_missing": "E_GIFT",
    "annotation_without_question": "E_GIFT",
}
_HAS_ROWS_IN_ORDER = ("multiple_choice", "multiple_response", "true_false", "matching", "ordering", "numerical")
_LOOSE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class BankFile:
    """A file of questions in their order. `is_whole` is False when something in it could not be taken."""

    name: str
    questions: tuple[Question, ...]
    lines: dict[str, int]
    is_whole: bool


class Banks:
    """The question files of a programme; each is read once, however many quizzes use it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self.files: dict[str, BankFile] = {}

    def read(self, name: str) -> BankFile:
        """Return a bank by its path inside the programme's folder, which must exist."""
        if name not in self.files:
            self.files[name] = self._read(name)
        return self.files[name]

    @property
    def questions(self) -> dict[str, Question]:
        return {question.id: question for bank in self.files.values() for question in bank.questions}

    def _read(self, name: str) -> BankFile:
        context = self._context
        bank = self._parse(name)
        found: dict[str, gift.Question] = {}
        is_whole = bank is not None and not bank.errors
        for question in bank.questions if bank else ():
            item = {"id": question.id, "type": question.type, "tags": list(question.tags)}
            context.items["questions"].append(item | {"path": context.folder.shown(name), "line": question.line})
            self._check(name, question)
            if question.id is None:
                context.error(
                    name, question.line, "E_ID_MISSING", "Soal ini belum punya id. Jalankan `lms publish --write-ids`."
                )
            elif not is_id(question.id):
                context.error(name, question.line, "E_ID_FORM", "id terdiri dari huruf, angka, titik, garis.")
            elif context.claim(question.id, name, question.line):
                found[question.id] = question
                continue
            is_whole = False
        contents: dict[str, dict[str, Any]] = {key: {DEFAULT_LANGUAGE: _plain(found[key])} for key in found}
        self._add_translations(name, found, contents, is_whole)
        questions = tuple(_question(found[key], contents[key]) for key in found)
        return BankFile(name, questions, {key: found[key].line for key in found}, is_whole)

    def _parse(self, name: str) -> gift.Bank | None:
        context = self._context
        text = context.folder.read_text(name)
        if text is None:
            return None
        bank = gift.parse(text)
        for error in bank.errors:
            context.error(name, error.line, "E_GIFT", error.message)
        for doubt in bank.warnings:
            if doubt.code in _FATAL:
                context.error(name, doubt.line, _FATAL[doubt.code], doubt.message)
            else:
                context.warning(name, doubt.line, "W_GIFT", doubt.message)
        return bank

    def _check(self, name: str, question: gift.Question) -> None:
        context, line = self._context, question.line
        if question.type == "description":
            context.error(name, line, "E_NO_KEY", "Soal ini tidak punya kunci: tidak ada {…} setelah teksnya.")
            return
        if question.type == "numerical" and all(answer.value is None for answer in question.answers):
            context.error(name, line, "E_NO_KEY", "Soal ini menerima angka apa pun.")
        has_feedback = question.general_feedback or any(answer.feedback for answer in question.answers)
        if not has_feedback:
            context.warning(name, line, "W_NO_FEEDBACK", "Soal ini tidak memberi umpan balik.")
        for text in _texts(question):
            if text.format != "markdown":
                continue
            try:
                problems = to_html(text.text).problems
            except MarkupRefused as refused:
                context.error(name, line, refused.code, "Markdown di soal ini terlalu panjang atau terlalu rumit.")
                continue
            for problem in problems:
                report = context.error if problem.code.startswith("E_") else context.warning
                report(name, line, problem.code, f"Ini tidak dapat dipakai di dalam soal: “{problem.detail[:120]}”.")

    def _add_translations(
        self, name: str, found: dict[str, gift.Question], contents: dict[str, dict[str, Any]], is_whole: bool
    ) -> None:
        context = self._context
        for language in TRANSLATIONS:
            translation = f"{name.removesuffix('.gift')}.{language}.gift"
            if translation not in context.folder.files:
                continue
            bank = self._parse(translation)
            for question in bank.questions if bank else ():
                line, own = question.line, found.get(question.id or "")
                if question.id is None:
                    context.error(translation, line, "E_ID_MISSING", "Terjemahan soal perlu id soal aslinya.")
                elif own is None:
                    # The original may be among the questions that could not be taken, which was reported already.
                    if is_whole:
                        message = f"id “{question.id}” tidak ada di bank soal aslinya."
                        context.error(translation, line, "E_TRANSLATION_UNKNOWN", message)
                elif language in contents[question.id]:
                    context.error(translation, line, "E_ID_DUPLICATE", f"id “{question.id}” diterjemahkan dua kali.")
                elif _shape(question) != _shape(own):
                    message = "Jenis, jumlah jawaban, urutan dan kunci terjemahan harus sama dengan soal aslinya."
                    context.error(translation, line, "E_TRANSLATION_KEY", message)
                else:
                    contents[question.id][language] = _plain(question)


def _texts(question: gift.Question) -> list[gift.Text]:
    answers = [text for answer in question.answers for text in (answer.text, answer.feedback)]
    return [text for text in (question.text, question.general_feedback, *answers) if text is not None]


def _shape(question: gift.Question) -> tuple[Any, ...]:
    """What a translation may not change: options are matched by their place."""
    if question.type not in _HAS_ROWS_IN_ORDER:
        return (question.type,)
    partners = [answer.match for answer in question.answers]
    return question.type, tuple(
        (answer.fraction, answer.value, answer.tolerance, partners.index(answer.match)) for answer in question.answers
    )


def _plain(question: gift.Question) -> dict[str, Any]:
    return gift.as_dict(question) | {"line": 0, "category": None}


def _question(question: gift.Question, content: dict[str, Any]) -> Question:
    own = {key: value for key, value in content[DEFAULT_LANGUAGE].items() if key not in ("line", "category")}
    sha256 = hashlib.sha256(json.dumps(own, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return Question(str(question.id), question.type, question.tags, content, sha256)


def item_text(question: Question) -> str:
    """The words of a question without case, spaces and signs, to find the same item twice."""
    text = question.content[DEFAULT_LANGUAGE]["text"]
    return _LOOSE.sub(" ", gift.plain_text(gift.Text(text["text"], text["format"])).casefold()).strip()
