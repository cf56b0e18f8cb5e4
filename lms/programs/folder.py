"""The files of one programme, and nothing outside its folder."""

from __future__ import annotations

import os
import posixpath
import stat
from pathlib import Path

from lms.programs.mistakes import Mistakes

#: A course text is far smaller; a larger file is a mistake, and reading it would cost.
LONGEST_TEXT = 512 * 1024
#: Files that belong to the author and not to the programme.
_AUTHORS_OWN = frozenset({"README.md", "README.en.md"})


class CourseFolder:
    """Looks once, then answers from that look. A file is named by its path inside the folder, with slashes.

    A link that leads out of the folder, a link to a folder and anything that is no plain file are reported and then
    do not exist. Names that begin with a dot are not looked at.
    """

    def __init__(self, root: Path, mistakes: Mistakes) -> None:
        self.root = root.absolute()
        self.mistakes = mistakes
        self.used: set[str] = set()
        self._inside = self.root.resolve()
        self.files: dict[str, Path] = {}
        waiting = [""]
        while waiting:
            waiting.extend(self._look(waiting.pop()))

    def shown(self, name: str) -> str:
        """Return the path a person reads: relative to the folder that holds the courses folder."""
        path = posixpath.join(self.root.parent.name, self.root.name, name).rstrip("/")
        return path.encode("utf-8", "replace").decode()

    def _look(self, folder: str) -> list[str]:
        """Note the files of a folder and return the folders in it."""
        folders: list[str] = []
        try:
            entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name)
        except OSError:
            self.mistakes.error(self.shown(folder), 1, "E_FILE_READ", "Folder ini tidak dapat dibuka.")
            return folders
        for entry in entries:
            name = posixpath.join(folder, entry.name)
            if entry.name.startswith("."):
                continue
            if entry.is_symlink() and not self._is_honest_link(Path(entry.path)):
                self.mistakes.error(
                    self.shown(name), 1, "E_SYMLINK", "Tautan berkas ini keluar dari folder program atau menuju folder."
                )
            elif entry.is_dir(follow_symlinks=False):
                folders.append(name)
            elif not entry.is_symlink() and not entry.is_file(follow_symlinks=False):
                # Opening a pipe would wait for ever.
                self.mistakes.error(self.shown(name), 1, "E_FILE_READ", "Ini bukan berkas biasa.")
            else:
                self.files[name] = Path(entry.path)
        return folders

    def _is_honest_link(self, path: Path) -> bool:
        try:
            target = path.resolve(strict=True)
            return target.is_relative_to(self._inside) and stat.S_ISREG(target.stat().st_mode)
        except (OSError, RuntimeError):
            return False

    def names_in(self, folder: str) -> list[str]:
        """Return the files directly in a folder ("" for the programme's own), sorted."""
        return sorted(name for name in self.files if posixpath.dirname(name) == folder)

    @property
    def folders(self) -> list[str]:
        """The first-level folders that hold at least one file."""
        return sorted({name.split("/", 1)[0] for name in self.files if "/" in name})

    def resolve(self, folder: str, written: str) -> str | None:
        """Return the file that a path written in a file of `folder` means, or None when there is none inside."""
        if not written or "\\" in written or "\x00" in written or written.startswith("/"):
            return None
        name = posixpath.normpath(posixpath.join(folder, written))
        return name if name in self.files else None

    def read_bytes(self, name: str, longest: int = LONGEST_TEXT) -> bytes | None:
        """Return what is in a file and count it as used; None when it is too long or cannot be read (reported)."""
        self.used.add(name)
        try:
            with self.files[name].open("rb") as file:
                body = file.read(longest + 1)
        except OSError:
            self.mistakes.error(self.shown(name), 1, "E_FILE_READ", "Berkas ini tidak dapat dibaca.")
            return None
        if len(body) > longest:
            self.mistakes.error(
                self.shown(name), 1, "E_FILE_SIZE", f"Berkas ini lebih besar dari {longest // 1024} KB."
            )
            return None
        return body

    def read_text(self, name: str) -> str | None:
        """Return a text with `\\n` at line ends and no byte order mark; None when it is not UTF-8 (reported)."""
        body = self.read_bytes(name)
        if body is None:
            return None
        try:
            text = body.decode("utf-8")
            at = text.find("\x00")
            line = text.count("\n", 0, at) + 1
        except UnicodeDecodeError as error:
            at, line = error.start, body.count(b"\n", 0, error.start) + 1
        if at >= 0:
            message = "Berkas ini bukan teks UTF-8. Simpan ulang sebagai UTF-8."
            self.mistakes.error(self.shown(name), line, "E_UTF8", message)
            return None
        return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")

    def unused(self) -> list[str]:
        """Return the files that nothing refers to."""
        return sorted(name for name in self.files if name not in self.used and name not in _AUTHORS_OWN)
