"""What a learner's page costs on real content: bytes on the wire, requests, statements."""

from __future__ import annotations

import re
import uuid
from functools import cache
from pathlib import Path
from typing import Any

import brotli
import pytest
from lib.picture_files import jpeg

from lms.completion import services as completion
from lms.core import uploads
from lms.core.db import write_tx
from lms.core.permissions import SYSTEM
from lms.core.web.static import FOLDER, Assets
from lms.lessons import services as lessons
from lms.programs import catalogue
from lms.programs.publish import publish
from lms.programs.reader import ReadResult, read_program
from lms.quizzes import queries, services as quizzes
from lms.testing_program import with_works
from lms.testing_stories import Learner, Story
from lms.workshops import works
from lms.workshops.services import attaching, drafting, handing_in

KB = 1000
#: Status line and headers of one reply, as a browser gets them over HTTP/1.1.
LINE = len("HTTP/1.1 200 OK\r\n\r\n")
READER = {"Accept-Encoding": "br", "Accept-Language": "id"}


@cache
def real_course() -> ReadResult:
    return read_program(Path(__file__).resolve().parents[2] / "courses" / "diklat-dasar")


def real_teacher(story: Story) -> Learner:
    """A teacher in the report weeks who has read M00 and handed in the pre-test, and for whom every module is open."""
    with write_tx():
        publish(real_course(), by=SYSTEM)
    version = catalogue.latest("diklat-dasar")
    teacher = story.teacher(story.cohort(version.id, task=(-7, 30)))
    with write_tx():
        for lesson in version.program.module("M00").lessons:
            lessons.finish_lesson(teacher.enrolment_uuid, lesson.id, by=teacher.actor)
        attempt = quizzes.start_attempt(teacher.enrolment_uuid, "M00-tes-awal", by=teacher.actor)
        quizzes.submit(attempt, {}, by=teacher.actor)
        for module in version.program.modules[:-1]:
            completion.record(
                teacher.enrolment_id, version.program_id, module.id, "module_complete", rule_version=version.label,
                by=SYSTEM,
            )
    return teacher


def on_the_wire(response: Any) -> int:
    headers = sum(len(name) + len(value) + 4 for name, value in response.headers)
    return LINE + headers + len(response.data)


