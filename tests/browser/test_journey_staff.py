"""What staff do in their day, by clicking, with the learner on another device beside them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser import solver
from browser.conftest import DESK, PHONE
from browser.site import PASSWORD, Account, Site
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
BOTH_SIZES = pytest.mark.parametrize(("size", "place"), [(PHONE, "Sade"), (DESK, "Rembitan")], ids=["phone", "desk"])
NEW_PIN = "739204"

Open = Callable[..., Page]
SignIn = Callable[[Page, Account], Page]


def go(page: Page, name: str) -> None:
    """Choose a place of the menu."""
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name=name, exact=True).click()


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    page.get_by_role("main").get_by_role("link", name=name).first.click()


def heading(page: Page) -> Locator:
    return page.get_by_role("heading", level=1)


def hand_in_a_quiz_with_an_essay(page: Page, learner: Account) -> str:
    """Answer everything rightly and return the address of the result."""
    page.goto(f"/kuis/{learner.enrolment}/M09-kuis")
    press(page, "Mulai")
    page.wait_for_url(re.compile("/percobaan/"))
    solver.take(page)
    return page.url


@BOTH_SIZES
def test_an_instructor_answers_marks_grants_looks_at_items_and_announces(
    size: tuple[int, int], place: str, site: Site, open_page: Open, sign_in: SignIn
) -> None:
    cohort = site.new_class(f"Kelas {place}")
    learner = site.new_teacher("Baiq Sakinah", cohort=cohort)
    site.complete(learner, "M00")
    instructor = site.staff("instructor", "class", str(cohort.uuid), name="Lalu Hasbullah")

    theirs = sign_in(open_page(PHONE), learner)
    theirs.goto(f"/pelajaran/{learner.enrolment}/M00-L1")
    theirs.get_by_label("Pertanyaan Anda").fill("Bolehkah modul dibaca di rumah?")
    press(theirs, "Kirim pertanyaan")
    expect(theirs.get_by_text("Bolehkah modul dibaca di rumah?")).to_be_visible()
    result = hand_in_a_quiz_with_an_essay(theirs, learner)
    expect(heading(theirs)).to_contain_text("menunggu penilaian")

    page = sign_in(open_page(size), instructor)
    expect(heading(page)).to_have_text("Kelas saya")
    follow(page, f"Kelas {place}")
    expect(page.get_by_role("table").get_by_role("link", name="Baiq Sakinah")).to_be_visible()

    go(page, "Tanya")
    follow(page, "Baiq Sakinah")
    page.get_by_label("Jawaban Anda").fill("Boleh. Jawaban tersimpan satu per satu.")
    press(page, "Kirim jawaban")
    expect(page.get_by_text("Tidak ada pertanyaan yang menunggu")).to_be_visible()
    theirs.goto("/pemberitahuan")
    theirs.get_by_role("main").get_by_role("listitem").get_by_role("button").first.click()
    expect(theirs.get_by_text("Boleh. Jawaban tersimpan satu per satu.")).to_be_visible()

    go(page, "Penilaian")
    follow(page, "Mulai menilai")
    expect(page.get_by_text(solver.ESSAY)).to_be_visible()
    page.get_by_label("Nilai 0 sampai 100").fill("82,5")
    page.get_by_label("Catatan untuk peserta").fill("Urutannya sudah tepat.")
    press(page, "Simpan, berikutnya")
    expect(page.get_by_text("Semua esai sudah dinilai")).to_be_visible()
    theirs.goto(result)
    expect(heading(theirs)).to_contain_text("Lulus")
    expect(theirs.get_by_text("Nilai 98,25.")).to_be_visible()
    expect(theirs.get_by_text("Urutannya sudah tepat.")).to_be_visible()

    go(page, "Kelas")
    follow(page, f"Kelas {place}")
    follow(page, "Baiq Sakinah")
    follow(page, re.compile("Kuis Modul 9"))
    expect(page.get_by_text("1 dari 3 percobaan terpakai")).to_be_visible()
    press(page, "Beri tambahan")
    expect(page.get_by_role("alert")).to_be_focused()  # A reason is asked for.
    page.get_by_label("Alasan").fill("Listrik padam di tengah kuis.")
    press(page, "Beri tambahan")
    expect(page.get_by_text("1 dari 4 percobaan terpakai")).to_be_visible()
    theirs.goto("/pemberitahuan")
    expect(theirs.get_by_role("main")).to_contain_text("Kuis Modul 9")

    go(page, "Kelas")
    follow(page, f"Kelas {place}")
    follow(page, "Soal kuis")
    follow(page, "Kuis Modul 9")
    expect(page.locator("tbody tr")).to_have_count(10)

    follow(page, "Soal kuis")
    follow(page, "Pengumuman")
    page.get_by_label("Judul").fill("Temu kelas pindah hari")
    page.get_by_label("Isi pengumuman").fill("Temu kelas menjadi hari Sabtu pukul 14.00.")
    press(page, "Kirim ke seluruh kelas")
    expect(page.get_by_text("Pengumuman terkirim.")).to_be_visible()
    theirs.goto("/beranda")
    theirs.get_by_role("link", name="Temu kelas pindah hari").click()
    expect(theirs.get_by_text("hari Sabtu pukul 14.00")).to_be_visible()


@BOTH_SIZES
def test_a_facilitator_finds_who_has_not_begun_and_makes_a_slip_that_signs_in_once(
    size: tuple[int, int], place: str, site: Site, open_page: Open, sign_in: SignIn
) -> None:
    cohort = site.new_class(f"Kelas {place} Timur", region="52.03")
    learner = site.new_teacher(f"Nurlaela {place}", cohort=cohort, region="52.03.01")
    facilitator = site.staff("facilitator", "region", "52.03", name="Baiq Nikmah")

    page = sign_in(open_page(size), facilitator)
    expect(heading(page)).to_have_text("Pemantauan peserta")
    expect(page.get_by_text("Kabupaten Lombok Timur (52.03)")).to_be_visible()
    follow(page, re.compile("^Belum pernah masuk"))
    follow(page, f"Nurlaela {place}")
    expect(page.get_by_text("PIN sudah dibuat, belum pernah dipakai.")).to_be_visible()
    follow(page, "Buat kartu akun baru")
    press(page, "Ya, buat PIN baru")
    code, pin = page.locator(".slip dd").all_inner_texts()
    assert code == learner.code
    # Once shown, never again: the same form sent twice makes no second PIN and shows none.
    page.reload()
    expect(heading(page)).to_have_text("Kartu ini sudah dibuat")

    theirs = open_page(PHONE)
    theirs.goto("/masuk")
    theirs.fill("#identifier", learner.code)
    theirs.fill("#secret", learner.secret)
    press(theirs, "Masuk")
    expect(theirs.get_by_text("Kode atau PIN tidak cocok").first).to_be_visible()
    theirs.fill("#secret", pin)
    press(theirs, "Masuk")
    theirs.wait_for_url(re.compile("/akun/pin"))
    theirs.goto("/beranda")
    assert theirs.url.endswith("/akun/pin"), "nothing opens before the PIN of the slip is changed"
    theirs.fill("#current", pin)
    theirs.fill("#secret", NEW_PIN)
    theirs.fill("#again", NEW_PIN)
    press(theirs, "Simpan")
    expect(heading(theirs)).to_contain_text("Nurlaela")

    go(page, "Peserta")
    page.get_by_label("Nama atau kode peserta").fill(learner.code)
    press(page, "Saring")
    expect(page.get_by_role("table")).to_contain_text("Belum mulai belajar")


def test_a_class_admin_prints_slips_for_those_of_a_class_who_never_signed_in(
    site: Site, open_page: Open, sign_in: SignIn
) -> None:
    cohort = site.new_class("Kelas Penujak")
    fresh = [site.new_teacher(name, cohort=cohort) for name in ("Sahibah", "Rohani", "Murniati")]
    known = site.new_teacher("Halimah", cohort=cohort)
    sign_in(open_page(PHONE), known)
    admin = site.staff("class_admin", "class", str(cohort.uuid), name="Yuliana")

    page = sign_in(open_page(DESK), admin)
    go(page, "Kartu akun")
    follow(page, "Kelas Penujak")
    press(page, "Buat PIN dan tampilkan kartu")
    cards = page.locator(".slip")
    expect(cards).to_have_count(3)
    assert set(page.locator(".slip dd:nth-of-type(1)").all_inner_texts()) == {item.code for item in fresh}

    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Menu utama")).to_be_hidden()
    expect(page.get_by_text("PIN di halaman ini hanya tampak sekali.")).to_be_hidden()
    expect(cards.first).to_be_visible()


@pytest.mark.parametrize(
    ("role", "scope_kind", "scope_key"), [("coordinator", "program", "diklat-dasar"), ("observer", "region", "52")]
)
def test_a_coordinator_and_an_observer_read_and_print_numbers_and_reach_nobody(
    role: str, scope_kind: str, scope_key: str, site: Site, open_page: Open, sign_in: SignIn
) -> None:
    cohort = site.new_class(f"Kelas {role}")
    learners = [site.new_teacher(f"Peserta {name}", cohort=cohort) for name in ("Aini", "Bariah", "Citra", "Dewi")]
    page = sign_in(open_page(DESK), site.staff(role, scope_kind, scope_key))

    expect(heading(page)).to_have_text("Kartu capaian program")
    page.get_by_label("Angkatan").select_option(index=0)
    press(page, "Tampilkan")
    expect(page.get_by_role("main")).to_contain_text("< 5")
    assert "Peserta Aini" not in page.content()
    for address in (f"/peserta/{learners[0].enrolment}", f"/pemantauan/peserta/{learners[0].enrolment}"):
        assert page.request.get(address).status == 404
    links = page.get_by_role("main").get_by_role("link").evaluate_all("all => all.map(one => one.pathname)")
    assert set(links) <= {"/capaian.csv", "/bahasa/id", "/bahasa/en"}

    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Menu utama")).to_be_hidden()
    expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)
    expect(heading(page)).to_be_visible()


def test_an_administrator_makes_a_teacher_gives_a_role_and_reads_it_in_the_audit(
    site: Site, open_page: Open, sign_in: SignIn
) -> None:
    page = sign_in(open_page(DESK), site.staff("admin", "all", name="Rizki Maulana"))
    go(page, "Orang")
    follow(page, "Orang baru")
    page.get_by_label("Nama lengkap").fill("Inaq Rahmah")
    page.get_by_label("NIK").fill("5202")
    press(page, "Simpan")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.get_by_label("Nama lengkap")).to_have_value("Inaq Rahmah")
    page.get_by_label("NIK").fill("")
    press(page, "Simpan")
    expect(heading(page)).to_have_text("Inaq Rahmah")

    follow(page, "Beri peran")
    follow(page, "Peserta")
    page.get_by_label("Surat atau SK").fill("SK 421/7")
    press(page, "Simpan peran")
    expect(page.get_by_role("main")).to_contain_text("SK 421/7")

    go(page, "Kelola")
    follow(page, "Catatan perubahan")
    expect(page.get_by_text("semua baris di halaman ini utuh")).to_be_visible()
    page.get_by_label("Oleh (nama atau kode)").fill("Rizki Maulana")
    press(page, "Saring")
    table = page.get_by_role("table")
    expect(table).to_contain_text("Mendaftarkan orang")
    expect(table).to_contain_text("Memberi peran")


def test_somebody_with_two_roles_changes_from_one_to_the_other(
    site: Site, open_page: Open, sign_in: SignIn
) -> None:
    cohort = site.new_class("Kelas Batujai")
    both = site.staff("instructor", "class", str(cohort.uuid), name="Wardatul Jannah")
    site.give_role(both, "class_admin", "class", str(cohort.uuid))
    page = sign_in(open_page(PHONE), both)
    expect(heading(page)).to_have_text("Kelas saya")
    expect(page.get_by_role("link", name="Kartu akun")).to_have_count(0)

    go(page, "Akun")
    press(page, "Pakai Admin kelas")
    expect(heading(page)).to_have_text("Pemantauan peserta")
    expect(page.get_by_role("link", name="Penilaian")).to_have_count(0)
    go(page, "Akun")
    press(page, "Pakai Pengajar")
    expect(heading(page)).to_have_text("Kelas saya")


def test_a_practice_supervisor_sees_the_teachers_assigned_to_them_and_nobody_else(
    site: Site, open_page: Open, sign_in: SignIn
) -> None:
    supervisor = site.staff("practice_supervisor", "supervision", name="Sumarni")
    mine = site.new_teacher("Zohriah", supervisor=supervisor)
    beside = site.new_teacher("Kenari")
    page = sign_in(open_page(PHONE), supervisor)

    expect(page.get_by_role("status")).to_have_text("1 orang")
    follow(page, "Zohriah")
    assert page.url.endswith(f"/peserta/{mine.enrolment}")
    assert page.request.get(f"/peserta/{beside.enrolment}").status == 404


def test_a_member_of_staff_chooses_a_new_password_and_the_old_one_ends(
    site: Site, open_page: Open, sign_in: SignIn
) -> None:
    person = site.staff("facilitator", "region", "52.02")
    page = sign_in(open_page(DESK), person)
    go(page, "Akun")
    follow(page, "Ganti kata sandi")
    page.get_by_label("sekarang").fill(PASSWORD)
    page.fill("#secret", "perahu biru di Awang")
    page.fill("#again", "perahu biru di Awang")
    press(page, "Simpan")
    expect(page.get_by_text("Tersimpan. Mulai sekarang pakai yang baru.")).to_be_visible()
