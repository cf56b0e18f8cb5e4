"""Files of strangers: pages, disguises, bombs and names that want to be paths, before any screen takes them.

What screens add (who may see which file, forms with files) is tested where the screens are.
"""

import re
import unicodedata

import pytest
from lib.picture_files import archive, encoded, full_of_notes, jpeg, office, open_document, pdf, photo, png_that_claims
from PIL import Image
from werkzeug.http import parse_options_header

from lms.core.db import write_tx
from lms.core.uploads import FileRefused, add, folder, path_of, store
from lms.core.web.actions import allow
from lms.core.web.files import send_upload
from lms.lib import filetypes

SCRIPT = b"<script>alert(1)</script>"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
NAMES = (
    "../../x", "..\\..\\x.pdf", "/etc/passwd", "C:\\Windows\\x.exe", "a\0b.pdf", "a\r\nSet-Cookie: x=1.pdf", "n" * 300,
    "laporan\u202egpj.exe", "CON", "nul.pdf", 'a"; filename="b.html', "a%2f..%2fb;x=1", "Laporan Bu Sri – é 猫.pdf", "",
    "...", "\ud800.pdf", "\u200b", "x.tar.gz", "a'b*c.pdf",
)


@pytest.fixture
def reader(app, story):
    """Hand a file in, then ask for it as a browser does: `reader(data, name, **options)` returns row and reply."""
    rows, options = {}, {}

    def show(key):
        return send_upload(rows[key], **options)

    app.add_url_rule("/coba-berkas/<key>", "trial_file", allow("account.own")(show))
    teacher, client = story.teacher(story.cohort()), app.test_client()
    story.sign_in(client, teacher)

    def ask(data, name="x", *, headers=(), kind="own", **how):
        stored = store(data, name=name)
        with write_tx() as session:
            row = add(stored, owner_id=teacher.person_id, purpose="trial", by=teacher.actor)
            session.flush()
            session.expunge(row)
        rows["k"] = row
        options.clear()
        options.update({"download": False} | how)
        if kind != "own":
            story.sign_in(client, teacher, kind=kind)
        reply = client.get("/coba-berkas/k", headers=dict(headers))
        reply.get_data()
        reply.close()  # As a server does when all is sent; the file is open until then.
        return row, reply

    return ask


def refusal(data, **options):
    with pytest.raises(FileRefused) as caught:
        store(data, **options)
    return caught.value.values["reason"]


@pytest.mark.parametrize("data", [
    SVG, b"<?xml version='1.0'?>" + SVG, b"<!DOCTYPE html><body>" + SCRIPT, b"<html xmlns='http://www.w3.org/1999/xhtml'>",
    b"\xef\xbb\xbf<html>" + SCRIPT, b"MIME-Version: 1.0\nContent-Type: multipart/related\n\n" + SCRIPT,
    b"<?xml version='1.0'?><?xml-stylesheet type='text/xsl' href='x'?><a/>", b"GIF89a/*\x01*/=1;alert(1)//",
    b"%PDF-1.4\n<html>" + SCRIPT + pdf(), pdf() + SCRIPT, pdf() + archive({"x": b"y"}), office() + SCRIPT,
    SCRIPT + office(), archive({"x.html": SCRIPT}), office(**{"word/vbaProject.bin": b"x"}),
    open_document(Basic__x=b"x"),
])
def test_ABUSE_A36_pages_drawings_macros_and_files_of_two_kinds_are_refused(app, data):
    with pytest.raises(FileRefused):
        store(data, name="foto.jpg")

    assert not folder.root().exists(), "nothing of it is kept"


def test_ABUSE_A36_a_picture_that_is_a_page_or_an_archive_too_is_a_picture_only_when_it_was_made_anew(reader):
    for extra in (SCRIPT, archive({"x.html": SCRIPT})):
        for data in (jpeg() + extra, jpeg(comment=extra), encoded(photo(), "PNG") + extra):
            row, _reply = reader(data)
            kept = path_of(row).read_bytes() + path_of(row, thumbnail=True).read_bytes()
            assert SCRIPT not in kept
            assert b"PK\x03\x04" not in kept


