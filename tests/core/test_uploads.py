"""A file lies on disk, whole and under its hash, before its row is written; what got no row is swept away."""

import datetime as dt
import errno
import hashlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from lib.picture_files import encoded, full_of_notes, jpeg, office, pdf, photo

from lms.core import jobs, registry
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import NotFound
from lms.core.uploads import (
    FileGone,
    FileRefused,
    PicturesBusy,
    StorageFull,
    Stored,
    Upload,
    add,
    end,
    folder,
    path_of,
    store,
    sweeping,
)
from lms.lib import clock, images
from lms.lib.uuid7 import uuid7
from lms.testing_stories import Story

ROOT = Path(__file__).resolve().parents[2]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def teacher(app):
    return Story().person()


def kept(stored, teacher, **subject):
    with write_tx():
        return add(stored, owner_id=teacher.person_id, purpose="report", by=teacher.actor, **subject)


def files():
    """Every file under the folder of uploads, by its name."""
    return {path.name: path for path in folder.root().rglob("*") if path.is_file()}


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.both
def test_a_document_is_kept_as_it_is_under_its_hash(teacher):
    data, subject = pdf(), uuid7()

    row = kept(store(data, name="Laporan akhir.PDF"), teacher, subject_kind="report", subject_uuid=subject)

    db.session.rollback()
    row = db.session.scalars(sa.select(Upload).where(Upload.uuid == row.uuid)).one()
    assert path_of(row) == folder.root() / row.sha256[:2] / row.sha256
    assert path_of(row).read_bytes() == data
    assert (row.bytes, row.type, row.name) == (len(data), "application/pdf", "Laporan akhir.pdf")
    assert (row.subject_kind, row.subject_uuid, row.state) == ("report", subject, "kept")
    assert (row.is_picture, row.width, row.picture_hash, row.ended_at) == (False, None, None, None)


def test_of_a_picture_only_what_was_made_anew_reaches_the_disk(teacher):
    row = kept(store(full_of_notes(), name="IMG_1.PNG"), teacher)

    assert set(files()) == {row.sha256, f"{row.sha256}.small"}
    assert all(b"SECRET" not in path.read_bytes() for path in files().values())
    assert sha256(path_of(row)) == row.sha256
    assert (row.type, row.name, row.width, row.height) == ("image/jpeg", "IMG_1.jpg", 400, 300)
    assert row.is_picture
    assert len(row.picture_hash) == 16
    assert path_of(row, thumbnail=True) == files()[f"{row.sha256}.small"]


def test_the_same_content_twice_is_one_file_with_two_rows(teacher):
    first, second = (kept(store(pdf(), name=name), teacher) for name in ("a.pdf", "b.pdf"))

    assert list(files()) == [first.sha256]
    assert (first.sha256, first.uuid != second.uuid) == (second.sha256, True)


def test_a_file_of_the_same_name_that_lost_its_end_is_written_anew(teacher):
    stored = store(pdf())
    folder.place(stored.sha256).write_bytes(b"%PDF")

    store(pdf())

    assert folder.place(stored.sha256).read_bytes() == pdf()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot bring a folder to the disk")
