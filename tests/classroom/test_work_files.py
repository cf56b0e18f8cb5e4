"""Pictures and files of a report by the pages: what is taken, what is refused and how it is said, who may see it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from classroom.paper_browser import Browser
from lib.picture_files import jpeg, pdf
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart
from work_acts import attach, cohort as class_with_report, written

from lms.testing_stories import Class, Learner, Story

MEGABYTE = 1_000_000
pytestmark = pytest.mark.both


@pytest.fixture
def cohort(story: Story) -> Class:
    return class_with_report(story, task=(-7, 14))


def send_file(browser: Browser, page: str, field: str, data: bytes, name: str) -> Any:
    address, fields = browser.filled(browser.get(page), f"/{field}", keterangan="Balok di teras", izin="1")
    del fields["slot"]
    file = FileStorage(io.BytesIO(data), name)
    boundary, body = encode_multipart(fields | {"berkas": file})
    return browser.client.post(
        address, data=body, content_type=f"multipart/form-data; boundary={boundary}", headers={"Accept-Language": "id"}
    )


def status_and_bytes(browser: Browser, address: str) -> tuple[int, str, int]:
    """What comes at an address of a file: status, type, bytes. Its file is closed."""
    with browser.get(address) as reply:
        return reply.status_code, reply.mimetype, len(reply.data)


def of_report(who: Learner) -> str:
    return f"/laporan/{who.enrolment_uuid}/bagian/bab-2"


def of_task(who: Learner) -> str:
    return f"/tugas/{who.enrolment_uuid}/P1/bagian/P1"


def test_a_photo_of_a_phone_is_taken_and_shown_small(browser: Browser, teacher: Learner) -> None:
    reply = send_file(browser, of_report(teacher), "foto", jpeg(2400, 1800), "../../etc/IMG 1.jpg")

    assert reply.status_code == 303
    row = written("bab-2").values["foto"][0]
    assert (row["caption"], row["consent"]) == ("Balok di teras", True)
    assert "/" not in row["name"]
    small = status_and_bytes(browser, f"/berkas/{row['file']}?kecil=1")
    whole = status_and_bytes(browser, f"/berkas/{row['file']}")
    assert small[:2] == whole[:2] == (200, "image/jpeg")
    assert small[2] < whole[2] < MEGABYTE


def test_a_document_of_9_8_megabytes_is_taken(browser: Browser, teacher: Learner) -> None:
    """Scenario 15 of the acceptance list: 9.8 MB are taken, 10.5 MB are not."""
    reply = send_file(browser, of_task(teacher), "lampiran", pdf(9_800_000), "laporan.pdf")

    assert reply.status_code == 303
    assert written("P1").values["lampiran"][0]["bytes"] == 9_800_000


@pytest.mark.parametrize(("data", "name", "said"), [
    (pdf(10_500_000), "laporan.pdf", "lebih besar dari 10 MB"),
    (b"", "kosong.pdf", "kosong"),
    (b"MZ" + b"\0" * 500, "foto.jpg", "tidak dikenal"),
    (jpeg(800, 600)[:2000], "foto.jpg", "rusak atau belum lengkap"),
])
def test_a_file_that_is_not_taken_is_answered_with_what_to_do(
    browser: Browser, teacher: Learner, data: bytes, name: str, said: str
) -> None:
    reply = send_file(browser, of_task(teacher), "lampiran", data, name)

    assert reply.status_code == 422
    assert said in reply.text
    assert "Belum ditambahkan" in reply.text
    assert written("P1") is None


def test_a_document_is_no_photo(browser: Browser, teacher: Learner) -> None:
    reply = send_file(browser, of_report(teacher), "foto", pdf(), "foto.jpg")

    assert reply.status_code == 422
    assert "tidak dapat dipakai di sini" in reply.text


def test_a_form_of_text_takes_no_more_than_before(browser: Browser, teacher: Learner) -> None:
    """Only the forms of files take long bodies, so a text cannot be used to fill the disk."""
    reply = browser.send(browser.get(of_report(teacher)), "bab-2", kesan="x" * 3 * MEGABYTE)

    assert reply.status_code == 413
    assert written("bab-2") is None


@pytest.mark.parametrize("query", ["", "?kecil=1", "?unduh=1"])
def test_ABUSE_A02_a_picture_of_somebody_else_is_not_found_nor_ones_own_after_signing_out(
    app: Any, browser: Browser, story: Story, cohort: Class, teacher: Learner, query: str
) -> None:
    other = story.teacher(cohort)
    theirs, own = attach(other), attach(teacher)

    assert status_and_bytes(browser, f"/berkas/{theirs}{query}")[0] == 404
    assert status_and_bytes(browser, f"/berkas/{own}{query}")[0] == 200
    assert app.test_client().get(f"/berkas/{own}{query}").status_code == 303
