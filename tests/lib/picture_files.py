"""Pictures and documents for tests, made when they are needed."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from PIL import Image

GPS = {1: "S", 2: (8.0, 35.0, 5.0), 3: "E", 4: (116.0, 7.0, 0.0)}


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


def photo(width: int = 400, height: int = 300) -> Image.Image:
    """A picture with light and dark places, so that hashes and sizes mean something."""
    grey = Image.radial_gradient("L").resize((width, height))
    return Image.merge("RGB", (grey, Image.linear_gradient("L").resize((width, height)), grey.transpose(0)))


def jpeg(width: int = 400, height: int = 300, **options: object) -> bytes:
    return encoded(photo(width, height), **options)


def full_of_notes() -> bytes:
    """A JPEG that says where and with what it was taken, in every way a JPEG can say it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112], exif[0x9286] = "SECRET-MAKER", 1, b"SECRET-NOTE"
    exif.get_ifd(0x8825).update(GPS)
    return jpeg(exif=exif, icc_profile=b"SECRET-PROFILE" * 20, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that would unfold to as many pixels as it says."""
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0" * 1_000_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def pdf(size: int = 0) -> bytes:
    """A small PDF, or one of that many bytes."""
    body = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n"
    end = b"trailer << /Root 1 0 R >>\nstartxref\n0\n%%EOF\n"
    return body + b"%" + b"x" * max(0, size - len(body) - len(end) - 2) + b"\n" + end


OFFICE = "application/vnd.openxmlformats-officedocument."
MAIN = {
    "docx": ("word/document.xml", f"{OFFICE}wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", f"{OFFICE}spreadsheetml.sheet.main+xml"),
    "pptx": ("ppt/presentation.xml", f"{OFFICE}presentationml.presentation.main+xml"),
}


def archive(parts: dict[str, bytes], comment: bytes = b"") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for name, body in parts.items():
            file.writestr(name, body)
        file.comment = comment
    return target.getvalue()


def office(kind: str = "docx", *, types: str = "", **more: bytes) -> bytes:
    """An office file with the parts that make it one; `types` goes into its list of parts."""
    name, media_type = MAIN[kind]
    listed = f'<Types><Override PartName="/{name}" ContentType="{media_type}"/>{types}</Types>'
    return archive({"[Content_Types].xml": listed.encode(), name: b"<document/>", **more})


def open_document(**more: bytes) -> bytes:
    parts = {"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<x/>"}
    return archive(parts | {name.replace("__", "/"): body for name, body in more.items()})
