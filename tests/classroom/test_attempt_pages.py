"""Answering a quiz: all types of questions, without a script and with ours; nothing typed is lost, nothing leaks."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa
from classroom.paper_browser import Browser
from quiz_acts import finish_modules

from lms.core import operations
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.quizzes import services as quizzes
from lms.quizzes.models import AnswerLog, Attempt
from lms.testing_program import lesson, module, questions, quiz, tiny_program, with_quiz
from lms.testing_stories import Learner, Story

ALL_KINDS = """// [id:k1]
::JUDUL-k1::Mana yang disebut pertumbuhan?{=Berat badan bertambah#UMPAN-satu ~Berani bicara}

// [id:k2]
::JUDUL-k2::Mana yang berisi fakta?{~%50%R. menuang air. ~%50%R. berkata. ~%-100%R. pemalas.}

// [id:k3]
::JUDUL-k3::Guru boleh mendiagnosis.{FALSE}

// [id:k4]
::JUDUL-k4::Kepanjangan APE?{=KUNCI-APE}

// [id:k5]
::JUDUL-k5::Satu guru untuk berapa anak?{#8765:0}

// [id:k6]
::JUDUL-k6::Pasangkan.{=Tiga foto -> Foto berseri =Gambar rumah -> Hasil karya}

// [id:k7]
::JUDUL-k7::Susun.{>ALL VERTICAL ABSOLUTE SHOW
Menata tempat
Membaca buku
Mendampingi
}

// [id:k8]
::JUDUL-k8::Ceritakan <script>alert(1)</script>.{}

"""


def attempt_of_all_kinds(story: Story) -> tuple[Learner, str]:
    bank = questions(ALL_KINDS)
    program = tiny_program(
        id="semua-jenis", questions=bank, modules=(
            module("J00", 0, (lesson("j1", 1),), (quiz("j-kuis", "module", forms=(tuple(bank),)),), requires=()),
        ),
    )
    who = story.teacher(story.cohort(story.program(program)))
    with write_tx():
        return who, quizzes.start_attempt(who.enrolment_uuid, "j-kuis", by=who.actor)


def test_an_attempt_page_holds_every_question_and_no_key_or_feedback(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    text = Browser(app, story, who).get(f"/percobaan/{attempt}").text
    for key in ("UMPAN", "JUDUL", "KUNCI", "8765"):
        assert key not in text
    assert text.count('name="slot"') == 8
    assert "Ceritakan" in text
    assert "<script>alert" not in text


def test_a_whole_attempt_works_without_a_script(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    option = re.findall(r'name="s1\.answer"[^>]* value="([^"]+)"', page.text)[0]
    items = re.findall(r'<select class="input place" id="[^"]+" name="(s7\.[^"]+)"', page.text)
    stem = re.findall(r'<select class="input" id="[^"]+" name="(s6\.[^"]+)">.*?<option value="(o[^"]+)"', page.text)[0]
    typed = {
        "s1.answer": option, "s3.answer": "false", "s4.answer": "alat", "s5.answer": "2,5",
        "s8.answer": "R. menuang air.",
        stem[0]: stem[1], "f2": "1", **{name: str(place) for place, name in enumerate(reversed(items), start=1)},
    }
    saved = browser.send(page, f"/percobaan/{attempt}", **typed)
    assert saved.headers["Location"] == f"/percobaan/{attempt}"
    again = browser.get(saved.headers["Location"])
    assert f'value="{option}" checked' in again.text
    assert 'value="2,5"' in again.text
    assert "R. menuang air.</textarea>" in again.text
    assert 'name="f2" value="1" data-flag checked' in again.text
    order = re.findall(r'<select class="input place" id="[^"]+" name="(s7\.[^"]+)"', again.text)
    assert order == list(reversed(items))
    sent = browser.send(again, f"/percobaan/{attempt}", go="send", **typed)
    assert sent.headers["Location"] == f"/percobaan/{attempt}/kirim"
    ask = browser.get(sent.headers["Location"])
    assert "2 soal belum dijawab" in ask.text
    assert "#soal-2" in ask.text
    assert "#soal-6" in ask.text
    done = browser.send(ask, "/kirim")
    assert done.headers["Location"] == f"/percobaan/{attempt}/hasil"
    assert browser.send(ask, "/kirim").headers["Location"] == done.headers["Location"]
    assert "Terkirim, menunggu penilaian" in browser.get(done.headers["Location"]).text
    assert browser.get(f"/percobaan/{attempt}").headers["Location"] == f"/percobaan/{attempt}/hasil"


def test_an_emptied_question_is_emptied_and_the_others_stay(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    boxes = re.findall(r'name="s2\.answer"[^>]* value="([^"]+)"', page.text)
    browser.send(page, f"/percobaan/{attempt}", **{"s2.answer": boxes[:2], "s4.answer": "alat"})
    address, fields = browser.filled(browser.get(f"/percobaan/{attempt}"), f"/percobaan/{attempt}")
    reply = browser.client.post(
        address, data={"_csrf": fields["_csrf"], "_op": str(uuid.uuid4()), "_device": "d1", "_seq": "3", "slot": "2"},
        headers={"X-Requested-With": "sanggar"},
    )
    assert reply.json["ok"]
    assert reply.json["result"]["saved"] == [2]
    shown = browser.get(f"/percobaan/{attempt}").text
    assert not re.search(r'name="s2\.answer"[^>]* checked', shown)
    assert 'value="alat"' in shown
    last = db.session.scalars(sa.select(AnswerLog).order_by(AnswerLog.id.desc())).first()
    assert last is not None
    assert (last.slot, last.device, last.seq) == (2, "d1", 3)


def test_an_answer_that_cannot_be_read_changes_nothing_and_nothing_typed_is_lost(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    typed = {"s1.answer": "bukan-pilihan", "s4.answer": "alat permainan", "s8.answer": "Cerita."}
    reply = browser.send(page, f"/percobaan/{attempt}", **typed)
    assert reply.status_code == 422
    assert 'href="#soal-1"' in reply.text
    assert 'value="alat permainan"' in reply.text
    assert "Cerita.</textarea>" in reply.text
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerLog)) == 0


def test_a_finished_attempt_takes_no_more_answers(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    address, fields = browser.filled(page, f"/percobaan/{attempt}", **{"s4.answer": "terlambat"})
    with write_tx():
        quizzes.submit(attempt, {}, by=who.actor)
    late = browser.client.post(address, data=fields, headers={"X-Requested-With": "sanggar", "Accept-Language": "id"})
    assert late.status_code == 409
    assert "sudah dikirim" in late.json["text"]


def test_an_unreadable_answer_to_a_finished_attempt_is_told_that_it_is_finished(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    ask = browser.get(f"/percobaan/{attempt}/kirim")
    unread = browser.send(ask, "/kirim", slot="1", **{"s1.answer": "bukan-pilihan"})
    assert unread.status_code == 422
    assert 'href="#soal-1"' in unread.text
    with write_tx():
        quizzes.submit(attempt, {}, by=who.actor)
    typed = {"s1.answer": "bukan-pilihan", "s8.answer": "Cerita yang panjang."}
    for late in (browser.send(page, f"/percobaan/{attempt}", **typed), browser.send(ask, "/kirim", slot="1", **typed)):
        assert late.status_code == 409
        assert "Cerita yang panjang.</textarea>" in late.text


def test_pressing_start_twice_opens_one_attempt(browser: Browser, teacher: Learner) -> None:
    page = browser.get(f"/kuis/{teacher.enrolment_uuid}/m00-awal")
    first = browser.send(page, "/m00-awal")
    assert first.headers["Location"].startswith("/percobaan/")
    assert browser.send(page, "/m00-awal").headers["Location"] == first.headers["Location"]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1
    assert "Lanjutkan percobaan" in browser.get(f"/kuis/{teacher.enrolment_uuid}/m00-awal").text


def test_an_answer_that_arrives_in_another_way_meets_the_first_reply_of_the_page(app: Any, story: Story) -> None:
    """The body that counts is the ids and the fields; how the page's address is spelled is no part of it."""
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    address, fields = browser.filled(browser.get(f"/percobaan/{attempt}"), f"/percobaan/{attempt}")
    sent = {"_csrf": fields["_csrf"], "_op": str(uuid.uuid4()), "_device": "hp", "_seq": "7", "slot": "4",
            "s4.answer": "alat"}
    first = browser.client.post(address, data=sent, headers={"X-Requested-With": "sanggar"})
    content = [("attempt_uuid", attempt), ("slot", "4"), ("s4.answer", "alat")]
    again = operations.Request(uuid.UUID(sent["_op"]), "attempt.save", operations.body_hash(content), device="hp")
    assert operations.seen(again, by=who.actor)["result"] == first.json["result"]

    other = operations.body_hash([("attempt_uuid", str(uuid.uuid4())), *content[1:]])
    with pytest.raises(operations.OtherBody):
        operations.seen(operations.Request(again.id, "attempt.save", other), by=who.actor)


def test_a_page_sent_after_its_operation_arrived_in_another_way_goes_on_as_always(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    ask = browser.get(f"/percobaan/{attempt}/kirim")
    _address, fields = browser.filled(ask, "/kirim")
    request = operations.Request(
        uuid.UUID(fields["_op"]), "attempt.submit", operations.body_hash([("attempt_uuid", attempt)])
    )
    operations.carry_out(
        request, lambda by: quizzes.submit(attempt, {}, by=by), by=who.actor, reply=lambda result: {"result": result}
    )
    assert browser.send(ask, "/kirim").headers["Location"] == f"/percobaan/{attempt}/hasil"


def test_whoever_comes_back_is_led_to_the_first_question_without_an_answer(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    page = browser.get(f"/percobaan/{attempt}")
    assert 'data-first="soal-1"' in page.text
    assert "Lanjut ke soal" not in page.text, "a new attempt begins where it begins"
    option = re.findall(r'name="s1\.answer"[^>]* value="([^"]+)"', page.text)[0]
    box = re.findall(r'name="s2\.answer"[^>]* value="([^"]+)"', page.text)[0]
    browser.send(page, f"/percobaan/{attempt}", **{"s1.answer": option, "s2.answer": box, "s4.answer": "alat"})
    again = browser.get(f"/percobaan/{attempt}").text
    assert 'data-first="soal-3"' in again
    assert '<a href="#soal-3">Lanjut ke soal 3</a>' in again


@pytest.mark.parametrize(("days", "is_told"), [(7, True), (8, False)])
def test_an_attempt_names_the_close_of_its_quiz_in_the_last_week(
    app: Any, story: Story, days: int, is_told: bool
) -> None:
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)):
        learner = story.teacher(story.cohort(ends=days))
        with write_tx():
            attempt = quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)
        text = Browser(app, story, learner).get(f"/percobaan/{attempt}").text
    assert ("Kirim sebelum Senin, 9 November 2026 pukul 23.59 WITA." in text) is is_told


def test_an_attempt_says_after_the_close_that_answers_wait_for_the_instructor(app: Any, story: Story) -> None:
    with clock.freeze(dt.datetime(2026, 11, 9, 4, tzinfo=dt.UTC)) as now:
        learner = story.teacher(story.cohort(ends=0))
        with write_tx():
            attempt = quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)
        pages = (f"/percobaan/{attempt}", f"/percobaan/{attempt}/kirim")
        told = "Kuis ini ditutup Senin, 9 November 2026 pukul 23.59 WITA; jawaban mulai sekarang menunggu keputusan"
        browser = Browser(app, story, learner)
        assert [told in browser.get(address).text for address in pages] == [False, False]
        now.tick(dt.timedelta(days=1))
        texts = [Browser(app, story, learner).get(address).text for address in pages]
        assert [told in text for text in texts] == [True, True]
        assert "Kirim sebelum" not in texts[0]
        client = Browser(app, story, learner).client
        client.get("/bahasa/en")
        for address in pages:
            assert "answers from now on wait for the instructor" in client.get(address).text, address


