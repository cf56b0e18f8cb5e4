"""What a class shares under its lessons reaches those who teach it; what is not shared reaches nobody."""

from __future__ import annotations

import datetime as dt

import pytest
import sqlalchemy as sa
from desk import Desk
from reading_pages import read

from lms.cohorts.models import Enrolment
from lms.core.db import db, write_tx
from lms.lessons import services as lessons
from lms.lessons.models import Reflection
from lms.lib import clock
from lms.teaching import reflections
from lms.testing_program import tiny_program
from lms.testing_stories import Story

NOON = dt.datetime(2026, 11, 2, 4, 0, tzinfo=dt.UTC)


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort(name="Kelas Satu")


@pytest.fixture
def desk(app, story, cohort):
    return Desk(app, story, story.instructor(cohort))


def note(learner, text, *, shared=True, lesson="m00-1"):
    with write_tx():
        lessons.save_reflection(learner.enrolment_uuid, lesson, text, shared, by=learner.actor)


def page(desk, cohort, query=""):
    return desk.get(f"/kelas/{cohort.uuid}/refleksi{query}")


def test_an_instructor_reads_who_has_shared_what_under_which_lesson(story, cohort, desk):
    note(story.teacher(cohort, name="Baiq Mariani"), "Besok saya coba <b>sudut main</b>.")
    text = page(desk, cohort).text

    for word in ("Baiq Mariani", "Pelajaran m00-1", "Besok saya coba &lt;b&gt;sudut main&lt;/b&gt;.", "1 refleksi"):
        assert word in text


def test_a_private_reflection_is_read_by_nobody_who_teaches(story, cohort, desk):
    note(story.teacher(cohort, name="Diam Sendiri"), "Hanya untuk saya.", shared=False)
    text = page(desk, cohort).text

    assert "Diam Sendiri" not in text
    assert "Hanya untuk saya." not in text
    assert "Belum ada yang berbagi" in text


@pytest.mark.parametrize("then", ["taken back", "emptied", "left the class"])
def test_what_was_shared_and_taken_back_is_gone(story, cohort, desk, then):
    learner = story.teacher(cohort, name="Berubah Pikiran")
    note(learner, "Sudah dibagikan.")
    if then == "left the class":
        with write_tx() as session:
            session.execute(
                sa.update(Enrolment).where(Enrolment.id == learner.enrolment_id).values(state="withdrawn")
            )
    else:
        note(learner, "Sudah dibagikan." if then == "taken back" else "", shared=then == "emptied")

    assert "Berubah Pikiran" not in page(desk, cohort).text


def test_the_newest_stands_first_page_by_page(story, cohort, desk):
    names = [f"Guru Nomor {number:02}" for number in range(23)]
    with clock.freeze(NOON) as now:
        for name in names:
            learner = story.teacher(cohort, name=name)
            with write_tx() as session:
                session.add(Reflection(
                    enrolment_id=learner.enrolment_id, program_id=cohort.program_id, lesson_id="m00-1", text="Isi.",
                    is_shared=True, updated_at=now.at,
                ))
            now.tick(dt.timedelta(minutes=1))

    seen = [[name for name in reversed(names) if name in page(desk, cohort, query).text] for query in ("", "?hal=2")]
    assert seen == [names[:2:-1], names[2::-1]]
    first = page(desk, cohort).text
    assert first.index("Guru Nomor 22") < first.index("Guru Nomor 21")
    assert "1–20 dari 23" in first


def test_one_lesson_can_be_asked_for_and_each_tells_how_many_there_are(story, cohort, desk):
    first, second = story.teacher(cohort, name="Satu Saja"), story.teacher(cohort, name="Dua Kali")
    note(first, "Tentang yang pertama.")
    note(second, "Juga yang pertama.")
    note(second, "Tentang yang kedua.", lesson="m00-2")
    text = page(desk, cohort).text
    assert text.index("Pelajaran m00-1 (2)") < text.index("Pelajaran m00-2 (1)")

    text = page(desk, cohort, "?pelajaran=m00-2").text
    assert "Tentang yang kedua." in text
    assert "yang pertama." not in text
    assert "1 refleksi" in text
    assert "Tidak ada yang cocok" in page(desk, cohort, "?pelajaran=tidak-ada").text


def test_a_reflection_under_a_lesson_that_is_gone_is_still_there(story, cohort, desk):
    learner = story.teacher(cohort)
    with write_tx() as session:
        session.add(Reflection(
            enrolment_id=learner.enrolment_id, program_id=cohort.program_id, lesson_id="m99-lama", text="Masih ada.",
            is_shared=True, updated_at=clock.now(),
        ))

    assert "Masih ada." in page(desk, cohort).text
    assert "m99-lama" in page(desk, cohort).text
    assert reflections.in_order({"m99-lama": 1, "m00-2": 1, "m00-1": 1}, tiny_program())[-1][0] == "m99-lama"


def test_ABUSE_A05_an_instructor_reads_no_reflection_of_the_class_beside(app, story, cohort, desk):
    other = story.cohort(name="Kelas Dua")
    note(story.teacher(other, name="Kenari Sebelah"), "Kenari menulis.")

    assert page(desk, other).status_code == 404
    assert "Kenari" not in page(desk, cohort).text
    assert "Kenari" not in page(desk, cohort, f"?kelas={other.uuid}").text
    assert reflections.shared(other.uuid, by=story.instructor(cohort).actor) == ([], {})


@pytest.mark.parametrize("role", ["practice_supervisor", "class_admin", "facilitator", "admin", "teacher"])
def test_nobody_but_those_who_teach_the_class_opens_the_page(app, story, cohort, role):
    someone = {
        "practice_supervisor": story.supervisor, "class_admin": lambda: story.class_admin(cohort),
        "facilitator": story.facilitator, "admin": story.admin, "teacher": lambda: story.teacher(cohort),
    }[role]()

    assert page(Desk(app, story, someone), cohort).status_code in (403, 404)


def test_the_class_leads_to_its_reflections_and_they_to_their_writers(story, cohort, desk):
    learner = story.teacher(cohort)
    note(learner, "Isi.")

    assert f"/kelas/{cohort.uuid}/refleksi" in read(desk.get(f"/kelas/{cohort.uuid}")).links
    assert f"/peserta/{learner.enrolment_uuid}" in read(page(desk, cohort)).links


def test_the_learner_is_told_before_sharing_who_will_read_it(app, story, cohort):
    learner = Desk(app, story, who := story.teacher(cohort))

    assert "Bagikan kepada kelas dan pengajarnya." in learner.get(f"/pelajaran/{who.enrolment_uuid}/m00-1").text


def test_the_statements_do_not_grow_with_what_is_shared(story, cohort, desk, count_statements):
    def shared_by(ids):
        with write_tx() as session:
            session.execute(sa.insert(Reflection), [
                {"enrolment_id": one, "program_id": cohort.program_id, "lesson_id": "m00-1", "text": "Isi.",
                 "is_shared": True, "updated_at": NOON} for one in ids
            ])

    shared_by(story.crowd(cohort, 3))
    page(desk, cohort)
    with count_statements() as few:
        page(desk, cohort)
    shared_by(story.crowd(cohort, 150))
    with count_statements() as many:
        page(desk, cohort)

    assert len(many) == len(few) <= 4
    db.session.rollback()
