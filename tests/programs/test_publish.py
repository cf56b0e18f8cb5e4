"""Publishing: what makes a version minor or major, what is refused, and what is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from course_files import bank, sound_files, write_course
from flask import Flask

from lms.core.audit import AuditEntry
from lms.core.db import WriteOutsideTransaction, db, write_tx
from lms.core.permissions import SYSTEM
from lms.programs import catalogue, publish as publishing
from lms.programs.models import ContentFile, ProgramVersion
from lms.programs.publish import (
    BrokenProgram,
    NoSuchMajor,
    NotItsText,
    Published,
    RemovedIds,
    count_learners_with,
    publish,
    used_ids,
)
from lms.programs.reader import read_program

Q1, L1, M1, P = "01-satu/quiz.gift", "01-satu/01-pertama.md", "01-satu/module.toml", "program.toml"
SIX = "00-awal/quiz.gift"


@pytest.fixture(autouse=True)
def no_other_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Higher floors register when the application starts; these tests bring their own."""
    monkeypatch.setattr(publishing, "learner_counts", [])


def publish_files(root: Path, files: dict[str, bytes], **options: Any) -> Published:
    result = read_program(write_course(root, files))
    with write_tx():
        return publish(result, by=SYSTEM, **options)


def changed(*swaps: tuple[str, str, str]) -> dict[str, bytes]:
    files = sound_files()
    for path, old, new in swaps:
        assert old.encode() in files[path]
        files[path] = files[path].replace(old.encode(), new.encode(), 1)
    return files


