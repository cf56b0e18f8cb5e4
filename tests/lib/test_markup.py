"""Markdown and typed text become HTML that is safe, complete and cheap."""

from __future__ import annotations

import contextlib
import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings, strategies as st

from lms.lib.markup import MarkupRefused, Rendered, paragraphs, to_html, to_plain
from tests.corpora import corpus

# Written out again on purpose: a mistake in the product's list must not be copied here.
ATTRIBUTES = {
    "a": {"href", "title", "rel"},
    "img": {"src", "alt", "width", "height", "loading"},
    "th": {"colspan", "rowspan", "align"},
    "td": {"colspan", "rowspan", "align"},
}
ELEMENT_NAMES = """
p br hr h2 h3 h4 ul ol li dl dt dd strong em del sub sup blockquote code pre table thead tbody tr th td
a img figure figcaption
"""
ELEMENTS = set(ELEMENT_NAMES.split())
SIGNS = list("[]()!*_`<>&#\\|-+:/=\"'x \n\t;\x02\x03")
SIGNS += ["javascript:", "http://x", "\n\n", "&#", "onerror=", "<img ", "<!--", "]]>", "klzzwxh:0000", "amp"]
VOID = {"br", "hr", "img"}


ADDRESSES = """
javascript:alert(1) JaVaScRiPt:alert(1) java&#115;cript:alert(1) javascript&#58;alert(1)
javascript&colon;alert(1) java&Tab;script:alert(1) java&amp;#115;cript:alert(1) &#1;javascript:alert(1)
vbscript:x data:text/html,x file:///etc/passwd //evil.example /\\evil.example \\\\evil.example
/&#47;evil.example /&amp;#47;evil.example /&Tab;/evil.example /&#x5c;evil.example https:evil.example
http:///evil.example https:// halaman-lain #atas ?a=1
"""
BAD_ADDRESSES = [*ADDRESSES.split(), "", "<java script:alert(1)>"]