def test_an_attempt_says_after_its_time_limit_that_answers_wait_while_the_quiz_is_open(app: Any, story: Story) -> None:
    version = story.program(with_quiz(tiny_program(), "m00-awal", minutes=20))
    with clock.freeze(dt.datetime(2026, 11, 9, 4, tzinfo=dt.UTC)) as now:
        learner = story.teacher(story.cohort(version))
        with write_tx():
            attempt = quizzes.start_attempt(learner.enrolment_uuid, "m00-awal", by=learner.actor)
        assert "Kirim sebelum Senin, 9 November 2026 pukul 12.20" in (
            Browser(app, story, learner).get(f"/percobaan/{attempt}").text
        )
        now.tick(dt.timedelta(minutes=26))
        text = Browser(app, story, learner).get(f"/percobaan/{attempt}").text
        assert "Waktunya habis Senin, 9 November 2026 pukul 12.20 WITA; jawaban mulai sekarang menunggu" in text
        assert "Kuis ini ditutup" not in text
        assert "Kirim sebelum" not in text


def test_a_quiz_names_its_closing_day_and_hour_where_the_class_is(app: Any, story: Story) -> None:
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        cohort = story.cohort(ends=60, posttest=(-1, 10), timezone="Asia/Jayapura")
        learner = story.teacher(cohort)
        finish_modules(learner, "M00", "M01", "M02", "M03")
        browser = Browser(app, story, learner)
        posttest, module_quiz = (f"/kuis/{learner.enrolment_uuid}/{key}" for key in ("m10-akhir", "m01-kuis"))
        assert "Ditutup Kamis, 12 November 2026 pukul 23.59 WIT." in browser.get(posttest).text
        assert "Ditutup Jumat, 1 Januari 2027 pukul 23.59 WIT." in browser.get(module_quiz).text
        now.tick(dt.timedelta(days=11))
        over = Browser(app, story, learner).get(posttest).text
        assert "Ditutup Kamis, 12 November 2026." in over
        assert "pukul 23.59" not in over


