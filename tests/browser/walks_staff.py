"""Walks through the pages of staff, with full and with empty lists, and forms with mistakes in them."""

from __future__ import annotations

from browser.look import Walk


def _entry(at: Walk, role: str, number: int = 0) -> dict[str, str]:
    return [entry for entry in at.site.tell_demo() if entry["role"] == role][number]


def instructor(at: Walk) -> None:
    """The instructor of a full class."""
    at.sign_in(_entry(at, "instructor"))
    at.look("kelas saya")
    cohort = at.link("main h2 a")
    for tail in ("", "?urut=progress&hal=2", "?q=tidakada", "?keadaan=idle", "/cetak", "/kuis", "/kuis/M00-tes-awal",
                 "/kuis/M01-kuis", "/kuis/M10-tes-akhir", "/refleksi", "/refleksi?pelajaran=tidakada", "/pengumuman"):
        at.go(cohort + tail, f"kelas {tail}")
    at.press("#tulis button[type=submit]", "pengumuman kosong")
    at.page.goto(cohort + "/pengumuman")
    at.page.locator("summary").first.click()
    at.look("tarik pengumuman?")
    at.go("/pertanyaan?tampil=terjawab")
    at.go("/pertanyaan")
    at.press("main .list a.title", "satu pertanyaan")
    at.press("main form button[type=submit]", "jawaban kosong")
    at.go("/penilaian")
    at.press("main a.btn", "esai")
    at.page.get_by_label("Nilai 0 sampai 100").fill("seratus")
    at.press("main form button[type=submit]", "nilai bukan angka")
    at.page.get_by_label("Nilai 0 sampai 100").fill("8")
    at.press("main form button[type=submit]", "esai dinilai, dapat diubah")
    at.press("main .note a.btn", "mengubah nilai")
    at.press("main form button[type=submit]", "nilai diubah tanpa alasan")
    at.go("/penilaian?tampil=dinilai", "esai yang sudah dinilai")
    at.go("/penilaian?tampil=dinilai&q=tidakada")
    at.page.goto(cohort)
    at.press("main table a", "satu peserta")
    at.press("main a.chip", "kuis satu peserta")
    at.press("aside form button[type=submit]", "tambahan tanpa alasan")
    at.page.goto(cohort + "?keadaan=learning")
    at.press("main table a", "peserta yang belajar")
    at.press("main a.chip.ok", "kuis yang sudah dikerjakan")
    at.press("main li a.btn", "jawaban satu peserta")


def preview(at: Walk) -> None:
    """The material as authors see it, with files that cannot be read."""
    at.sign_in(_entry(at, "instructor"))
    at.go("/pratinjau")
    for tail in ("diklat-dasar", "diklat-lanjut", "diklat-dasar/pelajaran/M01-L1", "diklat-dasar/kuis/M01-kuis",
                 "diklat-dasar/kuis/M09-kuis", "diklat-dasar/pelajaran/M01-L1?dari=berkas"):
        at.go(f"/pratinjau/{tail}")
    lesson = next((at.site.courses / "diklat-dasar" / "01-konsep-dasar").glob("*.md"))
    text = lesson.read_text(encoding="utf-8")
    lesson.write_text(text + "\n![](tidak-ada.svg)\n", encoding="utf-8")
    at.go("/pratinjau/diklat-dasar?dari=berkas", "berkas dengan catatan")
    (at.site.courses / "diklat-mahir" / "program.toml").write_text("id = [", encoding="utf-8")
    at.go("/pratinjau/diklat-mahir?dari=berkas", "berkas rusak")
    lesson.write_text(text, encoding="utf-8")


