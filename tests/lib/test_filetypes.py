"""What a file is, its content tells; what is two kinds, carries macros or unfolds without measure is refused."""

import contextlib
import io
import random
import struct
import zipfile

import pytest
from lib.picture_files import archive, encoded, jpeg, office, open_document, pdf, photo

from lms.lib import filetypes
from lms.lib.filetypes import BadFile, kind_of


def refusal(data):
    with pytest.raises(BadFile) as caught:
        kind_of(data)
    return caught.value.code


@pytest.mark.parametrize(("data", "key"), [
    (pdf(), "pdf"), (office("docx"), "docx"), (office("xlsx"), "xlsx"), (office("pptx"), "pptx"),
    (open_document(), "odt"), (jpeg(), "jpg"), (encoded(photo(), "PNG"), "png"), (encoded(photo(), "WEBP"), "webp"),
])
def test_every_kind_is_known_by_its_content(data, key):
    kind = kind_of(data)

    assert kind.key == key
    assert kind is filetypes.KINDS[key]
    assert kind.is_picture == (key in filetypes.PICTURES)


def test_a_report_of_nine_point_eight_megabytes_passes_and_one_of_ten_and_a_half_does_not():
    for million in (1_000_000, 1024 * 1024):
        assert kind_of(pdf(int(9.8 * million))).key == "pdf"
        assert refusal(pdf(int(10.5 * million))) == "too_large"


@pytest.mark.parametrize(("data", "code"), [
    (b"", "empty"), (b"MZ\x90\0" * 50, "unknown_type"), (b"<html><script>alert(1)</script></html>", "unknown_type"),
    (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "unknown_type"),
    (b"GIF89a/*" + b"x" * 50, "unknown_type"),
    (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "unknown_type"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "unknown_type"), (b"plain text", "unknown_type"),
])
def test_what_is_none_of_the_kinds_is_refused(data, code):
    assert refusal(data) == code


def test_a_pdf_begins_and_ends_as_one():
    assert refusal(b"\n" + pdf()) == "unknown_type"
    assert refusal(pdf()[:-10]) == "broken"
    assert refusal(b"%PDF-1.7\n" + b"x" * 50) == "broken"
    assert refusal(pdf() + b"x" * 2000) == "broken"
    assert kind_of(pdf() + b"\r\n\0\0").key == "pdf"


@pytest.mark.parametrize("data", [
    pdf() + b"<script>alert(1)</script>", b"%PDF-1.4\n<html><body>" + pdf(), b"%PDF-1.4\n< SCRIPT src=x>" + pdf(),
    pdf(5000) + b"<script>alert(1)</script>", pdf() + archive({"a": b"b"}),
    pdf()[:-6] + archive({"a": b"b"}, comment=b"\n%%EOF\n"),
    office() + b"tail", archive({"a": b"b"}) + pdf(), b"PK\x03\x04junk" + office(),
])
def test_a_file_that_is_two_kinds_at_once_is_refused(data):
    assert refusal(data) in ("two_kinds", "broken")


def test_an_archive_that_is_no_office_file_is_refused():
    assert refusal(archive({"a.txt": b"x"})) == "unknown_type"
    assert refusal(archive({"word/document.xml": b"x", "[Content_Types].xml": b"<Types/>"})) == "unknown_type"
    assert refusal(archive({"mimetype": b"application/epub+zip", "content.xml": b"x"})) == "unknown_type"
    word = office("docx", types='<Override ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml'
                                '.sheet.main+xml"/>', **{"xl/workbook.xml": b"x"})
    assert refusal(word) == "two_kinds"


@pytest.mark.parametrize("data", [
    office(**{"word/vbaProject.bin": b"x"}), office(**{"xl/VBAPROJECT.BIN": b"x"}),
    office(types='<Override PartName="/word/harmless.dat" ContentType="application/vnd.ms-office.vbaProject"/>'),
    office(types='<Override ContentType="application/vnd.ms-word.document.&#109;acroEnabled.main+xml"/>'),
    open_document(Basic__Standard__x=b"x"), open_document(Scripts__python__x=b"x"),
])
def test_a_file_with_macros_is_refused(data):
    assert refusal(data) == "macros"


@pytest.mark.parametrize("name", ["../../evil", "/etc/passwd", "a\\b", "C:evil"])
def test_an_archive_with_a_part_outside_of_it_is_refused(name):
    assert refusal(office(**{name: b"x"})) == "broken"


def test_parts_that_differ_only_in_capitals_are_refused():
    assert refusal(office(**{"WORD/Document.xml": b"x"})) == "broken"


def test_an_archive_that_unfolds_without_measure_is_refused():
    assert refusal(office(**{"word/media/a": b"\0" * 5_000_000})) == "unfolds", "a thousand times larger"
    many = {f"word/{number}": b"" for number in range(filetypes.MOST_PARTS)}
    assert refusal(office(**many)) == "unfolds"
    large = {f"word/{number}": b"\0" * filetypes.SMALL_PART for number in range(110)}
    assert refusal(office(**large)) == "unfolds", "more than a hundred megabytes together"


def test_an_archive_with_a_long_directory_is_refused_before_it_is_read(monkeypatch):
    names = office(**{"n" * 60_000 + str(number): b"" for number in range(10)})
    monkeypatch.setattr(filetypes.zipfile, "ZipFile", None)

    assert refusal(names) == "unfolds"


def patched(data, signature, offset, value):
    at = data.rfind(signature) + offset
    return data[:at] + value + data[at + len(value):]


def test_an_archive_whose_parts_share_their_bytes_is_refused():
    entry = b"PK\x01\x02"
    whole = office(**{"word/z": bytes(range(256)) * 4})

    assert refusal(patched(whole, entry, 20, struct.pack("<I", len(whole)))) == "unfolds"
    assert refusal(patched(whole, entry, 24, struct.pack("<I", 200 * 1024 * 1024))) == "unfolds"


def test_the_list_of_parts_is_read_to_a_limit_and_has_no_entities():
    long = f"<!-- {random.Random(1).randbytes(600_000).hex()} -->"
    assert refusal(office(types=long)) == "unfolds"
    listed = b'<!DOCTYPE x [<!ENTITY a "b">]><Types/>'
    assert refusal(archive({"[Content_Types].xml": listed, "word/document.xml": b"x"})) == "broken"
    assert refusal(archive({"[Content_Types].xml": b"<Types", "word/document.xml": b"x"})) == "broken"


def test_a_locked_archive_is_refused():
    locked = patched(office(**{"word/z": b"x"}), b"PK\x01\x02", 8, struct.pack("<H", 1))

    assert refusal(locked) == "locked"


def test_no_damage_to_an_office_file_raises_anything_but_a_refusal():
    whole = office("xlsx", **{"xl/sharedStrings.xml": b"<sst/>" * 50})
    for at in range(0, len(whole), 7):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 0x81]) + whole[at + 1:]):
            with contextlib.suppress(BadFile):
                kind_of(damaged)


def test_a_file_that_a_real_writer_streamed_is_accepted():
    """Writers that cannot go back leave the sizes of a part behind it; the directory has them all the same."""
    class Stream(io.RawIOBase):
        def __init__(self):
            self.body = bytearray()

        def writable(self):
            return True

        def write(self, data):
            self.body += data
            return len(data)

    target = Stream()
    with zipfile.ZipFile(io.BytesIO(office("xlsx"))) as source, zipfile.ZipFile(target, "w") as file:
        for name in source.namelist():
            file.writestr(name, source.read(name))
    assert kind_of(bytes(target.body)).key == "xlsx"