class Inspector(HTMLParser):
    """Reads HTML as a browser roughly does and keeps every reason to worry."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.worries: list[str] = []
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in ELEMENTS:
            self.worries.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ATTRIBUTES.get(tag, set()):
                self.worries.append(f"{tag}[{name}]")
            if name in ("href", "src") and not self._leads_somewhere_safe(value or "", name):
                self.worries.append(f"{tag}[{name}={value!r}]")
        if tag == "a" and "://" in (dict(attrs).get("href") or "")[:8]:
            self.worries += [] if dict(attrs).get("rel") == "noopener noreferrer" else ["link without rel"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.worries.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.worries.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.worries.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.worries.append("processing instruction")

    def unknown_decl(self, data: str) -> None:
        self.worries.append("unknown declaration")

    @staticmethod
    def _leads_somewhere_safe(value: str, name: str) -> bool:
        # A browser drops tabs and newlines, trims controls and spaces, and takes a backslash for a slash.
        value = re.sub(r"[\t\r\n]", "", value).strip("".join(map(chr, range(33)))).replace("\\", "/")
        if value.startswith("/"):
            return not value.startswith("//")
        schemes = r"(?i)https?://[^/]" if name == "src" else r"(?i)(https?://[^/]|mailto:)"
        return bool(re.match(schemes, value))


def inspect(html: str) -> list[str]:
    inspector = Inspector()
    inspector.feed(html)
    inspector.close()
    return inspector.worries + [f"<{tag}> left open" for tag in inspector.open]


def picture(source: str) -> tuple[str, int, int]:
    if re.fullmatch(r"images/\w+\.(png|svg)", source):
        return "/files/" + source.removeprefix("images/"), 640, 480
    raise KeyError(source)


def any_picture(source: str) -> tuple[str, int, int]:
    return "/files/x.png", 10, 10


def html_of(source: str) -> str:
    return to_html(source, image=picture).html


def codes(rendered: Rendered) -> list[str]:
    return [problem.code for problem in rendered.problems]


def places_for(payload: str) -> list[str]:
    """One text for each way in which hostile text can reach the door."""
    line = " ".join(payload.split())
    return [
        payload,
        f"kata {payload} kata\n\n> {line}\n\n- {line}\n\n## {line}\n\n"
        f"| a | b |\n|---|---|\n| {line} | **{line}** |",
        f"[x]({line}) [x](<{line}>) [x](/a '{line}') [x](/a \"{line}\") [{line}](/a) <{line}> `{line}`",
        f'![x]({line})\n\n![x](<{line}>)\n\n![{line}](images/a.png)\n\n![x](images/a.png "{line}")',
        f"[x][1] ![x][1]\n\n[1]: {line}\n\n    {line}\n",
        f"[x](javascript:{line}) [x](data:text/html,{line}) <javascript:{line}> <http://x/{line}>",
    ]


def assert_harmless(payload: str) -> None:
    for text in places_for(payload):
        for finder in (picture, any_picture):
            try:
                html = to_html(text, image=finder).html
            except MarkupRefused:
                continue
            assert inspect(html) == [], (text, html)
    assert inspect(paragraphs(payload)) == []
    assert set(re.findall(r"<[^>]*>", paragraphs(payload))) <= {"<p>", "</p>", "<br>"}


class TestHostileTextNeverBecomesATagAttributeOrAddressThatRuns:
    def test_for_the_payloads_of_dompurify(self) -> None:
        for case in json.loads(corpus("xss", "dompurify", "expect.json").read_text()):
            assert_harmless(case["payload"])

    def test_for_the_tests_of_bleach(self) -> None:
        files = sorted(corpus("xss", "bleach-tests").glob("*.test"))
        assert files
        for file in files:
            assert_harmless(file.read_text().partition("\n--\n")[0])

    def test_for_the_big_list_of_naughty_strings(self) -> None:
        for payload in json.loads(corpus("naughty-strings", "blns", "blns.json").read_text()):
            assert_harmless(payload)

    @pytest.mark.parametrize("target", BAD_ADDRESSES)
    def test_an_address_that_is_not_allowed_is_reported_and_cannot_be_followed(self, target: str) -> None:
        rendered = to_html(f"[kata]({target})")
        assert "href" not in rendered.html
        assert "kata" in rendered.html
        assert codes(rendered) == ["E_LINK"]

    @settings(max_examples=200, deadline=None)
    @given(st.lists(st.sampled_from(SIGNS), max_size=60).map("".join))
    def test_for_texts_nobody_thought_of(self, text: str) -> None:
        with contextlib.suppress(MarkupRefused):
            assert inspect(to_html(text, image=any_picture).html) == []
        assert inspect(paragraphs(text)) == []

    def test_raw_html_is_shown_as_text_and_reported(self) -> None:
        rendered = to_html('baik\n\n<div onclick="x()">hai</div>')
        assert "&lt;div" in rendered.html
        assert [(problem.code, problem.line) for problem in rendered.problems] == [("W_HTML", 3)]


class TestLessonText:
    def test_no_heading_is_the_first_level_and_none_is_below_the_fourth(self) -> None:
        rendered = to_html("# Satu\n\n## Dua\n\n##### Lima\n")
        found = [(heading.level, heading.text) for heading in rendered.headings]
        assert found == [(2, "Satu"), (3, "Dua"), (4, "Lima")]
        assert "<h2>Satu</h2>" in rendered.html
        assert "<h4>Lima</h4>" in rendered.html

    def test_second_level_headings_stay_when_there_is_no_first(self) -> None:
        assert [heading.level for heading in to_html("## A\n\n### B").headings] == [2, 3]

    def test_an_image_alone_becomes_a_figure_with_its_caption(self) -> None:
        rendered = to_html('![Empat anak](images/usia.svg "PAUD & anak.")', image=picture)
        assert rendered.html == (
            '<figure><img alt="Empat anak" height="480" loading="lazy" src="/files/usia.svg" width="640">'
            "<figcaption>PAUD &amp; anak.</figcaption></figure>"
        )
        assert rendered.images[0].caption == "PAUD & anak."
        assert rendered.images[0].source == "images/usia.svg"

    def test_an_image_without_title_is_a_figure_without_caption(self) -> None:
        html = html_of("![a](images/a.png)")
        assert html.startswith("<figure>")
        assert "figcaption" not in html

    def test_an_image_in_a_sentence_stays_there_and_is_lazy_too(self) -> None:
        html = html_of("Lihat ![a](images/a.png) ini")
        assert html.startswith("<p>")
        assert 'loading="lazy"' in html

    def test_a_missing_alt_and_an_unknown_image_are_reported_with_their_lines(self) -> None:
        rendered = to_html("a\n\n![](images/a.png)\n\n![b](jauh.png)\n\n![](images/a.png)", image=picture)
        found = [(problem.code, problem.line, problem.detail) for problem in rendered.problems]
        assert found == [
            ("E_IMAGE_ALT", 3, "images/a.png"),
            ("E_IMAGE_UNKNOWN", 5, "jauh.png"),
            ("E_IMAGE_ALT", 7, "images/a.png"),
        ]
        assert "jauh.png" not in rendered.html

    def test_without_a_finder_no_image_is_shown(self) -> None:
        rendered = to_html("![anak](https://x.example/a.png)")
        assert "<img" not in rendered.html
        assert "anak" in rendered.html
        assert codes(rendered) == ["E_IMAGE_UNKNOWN"]

    @pytest.mark.parametrize("url", ["javascript:x", "//x", "http://x/a.png", "a.png", "data:image/png,"])
    def test_a_finder_that_gives_an_unsafe_address_is_an_error_of_the_program(self, url: str) -> None:
        with pytest.raises(ValueError, match="finder"):
            to_html("![a](b)", image=lambda _: (url, 1, 1))

    def test_only_links_to_elsewhere_get_rel(self) -> None:
        html = html_of("[a](https://x.example/?x=1&region=52) [b](/pelajaran/1) <a@b.example>")
        assert '<a href="https://x.example/?x=1&amp;region=52" rel="noopener noreferrer">a</a>' in html
        assert '<a href="/pelajaran/1">b</a>' in html
        assert '<a href="mailto:a@b.example">' in html

    def test_tables_lists_quotes_and_emphasis_are_kept(self) -> None:
        html = html_of("| a | b |\n|:--|--:|\n| c | **d** |\n\n- x\n    1. y\n\n> *z*\n\n---\n\n    kode")
        parts = '<th align="left"> <td align="right"><strong>d <ul> <ol> <blockquote> <em>z <hr> <pre><code>'
        assert [part for part in re.split(r" (?=<)", parts) if part not in html] == []

    def test_reference_links_are_not_offered_and_said_so(self) -> None:
        rendered = to_html("[a][1]\n\n[1]: https://x.example")
        assert "<a" not in rendered.html
        assert [(problem.code, problem.line) for problem in rendered.problems] == [("W_REFERENCE", 3)]

    def test_direction_changing_and_control_signs_are_removed(self) -> None:
        assert html_of("a\u202eb\x00c\x02d") == "<p>abcd</p>"

    def test_the_same_text_gives_the_same_bytes(self) -> None:
        text = "## A\n\n[a](https://x.example 'b') ![c](images/c.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |"
        assert html_of(text) == html_of(text)

    def test_words_are_counted_in_the_text_and_not_in_its_signs(self) -> None:
        assert to_html("## Sa'diah & e-training\n\n**1.250** [guru](https://x.example)\n\n- - -\n").words == 4

    def test_plain_text_has_a_line_for_each_block_and_no_markup(self) -> None:
        plain = to_plain('## Satu\n\nDua **tiga**\n\n- a\n- b &amp; <c>\n\n![alt](images/x.png "gambar")')
        assert plain == "Satu\nDua tiga\na\nb & <c>\ngambar"


class TestParagraphs:
    def test_blank_lines_part_paragraphs_and_newlines_break_lines(self) -> None:
        assert paragraphs("a\r\nb\n \n\n\nc\n") == "<p>a<br>b</p>\n<p>c</p>"

    def test_everything_typed_is_shown_as_it_was_typed(self) -> None:
        typed = "<b>&amp; **x** [a](http://x) http://x.example \"'"
        inspector = Inspector()
        inspector.feed(paragraphs(typed))
        inspector.close()
        assert "".join(inspector.text) == typed
        assert "<a" not in paragraphs(typed)

    def test_nothing_gives_nothing(self) -> None:
        assert paragraphs(" \n\n ") == ""
