"""A programme's folder to a `Program`, with every mistake on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lms.programs.consistency import check_program
from lms.programs.content import Program
from lms.programs.context import Context
from lms.programs.mistakes import Mistake, Mistakes, Place
from lms.programs.module_files import FOLDER_NAME, MODULE_FILE, ModuleFile, read_module
from lms.programs.program_file import ProgramFile, read_program_file
from lms.programs.question_files import Banks

__all__ = ["Mistake", "ReadResult", "read_program"]


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What a folder holds.

    `program` is there exactly when no mistake is an error. `files` are the pictures, sha256 → (media type, bytes).
    `items` lists modules, lessons, questions and the words of the Indonesian lessons as plain data, also those of a
    folder with errors, and `counts` counts them. `head` is what program.toml says (`id`, `title`, `requires`, …) as far
    as it could be read, and `head_place` is where to complain about it.
    """

    program: Program | None
    mistakes: tuple[Mistake, ...]
    files: Mapping[str, tuple[str, bytes]] = field(repr=False)
    items: Mapping[str, list[Any]] = field(repr=False)
    counts: Mapping[str, int]
    head: Mapping[str, Any]
    head_place: Place | None = field(repr=False)

    @property
    def errors(self) -> tuple[Mistake, ...]:
        return tuple(mistake for mistake in self.mistakes if mistake.level == "error")

    @property
    def warnings(self) -> tuple[Mistake, ...]:
        return tuple(mistake for mistake in self.mistakes if mistake.level == "warning")


def read_program(folder: Path) -> ReadResult:
    """Read one programme. Never raises for what a file holds, and never stops at the first mistake."""
    context = Context(Path(folder))
    file = read_program_file(context)
    banks = Banks(context)
    modules = _read_modules(context, banks)
    check_program(context, file, modules, banks)
    for name in context.folder.unused():
        context.warning(name, 1, "W_UNUSED", "Tidak ada yang memakai berkas ini.")
    program = None if context.mistakes.has_errors else _program(file, modules, banks, context.mistakes)
    lists = context.items
    counts = {name: len(items) for name, items in lists.items()}
    head = {name: file.values.get(name) for name in ("id", "code", "title", "tier", "order", "status", "requires")}
    return ReadResult(program, context.mistakes.all, context.pictures, lists, counts, head, file.place)


def _read_modules(context: Context, banks: Banks) -> list[ModuleFile]:
    modules: list[ModuleFile] = []
    numbers: dict[int, str] = {}
    for folder in context.folder.folders:
        has_file = f"{folder}/{MODULE_FILE}" in context.folder.files
        if not FOLDER_NAME.fullmatch(folder):
            if has_file:
                name = f"{folder}/{MODULE_FILE}"
                context.error(name, 1, "E_FILE_NAME", "Nama folder modul berbentuk 01-judul.")
            continue
        context.folder.used.add(f"{folder}/{MODULE_FILE}")
        module = read_module(context, banks, folder)
        other = numbers.setdefault(module.number, folder)
        if other != folder:
            name = f"{folder}/{MODULE_FILE}"
            context.error(name, 1, "E_NUMBER_DUPLICATE", f"Nomor {module.number:02} sudah dipakai oleh {other}.")
        modules.append(module)
    return sorted(modules, key=lambda module: module.number)


def _program(file: ProgramFile, modules: list[ModuleFile], banks: Banks, mistakes: Mistakes) -> Program:
    head = file.head
    whole = [module.module for module in modules if module.module is not None]
    # Whoever gives up on a part reports why, so without errors every part is there.
    assert head is not None, mistakes.all
    assert len(whole) == len(modules), mistakes.all
    return Program(
        **head,
        requires=tuple(file.values["requires"]),
        modules=tuple(whole),
        questions=banks.questions,
        units=tuple(file.values["unit"]),
        data=file.data,
    )
