"""What a file is, told by what is in it: its name and what a browser claims about it are never asked.

A document is accepted when it is one kind and nothing else. Office files are zip archives and are only looked into:
nothing of them is unpacked but the list of their parts. A file with macros, one that unfolds without measure, and one
that would also pass for another kind are refused. What is accepted is still a stranger's file: it is sent as a
download, never shown (`core/web/files.py`).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

#: Bytes of the largest file: 9.8 MB pass in either way of counting megabytes, 10.5 MB in neither.
LARGEST = 10 * 1024 * 1024
MOST_PARTS = 2000
MOST_DIRECTORY = 512 * 1024
MOST_UNFOLDED = 100 * 1024 * 1024
#: How many times larger than packed one part may be, when it is larger than `SMALL_PART`.
MOST_RATIO = 200
SMALL_PART = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file: its key, which is also its ending, and its media type."""

    key: str
    media_type: str

    @property
    def is_picture(self) -> bool:
        return self.media_type.startswith("image/")


_OFFICE = "application/vnd.openxmlformats-officedocument."
KINDS = {
    kind.key: kind for kind in (
        Kind("jpg", "image/jpeg"), Kind("png", "image/png"), Kind("webp", "image/webp"),
        Kind("pdf", "application/pdf"),
        Kind("docx", f"{_OFFICE}wordprocessingml.document"), Kind("xlsx", f"{_OFFICE}spreadsheetml.sheet"),
        Kind("pptx", f"{_OFFICE}presentationml.presentation"), Kind("odt", "application/vnd.oasis.opendocument.text"),
    )
}
PICTURES = frozenset(key for key, kind in KINDS.items() if kind.is_picture)
DOCUMENTS = frozenset(KINDS) - PICTURES

#: The main part of an office file: where it lies, and how the list of parts calls it.
_MAIN_PARTS = {
    "docx": ("word/document.xml", f"{_OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{_OFFICE}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{_OFFICE}presentationml.presentation.main+xml"),
}
_MACROS = ("macroenabled", "vbaproject", "vbadata")
_LIST_OF_PARTS = "[Content_Types].xml"
_END = b"PK\x05\x06"
_END_SIZE = 22
_PAGE = re.compile(rb"<\s*(?:!doctype\s+html|html|script|svg|body|head)\b", re.IGNORECASE)


class BadFile(Exception):
    """The file is refused. `code`: empty, too_large, unknown_type, broken, two_kinds, locked, macros, unfolds."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(data: bytes) -> Kind:
    """Return what a file is. Raises `BadFile`. A picture is not opened here: `lms.lib.images` does that."""
    if not data:
        raise BadFile("empty")
    if len(data) > LARGEST:
        raise BadFile("too_large")
    if (picture := picture_kind(data)) is not None:
        return picture
    if data.startswith(b"%PDF-"):
        _check_pdf(data)
        return KINDS["pdf"]
    if data.startswith(b"PK\x03\x04"):
        return KINDS[_kind_of_archive(data)]
    raise BadFile("unknown_type")


def picture_kind(data: bytes) -> Kind | None:
    """Return the kind of picture that the first bytes promise, or None."""
    if data.startswith(b"\xff\xd8\xff"):
        return KINDS["jpg"]
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    return KINDS["webp"] if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else None


def _check_pdf(data: bytes) -> None:
    end = data.rfind(b"%%EOF", -1024)
    if end < 0:
        raise BadFile("broken")
    # A page hides before the text of a PDF begins or after it ends, an archive needs the end of the file.
    if data[end + 5:].strip(b"\r\n\t \0") or _PAGE.search(data, 0, 1024) or zipfile.is_zipfile(io.BytesIO(data)):
        raise BadFile("two_kinds")


def _kind_of_archive(data: bytes) -> str:
    _check_ends(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_parts(parts, len(data))
            names = {part.filename for part in parts}
            if "mimetype" in names:
                return _open_document(archive, names)
            return _office(archive, names)
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, OSError, NotImplementedError, struct.error) as problem:
        raise BadFile("broken") from problem
    except Exception as problem:  # zlib and codecs name their errors in their own ways.
        if isinstance(problem, BadFile):
            raise
        raise BadFile("broken") from problem


def _check_ends(data: bytes) -> None:
    """Refuse an archive with anything behind its end, and one with a directory too long to be read."""
    at = len(data) - _END_SIZE
    if data.rfind(_END) != at:
        raise BadFile("two_kinds" if _END in data else "broken")
    parts, directory, start = struct.unpack("<HII", data[at + 10:at + 20])
    if parts > MOST_PARTS or directory > MOST_DIRECTORY:
        raise BadFile("unfolds")
    if start + directory != at:
        # Something stands before the archive or between its parts and the end.
        raise BadFile("two_kinds")


def _check_parts(parts: list[zipfile.ZipInfo], size: int) -> None:
    if not parts or len(parts) > MOST_PARTS:
        raise BadFile("unfolds")
    names = [part.filename for part in parts]
    if len({name.lower() for name in names}) != len(names) or not all(map(_is_plain, names)):
        raise BadFile("broken")
    if any(part.flag_bits & 1 for part in parts):
        raise BadFile("locked")
    if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
        raise BadFile("broken")
    # Parts that share their bytes are the trick of the bombs that need no archive in an archive.
    unfolded, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if unfolded > MOST_UNFOLDED or packed > size or any(
        part.file_size > SMALL_PART and part.file_size > MOST_RATIO * part.compress_size for part in parts
    ):
        raise BadFile("unfolds")


def _is_plain(name: str) -> bool:
    return not (name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"))


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Unpack a small part; it may hold more than it says, so no more than that is taken."""
    with archive.open(name) as part:
        text = part.read(SMALL_PART + 1)
    if len(text) > SMALL_PART:
        raise BadFile("unfolds")
    return text


def _office(archive: zipfile.ZipFile, names: set[str]) -> str:
    if _LIST_OF_PARTS not in names:
        raise BadFile("unknown_type")
    # Every type of a part and every name that the list gives, in small letters.
    listed = {value.lower() for value in _attributes(_read(archive, _LIST_OF_PARTS))}
    if any(word in value for word in _MACROS for value in listed | {name.lower() for name in names}):
        raise BadFile("macros")
    found = [key for key, (part, media_type) in _MAIN_PARTS.items() if part in names and media_type.lower() in listed]
    if len(found) != 1:
        raise BadFile("two_kinds" if found else "unknown_type")
    return found[0]


def _attributes(text: bytes) -> list[str]:
    found: list[str] = []

    def refuse(*_declared: object) -> None:
        # Entities are declared there, and a few lines of them can grow without end.
        raise BadFile("broken")

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda _name, attributes: found.extend(attributes.values())
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(text, True)
    return found


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> str:
    if _LIST_OF_PARTS in names:
        raise BadFile("two_kinds")
    if _read(archive, "mimetype").decode("ascii", "replace") != KINDS["odt"].media_type or "content.xml" not in names:
        raise BadFile("unknown_type")
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise BadFile("macros")
    return "odt"
