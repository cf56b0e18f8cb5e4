"""The table of acceptance names tests and files that are there, so that nobody reads a proof that is gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = sorted((ROOT / "docs" / "acceptance").glob("*.md"))
CODE = re.compile(r"`([^`]+)`")


def named(table: Path) -> list[str]:
    return [item for text in CODE.findall(table.read_text("utf-8")) for item in text.split("::") if item]


def test_there_is_a_table() -> None:
    assert TABLES


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_test_that_is_named_exists(table: Path) -> None:
    sources = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    known = set(re.findall(r"def (test_\w+)", sources))
    # A long name may be cut with an ellipsis on either side.
    missing = [
        name for name in named(table) if re.fullmatch(r"…?test_\w+…?", name)
        and not any(name.strip("…") in one if "…" in name else name == one for one in known)
    ]
    assert missing == []


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_file_that_is_named_exists(table: Path) -> None:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*")}
    missing = [
        name for name in named(table)
        if re.fullmatch(r"[\w./-]+\.(py|md)|(tests|docs|bench|courses)/[\w./-]+", name)
        and not (ROOT / name).exists() and not any(one.endswith(f"/{name}") for one in files)
    ]
    assert missing == []
