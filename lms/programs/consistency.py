"""What only shows when a whole programme is on the desk: hours, order, weights, and items that appear twice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from lms.programs.content import Question
from lms.programs.context import Context
from lms.programs.form_fields import check_form
from lms.programs.mistakes import Place
from lms.programs.module_files import ModuleFile
from lms.programs.program_file import STAGES, ProgramFile
from lms.programs.question_files import Banks, item_text

WHOLE = 100


def check_program(context: Context, file: ProgramFile, modules: list[ModuleFile], banks: Banks) -> None:
    """Report what does not fit together. What could not be read is left out, so that one mistake stays one."""
    if file.place is not None:
        _check_weights(file.values, file.place)
        _check_rubric(file.values, file.place)
        _check_rules(file.values, file.place)
        _check_forms(file.values, file.place)
        _check_hours(file, modules, file.place)
    _check_order(modules)
    _check_completion(modules)
    _check_test_sizes(modules)
    _check_same_items(context, modules, banks)


def _check_weights(values: dict[str, Any], place: Place) -> None:
    weights = values.get("weights") or {}
    if set(weights) == set(STAGES) and sum(weights.values()) != WHOLE:
        place.at("weights").error("E_WEIGHTS", f"Bobot kedua tahap berjumlah {sum(weights.values())}, seharusnya 100.")
    components = values.get("component") or []
    if not components or not all({"stage", "weight"} <= set(component) for component in components):
        return
    for stage in STAGES:
        indexes = [index for index, component in enumerate(components) if component["stage"] == stage]
        total = sum(components[index]["weight"] for index in indexes)
        if total != WHOLE and (indexes or weights.get(stage)):
            where = place.at("component", indexes[0]) if indexes else place.at("weights", stage)
            where.error("E_WEIGHTS", f"Bobot komponen tahap {stage} berjumlah {total}, seharusnya 100.")


def _check_rubric(values: dict[str, Any], place: Place) -> None:
    criteria, levels = values.get("criterion") or [], values.get("level") or []
    if criteria and all("weight" in criterion for criterion in criteria):
        total = sum(criterion["weight"] for criterion in criteria)
        if total != WHOLE:
            place.at("criterion").error("E_WEIGHTS", f"Bobot kriteria laporan berjumlah {total}, seharusnya 100.")
    known = {level.get("id") for level in levels}
    for index, criterion in enumerate(criteria):
        if None not in known and "levels" in criterion and set(criterion["levels"]) != known:
            where = place.at("criterion", index, "levels")
            wanted = ", ".join(sorted(map(str, known)))
            where.error("E_LEVELS", f"Kriteria harus menjelaskan tepat tingkat ini: {wanted}.")
    _check_falling(levels, "from", place.at("level"))
    _check_falling(values.get("predicate") or [], "min", place.at("predicate"))
    for name in ("component", "predicate", "level", "criterion", "report_part"):
        _check_own_ids(values.get(name) or [], place.at(name))


def _check_falling(rows: list[dict[str, Any]], key: str, place: Place) -> None:
    """The first row that fits is taken, so the highest bound comes first."""
    for index, (higher, lower) in enumerate(pairwise(rows), 1):
        if key in higher and key in lower and lower[key] >= higher[key]:
            place.at(index, key).error("E_VALUE", f"“{key}” harus lebih kecil dari baris sebelumnya ({higher[key]}).")


def _check_own_ids(rows: list[dict[str, Any]], place: Place) -> None:
    seen: set[str] = set()
    for index, row in enumerate(rows):
        if (identifier := row.get("id")) in seen:
            place.at(index, "id").error("E_ID_DUPLICATE", f"id “{identifier}” sudah dipakai di daftar ini.")
        elif identifier is not None:
            seen.add(identifier)


def _check_rules(values: dict[str, Any], place: Place) -> None:
    electives = [task for task in values.get("task") or () if task.get("kind") == "elective"]
    if values.get("elective_required", 0) > len(electives):
        message = f"Program ini hanya punya {len(electives)} tugas pilihan."
        place.at("elective_required").error("E_VALUE", message)
    report = values.get("report") or {}
    for low, high in (("second_reader_from", "second_reader_to"), ("window_days_min", "window_days_max")):
        if report.get(low) is not None and report.get(high) is not None and report[low] > report[high]:
            place.at("report", low).error("E_VALUE", f"“{low}” tidak boleh lebih besar dari “{high}”.")


def _check_forms(values: dict[str, Any], place: Place) -> None:
    """The forms of chapters and tasks, and what chapters and criteria refer to."""
    for name in ("task", "report_part"):
        for index, row in enumerate(values.get(name) or ()):
            check_form(row.get("field") or [], place.at(name, index, "field"))
    known = {
        "tasks": {task.get("id") for task in values.get("task") or ()},
        "parts": {part.get("id") for part in values.get("report_part") or ()},
    }
    for name, key in (("report_part", "tasks"), ("criterion", "parts")):
        for index, row in enumerate(values.get(name) or ()):
            for number, wanted in enumerate(row.get(key) or ()):
                if wanted not in known[key]:
                    place.at(name, index, key, number).error("E_REFERENCE", f"“{wanted}” tidak ada di program ini.")


def _check_hours(file: ProgramFile, modules: list[ModuleFile], place: Place) -> None:
    """The hours of a programme are those of its modules, or of its units while it is an outline."""
    values = file.values
    units = values.get("unit") or []
    if file.is_outline:
        if modules:
            message = "Program “outline” belum punya modul; ubah status menjadi “complete” bila modulnya sudah ada."
            place.at("status").error("E_STATUS", message)
        parts = [unit.get("jp") for unit in units]
    else:
        if units:
            place.at("unit").error("E_STATUS", "Program “complete” memakai folder modul, bukan [[unit]].")
        parts = [module.values.get("jp") for module in modules]
        if not modules and values.get("status"):
            place.at("status").error("E_STATUS", "Program ini belum punya modul; status yang tepat “outline”.")
    if not parts or None in parts or "jp" not in values:
        return
    total = sum(part for part in parts if part is not None)
    if total != values["jp"]:
        place.at("jp").error("E_JP", f"JP program {values['jp']}, tetapi bagiannya berjumlah {total}.")


def _check_order(modules: list[ModuleFile]) -> None:
    """Every prerequisite exists, and no module waits for itself."""
    requires: dict[str, list[str]] = {}
    # A module that could not be read may be the very one that is asked for.
    is_complete = all("id" in module.values for module in modules)
    known = {module.values["id"]: module for module in modules if "id" in module.values}
    for identifier, module in known.items():
        requires[identifier] = []
        for index, wanted in enumerate(module.values.get("requires", ())):
            if wanted in known:
                requires[identifier].append(wanted)
            elif is_complete and module.place:
                message = f"Modul “{wanted}” tidak ada di program ini."
                module.place.at("requires", index).error("E_REQUIRES_UNKNOWN", message)
    for cycle in find_cycles(requires):
        place = known[cycle[0]].place
        if place:
            path = " → ".join((*cycle, cycle[0]))
            place.at("requires").error("E_REQUIRES_CYCLE", f"Modul-modul ini saling menunggu: {path}.")


def find_cycles(requires: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return each circle once, beginning with the first of its members in the order of `requires`."""
    finished: set[str] = set()
    cycles: list[list[str]] = []
    for start in requires:
        trail: list[str] = []
        branches = [iter([start])]
        while branches:
            following = next(branches[-1], None)
            if following is None:
                branches.pop()
                if trail:
                    finished.add(trail.pop())
            elif following in trail:
                cycles.append(trail[trail.index(following) :])
            elif following not in finished:
                trail.append(following)
                branches.append(iter(requires.get(following, ())))
    return cycles


