"""Everything the reader can say about a file, by code, and the exception that carries it out of the depth."""

from __future__ import annotations

from lms.lib.gift.model import GiftError

MESSAGES = {
    # These keep a question out of the bank.
    "brace_unclosed": (
        "Tanda {{ tidak ditutup. Baris kosong mengakhiri soal; tulis \\{{ untuk kurung kurawal di dalam teks."
    ),
    "brace_unopened": "Tanda }} tidak punya pasangan {{. Tulis \\}} untuk kurung kurawal di dalam teks.",
    "second_block": (
        "Ada kurung kurawal lagi setelah jawaban. Satu soal hanya punya satu {{…}}; "
        "tulis \\{{ dan \\}} di dalam teks. Bila ini sudah soal berikutnya, pisahkan dengan baris kosong."
    ),
    "category_not_alone": "Setelah $CATEGORY harus ada baris kosong; teks ini tidak terbaca sebagai soal.",
    "too_few_options": "Pilihan ganda perlu paling sedikit dua pilihan, di sini ada {count}.",
    "no_answer": "Soal ini tidak punya jawaban.",
    "weight_range": "Bobot {weight}% di luar -100% sampai 100%.",
    "weight_after_equals": "Bobot {weight}% ditulis setelah =. Dalam soal pilihan tulis ~%{weight}%.",
    "number_invalid": "“{text}” bukan angka. Tulis dengan titik desimal, misalnya 2.5, 2.5:0.1 atau 2..3.",
    "range_reversed": "Rentang “{text}” terbalik: batas bawah lebih besar daripada batas atas.",
    "match_arrow_missing": "Pasangan “{text}” tidak memuat ->.",
    "match_half": "Pasangan “{text}” tidak punya jawaban di kanan ->.",
    "too_few_pairs": "Soal menjodohkan perlu paling sedikit dua pasangan, di sini ada {count}.",
    "too_few_items": "Soal mengurutkan perlu paling sedikit dua butir, satu per baris; di sini ada {count}.",
    # These stand beside a question that was read.
    "annotation_without_question": (
        "[id:…] atau [tag:…] ini tidak menempel pada soal. Hapus baris kosong di bawahnya."
    ),
    "text_missing": "Soal ini tidak punya teks pertanyaan.",
    "weights_not_100": "Bobot positif berjumlah {sum}%, seharusnya 100%.",
    "no_right_option": "Tidak ada pilihan yang benar. Beri tanda = pada pilihan yang benar, ~ pada yang lain.",
    "no_full_mark": "Tidak ada jawaban yang bernilai 100%.",
    "ordering_subset": "Semua {count} butir ditampilkan; pemilihan {select} {wanted} butir tidak dipakai.",
    "ordering_grading": "Dinilai menurut posisi mutlak; cara {grading} tidak dipakai.",
}


class Refused(Exception):
    """A question cannot be read; `at` is where in its block. It never leaves `parse`."""

    def __init__(self, code: str, at: int, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.at = at
        self.values = {name: str(value) for name, value in values.items()}


def gift_error(line: int, code: str, values: dict[str, str] | None = None) -> GiftError:
    """The error of a code, with its sentence; a code that has none is a mistake of the reader and raises
    KeyError."""
    shown = values or {}
    return GiftError(line, code, MESSAGES[code].format(**shown), shown)