def count(model: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


@pytest.mark.both
def test_the_first_version_is_one_point_zero_with_its_pictures_and_an_audit_row(app: Flask, tmp_path: Path) -> None:
    published = publish_files(tmp_path, sound_files())

    assert (published.label, published.kind, published.removed) == ("1.0", "first", {})
    row = db.session.get_one(ProgramVersion, published.version_id)
    assert (row.program_id, row.title, row.published_by) == ("demo", "Program Demo", 0)
    assert {file.media_type for file in db.session.scalars(sa.select(ContentFile))} == {"image/svg+xml", "image/png"}
    entry = db.session.scalars(sa.select(AuditEntry)).one()
    assert (entry.action, entry.object_key, entry.role) == ("program.publish", str(row.uuid), "system")
    assert entry.after is not None
    assert (entry.after["version"], entry.after["kind"]) == ("1.0", "first")


@pytest.mark.both
def test_unchanged_content_publishes_nothing(app: Flask, tmp_path: Path) -> None:
    first = publish_files(tmp_path, sound_files())
    files = sound_files()
    # Lines and files move, but nobody who learns would see it.
    files[Q1] = b"// Bank soal\n\n" + files[Q1]
    files["01-satu/09-kedua-baru.md"] = files.pop("01-satu/02-kedua.md").replace(b"\n", b"\r\n")
    files["01-satu/02-lain.md"] = files.pop("01-satu/09-kedua-baru.md")
    del files["01-satu/quiz.en.gift"]
    files["01-satu/quiz.en.gift"] = bank("M01-Q", 2).encode()

    second = publish_files(tmp_path / "b", files)

    assert (second.kind, second.version_id, second.label) == ("unchanged", first.version_id, "1.0")
    assert (count(ProgramVersion), count(ContentFile), count(AuditEntry)) == (1, 2, 1)


MINOR = {
    "lesson text": [(L1, "Paragraf pertama", "Alinea pertama")],
    "lesson title": [(L1, "Pelajaran satu", "Pelajaran kesatu")],
    "reading time": [(L1, "minutes = 7", "minutes = 9")],
    "reflection prompt": [(L1, "Apa yang Anda lihat?", "Apa yang Anda dengar?")],
    "picture": [("01-satu/images/kotak.svg", "#e3f2e9", "#17467c")],
    "module title and aims": [(M1, '"Satu"', '"Kesatu"'), (M1, "Menjelaskan satu hal", "Menerangkan satu hal")],
    "question text": [(Q1, "Mana yang tepat untuk M01-Q07?", "Yang mana tepat (M01-Q07)?")],
    "option text": [(Q1, "~salah", "~kurang tepat")],
    "feedback": [(Q1, "#Ya, benar.", "#Tepat sekali.")],
    "partner text": [(SIX, "satu -> 1", "satu -> I")],
    "programme title": [(P, "Program Demo", "Program Contoh")],
    "task, report and rubric texts": [
        (P, "Satu foto.", "Dua foto."), (P, "Pendahuluan", "Pembuka"), (P, "Semua ada.", "Semuanya ada."),
        (P, 'title = "Baik"', 'title = "Bagus"'),
    ],
    "words of a form": [
        (P, "Mengapa tugas ini penting?", "Untuk apa tugas ini?"), (P, "Satu baris untuk satu hari.", "Tulis pendek."),
        (P, 'title = "Tanggal"', 'title = "Hari"'), (P, '"Yang pertama"', '"Yang kesatu"'),
    ],
}
MAJOR = {
    "corrected key": [
        (name, "=benar#Ya, benar.\n  ~salah", "~benar#Ya, benar.\n  =salah") for name in (Q1, "01-satu/quiz.en.gift")
    ],
    "options that change places": [(Q1, "=benar#Ya, benar.\n  ~salah", "=salah#Ya, benar.\n  ~benar")],
    "weights of a response": [(SIX, "%-100%meja", "%-50%meja")],
    "accepted short answer": [(SIX, "=Kota Mataram", "=Mtr")],
    "tolerance": [(SIX, "#5:0.5", "#5:0.1")],
    "partners that change places": [(SIX, "satu -> 1\n  =dua -> 2", "satu -> 2\n  =dua -> 1")],
    "order of items": [(SIX, "bangun\nsarapan", "sarapan\nbangun")],
    "tag of a question": [(Q1, "[tag:a]", "[tag:z]")],
    "new question": [(Q1, "// [id:M01-Q02]", "// [id:M01-Q99]\nBaru?{=ya#Ya. ~tidak#Tidak.}\n\n// [id:M01-Q02]")],
    "pass mark": [(M1, "pass_mark = 70", "pass_mark = 75")],
    "attempts": [(M1, "attempts = 3", "attempts = 2")],
    "time limit": [(M1, "minutes = 30", "minutes = 20")],
    "draw": [(M1, "{ take = 5 }", "{ take = 4 }")],
    "completion rule": [(M1, '["lessons", "quiz:M01-kuis:passed"]', '["quiz:M01-kuis:passed"]')],
    "prerequisite": [(M1, 'requires = ["M00"]', "requires = []")],
    "hours": [(M1, "jp = 4", "jp = 5"), ("02-dua/module.toml", "jp = 3", "jp = 2")],
    "stage weights": [(P, "deepening = 40", "deepening = 50"), (P, "independent_task = 60", "independent_task = 50")],
    "component weights": [(P, "weight = 60", "weight = 50"), (P, "weight = 40", "weight = 50")],
    "predicate": [(P, "min = 80", "min = 85")],
    "report rule": [(P, "return_days = 14", "return_days = 10")],
    "kind of a field": [(P, 'id = "activity", kind = "short"', 'id = "activity", kind = "number"')],
    "fewest rows of a table": [(P, "least = 2", "least = 3")],
    "field that must be filled in": [(P, "required = false", "required = true")],
    "chapter that a task belongs to": [(P, 'tasks = ["W1"]', "tasks = []")],
    "chapters that a criterion looks at": [(P, 'parts = ["introduction"]', "parts = []")],
    "reflection box taken away": [(L1, 'reflection = "Apa yang Anda lihat?"\n', "")],
}


@pytest.mark.parametrize("name", MINOR)
def test_new_words_and_pictures_are_a_minor_version(app: Flask, tmp_path: Path, name: str) -> None:
    publish_files(tmp_path, sound_files())

    published = publish_files(tmp_path / "b", changed(*MINOR[name]))

    assert (published.kind, published.label) == ("minor", "1.1")


@pytest.mark.parametrize("name", MAJOR)
def test_new_ids_rules_keys_and_marks_are_a_major_version(app: Flask, tmp_path: Path, name: str) -> None:
    publish_files(tmp_path, sound_files())

    published = publish_files(tmp_path / "b", changed(*MAJOR[name]))

    assert (published.kind, published.label) == ("major", "2.0")


def test_minor_versions_go_on_from_the_newest_major(app: Flask, tmp_path: Path) -> None:
    publish_files(tmp_path, sound_files())
    publish_files(tmp_path / "b", changed(*MAJOR["pass mark"]))

    published = publish_files(tmp_path / "c", changed(*MAJOR["pass mark"], *MINOR["lesson text"]))

    assert (published.kind, published.label) == ("minor", "2.1")


@pytest.mark.both
def test_classes_on_an_older_major_still_get_a_new_text(app: Flask, tmp_path: Path) -> None:
    first = publish_files(tmp_path, sound_files())
    second = publish_files(tmp_path / "b", changed(*MAJOR["pass mark"]))

    mended = publish_files(tmp_path / "c", changed(*MINOR["lesson text"]), major=1)

    assert (mended.kind, mended.label, mended.removed) == ("minor", "1.1", {})
    assert catalogue.latest_minor("demo", 1).id == mended.version_id
    assert catalogue.latest("demo").id == second.version_id
    assert db.session.get_one(ProgramVersion, first.version_id).minor == 0
    again = publish_files(tmp_path / "d", changed(*MINOR["lesson text"]), major=1)
    assert (again.kind, again.version_id) == ("unchanged", mended.version_id)


def test_older_rules_come_back_as_a_new_major_unless_an_older_one_is_named(app: Flask, tmp_path: Path) -> None:
    publish_files(tmp_path, sound_files())
    publish_files(tmp_path / "b", changed(*MAJOR["pass mark"]))

    assert publish_files(tmp_path / "c", sound_files()).label == "3.0"


@pytest.mark.parametrize("name", MAJOR)
def test_an_older_major_takes_nothing_but_words_and_pictures(app: Flask, tmp_path: Path, name: str) -> None:
    publish_files(tmp_path, sound_files())
    publish_files(tmp_path / "b", changed(*MAJOR["pass mark"], *MAJOR["hours"]))

    with pytest.raises(NotItsText) as refused:
        publish_files(tmp_path / "c", changed(*MAJOR[name]), major=1)

    assert refused.value.values == {"program": "demo", "before": "1.0"}
    assert count(ProgramVersion) == 2


def test_a_major_that_was_never_published_is_refused(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(NoSuchMajor):
        publish_files(tmp_path, sound_files(), major=1)
    publish_files(tmp_path / "b", sound_files())
    with pytest.raises(NoSuchMajor):
        publish_files(tmp_path / "c", changed(*MINOR["lesson text"]), major=2)

    assert count(ProgramVersion) == 1


def test_a_programme_with_errors_is_refused_and_the_version_in_use_stays(app: Flask, tmp_path: Path) -> None:
    first = publish_files(tmp_path, sound_files())

    with pytest.raises(BrokenProgram) as refused:
        publish_files(tmp_path / "b", changed((P, "jp = 9", "jp = 8")))

    assert [mistake["code"] for mistake in refused.value.values["mistakes"]] == ["E_JP"]
    assert [row.id for row in db.session.scalars(sa.select(ProgramVersion))] == [first.version_id]
    assert count(AuditEntry) == 1


@pytest.mark.both
def test_a_removed_id_is_refused_with_its_learners_unless_confirmed(app: Flask, tmp_path: Path) -> None:
    publish_files(tmp_path, sound_files())
    asked: list[tuple[str, list[str]]] = []

    @count_learners_with
    def lessons(program_id: str, ids: list[str]) -> dict[str, int]:
        asked.append((program_id, ids))
        return {"M01-L2": 31}

    @count_learners_with
    def quizzes(program_id: str, ids: list[str]) -> dict[str, int]:
        return {"M01-L2": 4, "FA-03": 12}

    files = sound_files()
    del files["01-satu/02-kedua.md"]
    files["forms/form-a.gift"] = (bank("FA-", 2) + bank("FZ-", 1)).encode()
    files[P] = files[P].replace(b'"W1"', b'"W2"')

    with pytest.raises(RemovedIds) as refused:
        publish_files(tmp_path / "b", files)

    assert refused.value.values == {"program": "demo", "removed": {"FA-03": 12, "M01-L2": 31, "W1": 0}}
    assert asked == [("demo", ["FA-03", "M01-L2", "W1"])]
    assert count(ProgramVersion) == 1

    confirmed = publish_files(tmp_path / "c", files, confirm_removed=True)

    assert (confirmed.kind, confirmed.label) == ("major", "2.0")
    assert confirmed.removed == {"FA-03": 12, "M01-L2": 31, "W1": 0}
    assert used_ids("demo") >= {"FA-03", "FZ-01", "M01-L2", "M01-kuis", "M02"}


def test_an_id_that_becomes_another_kind_of_thing_counts_as_removed(app: Flask, tmp_path: Path) -> None:
    publish_files(tmp_path, sound_files())

    with pytest.raises(RemovedIds) as refused:
        publish_files(tmp_path / "b", changed(
            ("01-satu/02-kedua.md", '"M01-L2"', '"W1"'), (P, 'id = "W1"', 'id = "M01-L2"'),
            (P, 'tasks = ["W1"]', 'tasks = ["M01-L2"]'),
        ))

    assert refused.value.values["removed"] == {"M01-L2": 0, "W1": 0}


def test_publishing_outside_a_write_transaction_writes_nothing(app: Flask, tmp_path: Path) -> None:
    result = read_program(write_course(tmp_path))

    with pytest.raises(WriteOutsideTransaction):
        publish(result, by=SYSTEM)

    db.session.rollback()
    assert count(ProgramVersion) == 0


@pytest.mark.both
def test_a_picture_of_two_versions_is_kept_once(app: Flask, tmp_path: Path) -> None:
    publish_files(tmp_path, sound_files())
    publish_files(tmp_path / "b", changed(*MINOR["picture"]))

    assert count(ContentFile) == 3