def test_the_content_reaches_the_disk_before_its_name_and_the_name_before_its_row(teacher, monkeypatch):
    store(pdf(300))
    steps = []
    for name in ("fsync", "replace"):
        real = getattr(os, name)

        def noted(*arguments, name=name, real=real):
            is_folder = name == "fsync" and os.path.isdir(f"/dev/fd/{arguments[0]}")
            steps.append("folder" if is_folder else name)
            real(*arguments)

        monkeypatch.setattr(folder.os, name, noted)
    store(pdf(400))

    assert steps[-3:] == ["fsync", "replace", "folder"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_nobody_else_on_the_machine_reads_the_files(teacher):
    store(jpeg())

    assert {path.stat().st_mode & 0o077 for path in (*files().values(), folder.root(), *folder.root().iterdir())} == {0}


@pytest.mark.parametrize(("data", "kinds", "reason"), [
    (b"", None, "empty"), (b"MZ" * 50, None, "unknown_type"), (jpeg()[:500], None, "broken"),
    (office(**{"word/vbaProject.bin": b"x"}), None, "macros"), (pdf(), ("jpg", "png"), "wrong_type"),
    (jpeg(), ("pdf",), "wrong_type"),
])
def test_FAULT_F17_a_bad_file_is_refused_by_its_name_and_nothing_is_kept(teacher, data, kinds, reason):
    with pytest.raises(FileRefused) as caught:
        store(data, name="C:\\Laporan\\tugas.docx", **({"kinds": kinds} if kinds else {}))

    assert caught.value.values == {"name": "tugas.docx", "reason": reason}
    assert caught.value.status == 422
    assert not folder.root().exists()


def test_a_file_is_not_stored_inside_a_transaction(teacher):
    with pytest.raises(RuntimeError, match="before the transaction"), write_tx():
        store(pdf())


def test_who_waits_too_long_for_a_turn_is_told_to_try_again(teacher, monkeypatch):
    def busy(_data):
        raise images.NoTurn

    monkeypatch.setattr(images, "read_picture", busy)
    with pytest.raises(PicturesBusy) as caught:
        store(jpeg())
    assert caught.value.status == 503


@pytest.mark.parametrize("step", ["write", "fsync", "replace"])
def test_FAULT_F06_a_full_disk_is_a_refusal_and_leaves_nothing_behind(teacher, monkeypatch, step):
    def full(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    class NoRoom:
        def __init__(self, file):
            self.file, self.write = file, full

        def __enter__(self):
            return self

        def __exit__(self, *_problem):
            self.file.close()

    store(office())
    with monkeypatch.context() as patch:
        if step == "write":
            fdopen = os.fdopen
            patch.setattr(folder.os, "fdopen", lambda *arguments: NoRoom(fdopen(*arguments)))
        else:
            patch.setattr(folder.os, step, full)
        with pytest.raises(StorageFull) as caught:
            store(pdf())
    assert caught.value.status == 507
    assert list(files()) == [store(office()).sha256]
    assert kept(store(pdf()), teacher).bytes == len(pdf()), "it goes on as soon as there is room"


def test_another_fault_of_the_disk_is_not_called_full(teacher, monkeypatch):
    def broken(*_arguments):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(folder.os, "replace", broken)
    with pytest.raises(OSError, match="Input/output"):
        store(pdf())


@pytest.mark.both
def test_a_row_is_not_written_without_its_file(teacher):
    gone = Stored("0" * 64, 10, "application/pdf", "a.pdf")

    with pytest.raises(FileGone):
        kept(gone, teacher)

    assert db.session.scalar(sa.select(sa.func.count()).select_from(Upload)) == 0


@pytest.mark.both
@pytest.mark.parametrize("wrong", [
    {"state": "gone"}, {"state": "ended"}, {"ended_at": dt.datetime(2026, 9, 1, tzinfo=dt.UTC)}, {"bytes": 0},
    {"subject_kind": "report"},
])
def test_the_table_itself_refuses_a_row_that_cannot_be(teacher, wrong):
    row = kept(store(pdf()), teacher)

    with pytest.raises(sa.exc.IntegrityError), write_tx() as session:
        session.execute(sa.update(Upload).where(Upload.id == row.id).values(**wrong))


@pytest.mark.both
def test_an_ended_file_keeps_its_row_and_its_content(teacher):
    row = kept(store(pdf()), teacher)
    for _ in range(2):
        with write_tx():
            assert end(row.uuid, by=teacher.actor).state == "ended"
    with clock.freeze(clock.now() + 48 * HOUR):
        sweeping.sweep()

    row = db.session.scalars(sa.select(Upload)).one()
    assert row.ended_at is not None
    assert path_of(row).is_file()
    actions = db.session.execute(sa.select(AuditEntry.action, AuditEntry.object_key).order_by(AuditEntry.id)).all()
    assert actions[-2:] == [("upload.kept", str(row.uuid)), ("upload.ended", str(row.uuid))]
    with pytest.raises(NotFound), write_tx():
        end(uuid7(), by=teacher.actor)


def test_the_log_does_not_hold_the_name_that_somebody_gave(teacher):
    kept(store(pdf(), name="Siti Aminah 5202014107850003.pdf"), teacher)

    entry = db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "upload.kept")).one()
    assert entry.after == {"bytes": len(pdf()), "kind": "pdf"}


# Sweeping


@pytest.mark.both
def test_what_has_no_row_after_an_hour_is_swept_and_what_has_one_stays(teacher):
    row = kept(store(jpeg()), teacher)
    lost, picture = store(pdf()), store(encoded(photo(90, 60)))
    (folder.root() / "note.txt").write_text("of the operator")
    with clock.freeze(clock.now() + HOUR - dt.timedelta(seconds=5)):
        assert sweeping.sweep() == 0, "its row may be on the way"
    with clock.freeze(clock.now() + HOUR + dt.timedelta(seconds=5)):
        young = store(office())
        assert sweeping.sweep() == 3
        assert sweeping.sweep() == 0

    assert set(files()) == {row.sha256, f"{row.sha256}.small", young.sha256, "note.txt"}
    assert {lost.sha256, picture.sha256}.isdisjoint(files())


def test_content_that_is_stored_again_is_young_again(teacher):
    store(pdf())
    with clock.freeze(clock.now() + 3 * HOUR):
        again = store(pdf())
        assert sweeping.sweep() == 0
        assert kept(again, teacher)


