"""What a row of the audit log says in words. The keys are those the program writes; a contract test compares them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from lms.config import DEFAULT_ZONE
from lms.core import i18n, roles
from lms.core.words_lazy import Lazy, lazy as _
from lms.lib import words

ACTIONS: Mapping[str, Lazy] = {
    "account.closed": _("Akun tertutup setelah salah berkali-kali"),
    "account.unlocked": _("Membuka akun yang tertutup"),
    "allowance.granted": _("Memberi tambahan untuk kuis"),
    "announcement.published": _("Mengirim pengumuman kelas"),
    "announcement.withdrawn": _("Menarik pengumuman kelas"),
    "attempt.started": _("Memulai kuis"),
    "attempt.submitted": _("Mengirim jawaban kuis"),
    "attempt.timed_out": _("Kuis ditutup karena waktunya habis"),
    "cohort.created": _("Membuat kelas"),
    "cohort.minor_update": _("Memberi kelas naskah terbaru"),
    "demo.made": _("Mengisi data contoh"),
    "enrolment.moved": _("Keadaan peserta mengikuti tanggal kelas"),
    "enrolment.supervisor_assigned": _("Menetapkan pembimbing praktik"),
    "essay.marked": _("Menilai esai"),
    "late.accepted": _("Memperhitungkan jawaban terlambat"),
    "late.left_out": _("Mengesampingkan jawaban terlambat"),
    "period.proposed": _("Mengusulkan angkatan"),
    "person.corrected": _("Membetulkan data orang"),
    "person.created": _("Mendaftarkan orang"),
    "person.ended": _("Mengakhiri akun"),
    "person.reopened": _("Membuka lagi akun yang diakhiri"),
    "program.publish": _("Menerbitkan program"),
    "question.answer": _("Menjawab pertanyaan"),
    "question.ask": _("Mengajukan pertanyaan"),
    "reflection.save": _("Menyimpan refleksi"),
    "role.assigned": _("Memberi peran"),
    "role.ended": _("Mengakhiri peran"),
    "secret.changed": _("Mengganti PIN atau kata sandi"),
    "session.ended": _("Keluar"),
    "session.opened": _("Masuk"),
    "session.others_ended": _("Mengeluarkan perangkat lain"),
    "session.role_chosen": _("Memilih peran"),
    "upload.ended": _("Mengakhiri berkas"),
    "upload.kept": _("Menyimpan berkas"),
    "work.save": _("Menyimpan tulisan laporan atau tugas"),
    "work.submit": _("Mengirim laporan atau tugas"),
}
KINDS: Mapping[str, Lazy] = {
    "person": _("Orang"), "cohort": _("Kelas"), "enrolment": _("Peserta"), "attempt": _("Percobaan kuis"),
    "lesson_question": _("Pertanyaan"), "reflection": _("Refleksi"), "program": _("Program"),
    "program_version": _("Versi program"), "period": _("Angkatan"),
    "upload": _("Berkas"), "stage_work": _("Laporan atau tugas"),
}
FIELDS: Mapping[str, Lazy] = {
    "activity": _("tugas"), "announcement": _("pengumuman"), "answer": _("jawaban"), "answered": _("soal terjawab"),
    "attempts": _("tambahan percobaan"), "bytes": _("ukuran (bita)"),
    "call_name": _("nama panggilan"), "email": _("email"), "full_name": _("nama lengkap"),
    "has_shared_phone": _("HP dipakai bersama"), "nik": _("NIK"), "phone": _("nomor HP"), "sex": _("jenis kelamin"),
    "title_prefix": _("gelar depan"), "title_suffix": _("gelar belakang"),
    "code": _("kode peserta"), "comment": _("komentar"), "ended": _("diakhiri"), "is_shared": _("dibagikan"),
    "kind": _("jenis"), "late_days": _("hari terlambat"), "lesson": _("pelajaran"), "mark": _("nilai"),
    "minutes": _("tambahan menit"),
    "must_change": _("wajib diganti"), "number": _("nomor"), "paper": _("nomor surat"), "part": _("bagian"),
    "people": _("jumlah orang"), "program": _("program"), "questions": _("soal"), "quiz": _("kuis"),
    "reason": _("alasan"), "role": _("peran"),
    "scope": _("lingkup"), "slot": _("soal nomor"), "slots": _("soal nomor"), "state": _("keadaan"),
    "starts_at": _("mulai"), "ends_at": _("sampai"),
    "supervisor": _("pembimbing"), "version": _("versi"), "work_state": _("keadaan"),
}
#: Values that are keys of ours; everything else is a number, a name or what somebody typed, and stands as it is.
VALUES: Mapping[tuple[str, str], Lazy] = {
    ("sex", "L"): _("laki-laki"), ("sex", "P"): _("perempuan"),
    ("kind", "own"): _("HP sendiri"), ("kind", "shared"): _("HP bersama"), ("kind", "staff"): _("petugas"),
    ("kind", "pin"): _("PIN"), ("kind", "password"): _("kata sandi"),
    ("state", "running"): _("Sedang dikerjakan"), ("state", "submitted"): _("Menunggu nilai esai"),
    ("state", "graded"): _("Dinilai"), ("state", "accepted"): _("Diterima"), ("state", "active"): _("Aktif"),
    ("state", "finished"): _("Selesai"),
    ("work_state", "draft"): _("Sedang ditulis"), ("work_state", "submitted"): _("Terkirim"),
    ("work_state", "returned"): _("Perlu diperbaiki"),
}
#: Fields whose values are moments, written as ISO 8601 in UTC.
MOMENTS = frozenset({"starts_at", "ends_at"})


def value_words(field: str, value: Any) -> Any:
    """Return a value of a row as words to translate where it is a key of the program, else as it is.

    A moment is told in the language of the page, on the clock of `DEFAULT_ZONE` as the log itself is.
    """
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("ya") if value else _("tidak")
    if field == "role" and value in roles.ROLES:
        return roles.ROLES[value].title
    if field in MOMENTS:
        return words.moment(dt.datetime.fromisoformat(value), DEFAULT_ZONE, i18n.language())
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return VALUES.get((field, str(value)), value)
