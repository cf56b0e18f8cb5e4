"""The table of abuse cases says the truth: every case has a test that exists, or says what brings its object."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "abuse-cases.md"


def rows():
    found = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if re.fullmatch(r"A\d\d", cells[0]):
            assert len(cells) == 3, line[:40]
            assert len(cells[1]) < 400, f"{cells[0]}: more than one case stands here"
            found[cells[0]] = cells[2]
    return found


def written_tests():
    return {
        name for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"def (test_\w+)\(", path.read_text())
    }


def test_all_sixty_four_cases_stand_in_the_table():
    assert sorted(rows()) == [f"A{number:02d}" for number in range(1, 65)]


def test_every_case_has_a_test_or_says_what_brings_its_object():
    without = [
        case for case, proof in rows().items()
        if "`test_" not in proof and not re.search(r"issue [345]|not yet an issue", proof)
    ]

    assert without == []
    assert [case for case, proof in rows().items() if "later" in proof] == [], "name the issue"


def test_every_test_in_the_table_exists():
    named = {name for proof in rows().values() for name in re.findall(r"`(test_\w+)`", proof)}

    assert named - written_tests() == set()


def test_every_test_named_after_a_case_stands_in_its_row():
    table = rows()
    missing = [name for name in sorted(written_tests()) if (case := re.match(r"test_ABUSE_(A\d\d)_", name))
               and f"`{name}`" not in table[case[1]]]

    assert missing == [], "add it to docs/abuse-cases.md"


def test_the_cases_that_this_issue_names_have_their_tests():
    first = [1, *range(3, 7), *range(8, 12), *range(13, 21), 27, 44, 46, *range(48, 55), *range(56, 60), 61, 62]

    assert [number for number in first if "`test_" not in rows()[f"A{number:02d}"]] == []
