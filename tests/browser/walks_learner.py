"""Walks through the pages of guests and learners, in every state a page can be in."""

from __future__ import annotations

import re

from browser import solver
from browser.look import Walk

STATES = (
    "proposed", "awaiting_recommendation", "recommended", "confirmed", "accepted", "waiting_list", "refused",
    "declined", "withdrawn",
)


def gate(at: Walk) -> None:
    """Nobody is signed in; then a shared phone."""
    at.go("/masuk")
    at.press("main button[type=submit]", "masuk: kosong")
    at.page.fill("#identifier", "JNP-4K7Q")
    at.page.fill("#secret", "000000")
    at.press("main button[type=submit]", "masuk: salah")
    at.go("/lupa-pin")
    at.go("/tidak-ada")
    at.go("/galat-buatan", "galat", fails=True)
    at.page.goto("/masuk")
    at.page.evaluate("document.querySelector('main [name=_csrf]').value = 'basi'")
    at.press("main button[type=submit]", "masuk: isian terlalu lama")
    at.page.goto("/masuk")
    teacher = at.site.new_teacher("Sri Wahyuni")
    at.page.fill("#identifier", teacher.code)
    at.page.fill("#secret", teacher.secret)
    at.page.check("#shared")
    at.press("main button[type=submit]")
    at.go("/keluar")
    at.press("main button[type=submit]", "masuk: HP bersama")
    at.press("main button[type=submit]", "masuk: HP bersama, tanpa PIN")


def own_account(at: Walk) -> None:
    """A PIN that must be changed, the account, notices, a page of another role."""
    at.sign_in(at.site.new_teacher("Rohayati", must_change=True))
    at.look("PIN harus diganti")
    at.press("main button[type=submit]", "PIN harus diganti: kosong")
    at.page.evaluate("document.querySelector('main [name=_csrf]').value = 'basi'")
    at.page.fill("#current", "482915")
    at.press("main form button[type=submit]", "PIN dari halaman yang terlalu lama")
    at.press("main a.btn", "kembali mengganti PIN")
    at.sign_in(at.site.new_teacher("Rohayati Dua"))
    for address in ("/akun", "/akun/pin", "/pemberitahuan", "/kelola", "/pengumuman"):
        at.go(address)
    both = at.site.staff("instructor", "class", str(at.site.cohort.uuid), name="Wardatul Jannah")
    at.site.give_role(both, "class_admin", "class", str(at.site.cohort.uuid))
    at.sign_in(both)
    at.go("/akun", "akun dengan dua peran")
    at.go("/akun/pin", "ganti kata sandi")


def registration(at: Walk) -> None:
    """Home and marks before a class begins, and without any registration."""
    ahead = at.site.new_class("Kelas Depan", starts=10, ends=90)
    for state in STATES:
        at.sign_in(at.site.new_teacher("Sumiati", state=state, cohort=ahead))
        at.go("/beranda", f"beranda {state}")
    at.go("/nilai")
    at.go("/diklat", "tingkat sebelum mulai")
    nobody = at.site.staff("teacher", "self", name="Belum Terdaftar")
    at.sign_in(nobody)
    for address in ("/beranda", "/nilai", "/diklat"):
        at.go(address, f"tanpa pendaftaran {address}")


