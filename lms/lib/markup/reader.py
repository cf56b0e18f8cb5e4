"""Markdown to a tree of elements, with the parts of Python-Markdown that lessons need and no others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any
from xml.etree.ElementTree import Element

import markdown
from markdown.blockprocessors import BlockProcessor
from markdown.extensions import Extension
from markdown.extensions.sane_lists import SaneListExtension
from markdown.extensions.tables import TableExtension, TableProcessor
from markdown.treeprocessors import Treeprocessor

from lms.lib.markup.limits import MAX_BUDGET, MAX_DEPTH, MAX_ELEMENTS, MAX_TREE_DEPTH, MarkupRefused, Meter

# One table cell costs about as much as a hundred characters, here and again in the sanitiser.
_CELL = 300
# These read on from each sign they meet to the end of the paragraph, so each sign is charged with the rest.
_SCANNING = frozenset({"link", "image_link", "backtick"})
_DELIMITER = re.compile(r"[*_]+")

Transform = Callable[[Element], None]


def read(source: str, transform: Transform) -> str:
    """Convert `source`, let `transform` change the tree, and return HTML that is not yet sanitised.

    Raises MarkupRefused when the work passes the budget. Raw HTML, entities aside, arrives as text, and
    reference links are not a feature: their definitions are the most expensive shape of all and no author's
    guide names them.
    """
    meter = Meter(source)
    converter = markdown.Markdown(
        extensions=[
            TableExtension(use_align_attribute=True),
            SaneListExtension(),
            _Door(meter, transform),
        ]
    )
    try:
        return converter.convert(source)
    except RecursionError:
        raise MarkupRefused("E_MD_DEPTH", 1) from None


class _Door(Extension):
    """Takes out what is not offered and puts the meter before what is."""

    def __init__(self, meter: Meter, transform: Transform) -> None:
        super().__init__()
        self._meter = meter
        self._transform = transform

    def extendMarkdown(self, md: markdown.Markdown) -> None:
        md.preprocessors.deregister("html_block")
        for name in ("reference", "image_reference", "short_reference", "short_image_ref", "html", "entity"):
            md.inlinePatterns.deregister(name)
        md.parser.blockprocessors.deregister("reference")
        md.parser.blockprocessors.register(_MeteredTable(md.parser, self._meter), "table", 75)
        md.parser.blockprocessors.register(_BlockMeter(md.parser, self._meter), "meter", 1_000)
        for name in (
            "backtick",
            "escape",
            "link",
            "image_link",
            "autolink",
            "automail",
            "linebreak",
            "em_strong",
        ):
            self._put_meter_before(md.inlinePatterns[name], name)
        md.treeprocessors.register(_Size(md), "size", 15)
        # Last of all: escapes are undone by then, so that what is judged is what will be written.
        md.treeprocessors.register(_Change(md, self._transform), "change", -10)

    def _put_meter_before(self, pattern: Any, name: str) -> None:
        inner = pattern.handleMatch

        def metered(match: re.Match[str], data: str) -> Any:
            # Every match rebuilds the paragraph, which copies it: cheap for each sign, not for thousands.
            units = 40 + len(data) // 50
            if name in _SCANNING:
                units += len(data) - match.start()
            elif name == "em_strong" and not pattern.regions:
                runs = len(_DELIMITER.findall(data, match.start()))
                units += (len(data) - match.start()) // 4 + runs * 40 + runs * runs // 8
            self._meter.charge(units, data)
            return inner(match, data)

        pattern.handleMatch = metered


class _BlockMeter(BlockProcessor):
    """Asked first about every block and never takes one; asking is when the block is charged."""

    def __init__(self, parser: Any, meter: Meter) -> None:
        super().__init__(parser)
        self._meter = meter

    def test(self, parent: Element, block: str) -> bool:
        # The processors after this one look at signs a few times each and at lines rather more often.
        self._meter.charge(300 + len(block) // 8 + block.count("\n") * 8, block)
        if len(self.parser.state) > 2 * MAX_DEPTH:
            self._meter.charge(MAX_BUDGET + 1, block, "E_MD_DEPTH")
        return False


class _MeteredTable(TableProcessor):
    """A table pays for its cells before they are made: short rows are filled up to the width of the head."""

    def __init__(self, parser: Any, meter: Meter) -> None:
        super().__init__(parser, {"use_align_attribute": True})
        self._meter = meter

    def run(self, parent: Element, blocks: list[str]) -> None:
        rows = blocks[0].count("\n") + 1
        self._meter.charge(rows * len(_columns(self.separator)) * _CELL, blocks[0], "E_MD_TABLE")
        super().run(parent, blocks)


def _columns(separator: Sequence[str]) -> Sequence[str]:
    return separator or ("",)


class _Size(Treeprocessor):
    """Refuses a tree that is too deep or too large for those who walk it by recursion after this."""

    def run(self, root: Element) -> None:
        seen = 0
        level = [root]
        for _ in range(MAX_TREE_DEPTH + 1):
            if not level:
                return
            seen += len(level)
            if seen > MAX_ELEMENTS:
                raise MarkupRefused("E_MD_SIZE", 1)
            level = [child for element in level for child in element]
        raise MarkupRefused("E_MD_DEPTH", 1)


class _Change(Treeprocessor):
    def __init__(self, md: markdown.Markdown, transform: Transform) -> None:
        super().__init__(md)
        self._transform = transform

    def run(self, root: Element) -> None:
        self._transform(root)
