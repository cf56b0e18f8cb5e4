"""Answering a quiz: all types of questions, without a script and with ours; nothing typed is lost, nothing leaks."""

from __future__ import annotations

import re
import uuid
from typing import Any

import sqlalchemy as sa
from classroom.paper_browser import Browser

from lms.core.db import db, write_tx
from lms.quizzes import services as quizzes
from lms.quizzes.models import AnswerLog, Attempt
from lms.testing_program import lesson, module, questions, quiz, tiny_program
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