def nobody_yet(at: Walk) -> None:
    """Staff whose lists are still empty."""
    cohort = at.site.new_class("Kelas Kosong")
    # A class is somebody's once it has an enrolment; this one's only learner has left.
    at.site.new_teacher("Sudah Pergi", cohort=cohort, state="withdrawn")
    teacher = at.site.staff("instructor", "class", str(cohort.uuid), name="Lalu Suryadi")
    at.sign_in(teacher)
    for address in ("/kelas", f"/kelas/{cohort.uuid}", f"/kelas/{cohort.uuid}/cetak", f"/kelas/{cohort.uuid}/kuis",
                    f"/kelas/{cohort.uuid}/refleksi",
                    f"/kelas/{cohort.uuid}/kuis/M01-kuis", f"/kelas/{cohort.uuid}/pengumuman", "/pertanyaan",
                    "/pertanyaan?tampil=terjawab", "/penilaian", "/penilaian?tampil=dinilai", "/pemberitahuan"):
        at.go(address, address.replace(str(cohort.uuid), "kosong"))
    at.sign_in(at.site.staff("instructor", "class", "0199aa00-0000-7000-8000-000000000000", name="Tanpa Kelas"))
    at.look("tanpa kelas")
    at.sign_in(at.site.staff("practice_supervisor", "supervision", name="Sumarni"))
    at.go("/bimbingan", "tanpa bimbingan")
    at.sign_in(at.site.staff("facilitator", "region", "52.71", name="Tanpa Peserta"))
    for address in ("/pemantauan", "/pemantauan/peserta", "/pemantauan/kartu"):
        at.go(address, f"kosong {address}")
    at.sign_in(at.site.staff("class_admin", "class", str(cohort.uuid), name="Yuliana"))
    for address in ("/pemantauan", f"/pemantauan/kartu/{cohort.uuid}", "/pemantauan/pengumuman"):
        at.go(address, "kelas kosong")
    at.sign_in(at.site.staff("coordinator", "program", "diklat-lanjut", name="Tanpa Angka"))
    at.go("/capaian", "tanpa angka")


def supervisor(at: Walk) -> None:
    """The practice supervisor's people."""
    at.sign_in(_entry(at, "practice_supervisor"))
    at.look("bimbingan")
    at.go("/bimbingan?q=tidakada")
    at.page.goto("/bimbingan")
    at.press("main table a", "satu bimbingan")
    at.press("main a.chip.ok", "kuis satu bimbingan")
    at.press("main li a.btn", "jawaban satu bimbingan")


def facilitator(at: Walk) -> None:
    """Monitoring, one person, slips."""
    at.sign_in(_entry(at, "facilitator"))
    at.look("pemantauan")
    for address in ("/pemantauan/peserta", "/pemantauan/peserta?keadaan=to_contact", "/pemantauan/peserta?q=tidakada",
                    "/pemantauan/peserta?hal=3", "/pemantauan/peserta/cetak?keadaan=to_contact",
                    "/pemantauan/peserta/cetak?q=tidakada"):
        at.go(address)
    at.page.goto("/pemantauan/peserta?keadaan=idle")
    at.press("main table a", "satu orang")
    at.press("aside a.btn", "kartu baru?")
    at.press("main form button[type=submit]", "kartu")
    at.page.reload()
    at.look("kartu sudah dibuat")
    locked = at.site.new_teacher("Jumaiyah")
    at.site.lock(locked)
    at.go(f"/pemantauan/peserta/{locked.enrolment}", "akun tertutup")
    at.go(f"/pemantauan/peserta/{locked.enrolment}/betulkan", "betulkan data peserta")
    at.page.get_by_label("Nomor HP").fill("0812 3456 7890")
    at.press("main form button[type=submit]", "bandingkan nomor")
    waiting = at.site.new_teacher("Raisah", state="awaiting_recommendation")
    at.go(f"/pemantauan/peserta/{waiting.enrolment}", "menunggu rekomendasi")


def class_admin(at: Walk) -> None:
    """The slips of a class."""
    at.sign_in(_entry(at, "class_admin"))
    at.look("pemantauan")
    at.go("/pemantauan/kartu")
    slips = at.link("main h2 a")
    at.go("/pemantauan/pengumuman")
    at.go(at.link("main .list a"), "pengumuman kelas")
    at.go(slips, "siapa yang mendapat kartu")
    boxes = at.page.locator("main form [type=checkbox]")
    for box in boxes.all():
        box.uncheck()
    at.press("main form button[type=submit]", "tidak ada yang dipilih")
    for box in boxes.all()[:5]:
        box.check()
    at.press("main form button[type=submit]", "lima kartu")
    at.page.goto("/pemantauan/peserta")
    at.press("main table a", "satu orang dengan pembimbing")


def numbers(at: Walk) -> None:
    """The scorecard, as coordinator and as observer."""
    at.sign_in(_entry(at, "coordinator"))
    at.look("capaian koordinator")
    for value in at.page.locator("#s-angkatan option").evaluate_all("all => all.map(one => one.value)")[:5]:
        at.go(f"/capaian?angkatan={value}", "capaian lain")
    at.sign_in(_entry(at, "observer"))
    at.look("capaian pengamat")