def demo_learners(at: Walk) -> None:
    """People of the demo: just begun, in the middle, waiting, at the end, passed, not passed."""
    accounts = [entry for entry in at.site.tell_demo() if entry["role"] == "teacher"]
    for entry in accounts:
        at.sign_in(entry)
        at.go("/beranda", entry["about"])
        if "lesson" in entry:
            at.go("/nilai", entry["about"])
    middle = next(entry for entry in accounts if "in the middle" in entry["about"])
    at.sign_in(middle)
    for address in ("/diklat", "/diklat/diklat-lanjut", "/pengumuman", "/pengumuman?hal=9", "/pemberitahuan"):
        at.go(address)
    at.page.goto("/pengumuman")
    at.go(at.link("main .list a.title"), "satu pengumuman")
    enrolment = re.search(r"/pelajaran/([0-9a-f-]{36})/", middle["lesson"])
    assert enrolment is not None
    for place in ("modul/{}/M00", "modul/{}/M03", "modul/{}/M10", "pelajaran/{}/M01-L1", "pelajaran/{}/M10-L1",
                  "kuis/{}/M10-tes-akhir", "kuis/{}/M01-kuis", "kuis/{}/M00-latihan", "kuis/{}/M00-tes-awal"):
        at.go("/" + place.format(enrolment[1]), place.replace("/{}", ""))
    at.go(f"/pelajaran/{enrolment[1]}/M01-L1/refleksi", "refleksi kelas")
    at.page.goto(f"/pelajaran/{enrolment[1]}/M01-L1")
    at.press("#tanya button[type=submit]", "tanya kosong")
    graduate = next(entry for entry in accounts if "all modules done" in entry["about"])
    at.sign_in(graduate)
    at.page.goto(graduate["quiz"].split("/kuis/")[0] + "/kuis/" + graduate["quiz"].split("/")[-2] + "/M10-tes-akhir")
    at.look("tes akhir selesai")
    at.press("main a[href$='/hasil']", "hasil tes akhir dan perbandingan")


def attempts(at: Walk) -> None:
    """A quiz from its first page to its result, with every type of question."""
    learner = at.site.new_teacher("Baiq Hartini")
    page = at.page
    at.sign_in(learner)
    at.go("/beranda", "beranda sebelum mulai")
    at.go(f"/kuis/{learner.enrolment}/M00-tes-awal", "kuis belum mulai")
    at.press("main form button[type=submit]")
    attempt, seen = page.url, set()
    slots = page.locator("[data-slot]")
    for number in range(slots.count()):
        slot = slots.nth(number)
        kind = solver.kind_of(slot)
        if kind not in seen:
            seen.add(kind)
            at.look(f"soal {kind}")
        if number % 3:
            solver.answer(slot)
        if number == 4:
            slot.locator("label", has=page.locator("[data-flag]")).click()
            at.look("soal ditandai")
        if number + 1 < slots.count():
            page.locator('[data-step="1"]').click()
    at.look("soal terakhir")
    at.go(f"/kuis/{learner.enrolment}/M00-tes-awal", "kuis sedang dikerjakan")
    page.goto(attempt)
    page.evaluate("location.hash = '#soal-1'")
    page.locator("[data-slot='1'] input[type=radio]").first.evaluate("box => { box.value = 'x'; box.checked = true; }")
    with page.expect_navigation():
        page.evaluate("() => { const send = document.querySelector('[data-send]'); send.form.requestSubmit(send); }")
    at.look("jawaban tidak terbaca")
    at.go(attempt + "/kirim", "kirim?")
    at.press("main form button[type=submit]", "hasil tes awal")
    at.site.complete(learner, "M00")
    at.go("/beranda", "beranda sudah mulai")
    at.go(f"/kuis/{learner.enrolment}/M09-kuis", "kuis modul")
    at.press("main form button[type=submit]")
    essay = page.locator("[data-slot]", has=page.locator("textarea"))
    page.evaluate(f"location.hash = '#{essay.get_attribute('id')}'")
    at.look("soal esai")
    solver.answer(essay)
    page.goto(page.url.split("#")[0] + "/kirim")
    at.press("main form button[type=submit]", "hasil menunggu penilaian")
    at.site.hand_in_blank(learner, "M01-kuis", times=3)
    at.go(f"/kuis/{learner.enrolment}/M01-kuis", "percobaan habis")
    at.press("main a[href$='/hasil']", "hasil belum lulus")
    # An attempt draws what was not seen before, so one of the first four has a question to put in order.
    for _ in range(4):
        page.goto(f"/kuis/{learner.enrolment}/M00-latihan")
        at.press("main form button[type=submit]")
        order = page.locator("[data-slot]", has=page.locator("[data-order]"))
        if order.count():
            break
        at.site.hand_in_blank(learner, "M00-latihan", times=1)
    page.evaluate(f"location.hash = '#{order.first.get_attribute('id')}'")
    at.look("soal mengurutkan")
    at.site.hand_in_blank(learner, "M00-latihan", times=1)
    at.go(f"/kuis/{learner.enrolment}/M00-latihan", "latihan dicoba")


