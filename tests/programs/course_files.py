"""A small, sound course as files: three modules, every kind of quiz, two languages, three kinds of pictures."""

from __future__ import annotations

from pathlib import Path

from picture_bytes import SVG, png

PROGRAM = """\
id = "demo"
code = "DEMO"
title = "Program Demo"
title_en = "Demo programme"
tier = "dasar"
order = 1
jp = 9
minutes_per_jp = 45
status = "complete"
requires = []
elective_required = 1

[weights]
deepening = 40
independent_task = 60

[pass]
mark = 70
independent_task = 70
attendance = 80
all_modules = true
all_mandatory_tasks = true

[[component]]
id = "module_quizzes"
stage = "deepening"
weight = 60
title = "Kuis modul"
source = "system"
[[component]]
id = "participation"
stage = "deepening"
weight = 40
title = "Keaktifan"
source = "instructor"

[[component]]
id = "final_report"
stage = "independent_task"
weight = 100
title = "Laporan akhir"
source = "practice_supervisor"

[[predicate]]
min = 80
id = "good"
title = "Baik"
medal = "gold"
[[predicate]]
min = 70
id = "fair"
title = "Cukup"
medal = "bronze"

[[task]]
id = "W1"
kind = "mandatory"
title = "Tugas wajib"
evidence = "Satu foto."
[[task.field]]
id = "days"
kind = "table"
title = "Apa kegiatan setiap hari?"
title_en = "What was done each day?"
hint = "Satu baris untuk satu hari."
least = 2
most = 5
column = [
  { id = "date", kind = "day", title = "Tanggal" },
  { id = "activity", kind = "short", title = "Kegiatan" },
]
[[task.field]]
id = "proof"
kind = "photos"
title = "Foto bukti"
least = 1
[[task]]
id = "P1"
kind = "elective"
title = "Tugas pilihan"

[report]
second_reader_from = 65
second_reader_to = 75
second_reader_gap = 10
returns_max = 2
return_days = 14
marked_by = ["practice_supervisor"]
[[report_part]]
id = "introduction"
title = "Pendahuluan"
min_words = 150
tasks = ["W1"]
[[report_part.field]]
id = "reason"
kind = "long"
title = "Mengapa tugas ini penting?"
title_en = "Why does this task matter?"
[[report_part.field]]
id = "chosen"
kind = "choice"
title = "Tugas mana yang Anda pilih?"
required = false
[[report_part.field.option]]
id = "first"
title = "Yang pertama"
[[report_part.field.option]]
id = "second"
title = "Yang kedua"

[[level]]
id = "good"
title = "Baik"
from = 70
mid = 85
[[level]]
id = "needs_work"
title = "Perlu diperbaiki"
from = 0
mid = 60

[[criterion]]
id = "R1"
weight = 100
title = "Kelengkapan"
parts = ["introduction"]
[criterion.levels]
good = "Semua ada."
needs_work = "Ada yang kurang."
"""

MODULE_0 = """\
id = "M00"
title = "Awal"
jp = 2
depth = "brief"
complete = ["lessons", "quiz:M00-tes:submitted"]

[[quiz]]
id = "M00-tes"
title = "Tes awal"
kind = "pretest"
forms = ["../forms/form-a.gift"]
pass_mark = 0
attempts = 1

[[quiz]]
id = "M00-latihan"
title = "Latihan"
kind = "practice"
bank = "quiz.gift"
pass_mark = 70
attempts = 0
"""

MODULE_1 = """\
id = "M01"
title = "Satu"
title_en = "One"
jp = 4
depth = "full"
requires = ["M00"]
aims = ["Menjelaskan satu hal", "Menjelaskan hal lain"]
aims_en = ["Explain one thing", "Explain another"]
complete = ["lessons", "quiz:M01-kuis:passed"]

[[quiz]]
id = "M01-kuis"
title = "Kuis satu"
kind = "module"
bank = "quiz.gift"
draw = [
  { tag = "a", take = 5 },
  { take = 5 },
]
pass_mark = 70
attempts = 3
shuffle = true
minutes = 30
online = true
"""

