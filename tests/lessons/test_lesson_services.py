"""Reading, reflecting and asking: what is recorded, what is refused, what is told to whom."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from lms.cohorts.models import Enrolment
from lms.completion import queries as completion_queries
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.errors import Invalid, NotFound
from lms.core.notices import Notice
from lms.lessons import queries, services
from lms.lessons.models import Reflection, ReflectionVersion
from lms.quizzes import services as quiz_services
from lms.testing_stories import Learner, Story

pytestmark = pytest.mark.both


@pytest.fixture
def story(app: Any) -> Story:
    return Story()


def finish(who: Learner, lesson_id: str) -> dict[str, Any]:
    with write_tx():
        return services.finish_lesson(who.enrolment_uuid, lesson_id, by=who.actor)


def reflect(who: Learner, text: str, *, shared: bool = False) -> dict[str, Any]:
    with write_tx():
        return services.save_reflection(who.enrolment_uuid, "m00-1", text, shared, by=who.actor)


def ask(who: Learner, text: str = "Bolehkah nama lengkap anak ditulis?") -> str:
    with write_tx():
        return services.ask(who.enrolment_uuid, "m00-1", text, by=who.actor)


def test_finishing_a_lesson_is_recorded_once_and_says_so(story: Story) -> None:
    teacher = story.teacher()
    assert finish(teacher, "m00-1") == {"is_new": True, "modules": []}
    assert finish(teacher, "m00-1") == {"is_new": False, "modules": []}
    facts = completion_queries.facts(teacher.enrolment_id)
    assert facts.read == {"m00-1"}
    assert facts.opened == {"m00-1"}


def test_the_last_thing_a_module_asks_for_grants_it(story: Story) -> None:
    teacher = story.teacher()
    with write_tx():
        attempt = quiz_services.start_attempt(teacher.enrolment_uuid, "m00-awal", by=teacher.actor)
    with write_tx():
        quiz_services.submit(attempt, {}, by=teacher.actor)
    assert finish(teacher, "m00-1")["modules"] == []
    assert finish(teacher, "m00-2")["modules"] == ["M00"]


def test_learning_notes_when_somebody_was_last_active(story: Story) -> None:
    teacher = story.teacher()
    finish(teacher, "m00-1")
    own = Enrolment.id == teacher.enrolment_id
    assert db.session.scalar(sa.select(Enrolment.last_active_at).where(own)) is not None


def open_lesson(who: Learner, lesson_id: str) -> bool:
    with write_tx():
        return services.open_lesson(who.enrolment_uuid, lesson_id, by=who.actor)


@pytest.mark.parametrize("change", [finish, open_lesson])
def test_a_lesson_of_a_locked_module_is_refused(story: Story, change: Any) -> None:
    teacher = story.teacher()
    with pytest.raises(services.LessonLocked) as refusal:
        change(teacher, "m01-1")
    assert [number for number, _title in refusal.value.values["missing"]] == [0]
    assert completion_queries.facts(teacher.enrolment_id) == completion_queries.Facts()


def test_nothing_is_learned_before_the_class_begins(story: Story) -> None:
    teacher = story.teacher(story.cohort(starts=3), state="accepted")
    with pytest.raises(services.NotLearning):
        finish(teacher, "m00-1")


def test_a_lesson_of_somebody_else_does_not_exist(story: Story) -> None:
    cohort = story.cohort()
    mine, other = story.teacher(cohort), story.teacher(cohort)
    with write_tx(), pytest.raises(NotFound):
        services.finish_lesson(other.enrolment_uuid, "m00-1", by=mine.actor)
    with write_tx(), pytest.raises(NotFound):
        services.finish_lesson(mine.enrolment_uuid, "tidak-ada", by=mine.actor)


def test_every_version_of_a_reflection_is_kept(story: Story) -> None:
    teacher = story.teacher()
    assert reflect(teacher, "Satu.") == {"version": 1}
    assert reflect(teacher, "Dua.", shared=True) == {"version": 2}
    kept = db.session.scalars(sa.select(ReflectionVersion.text).order_by(ReflectionVersion.version))
    assert list(kept) == ["Satu.", "Dua."]
    work = queries.lesson_work(teacher.enrolment_id, "m00-1")
    assert (work.reflection, work.is_shared, work.version) == ("Dua.", True, 2)


def test_the_same_reflection_again_changes_nothing(story: Story) -> None:
    teacher = story.teacher()
    reflect(teacher, "Satu.")
    assert reflect(teacher, "  Satu. ") == {"version": 1}
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ReflectionVersion)) == 1


def test_a_reflection_stays_out_of_the_audit_log(story: Story) -> None:
    teacher = story.teacher()
    reflect(teacher, "Rahasia hati saya.")
    entries = list(db.session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "reflection.save")))
    assert [entry.after for entry in entries] == [{"version": 1, "is_shared": False}]


def test_a_reflection_that_is_too_long_is_refused_and_nothing_changes(story: Story) -> None:
    teacher = story.teacher()
    with pytest.raises(Invalid):
        reflect(teacher, "a" * (services.LONGEST + 1))
    assert db.session.scalar(sa.select(Reflection.id)) is None


def test_an_answer_reaches_the_asker(story: Story) -> None:
    cohort = story.cohort()
    teacher, instructor = story.teacher(cohort), story.instructor(cohort)
    question = ask(teacher)
    with write_tx():
        services.answer(uuid.UUID(question), "Cukup inisial.", by=instructor.actor)
    notice = db.session.scalars(sa.select(Notice).where(Notice.person_id == teacher.person_id)).one()
    assert notice.person_id == teacher.person_id
    assert notice.link == f"/pelajaran/{teacher.enrolment_uuid}/m00-1#tanya"
    turns = queries.lesson_work(teacher.enrolment_id, "m00-1").turns
    assert [(turn.text, turn.author is None) for turn in turns] == [
        ("Bolehkah nama lengkap anak ditulis?", True), ("Cukup inisial.", False),
    ]
    assert [answer.text for answer in queries.recent_answers(teacher.enrolment_id)] == ["Cukup inisial."]


@pytest.mark.parametrize(("language", "sentence"), [
    ("id", "Pengajar menjawab pertanyaan Anda di “Pelajaran m00-1”."),
    ("en", "The instructor answered your question in “Lesson m00-1”."),
])
def test_the_notice_of_an_answer_names_the_lesson_in_the_language_of_the_page(
    app: Any, story: Story, language: str, sentence: str
) -> None:
    cohort = story.cohort()
    teacher, instructor = story.teacher(cohort), story.instructor(cohort)
    question = ask(teacher)
    with write_tx():
        services.answer(uuid.UUID(question), "Cukup inisial.", by=instructor.actor)
    client = app.test_client()
    story.sign_in(client, teacher)
    assert sentence in client.get(f"/pemberitahuan?bahasa={language}").text


def test_an_instructor_of_another_class_cannot_see_the_question(story: Story) -> None:
    teacher = story.teacher(story.cohort())
    stranger = story.instructor(story.cohort())
    question = ask(teacher)
    with write_tx(), pytest.raises(NotFound):
        services.answer(uuid.UUID(question), "Salah kelas.", by=stranger.actor)


def test_an_empty_question_is_refused(story: Story) -> None:
    teacher = story.teacher()
    with pytest.raises(Invalid):
        ask(teacher, " \n ")
    assert queries.lesson_work(teacher.enrolment_id, "m00-1").asked == 0


def test_a_shared_reflection_is_read_by_the_own_class_only_and_can_be_taken_back(story: Story) -> None:
    cohort = story.cohort()
    writer, classmate = story.teacher(cohort), story.teacher(cohort)
    stranger = story.teacher(story.cohort())
    reflect(writer, "R. menyusun lima balok.", shared=True)
    reflect(classmate, "Hanya untuk saya.")
    reflect(stranger, "Dari kelas lain.", shared=True)

    shared, total = queries.shared_reflections(cohort.id, "m00-1", size=20)
    assert ([item.text for item in shared], total) == (["R. menyusun lima balok."], 1)

    reflect(writer, "R. menyusun lima balok.", shared=False)
    assert queries.shared_reflections(cohort.id, "m00-1", size=20) == ([], 0)


def test_the_page_of_shared_reflections_shows_text_as_text(app: Any, story: Story) -> None:
    cohort = story.cohort()
    writer, reader = story.teacher(cohort), story.teacher(cohort)
    reflect(writer, "<b onclick=x>Balok</b>", shared=True)
    client = app.test_client()
    story.sign_in(client, reader)

    shown = client.get(f"/pelajaran/{reader.enrolment_uuid}/m00-1/refleksi").text

    assert "&lt;b onclick=x&gt;Balok" in shown
    assert "<b onclick" not in shown