def assets_of(html: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', html)


@pytest.fixture
def reader(app: Any, story: Story) -> tuple[Any, Learner]:
    teacher = real_teacher(story)
    client = app.test_client()
    story.sign_in(client, teacher)
    return client, teacher


def test_the_first_visit_of_a_lesson_is_at_most_14_kb_and_4_requests(reader: Any) -> None:
    client, teacher = reader
    # Which of them is the longest is measured here and not known beforehand.
    for lesson_id in [lesson.id for module in real_course().program.modules for lesson in module.lessons]:
        page = client.get(f"/pelajaran/{teacher.enrolment_uuid}/{lesson_id}", headers=READER)
        assert page.status_code == 200
        html = brotli.decompress(page.data).decode()
        replies = [page, *(client.get(address, headers=READER) for address in assets_of(html))]
        assert all(reply.status_code == 200 for reply in replies)
        assert len(replies) <= 4, assets_of(html)
        assert sum(map(on_the_wire, replies)) <= 14 * KB, lesson_id
        assert on_the_wire(page) <= 6 * KB, lesson_id


def test_the_pictures_of_a_lesson_load_lazily_and_stay_under_60_kb(reader: Any) -> None:
    client, teacher = reader
    html = client.get(f"/pelajaran/{teacher.enrolment_uuid}/M01-L2").text
    pictures = re.findall(r"<img [^>]+>", html)
    assert pictures
    assert all('loading="lazy"' in picture and "/isi/" in picture for picture in pictures)
    sizes = [
        on_the_wire(client.get(re.search(r'src="([^"]+)"', picture)[1], headers=READER))  # type: ignore[index]
        for picture in pictures
    ]
    assert sum(sizes) <= 60 * KB


def test_every_next_page_is_at_most_6_kb(reader: Any) -> None:
    client, teacher = reader
    enrolment = teacher.enrolment_uuid
    with write_tx():
        attempt = quizzes.start_attempt(enrolment, "M00-latihan", by=teacher.actor)
    for address in (
        "/beranda", "/diklat", f"/modul/{enrolment}/M01", f"/kuis/{enrolment}/M01-kuis", f"/nilai/{enrolment}",
        f"/percobaan/{attempt}", f"/percobaan/{attempt}/kirim",
    ):
        page = client.get(address, headers=READER)
        assert page.status_code == 200, address
        assert on_the_wire(page) <= 6 * KB, address


def test_a_result_with_feedback_and_right_answers_is_at_most_6_kb(reader: Any) -> None:
    client, teacher = reader
    enrolment = teacher.enrolment_uuid
    results = []
    for quiz_id, times in (("M10-tes-akhir", 2), ("M09-kuis", 3)):
        for _time in range(times):
            with write_tx():
                attempt = quizzes.start_attempt(enrolment, quiz_id, by=teacher.actor)
            answers = last_options(attempt, teacher)
            with write_tx():
                quizzes.submit(attempt, answers, by=teacher.actor)
            results.append(attempt)
    for attempt in results:
        page = client.get(f"/percobaan/{attempt}/hasil", headers=READER)
        assert page.status_code == 200
        assert "Jawaban yang tepat:" in brotli.decompress(page.data).decode()
        assert on_the_wire(page) <= 6 * KB, attempt


def test_every_page_of_the_report_and_the_tasks_is_at_most_6_kb(reader: Any) -> None:
    client, teacher = reader
    own, version_id = teacher.enrolment_uuid, catalogue.latest("diklat-dasar").id
    addresses = [f"/tugas/{own}", f"/laporan/{own}", f"/laporan/{own}/kirim"]
    addresses += [
        f"/laporan/{own}/bagian/{part.id}" for part in works.work_of(version_id, works.REPORT).stages[0].parts
    ]
    for work in works.works_of(version_id)[1:]:
        part = work.stages[0].parts[0]
        addresses += [f"/tugas/{own}/{work.activity_id}/bagian/{part.id}", f"/tugas/{own}/{work.activity_id}/kirim"]
    assert len(addresses) > 30
    for address in addresses:
        page = client.get(address, headers=READER)
        assert page.status_code == 200, address
        assert on_the_wire(page) <= 6 * KB, address


def last_options(attempt: str, teacher: Learner) -> dict[int, dict[str, list[str]]]:
    """Choose the last option everywhere: mostly wrong, and each wrong one brings its own feedback."""
    return {
        slot.number: {"answer": [slot.presentation.options[-1].id]}
        for slot in queries.attempt_page(attempt, by=teacher.actor).slots
        if slot.presentation.type in ("multiple_choice", "true_false")
    }


def test_style_and_script_keep_their_budgets() -> None:
    style, script = (Assets(FOLDER).by_name[name] for name in ("sanggar.css", "app.js"))
    assert script.brotli is not None
    assert style.brotli is not None
    assert len(script.brotli) <= 5 * 1024
    assert len(style.brotli) <= 4 * 1024
    assert len(style.body) <= 16 * 1024


@pytest.mark.both
@pytest.mark.parametrize("learners", [10, 1000])
def test_lesson_and_quiz_pages_take_at_most_5_statements(
    app: Any, story: Story, count_statements: Any, learners: int
) -> None:
    cohort = story.cohort()
    teacher, instructor = story.teacher(cohort), story.instructor(cohort)
    story.crowd(cohort, learners - 1)
    enrolment = teacher.enrolment_uuid
    with write_tx():
        lessons.finish_lesson(enrolment, "m00-1", by=teacher.actor)
        lessons.save_reflection(enrolment, "m00-1", "Sudah.", False, by=teacher.actor)
        questions = [lessons.ask(enrolment, "m00-1", f"Pertanyaan {number}?", by=teacher.actor) for number in range(3)]
        attempt = quizzes.start_attempt(enrolment, "m00-latihan", by=teacher.actor)
        done = quizzes.start_attempt(enrolment, "m00-awal", by=teacher.actor)
        quizzes.submit(done, {}, by=teacher.actor)
    with write_tx():
        for question in questions:
            lessons.answer(uuid.UUID(question), "Ya.", by=instructor.actor)
    client = app.test_client()
    story.sign_in(client, teacher)
    for address in (
        f"/pelajaran/{enrolment}/m00-1", f"/kuis/{enrolment}/m00-awal", f"/kuis/{enrolment}/m00-latihan",
        f"/percobaan/{attempt}", f"/percobaan/{attempt}/kirim", f"/percobaan/{done}/hasil",
    ):
        assert client.get(address).status_code == 200, address
        with count_statements() as seen:
            client.get(address)
        assert len(seen) <= 5, (address, seen.statements)


@pytest.mark.both
@pytest.mark.parametrize("learners", [10, 1000])
def test_work_pages_take_at_most_5_statements(
    app: Any, story: Story, count_statements: Any, learners: int
) -> None:
    cohort = story.cohort(story.program(with_works()), task=(-7, 30))
    teacher = story.teacher(cohort)
    story.crowd(cohort, learners - 1)
    own, by = teacher.enrolment_uuid, teacher.actor
    stored = uploads.store(jpeg(40, 30), name="IMG_1.jpg")
    with write_tx():
        file = attaching.attach(
            own, works.REPORT, "bab-2", "foto", stored, caption="Balok", has_consent=True, by=by
        )["file"]
        drafting.save_part(own, "W1", "W1", {"hasil": "Halaman sudah aman."}, base=0, by=by)
        handing_in.hand_in(own, "W1", base=0, by=by)
    client = app.test_client()
    story.sign_in(client, teacher)
    for address in (
        f"/tugas/{own}", f"/laporan/{own}", f"/laporan/{own}/bagian/bab-1", f"/laporan/{own}/bagian/bab-2",
        f"/laporan/{own}/kirim", f"/tugas/{own}/W1", f"/tugas/{own}/P1/bagian/P1", f"/berkas/{file}?kecil=1",
    ):
        assert client.get(address, buffered=True).status_code == 200, address
        with count_statements() as seen:
            client.get(address, buffered=True)
        assert len(seen) <= 5, (address, seen.statements)


@pytest.mark.parametrize("learners", [10, 1000])
def test_other_learner_pages_cost_the_same_in_a_large_class(
    app: Any, story: Story, count_statements: Any, learners: int
) -> None:
    cohort = story.cohort()
    teacher = story.teacher(cohort)
    story.crowd(cohort, learners - 1)
    client = app.test_client()
    story.sign_in(client, teacher)
    own = teacher.enrolment_uuid
    most = {"/beranda": 8, "/diklat": 5, f"/modul/{own}/M00": 7, f"/nilai/{own}": 4}
    for address, limit in most.items():
        client.get(address)
        with count_statements() as seen:
            assert client.get(address).status_code == 200
        assert len(seen) <= limit, (address, seen.statements)