def test_what_a_stale_form_chose_is_told_travels_along_and_leads_back_to_its_page(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    where = f"/percobaan/{attempt}"
    page = browser.get(where)
    option = re.findall(r'name="s1\.answer"[^>]* value="([^"]+)"', page.text)[0]
    address, fields = browser.filled(page, where, **{"s1.answer": option, "s8.answer": "R. menuang air."})

    def sent_from(site: str) -> Any:
        return browser.client.post(address, data=fields | {"_csrf": "lama"}, headers={"Referer": f"{site}{where}"})

    held = sent_from("http://localhost")
    assert held.status_code == 400
    assert "Pilihan dan isian singkat Anda ikut terkirim" in held.text
    assert f'href="{where}"' in held.text
    assert f'href="{where}"' not in sent_from("http://lain.example").text
    assert browser.client.post(address, data=browser.filled(held, where)[1] | {
        "s8.answer": "R. menuang air.", "slot": fields["slot"], "s1.answer": option,
    }).status_code == 303
    assert f'value="{option}" checked' in browser.get(where).text


def test_saving_without_a_change_does_not_stand_in_the_way_of_the_next_save(app: Any, story: Story) -> None:
    who, attempt = attempt_of_all_kinds(story)
    browser = Browser(app, story, who)
    where = f"/percobaan/{attempt}"
    page = browser.get(where)
    assert browser.send(page, where).status_code == 303
    same = browser.get(where)
    assert same.data == page.data

    assert browser.send(same, where, **{"s4.answer": "alat"}).status_code == 303
    assert 'value="alat"' in browser.get(where).text
