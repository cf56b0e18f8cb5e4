"""From an author's Markdown to the HTML of a lesson, with what was found wrong on the way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from lms.lib.identifiers import clean_text
from lms.lib.markup.limits import MAX_BYTES, check_length, check_shape
from lms.lib.markup.reader import read
from lms.lib.markup.rules import OUTSIDE_REL, address, decode, is_outside, sanitise

ImageFinder = Callable[[str], tuple[str, int | None, int | None]]

_BLOCK_NAMES = "p h2 h3 h4 li dt dd blockquote pre tr figure figcaption table ul ol br hr"
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_DEFINITION = re.compile(r"^ {0,3}\[[^\[\]\n]{1,99}\]:[ ]*\S", re.MULTILINE)
_RAW_TAG = re.compile(r"^ {0,3}</?[a-zA-Z][a-zA-Z0-9]{0,20}[ >/]", re.MULTILINE)
_WORD = re.compile(r"[^\W_]+(?:['’.,-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake that an author should mend; the text was rendered without the part that is wrong.

    `code` is E_IMAGE_UNKNOWN, E_IMAGE_ALT, E_LINK, W_REFERENCE (reference links are not offered) or W_HTML
    (a line that looks like HTML; it is shown as text). Of the two
    warnings only the first place is named. `line` counts from 1, `detail` is what was written.
    """

    code: str
    line: int
    detail: str


