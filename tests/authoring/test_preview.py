"""A preview shows what a learner will see, from a published version or from the files, and never a key."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from lms.lib import gift
from lms.programs.reader import read_program
from lms.testing_stories import Story

COURSES = Path(__file__).resolve().parents[2] / "courses"


@pytest.fixture
def author(app):
    story = Story()
    cohort = story.cohort()
    client = app.test_client()
    story.sign_in(client, story.instructor(cohort), kind="staff")
    return client


@pytest.fixture
def files(make_app, tmp_path):
    """An application whose course files a test may break."""
    shutil.copytree(COURSES / "diklat-dasar", tmp_path / "courses" / "diklat-dasar")
    application = make_app(courses=tmp_path / "courses")
    with application.app_context():
        story = Story()
        client = application.test_client()
        story.sign_in(client, story.instructor(story.cohort()), kind="staff")
        yield client, tmp_path / "courses" / "diklat-dasar"


def test_a_published_programme_can_be_read_lesson_by_lesson(author):
    assert "Pelajaran m01-1" in author.get("/pratinjau/diklat-mini").text
    assert "Isi pelajaran m01-1." in author.get("/pratinjau/diklat-mini/pelajaran/m01-1").text


def test_files_can_be_read_before_they_are_published(files):
    client, folder = files
    lesson = next(folder.glob("01-*/01-*.md"))
    lesson.write_text(lesson.read_text().replace("\n## ", "\n## Judul baru untuk dicoba, ", 1))

    shown = client.get("/pratinjau/diklat-dasar/pelajaran/M01-L1?dari=berkas")

    assert "Judul baru untuk dicoba" in shown.text


def test_pictures_of_unpublished_files_are_shown_and_cannot_run(files):
    client, folder = files
    name = next(iter(read_program(folder).files))

    reply = client.get(f"/pratinjau/diklat-dasar/gambar/{name}.svg")

    assert reply.status_code == 200
    assert "sandbox" in reply.headers["Content-Security-Policy"]


def test_broken_files_name_path_and_line(files):
    client, folder = files
    (folder / "program.toml").write_text("id = \n")

    reply = client.get("/pratinjau/diklat-dasar?dari=berkas")

    assert reply.status_code == 422
    assert "program.toml:1" in reply.text


def test_a_quiz_preview_holds_no_feedback(files):
    client, folder = files
    program = read_program(folder).program
    page = client.get("/pratinjau/diklat-dasar/kuis/M01-kuis?dari=berkas").text

    feedback = [
        gift.plain_text(answer.feedback)
        for key in program.quiz("M01-kuis")[1].bank
        for answer in gift.from_dict(program.questions[key].content["id"]).answers if answer.feedback
    ]

    assert len(feedback) > 20
    assert [text for text in feedback if len(text) > 15 and text in page] == []


def test_a_learner_has_no_preview(app):
    story = Story()
    client = app.test_client()
    story.sign_in(client, story.teacher())

    assert client.get("/pratinjau").status_code == 403


def test_an_unknown_programme_does_not_exist(author):
    assert author.get("/pratinjau/tidak-ada").status_code == 404
    assert author.get("/pratinjau/diklat-mini/pelajaran/tidak-ada").status_code == 404