def _check_completion(modules: list[ModuleFile]) -> None:
    quizzes = [quiz for module in modules for quiz in module.values.get("quiz", ())]
    kinds = {quiz["id"]: quiz.get("kind") for quiz in quizzes if "id" in quiz}
    for module in modules:
        for index, written in enumerate(module.values.get("complete", ())):
            _, _, rest = written.partition("quiz:")
            identifier = rest.rpartition(":")[0]
            if not identifier or not module.place:
                continue
            place = module.place.at("complete", index)
            if identifier not in kinds:
                place.error("E_COMPLETE", f"Kuis “{identifier}” tidak ada di program ini.")
            elif kinds[identifier] == "practice":
                place.error("E_COMPLETE", f"“{identifier}” adalah latihan; latihan tidak menjadi syarat.")


def _check_test_sizes(modules: list[ModuleFile]) -> None:
    """Pre-test and post-test are compared with each other, so their forms have one length."""
    first: int | None = None
    for module in modules:
        for quiz in module.quizzes:
            if quiz.kind not in ("pretest", "posttest") or not quiz.forms or not module.place:
                continue
            first = len(quiz.forms[0]) if first is None else first
            if len(quiz.forms[0]) != first:
                index = [row.get("id") for row in module.values["quiz"]].index(quiz.id)
                message = f"Bentuk tes ini berisi {len(quiz.forms[0])} soal, tes sejajarnya {first}."
                module.place.at("quiz", index, "forms").error("E_FORMS", message)


def _check_same_items(context: Context, modules: list[ModuleFile], banks: Banks) -> None:
    """An item of a test form may stand nowhere else; within the banks it is only a doubt."""
    quizzes = [quiz for module in modules for quiz in module.quizzes]
    form_ids = {identifier for quiz in quizzes for form in quiz.forms for identifier in form}
    first: dict[str, tuple[str, Question]] = {}
    for bank in banks.files.values():
        for question in bank.questions:
            text = item_text(question)
            if not text:
                continue
            other_name, other = first.setdefault(text, (bank.name, question))
            if other.id == question.id:
                continue
            line = bank.lines[question.id]
            where = f"{context.folder.shown(other_name)}:{banks.files[other_name].lines[other.id]}"
            if other_name != bank.name and {question.id, other.id} & form_ids:
                context.error(bank.name, line, "E_FORM_ITEM", f"Soal tes ini sama dengan soal di {where}.")
            else:
                context.warning(bank.name, line, "W_SAME_QUESTION", f"Teks soal ini sama dengan soal di {where}.")