def test_content_that_is_stored_again_while_it_is_swept_stays(teacher, monkeypatch):
    stored = store(pdf())
    with clock.freeze(clock.now() + 3 * HOUR):
        select = sweeping.sa.select

        def stored_meanwhile(*columns):
            store(pdf())
            return select(*columns)

        monkeypatch.setattr(sweeping.sa, "select", stored_meanwhile)
        assert sweeping.sweep() == 0
        monkeypatch.undo()
    assert list(files()) == [stored.sha256]


def test_half_files_are_swept_after_an_hour_and_never_while_they_are_written(teacher):
    place = folder.root() / "ab"
    place.mkdir(parents=True)
    part = place / f"{int(clock.now().timestamp())}-{'0' * 16}{folder.PART}"
    part.write_bytes(b"half")

    assert sweeping.sweep() == 0
    with clock.freeze(clock.now() + 2 * HOUR):
        assert sweeping.sweep() == 1
    assert files() == {}


def test_sweeping_is_daily_work_and_an_empty_installation_has_nothing_to_sweep(app):
    assert registry.jobs[sweeping.JOB].is_daily
    assert sweeping.sweep() == 0
    assert jobs.turn(limit=50) > 0
    assert db.session.scalar(sa.select(jobs.JobRow.state).where(jobs.JobRow.key == sweeping.JOB)) == "done"


@pytest.mark.both
def test_many_who_store_the_same_content_at_once_get_one_whole_file(app, teacher):
    contents, problems, rows = [pdf(200 + number) for number in range(6)], [], []

    def hand_in(turn):
        with app.app_context():
            for data in contents[turn:] + contents[:turn]:
                try:
                    rows.append(kept(store(data), teacher).sha256)
                except Exception as problem:
                    problems.append(repr(problem))
            db.session.remove()

    threads = [threading.Thread(target=hand_in, args=(turn,)) for turn in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(rows) == 24
    assert {name: sha256(path) for name, path in files().items()} == {name: name for name in rows}


# A process that is killed


KILLED = """
import os, signal, sys
from lms import config
from lms.app import create_app
from lms.core import uploads
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.core.uploads import folder

point, data, owner = sys.argv[1], bytes.fromhex(sys.argv[2]), int(sys.argv[3])

def dying(before):
    def die(*arguments, **values):
        os.kill(os.getpid(), signal.SIGKILL)
    def live_and_die(*arguments, **values):
        done(*arguments, **values)
        die()
    done = before
    return die if point.startswith("before") else live_and_die

app = create_app(config.load())
with app.app_context():
    name = point.rpartition(" ")[2]
    if name in ("write", "fsync", "replace"):
        setattr(folder.os, name, dying(getattr(folder.os, name)))
    stored = uploads.store(data)
    if point == "stored":
        os.kill(os.getpid(), signal.SIGKILL)
    with write_tx() as session:
        uploads.add(stored, owner_id=owner, purpose="report", by=SYSTEM)
        if point == "row":
            os.kill(os.getpid(), signal.SIGKILL)
    print("acknowledged", stored.sha256, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def killed(app, point, data, owner):
    """Store a file in a process that kills itself at a point; return what it had acknowledged."""
    config = app.extensions["lms.config"]
    done = subprocess.run(
        [sys.executable, "-c", KILLED, point, data.hex(), str(owner)], cwd=ROOT, capture_output=True, text=True,
        env={
            "PATH": os.environ["PATH"], "INSTANCE": str(config.instance), "LMS_ENV": "development",
            "LMS_DATABASE_URL": config.database_url, "LMS_KEY_FILE": str(config.key_file),
        },
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return done.stdout.split()[1:]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signal")
@pytest.mark.both
def test_FAULT_F02_a_kill_at_any_point_leaves_no_row_without_its_whole_file(app, teacher):
    points = ("before fsync", "after fsync", "before replace", "after replace", "stored", "row", "acknowledged")
    contents = {point: pdf(300 + number) for number, point in enumerate(points)}
    acknowledged = [name for point in points for name in killed(app, point, contents[point], teacher.person_id)]
    db.session.rollback()
    rows = db.session.scalars(sa.select(Upload)).all()

    assert acknowledged == [hashlib.sha256(contents["acknowledged"]).hexdigest()]
    assert [row.sha256 for row in rows] == acknowledged
    assert all(sha256(path_of(row)) == row.sha256 for row in rows)
    assert len(files()) > len(rows), "nothing was left behind, so the kills came too late"
    with clock.freeze(clock.now() + 2 * HOUR):
        sweeping.sweep()
    assert set(files()) == set(acknowledged)
