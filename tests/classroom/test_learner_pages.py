"""The learner's screens as a browser without a script uses them, and as our script does."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from classroom.paper_browser import Browser

from lms.accounts.models import RoleAssignment
from lms.cohorts.models import Announcement
from lms.completion import queries as completion_queries
from lms.core.db import db, write_tx
from lms.lessons import services as lessons
from lms.lessons.models import LessonQuestion, ReflectionVersion
from lms.lib import clock
from lms.quizzes import services as quizzes
from lms.testing_program import lesson, module, tiny_program
from lms.testing_stories import Class, Learner, Story


def finish_m00(teacher: Learner) -> None:
    with write_tx():
        for key in ("m00-1", "m00-2"):
            lessons.finish_lesson(teacher.enrolment_uuid, key, by=teacher.actor)
        attempt = quizzes.start_attempt(teacher.enrolment_uuid, "m00-awal", by=teacher.actor)
        quizzes.submit(attempt, {}, by=teacher.actor)


def announcement(cohort: Class, author: Learner, title: str) -> Announcement:
    return Announcement(
        cohort_id=cohort.id, author_id=author.person_id, title=title, text="Isi.", created_at=clock.now()
    )


def test_home_greets_and_leads_to_the_next_step(browser: Browser, teacher: Learner) -> None:
    page = browser.get("/beranda")
    assert "Selamat belajar, Ibu Baiq Mariani" in page.text
    assert "Mulai belajar" in page.text
    assert f"/pelajaran/{teacher.enrolment_uuid}/m00-1" in page.text


@pytest.mark.parametrize(("state", "words"), [
    ("proposed", "sudah diusulkan"),
    ("awaiting_recommendation", "menunggu rekomendasi Dinas Pendidikan."),
    ("recommended", "sudah direkomendasikan"),
    ("confirmed", "kesediaan Ibu Husnul sudah dicatat"),
    ("accepted", "Kelas dimulai"),
    ("waiting_list", "daftar tunggu"),
    ("refused", "belum dapat diterima"),
    ("declined", "tidak ikut kali ini"),
    ("withdrawn", "sudah diakhiri"),
])
def test_before_the_class_begins_home_says_where_the_registration_stands(
    app: Any, story: Story, state: str, words: str
) -> None:
    waiting = story.teacher(story.cohort(starts=14), state=state, name="Husnul")
    page = Browser(app, story, waiting).get("/beranda")
    assert page.status_code == 200
    assert words in page.text


def test_somebody_without_an_enrolment_is_told_what_to_do(app: Any, story: Story) -> None:
    page = Browser(app, story, story.staff("teacher", "self")).get("/beranda")
    assert "Anda belum terdaftar di diklat mana pun" in page.text
    assert "Hubungi fasilitator daerah" in page.text


def test_after_the_class_home_gives_the_result_and_where_to_go(app: Any, story: Story) -> None:
    graduate = story.teacher(story.cohort(starts=-90, ends=-3), state="passed")
    page = Browser(app, story, graduate).get("/beranda")
    assert "Selamat, Anda dinyatakan LULUS" in page.text
    assert f"/nilai/{graduate.enrolment_uuid}" in page.text


def test_when_the_class_is_over_home_says_so_before_there_is_a_result(app: Any, story: Story) -> None:
    page = Browser(app, story, story.teacher(story.cohort(starts=-90, ends=-1))).get("/beranda")
    assert "Kelas Anda sudah berakhir" in page.text
    assert "Mulai belajar" not in page.text


def test_who_was_accepted_finds_the_lessons_on_the_first_day(app: Any, story: Story) -> None:
    page = Browser(app, story, story.teacher(story.cohort(starts=0), state="accepted")).get("/beranda")
    assert "Mulai belajar" in page.text


def test_a_locked_lesson_names_the_modules_that_open_it(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m01-1")
    assert page.status_code == 409
    assert "Terbuka setelah Modul 0 selesai." in page.text
    assert "Isi pelajaran" not in page.text
    assert browser.get(f"/kuis/{teacher.enrolment_uuid}/m01-kuis").status_code == 409


@pytest.mark.parametrize("address", [
    "/pelajaran/{e}/m00-1", "/modul/{e}/M00", "/kuis/{e}/m00-awal", "/nilai/{e}", "/percobaan/{a}",
    "/percobaan/{a}/kirim", "/percobaan/{a}/hasil", "/pengumuman/{n}",
])
def test_what_belongs_to_somebody_else_does_not_exist(
    app: Any, story: Story, teacher: Learner, cohort: Class, address: str
) -> None:
    stranger = story.teacher(story.cohort())
    with write_tx():
        attempt = quizzes.start_attempt(teacher.enrolment_uuid, "m00-awal", by=teacher.actor)
        row = announcement(cohort, teacher, "Kabar")
        db.session.add(row)
        db.session.flush()
        notice = row.uuid
    path = address.format(e=teacher.enrolment_uuid, a=attempt, n=notice)
    assert Browser(app, story, stranger).get(path).status_code == 404


def test_every_learner_page_is_the_same_bytes_twice_and_answers_304(
    app: Any, story: Story, browser: Browser, teacher: Learner, cohort: Class
) -> None:
    finish_m00(teacher)
    with write_tx():
        running = quizzes.start_attempt(teacher.enrolment_uuid, "m01-kuis", by=teacher.actor)
        done = quizzes.start_attempt(teacher.enrolment_uuid, "m00-latihan", by=teacher.actor)
        quizzes.submit(done, {}, by=teacher.actor)
    e = teacher.enrolment_uuid
    for address in (
        "/beranda", "/diklat", f"/modul/{e}/M01", f"/pelajaran/{e}/m01-1", f"/kuis/{e}/m01-kuis",
        f"/percobaan/{running}",
        f"/percobaan/{running}/kirim", f"/percobaan/{done}/hasil", f"/nilai/{e}", "/pengumuman",
    ):
        first = browser.get(address)
        clock.set_offset(dt.timedelta(hours=3))
        second = browser.get(address)
        clock.set_offset(dt.timedelta())
        assert first.status_code == 200, address
        assert first.data == second.data, address
        assert first.headers["Cache-Control"] == "private, no-cache"
        again = browser.client.get(address, headers={"If-None-Match": first.headers["ETag"], "Accept-Language": "id"})
        assert (again.status_code, again.data) == (304, b""), address


def test_a_lesson_is_finished_without_a_script_and_leads_on(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1")
    reply = browser.send(page, "/selesai")
    assert (reply.status_code, reply.headers["Location"]) == (303, f"/pelajaran/{teacher.enrolment_uuid}/m00-2")
    last = browser.get(reply.headers["Location"])
    assert browser.send(last, "/selesai").headers["Location"] == f"/kuis/{teacher.enrolment_uuid}/m00-awal"
    assert completion_queries.facts(teacher.enrolment_id).read == {"m00-1", "m00-2"}


def test_what_is_sent_twice_has_one_effect(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1")
    first = browser.send(page, "/tanya", question="Bolehkah?")
    second = browser.send(page, "/tanya", question="Bolehkah?")
    assert first.headers["Location"] == second.headers["Location"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LessonQuestion)) == 1


def test_a_refused_question_comes_back_with_its_sentence_and_what_was_typed(
    browser: Browser, teacher: Learner
) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1")
    long = "Panjang sekali. " * 400
    reply = browser.send(page, "/tanya", question=long)
    assert reply.status_code == 422
    assert 'id="question-e"' in reply.text
    assert 'role="alert"' in reply.text
    assert long.strip() in reply.text
    assert "Bagian ini perlu diisi." in browser.send(page, "/tanya", question=" ").text


def test_the_script_saves_a_reflection_and_gets_plain_data(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1")
    address, fields = browser.filled(page, "/refleksi", text="Hari ini N. menyusun balok.")
    fields["_op"] = str(uuid.uuid4())
    ours = {"X-Requested-With": "sanggar"}
    first = browser.client.post(address, data=fields, headers=ours)
    assert first.json == {"ok": True, "result": {"version": 1}}
    assert browser.client.post(address, data=fields, headers=ours).json == first.json
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReflectionVersion)) == 1
    assert "Hari ini N. menyusun balok." in browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1").text
    stale = browser.client.post(address, data=fields | {"_csrf": "x"}, headers=ours)
    assert (stale.status_code, stale.json["code"]) == (403, "csrf")


def test_hostile_text_is_shown_as_text(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1")
    hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    browser.send(page, "/refleksi", text=hostile)
    browser.send(page, "/tanya", question=hostile)
    shown = browser.get(f"/pelajaran/{teacher.enrolment_uuid}/m00-1").text
    assert "<script>alert" not in shown
    assert "<img src=x" not in shown
    assert shown.count("&lt;script&gt;alert(1)") == 2


def test_a_lesson_without_translation_says_so(app: Any, story: Story) -> None:
    one = lesson("l-1", 1)
    only = one.__class__(**{**one.__dict__, "html": {"id": "<p>Hanya Indonesia.</p>"}})
    program = tiny_program(modules=(module("M00", 0, (only, lesson("l-2", 2)), (), requires=()),))
    reader = story.teacher(story.cohort(story.program(program)))
    client = Browser(app, story, reader).client
    missing = client.get(f"/pelajaran/{reader.enrolment_uuid}/l-1?bahasa=en")
    assert '<article class="read sec" lang="id">' in missing.text
    assert "Hanya Indonesia." in missing.text
    translated = client.get(f"/pelajaran/{reader.enrolment_uuid}/l-2?bahasa=en").text
    assert "Text of lesson l-2" in translated
    assert '<article class="read sec">' in translated


def test_own_marks_say_what_is_done_and_what_is_missing(browser: Browser, teacher: Learner) -> None:
    finish_m00(teacher)
    assert browser.get("/nilai").headers["Location"] == f"/nilai/{teacher.enrolment_uuid}"
    text = browser.get(f"/nilai/{teacher.enrolment_uuid}").text
    assert "1 dari 5 modul selesai" in text
    assert "0 dari 4 kuis modul dan tes akhir lulus." in text
    assert "Tinggal 5 hal lagi" in text
    assert "tugas pilihan diterima" not in text


def test_announcements_of_other_classes_stay_there_and_long_lists_have_pages(
    app: Any, story: Story, browser: Browser, teacher: Learner, cohort: Class
) -> None:
    other = story.cohort()
    with write_tx():
        for number in range(23):
            db.session.add(announcement(cohort, teacher, f"Kabar {number}"))
        db.session.add(announcement(other, teacher, "Bukan untuk Anda"))
    page = browser.get("/pengumuman")
    assert "Bukan untuk Anda" not in page.text
    assert "1–20 dari 23" in page.text
    assert "Kabar 0" in browser.get("/pengumuman?hal=2").text
    assert "Kabar 0" in browser.get("/pengumuman?hal=9").text


def test_the_next_tier_says_what_opens_it(app: Any, story: Story, browser: Browser) -> None:
    story.program(tiny_program(
        id="diklat-lanjut", title={"id": "Diklat Lanjut"}, tier="lanjut", order=2, status="outline", modules=(),
        questions={}, requires=("diklat-mini",), units=({"id": "L1", "title": {"id": "Kurikulum satuan"}, "jp": 8},),
    ))
    text = browser.get("/diklat/diklat-lanjut").text
    assert "Tingkat ini terbuka setelah Anda lulus Diklat Mini." in text
    assert "Kurikulum satuan" in text


@pytest.mark.parametrize(("starts", "ends", "is_shown"), [
    (-30, None, True), (-30, 30, True), (-30, -1, False), (10, None, False), (10, 40, False),
])
def test_home_names_those_who_accompany_the_class_now(
    app: Any, story: Story, starts: int, ends: int | None, is_shown: bool
) -> None:
    cohort = story.cohort()
    learner, guide = story.teacher(cohort), story.instructor(cohort, person=story.person("Bu Pendamping"))
    now = clock.now()
    with write_tx() as session:
        session.execute(
            sa.update(RoleAssignment).where(RoleAssignment.person_id == guide.person_id).values(
                starts_at=now + dt.timedelta(days=starts),
                ends_at=None if ends is None else now + dt.timedelta(days=ends),
            )
        )

    assert ("Bu Pendamping" in Browser(app, story, learner).get("/beranda").text) == is_shown


@pytest.mark.parametrize(("language", "names"), [
    ("id", "Modul 0 Modul M00, Modul 1 Modul M01, Modul 2 Modul M02, Modul 3 Modul M03"),
    ("en", "Module 0 Module M00, Module 1 Module M01, Module 2 Module M02, Module 3 Module M03"),
])
def test_what_is_sent_to_a_locked_lesson_is_refused_with_the_names_of_the_modules_before_it(
    app: Any, story: Story, teacher: Learner, language: str, names: str
) -> None:
    client = app.test_client()
    token = story.sign_in(client, teacher)

    reply = client.post(
        f"/pelajaran/{teacher.enrolment_uuid}/m10-1/selesai", data={"_csrf": token, "_op": str(uuid.uuid4())},
        headers={"Accept-Language": language},
    )

    assert reply.status_code == 409
    assert f"{names}." in reply.text
