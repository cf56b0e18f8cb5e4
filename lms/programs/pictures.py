"""Pictures of lessons: what they are, how large they are shown, and what an SVG may not hold."""

from __future__ import annotations

import hashlib
import re
import struct
from dataclasses import dataclass
from xml.parsers import expat

MEDIA_TYPES = {"svg": "image/svg+xml", "jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
LARGEST = 25 * 1024
LARGEST_IN_LESSON = 60 * 1024

_SVG_NAMESPACE = "http://www.w3.org/2000/svg"
_FORBIDDEN = frozenset({
    "script", "style", "foreignobject", "iframe", "object", "embed", "audio", "video", "canvas", "handler", "listener",
    "a", "image", "feimage", "set", "animate", "animatemotion", "animatetransform", "animatecolor", "discard",
})
_LENGTH = re.compile(r"(\d{1,5}(?:\.\d{1,4})?)(?:px)?")
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_VIEW_BOX = re.compile(rf"\s*{_NUMBER}(?:[\s,]+{_NUMBER}){{3}}\s*")
_OUTSIDE_URL = re.compile(r"url\(\s*(?!['\"]?#)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a picture, and in which line of its file."""

    line: int
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it will be served. Width and height are None when they could not be read (then it has faults)."""

    name: str
    sha256: str
    media_type: str
    body: bytes
    width: int | None
    height: int | None
    faults: tuple[Fault, ...]

    @property
    def url(self) -> str:
        return f"/isi/{self.name}"


def read_picture(body: bytes, file_name: str) -> Picture:
    """Look at a picture as its ending calls it; never raises, whatever the bytes."""
    ending = file_name.rpartition(".")[2].lower().replace("jpeg", "jpg")
    sha256 = hashlib.sha256(body).hexdigest()
    faults: list[Fault] = []
    size: tuple[int, int] | None = None
    if len(body) > LARGEST:
        faults.append(Fault(1, "E_IMAGE_SIZE", f"Gambar ini {len(body)} byte; paling besar {LARGEST} byte (25 KB)."))
    if ending not in MEDIA_TYPES:
        faults.append(Fault(1, "E_IMAGE_TYPE", "Gambar harus SVG, JPEG, PNG atau WebP."))
    elif ending == "svg":
        found = _Svg()
        size = found.look(body)
        faults.extend(found.faults)
    else:
        size = _SIZES[ending](body)
        if size is None or not all(0 < side <= 10_000 for side in size):
            size = None
            faults.append(Fault(1, "E_IMAGE_TYPE", f"Isi berkas ini bukan gambar {ending.upper()} yang utuh."))
    width, height = size or (None, None)
    media_type = MEDIA_TYPES.get(ending, "application/octet-stream")
    return Picture(f"{sha256}.{ending}", sha256, media_type, body, width, height, tuple(faults))


class _Svg:
    """Goes through an SVG once. Anything that could run, load or track is a fault, with its line."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._size: tuple[int, int] | None = None
        self._is_root = True
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartElementHandler = self._element
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction

    def look(self, body: bytes) -> tuple[int, int] | None:
        try:
            self._parser.Parse(body, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            line = getattr(error, "lineno", 1)
            if not self.faults:
                self._fault("E_SVG", f"SVG ini rusak: {error}.", max(line, 1))
        return self._size

    def _fault(self, code: str, message: str, line: int | None = None) -> None:
        self.faults.append(Fault(line or self._parser.CurrentLineNumber, code, message))

    def _doctype(self, *_: object) -> None:
        self._fault("E_SVG_UNSAFE", "SVG tidak boleh memuat DOCTYPE.")
        # Entities are declared there, and a few lines of them can grow without end.
        raise ValueError("DOCTYPE")

    def _instruction(self, *_: object) -> None:
        self._fault("E_SVG_UNSAFE", "SVG tidak boleh memuat instruksi <?…?>.")

    def _element(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(" ")
        if self._is_root:
            self._is_root = False
            self._root(namespace, name, attributes)
        if namespace != _SVG_NAMESPACE or name.lower() in _FORBIDDEN:
            self._fault("E_SVG_UNSAFE", f"SVG tidak boleh memuat elemen <{name[:40]}>.")
        for full_attribute, value in attributes.items():
            attribute = full_attribute.rpartition(" ")[2].lower()
            if attribute.startswith("on") or attribute == "style":
                self._fault("E_SVG_UNSAFE", f"SVG tidak boleh memuat atribut {attribute[:40]}.")
            elif attribute in ("href", "src") and not value.startswith("#"):
                self._fault("E_SVG_UNSAFE", "SVG tidak boleh menunjuk ke luar berkasnya sendiri.")
            elif _OUTSIDE_URL.search(value):
                self._fault("E_SVG_UNSAFE", "SVG tidak boleh memuat url(…) ke luar berkasnya sendiri.")

    def _root(self, namespace: str, name: str, attributes: dict[str, str]) -> None:
        if (namespace, name) != (_SVG_NAMESPACE, "svg"):
            self._fault("E_SVG", "Elemen pertama harus <svg xmlns=\"http://www.w3.org/2000/svg\">.")
            return
        sides = [_LENGTH.fullmatch(attributes.get(side, "").strip()) for side in ("width", "height")]
        has_view = _VIEW_BOX.fullmatch(attributes.get("viewBox", "")) is not None
        if has_view and all(sides):
            width, height = (round(float(side[1])) for side in sides if side)
            if width and height:
                self._size = (width, height)
                return
        self._fault("E_SVG_SIZE", "SVG harus punya width, height (angka) dan viewBox.")


def _png(body: bytes) -> tuple[int, int] | None:
    if len(body) < 24 or not body.startswith(b"\x89PNG\r\n\x1a\n") or body[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", body[16:24])
    return width, height


def _jpeg(body: bytes) -> tuple[int, int] | None:
    """Walk from marker to marker to the frame header, which is the one that knows the size."""
    if not body.startswith(b"\xff\xd8"):
        return None
    at = 2
    while at + 9 <= len(body) and body[at] == 0xFF:
        marker = body[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        # C4, C8 and CC lie in the range of frame headers and are none.
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", body[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return None


def _webp(body: bytes) -> tuple[int, int] | None:
    if len(body) < 30 or body[:4] != b"RIFF" or body[8:12] != b"WEBP":
        return None
    match body[12:16]:
        case b"VP8 ":
            width, height = struct.unpack("<HH", body[26:30])
            return width & 0x3FFF, height & 0x3FFF
        case b"VP8L":
            bits = int.from_bytes(body[21:25], "little")
            return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        case b"VP8X":
            return int.from_bytes(body[24:27], "little") + 1, int.from_bytes(body[27:30], "little") + 1
    return None


_SIZES = {"png": _png, "jpg": _jpeg, "webp": _webp}
