"""The report weeks on a phone: writing a sheet in pieces, pictures with consent, what is missing, handing in."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from browser.conftest import PHONE
from browser.site import Account, Site
from lib.picture_files import jpeg
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
CONSENT = "Orang tua setuju, atau tidak ada wajah anak"
SAW = ("Sudut balok dekat jendela", "Ember air di teras", "Tikar untuk bercerita")


def _learner(site: Site, name: str) -> Account:
    return site.new_teacher(name, cohort=site.new_class(f"Kelas {name}", starts=-120, task=(-10, 30)))


def _add_photo(page: Page, caption: str, *, consent: bool) -> None:
    form = page.locator("form", has=page.get_by_role("heading", name="Tambah foto"))
    form.locator("[type=file]").set_input_files({"name": "IMG.jpg", "mimeType": "image/jpeg", "buffer": jpeg(800, 600)})
    form.get_by_label("Keterangan").fill(caption)
    if consent:
        form.get_by_label(CONSENT).check()
    with page.expect_navigation():
        form.get_by_role("button", name="Tambahkan").click()


def test_a_teacher_writes_a_sheet_in_pieces_and_hands_it_in(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = _learner(site, "Nurhayati")
    page = sign_in(open_page(PHONE), teacher)
    page.get_by_role("navigation", name="Menu utama").get_by_role("link", name="Belajar").click()
    page.get_by_role("link", name="Tugas mandiri di lembaga sendiri").click()
    page.get_by_role("link", name=re.compile("Kunjungan belajar")).click()
    sheet = page.url

    # What was typed is there again although nobody pressed a button.
    page.get_by_label("Lembaga mana yang Anda kunjungi?").fill("PAUD Melati, Desa Batujai")
    page.get_by_label("Apa yang Anda pelajari dari kunjungan itu?").fill("Saya baru tahu bahwa air cukup satu ember.")
    expect(page.get_by_text("Tersimpan", exact=True)).to_be_visible()
    page.get_by_label("Satu hal apa yang akan Anda tiru?").fill("Sudut air di teras.")
    with page.expect_response(lambda reply: reply.request.method == "POST" and reply.ok):
        # Somebody turns to another app: the browser may end the page after that.
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.close(run_before_unload=False)
    page = page.context.new_page()
    page.goto(sheet)
    expect(page.get_by_label("Lembaga mana yang Anda kunjungi?")).to_have_value("PAUD Melati, Desa Batujai")
    expect(page.get_by_label("Satu hal apa yang akan Anda tiru?")).to_have_value("Sudut air di teras.")

    _add_photo(page, "Lembar kunjungan", consent=True)
    _add_photo(page, "Teras", consent=False)
    expect(page.get_by_role("img", name="Lembar kunjungan")).to_be_visible()

    # What is missing is said by name, and each line leads to its question.
    page.get_by_role("button", name="Periksa dan kirim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Belum dapat dikirim")
    expect(page.get_by_role("main")).to_contain_text("1 foto belum dicentang izinnya.")
    expect(page.get_by_role("main")).to_contain_text("Baru 0 baris; paling sedikit 3.")
    page.get_by_role("link", name="Tiga hal apa yang Anda lihat di sana?").click()
    for number, seen in enumerate(SAW):
        row = page.locator("details", has_text=re.compile(f"^\\s*Baris {number + 1}"))
        if row.get_attribute("open") is None:
            row.locator("summary").click()
        row.get_by_label("Yang saya lihat").fill(seen)
        row.get_by_label("Mengapa menarik").fill("Bahannya dari sekitar.")
    page.get_by_label("Kapan Anda berkunjung?").fill("2027-01-14")
    page.get_by_label("Siapa yang menandatangani lembar kunjungan?").fill("Ibu Suriani, kepala")
    page.locator("figure", has=page.get_by_role("img", name="Teras")).get_by_label(CONSENT).check()
    # Once more while what was typed last is still on its way.
    page.get_by_role("button", name="Periksa dan kirim").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kirim sekarang?")
    page.get_by_role("button", name="Kirim", exact=True).click()

    expect(page.get_by_role("main")).to_contain_text("menunggu dibaca")
    for seen in SAW:
        expect(page.get_by_role("main")).to_contain_text(seen)
    expect(page.get_by_role("main")).to_contain_text("14 Januari 2027")
    expect(page.get_by_role("img", name="Teras")).to_be_visible()
    page.get_by_role("link", name="Kembali ke Tugas mandiri").click()
    expect(page.get_by_role("listitem").filter(has_text="Kunjungan belajar")).to_contain_text("Terkirim")


@pytest.mark.slow
def test_the_button_takes_along_what_a_weak_signal_left_behind(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = _learner(site, "Mahnim")
    page = sign_in(open_page(PHONE), teacher)
    page.goto(f"/tugas/{teacher.enrolment}/KBL")
    page.get_by_label("Lembaga mana yang Anda kunjungi?").fill("PAUD Melati, Desa Batujai")
    expect(page.get_by_text("Tersimpan", exact=True)).to_be_visible()
    page.route("**/KBL", lambda route: (
        route.abort() if "x-requested-with" in route.request.headers else route.continue_()
    ))
    page.get_by_label("Satu hal apa yang akan Anda tiru?").fill("Sudut air di teras.")
    expect(page.get_by_text("Belum tersimpan, mencoba lagi")).to_be_visible()

    # The page saved before, by itself: this is the same page and not another phone.
    with page.expect_navigation():
        page.get_by_role("button", name="Simpan", exact=True).click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.get_by_label("Satu hal apa yang akan Anda tiru?")).to_have_value("Sudut air di teras.")


@pytest.mark.slow
def test_a_chapter_is_written_without_javascript(
    site: Site, open_page: Callable[..., Page], sign_in: Callable[[Page, Account], Page]
) -> None:
    teacher = _learner(site, "Salmah")
    page = sign_in(open_page(PHONE, js=False), teacher)
    page.goto(f"/laporan/{teacher.enrolment}/bagian/cover_approval")
    page.get_by_label("Apa judul laporan akhir Anda?").fill("Belajar dari Panen Padi")
    expect(page.get_by_text("Simpan dahulu tulisan di atas.")).to_be_visible()
    page.get_by_role("button", name="Simpan", exact=True).click()
    _add_photo(page, "Lembar pengesahan", consent=True)

    expect(page.get_by_label("Apa judul laporan akhir Anda?")).to_have_value("Belajar dari Panen Padi")
    expect(page.get_by_role("img", name="Lembar pengesahan")).to_be_visible()
    page.get_by_label("Siapa nama dan jabatan yang mengesahkan?").fill("Hj. Aminah, kepala lembaga")
    page.get_by_role("button", name="Simpan, lalu lanjut").click()
    page.wait_for_url(re.compile("/bagian/letters"))
    page.get_by_role("link", name="Kembali ke Laporan akhir").click()
    expect(page.get_by_role("listitem").filter(has_text="Sampul dan lembar pengesahan")).to_contain_text("lengkap")
