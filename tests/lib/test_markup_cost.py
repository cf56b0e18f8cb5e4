"""No text of 64 KB or less costs the Markdown door more than two seconds of CPU."""

from __future__ import annotations

import random
import time

import pytest

from lms.lib.markup import MarkupRefused, paragraphs, to_html

CPU_SECONDS = 2.0


def any_picture(source: str) -> tuple[str, int, int]:
    return "/files/x.png", 10, 10


def refusal(source: str) -> MarkupRefused:
    with pytest.raises(MarkupRefused) as refused:
        to_html(source, image=any_picture)
    return refused.value


def filled(unit: str, size: int = 65_500) -> str:
    return (unit * (size // len(unit.encode()) + 1)).encode()[:size].decode("utf-8", "ignore")


BOMBS = {
    "image openings": "![[" * 2000,
    "link openings": "[a](" * 8000,
    "image openings, all": filled("![["),
    "emphasis": filled("*a **a "),
    "emphasis of three": filled("***a** "),
    "emphasis below the limit": ("*a " * 290 + "\n\n") * 60,
    "stars": "*" * 65_000,
    "long runs": filled("*" * 190 + "a "),
    "underscores": filled("_a "),
    "quotes on one line": filled(">"),
    "quotes with spaces": filled("> "),
    "quoted paragraphs": filled("> a\n\n"),
    "nested quotes": filled(">>>>>>>>> a\n\n"),
    "lists on one line": filled("- "),
    "nested lists": filled("- - - - - - - - - a\n\n"),
    "stairs": "\n".join("    " * depth + "- a" for depth in range(150)),
    "loose lists": filled("- a\n\n"),
    "quotes in lists": filled("- > a\n"),
    "backticks": filled("`"),
    "odd backticks": filled("`a ``b ```c "),
    "backticks below the limit": ("` `` ``` " * 130 + "\n\n") * 50,
    "less-than": filled("<"),
    "tags": filled("<a "),
    "automatic links": filled("<a://b>"),
    "references": filled("[a]: b\n"),
    "a reference of quotes": "[a]: " + '"' * 60_000 + " x",
    "a reference of brackets": "[a]: " + "(" * 60_000 + " x",
    "ampersands": filled("&"),
    "entities": filled("&amp;"),
    "escapes": filled("\\*"),
    "backslashes": filled("\\"),
    "headings": filled("# a\n"),
    "headings apart": filled("# a\n\n"),
    "rules": filled("---\n\n"),
    "almost rules": filled("- - - - - x\n"),
    "paragraphs": filled("a\n\n"),
    "lines": filled("a\n"),
    "code": filled("    a\n\n"),
    "wide and long table": "|a" * 1000 + "|\n" + "|-" * 1000 + "|\n" + "|\n" * 1500,
    "table rows": "|a|b|\n|-|-|\n" + "|\n" * 30_000,
    "pipes": "|" * 30_000 + "\n" + "|" * 30_000,
    "brackets below the limit": ("[a](" * 390 + "\n\n") * 40,
    "long brackets below the limit": ("[ " * 399 + "a" * 8000 + "\n\n") * 7,
    "links": ("[a](/b) " * 300 + "\n\n") * 27,
    "images": '![a](b "c")\n\n' * 5000,
    "marks on one letter": "a" + "\u0315\u0316" * 16_000,
    "tabs": "\t" * 65_000,
    "everything": filled("*a* `b` [c](/d) **e** ![x](y) \\* &amp; <f@g> "),
}


class TestNoTextUpTo64KBCostsMoreThanTwoSeconds:
    @pytest.mark.parametrize("name", BOMBS)
    def test_for_shapes_known_to_be_slow(self, name: str) -> None:
        assert len(BOMBS[name].encode()) <= 65_536
        assert self._cost(BOMBS[name]) < CPU_SECONDS

    def test_for_shapes_made_at_random(self) -> None:
        rng = random.Random(7)
        tokens = list('[)*_`<>&#\\|a"\t\n')
        tokens += [
            "](",
            "![",
            "**",
            "``",
            "- ",
            "1. ",
            "> ",
            "    ",
            "\n\n",
            "b c",
            "](/x)",
            "|-|-|\n",
            "---\n",
            "é",
        ]
        for _ in range(60):
            unit = "".join(rng.choice(tokens) for _ in range(rng.randint(1, 7)))
            text = filled(unit) if rng.random() < 0.6 else filled(unit * rng.randint(50, 390) + "\n\n")
            assert self._cost(text) < CPU_SECONDS, unit

    def test_for_typed_text(self) -> None:
        for text in (filled("\n"), filled("\n "), filled("<"), BOMBS["marks on one letter"]):
            began = time.process_time()
            paragraphs(text)
            assert time.process_time() - began < CPU_SECONDS

    def _cost(self, text: str) -> float:
        began = time.process_time()
        try:
            to_html(text, image=any_picture)
        except MarkupRefused as refused:
            if not 1 <= refused.line <= text.count("\n") + 1:
                pytest.fail(f"line {refused.line} is not in the text")
        return time.process_time() - began

    def test_an_ordinary_text_of_64_kb_is_rendered(self) -> None:
        section = (
            "## Bagian\n\n"
            + "Guru **menyapa** anak di *pintu* dan mencatat [temuan](https://x.example/a). " * 12
            + '\n\n![anak](images/a.png "Keterangan")\n\n'
            + "".join(f"- butir {n} dengan `kata`\n" for n in range(8))
            + "\n> **Coba.** Tanya.\n\n| a | b | c |\n|---|---|---|\n"
            + "| satu | dua | tiga |\n" * 6
            + "\n"
        )
        text = filled(section, 64_000)
        rendered = to_html(text, image=any_picture)
        assert len(rendered.images) >= 30

    @pytest.mark.parametrize(
        ("code", "text"),
        [
            ("E_MD_RUN", "a\n\n" + "*" * 201),
            ("E_MD_BRACKETS", "a\n\n" + "[a " * 401),
            ("E_MD_EMPHASIS", "a\n\n" + "*a " * 601),
            ("E_MD_BACKTICKS", "a\n\n" + "`a " * 401),
            ("E_MD_DEPTH", "a\n\n" + "> " * 11 + "a"),
            ("E_MD_DEPTH", "a\n\n" + "- > " * 6 + "a"),
            ("E_MD_LINES", "a\n\n" + "b\n" * 2001),
            ("E_MD_TABLE", "a\n\n" + "|c" * 200 + "|\n" + "|-" * 200 + "|\n" + "|d|\n" * 200),
            ("E_MD_WORK", "a\n\n" + "[a](" * 390 + "kata " * 5000),
        ],
    )
    def test_a_refusal_names_its_reason_and_its_line(self, code: str, text: str) -> None:
        refused = refusal(text)
        assert (refused.code, refused.line) == (code, 3)

    def test_too_many_elements_and_too_long_a_text_are_refused(self) -> None:
        assert refusal("*a*\n\n" * 5000).code == "E_MD_SIZE"
        assert refusal("a\n" * 40_000).code == "E_MD_LENGTH"
        assert refusal("\t" * 20_000 + "a").code == "E_MD_LENGTH"

    def test_the_caller_can_set_a_shorter_limit_in_bytes(self) -> None:
        assert to_html("é" * 5, max_bytes=10).words == 1
        with pytest.raises(MarkupRefused) as refused:
            to_html("a\n\né" * 3, max_bytes=10)
        assert (refused.value.code, refused.value.line) == ("E_MD_LENGTH", 5)
