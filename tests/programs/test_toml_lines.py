"""Every key of a TOML text is found on its own line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from lms.programs.mistakes import toml_sentence
from lms.programs.toml_lines import Lines, TomlRefused, read_toml

TEXT = '''\
# a comment with [brackets] and = signs
title = "x = [1]"   # after
"quoted key" = 1
a.b.c = 2
long = """
[not.a.table]
key = "no"
"quoted" and \\""" escaped""""
raw = \'\'\'
it''s [[x]]
\'\'\'
list = [
  1, # one
  "two ] , }",
  { take = 3, tag = "]" },
  [ 4,
    5 ],
]
inline = { x = 1, y.z = { w = 2 } }

[table.sub]
key = 2026-01-01 10:00:00

[[row]]
id = 1
[[row.cell]]
v = 1
[[row.cell]]
v = 2
[row.head]
h = 1

[[row]]
id = 2
[[row.cell]]
v = 3
'''


@pytest.mark.parametrize(
    ("path", "start"),
    [
        (("title",), "title ="), (("quoted key",), '"quoted key"'), (("a", "b", "c"), "a.b.c"), (("long",), "long ="),
        (("raw",), "raw ="), (("list",), "list ="), (("list", 0), "  1,"), (("list", 1), '  "two'),
        (("list", 2, "tag"), "  { take"), (("list", 3, 1), "    5"), (("inline", "y", "z", "w"), "inline"),
        (("table", "sub"), "[table.sub]"), (("table", "sub", "key"), "key = 2026"), (("row", 0, "id"), "id = 1"),
        (("row", 0, "cell", 1, "v"), "v = 2"), (("row", 0, "head", "h"), "h = 1"), (("row", 1, "id"), "id = 2"),
        (("row", 1, "cell", 0, "v"), "v = 3"),
    ],
)
def test_a_key_is_found_on_its_line(path: tuple[str | int, ...], start: str) -> None:
    _, lines = read_toml(TEXT)

    assert TEXT.split("\n")[lines.of(path) - 1].startswith(start)


def test_a_key_that_is_not_there_has_the_line_of_what_is_around_it() -> None:
    _, lines = read_toml(TEXT)

    assert lines.of(("row", 1, "missing", 3)) == TEXT.split("\n").index("id = 2")
    assert Lines({}).of(("anything",)) == 1


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = 1\nb = \nc = 1", 2), ("a = 1\na = 2", 2), ("a = [1,\n2", 2), ("a = 1\nb = " + "9" * 6000, 1),
        ("a = " + "[" * 9000, 1),
    ],
)
def test_a_text_that_is_no_toml_is_refused_with_a_line(text: str, line: int) -> None:
    with pytest.raises(TomlRefused) as refused:
        read_toml(text)

    assert refused.value.line == line


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='ab.=[]{}"\'\\#,1 \n', max_size=60))
def test_no_text_makes_the_locator_raise_anything_else(text: str) -> None:
    found: list[int] = []
    try:
        values, lines = read_toml(text)
        found.extend(lines.of((key,)) for key in values)
    except TomlRefused as refused:
        found.append(refused.line)

    assert all(1 <= line <= text.count("\n") + 1 for line in found)


@pytest.mark.parametrize(("text", "hint"), [
    ("jp = \n", "nilainya tidak sah"),
    ("title = “Konsep”\n", "tanda kutip lurus"),
    ('title "Konsep"\n', "harus ada tanda ="),
    ("title = \"Konsep\njp = 4\n", "tanda kutipnya belum ditutup"),
    ('aims = ["Satu"\njp = 4\n', "tanda [ belum ditutup"),
    ("jp = 4\njp = 5\n", "sudah ditulis sebelumnya"),
    ("[[quiz]]\n[quiz]\n", "kurung ganda"),
    ('bank = "forms\\dua.gift"\n', "ditulis dua kali"),
    ("quiz = {\n}\n", "satu baris"),
    ("= 4\n", "bukan kunci = nilai"),
])
def test_the_mistakes_that_authors_make_in_toml_are_told_in_indonesian(text: str, hint: str) -> None:
    with pytest.raises(TomlRefused) as refused:
        read_toml(text)

    assert hint in toml_sentence(refused.value.message)