@pytest.mark.parametrize("data", [
    pdf().replace(b"/Type /Catalog", b"/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), office("docx"),
    office("xlsx"), office("pptx"), open_document(),
])
def test_ABUSE_A36_a_document_is_sent_as_a_download_that_runs_nothing(reader, data):
    for options in ({"download": False}, {"download": True}, {"download": False, "thumbnail": True}):
        row, reply = reader(data, "laporan", **options)

        assert reply.status_code == 200
        assert reply.data == data
        assert reply.headers["Content-Disposition"].startswith("attachment;")
        assert reply.headers["Content-Type"] == row.type
        assert row.type in {kind.media_type for kind in filetypes.KINDS.values()}
        assert_walls(reply)


def assert_walls(reply):
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in reply.headers.getlist("Content-Security-Policy")[0].replace(";", " ").split()
    assert "default-src 'none'" in reply.headers["Content-Security-Policy"]
    assert len(reply.headers.getlist("Content-Security-Policy")) == 1
    assert reply.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_ABUSE_A36_only_a_picture_of_ours_is_shown_and_only_as_a_jpeg(reader):
    row, shown = reader(encoded(photo(), "PNG"), "foto.png")
    assert shown.data == path_of(row).read_bytes()
    assert shown.headers["Content-Disposition"] == "inline; filename=foto.jpg"
    assert shown.headers["Content-Type"] == "image/jpeg"
    assert_walls(shown)

    _row, small = reader(encoded(photo(), "PNG"), "foto.png", thumbnail=True)
    assert small.data == path_of(row, thumbnail=True).read_bytes() != shown.data
    assert small.headers["ETag"] != shown.headers["ETag"]
    assert_walls(small)

    _row, kept = reader(encoded(photo(), "PNG"), "foto.png", download=True)
    assert kept.headers["Content-Disposition"] == "attachment; filename=foto.jpg"


@pytest.mark.parametrize("name", NAMES)
def test_ABUSE_A37_a_name_is_no_path_and_harmless_in_the_answer(reader, name):
    row, reply = reader(pdf(), name, download=True)

    assert re.fullmatch(r"[0-9a-f]{64}", path_of(row).name)
    assert [path.name for path in folder.root().rglob("*") if path.is_file()] == [row.sha256]
    assert 5 <= len(row.name) <= 120
    assert row.name.endswith(".pdf")
    assert not re.search(r'[/\\<>:"|?*;%\0\r\n]', row.name)
    assert not any(unicodedata.category(sign) in ("Cc", "Cf", "Cs") for sign in row.name)
    assert not re.match(r"(?i)(con|nul)\.", row.name)
    assert row.name.strip(" .") == row.name
    header = reply.headers["Content-Disposition"]
    assert header.isascii()
    assert header.isprintable()
    kind, values = parse_options_header(header)
    assert kind == "attachment"
    assert values == {"filename": row.name}, "what the browser reads is the name we cleaned"
    assert "Set-Cookie" not in reply.headers


def test_ABUSE_A37_an_honest_name_stays_as_it_was(app):
    assert store(pdf(), name="Laporan Bu Sri – kelas B.pdf").name == "Laporan Bu Sri - kelas B.pdf"
    assert store(pdf(), name="rpph tema air.docx").name == "rpph tema air.pdf", "its ending comes from its content"


@pytest.mark.parametrize(("data", "name", "reason"), [
    (b"MZ\x90\0" * 200, "foto.jpg", "unknown_type"), (b"\x7fELF" * 50, "laporan.pdf", "unknown_type"),
    (b"<html>" + SCRIPT, "catatan.txt", "unknown_type"), (b"\xff\xd8\xff" + b"MZ" * 200, "foto.jpg", "broken"),
    (pdf(), "foto.jpg", "wrong_type"), (office(), "foto.png", "wrong_type"),
])
def test_ABUSE_A38_a_file_is_judged_by_what_is_in_it(app, data, name, reason):
    assert refusal(data, name=name, kinds=filetypes.PICTURES) == reason


def test_ABUSE_A38_a_picture_with_a_foreign_ending_is_a_picture(reader):
    row, reply = reader(jpeg(), "laporan.html")

    assert (row.name, row.type) == ("laporan.jpg", "image/jpeg")
    assert reply.headers["Content-Type"] == "image/jpeg"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(("data", "reason"), [
    (png_that_claims(60_000, 60_000), "too_many_pixels"), (jpeg()[:2000], "broken"),
    (encoded(Image.new("P", (5, 5)), "GIF", save_all=True, append_images=[Image.new("P", (5, 5), 1)] * 999),
     "unknown_type"),
])
def test_ABUSE_A40_a_huge_a_broken_and_a_moving_picture_are_refused_and_nothing_is_kept(app, data, reason):
    assert refusal(data) == reason
    assert not folder.root().exists()


def test_ABUSE_A40_a_picture_with_a_place_in_it_is_made_anew_without_it(reader):
    row, reply = reader(full_of_notes())

    for body in (reply.data, path_of(row).read_bytes(), path_of(row, thumbnail=True).read_bytes()):
        assert b"SECRET" not in body
        assert b"Exif" not in body


def test_ABUSE_A58_no_shared_cache_and_no_shared_phone_keeps_a_file(reader):
    _row, reply = reader(jpeg())
    assert reply.headers["Cache-Control"] == "private, no-cache"
    assert "Cookie" in reply.headers["Vary"]

    _row, again = reader(jpeg(), headers={"If-None-Match": reply.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert_walls(again)

    _row, shared = reader(jpeg(), kind="shared")
    assert shared.headers["Cache-Control"] == "no-store"


def test_a_part_of_a_file_is_sent_to_who_asks_for_a_part(reader):
    _row, part = reader(pdf(5000), download=True, headers={"Range": "bytes=0-7"})

    assert (part.status_code, part.data) == (206, pdf(5000)[:8])
    assert part.headers["Content-Range"] == "bytes 0-7/5000"
    assert_walls(part)
    _row, beyond = reader(pdf(5000), download=True, headers={"Range": "bytes=9000-"})
    assert beyond.status_code == 416


def test_a_file_that_is_missing_on_disk_is_not_found_and_told_in_the_log(reader, lines, monkeypatch):
    monkeypatch.setattr("lms.core.web.files.path_of", lambda *_a, **_k: folder.root() / "nowhere")
    row, reply = reader(jpeg())

    assert reply.status_code == 404
    assert any("a file is missing" in line for line in lines)
    assert all(row.name not in line for line in lines)