@dataclass(frozen=True, slots=True)
class Image:
    """A picture that was found: `source` as the author wrote it, `url` as the page asks for it."""

    source: str
    url: str
    alt: str
    caption: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its level after shifting: 2, 3 or 4."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """Safe HTML, and what a check or a table of contents wants to know about it."""

    html: str
    #: The words a reader sees, without signs and tags.
    text: str
    images: tuple[Image, ...]
    headings: tuple[Heading, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def words(self) -> int:
        return count_words(self.text)


def to_html(source: str, *, image: ImageFinder | None = None, max_bytes: int = MAX_BYTES) -> Rendered:
    """Render Markdown once, at publishing or saving; the result needs no further escaping.

    `image` is asked for each picture with the source as written, and returns the address to use with width
    and height in pixels (None: unknown), or raises KeyError. Without it no picture is shown. The address
    must be a path of this site or https; anything else raises ValueError, for it is the caller's mistake.
    Raises MarkupRefused for a text over `max_bytes` or one that would cost too much. Control and bidi signs
    are removed.
    """
    work = _prepare(source, image, max_bytes)
    rough = read(work.source, work.change)
    safe = sanitise(rough, frozenset(found.url for found in work.images))
    return Rendered(safe, "".join(work.texts), tuple(work.images), tuple(work.headings), work.report())


def _prepare(source: str, image: ImageFinder | None, max_bytes: int) -> _Work:
    check_length(source, max_bytes)
    source = clean_text(source).expandtabs(4)
    # Tabs become four spaces and NFC can lengthen a text, so the limit is asked again.
    check_length(source, max_bytes)
    check_shape(source)
    return _Work(source, image)


def to_plain(source: str, *, max_bytes: int = MAX_BYTES) -> str:
    """The words of a Markdown text without its signs, a line a block; captions count, alt texts do not.

    Plain text, not HTML: escape it before showing it. Raises MarkupRefused as `to_html` does.
    """
    work = _prepare(source, lambda _: ("/", None, None), max_bytes)
    read(work.source, work.change)
    lines = (" ".join(line.split()) for line in "".join(work.texts).split("\n"))
    return "\n".join(line for line in lines if line)


def split_words(text: str) -> list[str]:
    """The words of plain text in their order; "e-training", "Sa'diah" and "1.250" are one each."""
    return _WORD.findall(text)


def count_words(text: str) -> int:
    """How many words `split_words` finds."""
    return len(split_words(text))


class _Work:
    """One rendering: changes the tree and collects what is told about it."""

    def __init__(self, source: str, image: ImageFinder | None) -> None:
        self.source = source
        self._image = image
        self._place = 0
        self._problems: list[Problem] = []
        self.images: list[Image] = []
        self.headings: list[Heading] = []
        self.texts: list[str] = []

    def report(self) -> tuple[Problem, ...]:
        for pattern, code in ((_DEFINITION, "W_REFERENCE"), (_RAW_TAG, "W_HTML")):
            for found in pattern.finditer(self.source):
                line = self.source.count("\n", 0, found.start()) + 1
                self._problems.append(Problem(code, line, self.source.split("\n")[line - 1].strip()[:80]))
                break
        return tuple(sorted(self._problems, key=lambda problem: problem.line))

    def change(self, root: Element) -> None:
        self._shift_headings(root)
        for parent in list(root.iter()):
            if parent.tag == "p" and _is_lone_image(parent):
                self._make_figure(parent)
            for child in list(parent):
                if child.tag == "a":
                    self._link(child)
                elif child.tag == "img":
                    self._picture(parent, child)
        self.texts = list(_texts(root))

    def _shift_headings(self, root: Element) -> None:
        found = [element for element in root.iter() if re.fullmatch(r"h[1-6]", element.tag)]
        # The title of the lesson is the page's only first level, so an author who began with # moves down
        # whole.
        shift = 1 if any(element.tag == "h1" for element in found) else 0
        for element in found:
            level = min(int(element.tag[1]) + shift, 4)
            element.tag = f"h{level}"
            self.headings.append(Heading(level, " ".join(decode("".join(element.itertext())).split())))

    def _link(self, link: Element) -> None:
        # Python-Markdown writes an automatic mail address as marks for entities; they stand for plain
        # letters.
        written = link.get("href", "").replace("\x02amp\x03", "&")
        title = link.get("title")
        href = address(written)
        link.attrib.clear()
        if href is None:
            self._problem("E_LINK", written)
            # An anchor without an address is no link: it keeps the words and cannot be followed.
            return
        link.set("href", href)
        if title:
            link.set("title", title)
        if is_outside(href):
            link.set("rel", OUTSIDE_REL)

    def _picture(self, parent: Element, picture: Element) -> None:
        written = decode(picture.get("src", ""))
        alt = " ".join(decode(picture.get("alt", "")).split())
        caption = " ".join(decode(picture.get("title", "")).split())
        line = self._line(written)
        picture.attrib.clear()
        if not alt:
            self._problems.append(Problem("E_IMAGE_ALT", line, written))
        try:
            if self._image is None:
                raise KeyError(written)
            url, width, height = self._image(written)
        except KeyError:
            self._problems.append(Problem("E_IMAGE_UNKNOWN", line, written))
            # The words for those who cannot see the picture now serve everybody.
            picture.tag, picture.text = "em", alt
            return
        safe = address(url)
        if safe is None or not safe.startswith(("/", "https://")):
            raise ValueError(
                f"the finder of images gave {url!r}, which is neither a path of this site nor https"
            )
        picture.set("src", safe)
        picture.set("alt", alt)
        if width and height:
            picture.set("width", str(width))
            picture.set("height", str(height))
        picture.set("loading", "lazy")
        self.images.append(Image(written, safe, alt, caption if parent.tag == "figure" else ""))

    def _make_figure(self, paragraph: Element) -> None:
        paragraph.tag, paragraph.text = "figure", None
        picture = paragraph[0]
        picture.tail = None
        caption = " ".join(picture.get("title", "").split())
        if caption:
            SubElement(paragraph, "figcaption").text = caption

    def _line(self, written: str) -> int:
        # Pictures come in the order of the text, so the search goes on from the last one and falls back once.
        at = self.source.find(written, self._place) if written else -1
        if at < 0:
            at = max(self.source.find(written), 0) if written else max(self.source.find("![]"), 0)
        self._place = max(self._place, at)
        return self.source.count("\n", 0, at) + 1

    def _problem(self, code: str, written: str) -> None:
        at = max(self.source.find(written), 0)
        self._problems.append(Problem(code, self.source.count("\n", 0, at) + 1, written))


def _is_lone_image(paragraph: Element) -> bool:
    return (
        len(paragraph) == 1
        and paragraph[0].tag == "img"
        and not (paragraph.text or "").strip()
        and not (paragraph[0].tail or "").strip()
    )


def _texts(element: Element) -> Iterator[str]:
    """The words a reader sees, with a line break wherever the page has one."""
    if element.tag in _BLOCKS:
        yield "\n"
    if element.text:
        yield decode(element.text.replace("\x02amp\x03", "&"))
    for child in element:
        yield from _texts(child)
        if child.tail:
            yield decode(child.tail.replace("\x02amp\x03", "&"))
    if element.tag in _BLOCKS or element.tag in ("td", "th"):
        yield "\n"
