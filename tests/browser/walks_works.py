"""Walks through the report and the tasks of a learner: before, within and after their weeks."""

from __future__ import annotations

from browser.look import Walk
from browser.site import Account
from lib.picture_files import jpeg

#: Everything that the sheet of a visit asks for but its photos.
VISIT = {
    "unit": "PAUD Melati, Desa Batujai", "day": "2027-01-14", "signed_by": "Ibu Suriani, kepala",
    "seen": [{"what": f"Sudut {name}", "why": "Bahannya dari sekitar."} for name in ("balok", "air", "cerita")],
    "learned": "Saya baru tahu bahwa air cukup ditampung dalam satu ember.", "copy": "Sudut air di teras.",
}


def _somebody(at: Walk, name: str, task: tuple[int, int] | None) -> Account:
    cohort = at.site.new_class(f"Kelas {name}", starts=-120, ends=60, task=task)
    learner = at.site.new_teacher(name, cohort=cohort)
    at.sign_in(learner)
    return learner


def _add_photo(at: Walk, field: str, name: str, body: bytes) -> None:
    form = f"form[action$='/{field}']"
    at.page.set_input_files(f"{form} [type=file]", {"name": name, "mimeType": "image/jpeg", "buffer": body})
    at.page.fill(f"{form} [name=keterangan]", "Halaman sebelum dan sesudah diberi pagar bambu setinggi pinggang anak")
    at.press(f"{form} button")
    # The page stands at the field, and what lies half under the bar at the top is no small target.
    at.page.evaluate("scrollTo(0, 0)")


def works_open(at: Walk) -> None:
    """In the report weeks: the list, a report of many parts, sheets with tables and photos, up to handing in."""
    learner = _somebody(at, "Baiq Sumarni", (-10, 30))
    own, page = learner.enrolment, at.page
    at.go("/diklat", "tingkat dengan tugas")
    at.go(f"/tugas/{own}", "daftar")
    at.go(f"/laporan/{own}", "laporan baru")
    at.site.write(learner, "final_report", "preface_contents", {"preface": "Saya bersyukur."})
    at.site.write(learner, "final_report", "introduction", {"reason": "Supaya anak aman."})
    at.go(f"/laporan/{own}", "laporan dimulai")
    at.go(f"/laporan/{own}/bagian/letters", "bagian dengan berkas")
    at.go(f"/laporan/{own}/bagian/introduction", "bagian dengan tulisan")
    at.go(f"/laporan/{own}/bagian/profile", "bagian dengan tabel dan pilihan")
    at.go(f"/laporan/{own}/kirim", "laporan kurang")
    at.go(f"/tugas/{own}/W1", "lembar tugas kosong")
    _add_photo(at, "before_after", "halaman.jpg", b"bukan foto")
    at.look("foto ditolak")
    _add_photo(at, "before_after", "halaman.jpg", jpeg(900, 700))
    at.look("lembar tugas dengan foto")
    at.site.write(learner, "KBL", "KBL", VISIT, photos="photos", count=1)
    page.goto(f"/tugas/{own}/KBL")
    at.site.write(learner, "KBL", "KBL", VISIT | {"unit": "KB Mawar, Desa Mangkung"})
    page.fill("#unit", "TK Pertiwi, Desa Penujak")
    at.press(".dock button", "ditulis di HP lain")
    for folded in page.locator("details:not([open]) summary").all():
        folded.click()
    at.look("ditulis di HP lain, terbuka")
    at.go(f"/tugas/{own}/KBL/kirim", "tugas kurang foto")
    at.site.write(learner, "KBL", "KBL", VISIT, photos="photos", count=1)
    at.go(f"/tugas/{own}/KBL", "lembar tugas lengkap")
    at.press(".dock [name=ke]", "kirim?")
    at.press(".dock button", "terkirim")
    at.go(f"/tugas/{own}", "daftar dengan kiriman")


def works_at_other_times(at: Walk) -> None:
    """Before the window, without one, late, and long after it."""
    own = _somebody(at, "Lale Suryani", (10, 40)).enrolment
    at.go(f"/laporan/{own}", "laporan sebelum dibuka")
    at.go(f"/tugas/{own}", "daftar sebelum dibuka")
    own = _somebody(at, "Lale Hartati", None).enrolment
    at.go(f"/laporan/{own}", "laporan tanpa tanggal")
    late = _somebody(at, "Lale Mardiah", (-60, -3))
    at.site.write(late, "KBL", "KBL", VISIT, photos="photos")
    at.go(f"/laporan/{late.enrolment}", "laporan terlambat")
    at.go(f"/tugas/{late.enrolment}/KBL/kirim", "kirim terlambat?")
    at.press(".dock button", "terkirim terlambat")
    shut = _somebody(at, "Lale Zaenab", (-90, -40))
    at.site.write(shut, "KBL", "KBL", VISIT, photos="photos")
    at.go(f"/tugas/{shut.enrolment}/KBL", "lembar tugas sesudah ditutup")
    at.go(f"/tugas/{shut.enrolment}/KBL/kirim", "sudah ditutup")


WALKS = {
    works_open: {
        "classroom/works.html", "classroom/work.html", "classroom/work_part.html", "classroom/work_confirm.html",
        "classroom/work_sent.html",
    },
    works_at_other_times: {"classroom/works.html", "classroom/work.html", "classroom/work_confirm.html"},
}