def admin(at: Walk) -> None:
    """The administrator's pages."""
    at.sign_in(_entry(at, "admin"))
    at.look("kelola")
    for address in ("/kelola/orang", "/kelola/orang?q=tidakada", "/kelola/program", "/kelola/catatan",
                    "/kelola/catatan?objek=tidakada", "/capaian", "/kelola/orang/baru"):
        at.go(address)
    at.press("main form button[type=submit]", "orang baru: kosong")
    at.page.get_by_label("Nama lengkap").fill("Muhammad Zainul Majdi Abdurrahman")
    at.press("main form button[type=submit]", "orang dibuat")
    person = at.page.url.split("?")[0]
    at.go(f"{person}/peran", "pilih peran")
    at.go(f"{person}/peran?peran=instructor", "peran pengajar")
    at.press("main form button[type=submit]", "peran tanpa surat")
    at.go(f"{person}/peran?peran=mentor", "peran tanpa lingkup")
    at.go(f"{person}/kartu", "kartu?")
    at.press("main form button[type=submit]", "kartu")
    at.go(f"{person}/betulkan", "betulkan data")
    at.page.get_by_label("Nomor HP").fill("0370")
    at.press("main form button[type=submit]", "data: nomor salah")
    at.page.get_by_label("Nomor HP").fill("0812 3456 7890")
    at.press("main form button[type=submit]", "bandingkan dahulu")
    at.press("main form button[type=submit]", "data dibetulkan")
    at.page.locator("details.confirm summary").click()
    at.press("details.confirm form button", "akun berakhir")
    at.press("aside form button[type=submit]", "buka lagi tanpa alasan")
    at.page.goto("/kelola/orang?peran=facilitator")
    at.press("main table a", "seorang fasilitator")
    at.page.goto("/kelola/orang")
    at.page.locator("#s-q").fill("5271030101900001")
    at.press("main form button[type=submit]", "NIK yang tidak ada")
    at.go("/kelola/orang?q=5271030101900001", "NIK di alamat")
    at.go("/kelola/catatan?orang=5271030101900001", "NIK di alamat catatan")


#: The walks of this module with the templates each has to see.
WALKS = {
    instructor: {
        "teaching/classes.html", "teaching/cohort.html", "teaching/printed.html", "teaching/quizzes.html",
        "teaching/statistics.html", "teaching/announcements.html", "teaching/reflections.html",
        "teaching/questions.html", "teaching/question.html", "teaching/essays.html", "teaching/essay.html",
        "teaching/learner.html", "teaching/quiz_of_learner.html",
        "teaching/marked.html", "teaching/attempt.html",
    },
    preview: {
        "authoring/programs.html", "authoring/program.html", "authoring/lesson.html", "authoring/quiz.html",
        "authoring/broken.html",
    },
    nobody_yet: {
        "teaching/classes.html", "teaching/cohort.html", "teaching/printed.html", "teaching/quizzes.html",
        "teaching/statistics.html", "teaching/announcements.html", "teaching/reflections.html",
        "teaching/questions.html", "teaching/essays.html", "teaching/supervised.html", "enrolling/overview.html",
        "enrolling/people.html", "enrolling/classes.html",
        "enrolling/class_slips.html", "reports/scorecard.html",
    },
    supervisor: {
        "teaching/supervised.html", "teaching/learner.html", "teaching/quiz_of_learner.html", "teaching/attempt.html",
    },
    facilitator: {
        "enrolling/overview.html", "enrolling/people.html", "enrolling/person.html", "enrolling/new_slip.html",
        "enrolling/printed.html", "accounts/slips.html", "accounts/slips_made.html",
    },
    class_admin: {
        "enrolling/overview.html", "enrolling/classes.html", "enrolling/class_slips.html", "enrolling/person.html",
        "teaching/announcements.html", "enrolling/announcing.html", "accounts/slips.html",
    },
    numbers: {"reports/scorecard.html"},
    admin: {
        "administration/overview.html", "administration/people.html", "administration/versions.html",
        "administration/audit.html", "administration/new_person.html", "administration/person.html",
        "administration/new_role.html", "administration/new_slip.html", "accounts/slips.html", "reports/scorecard.html",
        "accounts/correction.html", "accounts/correction_check.html",
    },
}