def sent_again(at: Walk) -> None:
    """A form that was left open too long, one that was sent before with other words, a step that is too late."""
    learner = at.site.new_teacher("Denda Sri")
    at.sign_in(learner)
    lesson = f"/pelajaran/{learner.enrolment}/M00-L1"
    at.page.goto(lesson)
    at.page.fill("#question", "Pertanyaan yang panjang, supaya terlihat bahwa tidak ada tulisan yang hilang di sini.")
    at.page.evaluate("document.querySelector('#tanya [name=_csrf]').value = 'basi'")
    at.press("#tanya button[type=submit]", "isian terlalu lama")
    at.page.goto(lesson)
    number = at.page.locator("#tanya [name=_op]").input_value()
    at.page.fill("#question", "Yang pertama.")
    at.press("#tanya button[type=submit]")
    at.page.evaluate(f"document.querySelector('#tanya [name=_op]').value = '{number}'")
    at.page.fill("#question", "Yang kedua, dengan kata-kata lain dan lebih panjang daripada yang pertama.")
    at.press("#tanya button[type=submit]", "isian berbeda dari yang terkirim")
    at.go(lesson, "pelajaran dengan pertanyaan")
    at.site.complete(learner, "M00")
    at.page.goto(f"/kuis/{learner.enrolment}/M01-kuis")
    at.site.hand_in_blank(learner, "M01-kuis", times=3)
    at.press("main form button[type=submit]", "sudah habis sementara itu")
    at.page.goto(f"/kuis/{learner.enrolment}/M00-latihan")
    at.press("main form button[type=submit]")
    at.site.hand_in_blank(learner, "M00-latihan", times=1)
    slots = at.page.locator("[data-slot]")
    for number in range(slots.count()):
        solver.answer(slots.nth(number))
        if number + 1 < slots.count():
            at.page.locator('[data-step="1"]').click()
    with at.page.expect_navigation():
        at.page.evaluate("() => { const send = document.querySelector('[data-send]'); send.form.requestSubmit(send); }")
    at.look("jawaban sesudah dikirim")


#: The walks of this module with the templates each has to see.
WALKS = {
    gate: {"accounts/sign_in.html", "accounts/forgotten.html", "accounts/leave.html", "failures/failure.html"},
    own_account: {
        "accounts/change_secret.html", "accounts/account.html", "accounts/notices.html", "failures/failure.html",
        "classroom/announcements.html", "failures/resend.html",
    },
    registration: {
        "classroom/registration.html", "classroom/no_enrolment.html", "classroom/no_marks.html", "classroom/tier.html",
    },
    demo_learners: {
        "classroom/home.html", "classroom/registration.html", "classroom/marks.html", "classroom/tier.html",
        "classroom/announcements.html", "classroom/announcement.html", "accounts/notices.html",
        "classroom/module.html", "classroom/lesson.html", "classroom/locked.html", "classroom/quiz.html",
        "classroom/class_reflections.html", "classroom/result.html",
    },
    attempts: {
        "classroom/home.html", "classroom/quiz.html", "classroom/attempt.html", "classroom/confirm.html",
        "classroom/result.html",
    },
    sent_again: {
        "failures/resend.html", "failures/failure.html", "classroom/lesson.html", "classroom/not_taken.html",
    },
}