MODULE_2 = """\
id = "M02"
title = "Dua"
jp = 3
depth = "brief"
requires = ["M00", "M01"]
complete = ["lessons", "quiz:M02-kuis:passed", "quiz:M02-tes:passed"]

[[quiz]]
id = "M02-kuis"
title = "Kuis dua"
kind = "module"
bank = "quiz.gift"
draw = [{ take = 10 }]
pass_mark = 70
attempts = 3

[[quiz]]
id = "M02-tes"
title = "Tes akhir"
kind = "posttest"
forms = ["../forms/form-b.gift", "../forms/form-c.gift"]
pass_mark = 70
attempts = 2
"""

LESSON_1 = """\
+++
id = "M01-L1"
title = "Pelajaran satu"
minutes = 7
reflection = "Apa yang Anda lihat?"
+++
Paragraf pertama menyebut [situs](https://example.id).

![Sebuah kotak](images/kotak.svg "Kotak biru.")

![Sebuah titik](images/titik.png)

## Isi

"""

LESSON_1_EN = """\
+++
id = "M01-L1"
title = "Lesson one"
minutes = 7
reflection = "What do you see?"
+++
The first paragraph.

![A box](images/kotak.svg)
"""

SIX_TYPES = """\
// [id:M00-Q01] [tag:jenis]
Pilih dua warna.{
  ~%50%merah#Ya.
  ~%50%biru#Ya.
  ~%-100%meja#Bukan warna.
}

// [id:M00-Q02] [tag:jenis]
Sebut ibu kota NTB.{=Mataram =Kota Mataram ####Mataram di Lombok.}

// [id:M00-Q03] [tag:jenis]
Berapa 2 + 3?{#5:0.5 ####Lima.}

// [id:M00-Q04] [tag:jenis]
Pasangkan.{
  =satu -> 1
  =dua -> 2
  =tiga -> 3
  ####Menurut bilangan.
}

// [id:M00-Q05] [tag:jenis]
Urutkan dari pagi.{>ALL VERTICAL ABSOLUTE SHOW none
bangun
sarapan
berangkat
####Begitulah pagi.
}

// [id:M00-Q06] [tag:jenis]
Ceritakan satu pagi.{####Terima kasih.}
"""


def question(key: str, tag: str = "a") -> str:
    """Return one question of six lines and a blank one; its text names its id."""
    return (
        f"// [id:{key}] [tag:{tag}]\n::Judul {key}::Mana yang tepat untuk {key}?{{\n"
        "  =benar#Ya, benar.\n  ~salah#Belum tepat.\n  ~keliru#Belum tepat.\n}\n\n"
    )


def bank(prefix: str, count: int, tag: str = "a") -> str:
    """Return questions prefix01, prefix02, …; question n begins on line 7n - 6, its text one line below."""
    return "".join(question(f"{prefix}{number:02}", tag) for number in range(1, count + 1))


def words(count: int) -> str:
    """Return a paragraph of so many words."""
    return " ".join(["kata"] * count) + "\n"


def short_lesson(key: str, count: int = 20) -> str:
    return f'+++\nid = "{key}"\ntitle = "Pelajaran {key}"\nminutes = 3\n+++\n{words(count)}'


def sound_files() -> dict[str, bytes]:
    """Return the course: path inside its folder → bytes."""
    texts = {
        "program.toml": PROGRAM,
        **{f"forms/form-{form}.gift": bank(f"F{form.upper()}-", 3) for form in "abc"},
        "00-awal/module.toml": MODULE_0,
        "00-awal/01-mulai.md": short_lesson("M00-L1"),
        "00-awal/quiz.gift": SIX_TYPES,
        "01-satu/module.toml": MODULE_1,
        "01-satu/01-pertama.md": LESSON_1 + words(300),
        "01-satu/01-pertama.en.md": LESSON_1_EN,
        "01-satu/02-kedua.md": short_lesson("M01-L2", 400),
        "01-satu/quiz.gift": bank("M01-Q", 25),
        "01-satu/quiz.en.gift": bank("M01-Q", 2),
        "01-satu/images/kotak.svg": SVG,
        "02-dua/module.toml": MODULE_2,
        "02-dua/01-akhir.md": short_lesson("M02-L1"),
        "02-dua/quiz.gift": bank("M02-Q", 12),
    }
    return {name: text.encode() for name, text in texts.items()} | {"01-satu/images/titik.png": png()}


def write_course(root: Path, files: dict[str, bytes] | None = None, name: str = "demo") -> Path:
    """Write a course below `root/courses` and return its folder."""
    folder = root / "courses" / name
    for path, body in (sound_files() if files is None else files).items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    return folder
