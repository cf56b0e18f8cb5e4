"""`lms check`: every course, every mistake, as one report of plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lms.lib import gift
from lms.programs.consistency import find_cycles
from lms.programs.mistakes import Mistake, Mistakes
from lms.programs.reader import ReadResult, read_program

LIST_NAMES = ("programs", "modules", "lessons", "questions", "words", "errors", "warnings")


def check_courses(root: Path, *, only: str | None = None) -> dict[str, Any]:
    """Return the report over a courses folder; never raises for what lies there.

    `only` names one of its folders: the others are read too, because programmes ask for each other, and left out.

    `programs`, `modules`, `lessons`, `questions`, `words`, `errors` and `warnings` are counts, and `lists` holds the
    items under the same names. The words are those of the Indonesian lessons as they are read, one after the other, so
    that other tools can look at spelling and difficulty. Paths begin with the folder's own name.
    """
    root = Path(root).absolute()
    own = Mistakes()
    results = [(folder, read_program(folder)) for folder in program_folders(root)]
    if not root.is_dir():
        own.error(root.name, 1, "E_FILE_MISSING", "Folder materi ini tidak ada.")
    _check_together(results, own)
    found = sorted([*own.all, *(mistake for _, result in results for mistake in result.mistakes)])
    if only is not None:
        results = [(folder, result) for folder, result in results if folder.name == only]
        found = [mistake for mistake in found if mistake.path.startswith(f"{root.name}/{only}/")]
    lists: dict[str, list[Any]] = {name: [] for name in LIST_NAMES}
    for folder, result in results:
        lists["programs"].append(_program_item(root, folder, result))
        for name, items in result.items.items():
            lists[name].extend(items)
    lists["errors"] = [_mistake_item(mistake) for mistake in found if mistake.level == "error"]
    lists["warnings"] = [_mistake_item(mistake) for mistake in found if mistake.level == "warning"]
    return {name: len(items) for name, items in lists.items()} | {"lists": lists}


def program_folders(root: Path) -> list[Path]:
    """Return the folders of a courses folder that are programmes: every one whose name has no dot in front."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if path.is_dir() and not path.name.startswith("."))


def check_bank(path: Path, format: str = "gift") -> dict[str, Any]:
    """Return the questions of one file (`n` from 1, `name`, `type`) and its errors (`line`, `message`).

    Only what keeps a question from being read is an error here; the rules of a programme are `check_courses`'s. Never
    raises: a file that is not there and a format that nobody reads are errors of the report too, on line 1.
    """
    if format != "gift":
        return _unread(1, f"Format “{format}” tidak dikenal; yang dapat dibaca: gift.")
    try:
        body = Path(path).read_bytes()
        text = body.decode("utf-8")
    except OSError as error:
        return _unread(1, f"Berkas ini tidak dapat dibaca: {error.strerror}.")
    except UnicodeDecodeError as error:
        return _unread(body.count(b"\n", 0, error.start) + 1, "Berkas ini bukan teks UTF-8.")
    bank = gift.parse(text)
    return {
        "questions": [
            {"n": number, "name": question.name, "type": question.type}
            for number, question in enumerate(bank.questions, 1)
        ],
        "errors": [{"line": error.line, "message": error.message} for error in bank.errors],
    }


def _unread(line: int, message: str) -> dict[str, Any]:
    return {"questions": [], "errors": [{"line": line, "message": message}]}


def _program_item(root: Path, folder: Path, result: ReadResult) -> dict[str, Any]:
    head = result.head
    return {
        "id": head.get("id"), "title": (head.get("title") or {}).get("id"), "tier": head.get("tier"),
        "status": head.get("status"), "path": f"{root.name}/{folder.name}",
        **result.counts, "errors": len(result.errors), "warnings": len(result.warnings),
    }


def _mistake_item(mistake: Mistake) -> dict[str, Any]:
    return {"path": mistake.path, "line": mistake.line, "code": mistake.code, "message": mistake.message}


def _check_together(results: list[tuple[Path, ReadResult]], own: Mistakes) -> None:
    """Programmes ask for each other: ids differ, what is asked for exists, and nobody waits for himself."""
    first: dict[str, ReadResult] = {}
    for _, result in results:
        identifier, place = result.head.get("id"), result.head_place
        if identifier is None or place is None:
            continue
        if first.setdefault(identifier, result) is not result:
            where = place.at("id")
            own.error(where.path, where.line, "E_ID_DUPLICATE", f"Program “{identifier}” sudah ada di folder lain.")
    requires = {identifier: list(result.head.get("requires") or ()) for identifier, result in first.items()}
    # A programme that could not be read may be the very one that is asked for.
    is_complete = all(result.head.get("id") for _, result in results)
    for identifier, wanted in requires.items():
        for index, other in enumerate(wanted):
            place = first[identifier].head_place
            if other not in first and is_complete and place:
                where = place.at("requires", index)
                own.error(where.path, where.line, "E_REQUIRES_UNKNOWN", f"Program “{other}” tidak ada.")
    for cycle in find_cycles(requires):
        place = first[cycle[0]].head_place
        if place:
            where = place.at("requires")
            path = " → ".join((*cycle, cycle[0]))
            own.error(where.path, where.line, "E_REQUIRES_CYCLE", f"Program-program ini saling menunggu: {path}.")
