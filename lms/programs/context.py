"""What the readers of one programme share: its folder, its mistakes, its ids, its pictures, its lists."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from lms.programs.folder import CourseFolder
from lms.programs.mistakes import Ids, Mistakes
from lms.programs.pictures import LARGEST, Picture, read_picture

#: A picture over its limit is still read, so that it can be named with its size.
_LONGEST_READ = 4 * 1024 * 1024


class Context:
    """The desk on which one programme is read.

    `items` are the lists of `lms check`; what stands in broken files is among them as far as it could be read.
    """

    def __init__(self, root: Path) -> None:
        self.mistakes = Mistakes()
        self.folder = CourseFolder(root, self.mistakes)
        self.ids = Ids()
        self.items: dict[str, list[Any]] = {"modules": [], "lessons": [], "questions": [], "words": []}
        self._pictures: dict[str, Picture | None] = {}

    def error(self, name: str, line: int, code: str, message: str) -> None:
        """Report an error in a file of the folder."""
        self.mistakes.error(self.folder.shown(name), line, code, message)

    def warning(self, name: str, line: int, code: str, message: str) -> None:
        self.mistakes.warning(self.folder.shown(name), line, code, message)

    def claim(self, identifier: str, name: str, line: int) -> bool:
        """Take an id for something in a file, or report that it is taken."""
        return self.ids.claim(
            identifier, self.folder.shown(name), line, lambda code, message: self.error(name, line, code, message)
        )

    def picture(self, folder: str, written: str) -> Picture | None:
        """Return the picture that a text in `folder` names; its own faults are reported once, at its own path."""
        name = self.folder.resolve(folder, written) or self.folder.resolve(folder, unquote(written))
        if name is None:
            return None
        if name not in self._pictures:
            body = self.folder.read_bytes(name, _LONGEST_READ)
            picture = read_picture(body, posixpath.basename(name)) if body is not None else None
            for fault in picture.faults if picture else ():
                self.error(name, fault.line, fault.code, fault.message)
            self._pictures[name] = picture
        return self._pictures[name]

    @property
    def pictures(self) -> dict[str, tuple[str, bytes]]:
        """The pictures that lessons show and that could be kept: sha256 → (media type, bytes)."""
        found = (picture for picture in self._pictures.values() if picture and len(picture.body) <= LARGEST)
        return {picture.sha256: (picture.media_type, picture.body) for picture in found}
