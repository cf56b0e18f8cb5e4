"""The result of an attempt: what is said of late answers, of the gain, and of what can still be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from classroom.paper_browser import Browser
from quiz_acts import answering, choosing, finish_modules, start, submit, take

from lms.core.db import write_tx
from lms.lib import clock
from lms.quizzes import services
from lms.quizzes.models import Attempt
from lms.testing_stories import Story

WAITING, ACCEPTED, KEPT = (
    "pengajar memutuskan apakah dihitung", "sudah diterima pengajar dan dihitung", "tersimpan dan tidak dihitung",
)


@pytest.fixture
def result(app: Any, story: Story) -> Callable[..., str]:
    def read(learner: Any, attempt: str) -> str:
        text: str = Browser(app, story, learner).get(f"/percobaan/{attempt}/hasil").text
        return text

    return read


def said(text: str) -> list[str]:
    return [sentence for sentence in (WAITING, ACCEPTED, KEPT) if sentence in text]


def test_of_late_answers_the_page_says_whether_they_wait_count_or_do_not(story: Story, result: Any) -> None:
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        cohort = story.cohort(ends=0)
        learner, instructor = story.teacher(cohort), story.instructor(cohort)
        finish_modules(learner, "M00")
        attempt = start(learner, "m01-kuis")
        now.tick(dt.timedelta(days=2))
        submit(learner, attempt, answering(learner, attempt, right=4))
        assert said(result(learner, attempt)) == [WAITING]
        with write_tx():
            services.accept_late(attempt, by=instructor.actor)
        accepted = result(learner, attempt)
        assert said(accepted) == [ACCEPTED]
        assert "Nilai 100." in accepted
        with write_tx() as session:
            session.execute(sa.update(Attempt).values(late_state="kept"))
        assert said(result(learner, attempt)) == [KEPT]
        with write_tx() as session:
            session.execute(sa.update(Attempt).values(late_state=None))
        assert said(result(learner, attempt)) == []


def test_an_attempt_whose_time_is_over_and_which_nobody_closed_yet_is_not_said_to_hold_an_essay(
    app: Any, story: Story, result: Any
) -> None:
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        learner = story.teacher(story.cohort())
        finish_modules(learner, "M00", "M01")
        attempt = start(learner, "m02-kuis")
        now.tick(dt.timedelta(minutes=31))
        text = result(learner, attempt)
        client = Browser(app, story, learner).client
        client.get("/bahasa/en")
        english = client.get(f"/percobaan/{attempt}/hasil").text
    assert "Waktunya habis. Jawaban yang tersimpan sedang dinilai." in text
    assert "Time is up. The answers that were saved are being marked." in english
    assert [words for words in ("tertulis", "Terkirim") if words in text] == []


def test_an_essay_that_was_handed_in_waits_for_its_reader(story: Story, result: Any) -> None:
    learner = story.teacher()
    finish_modules(learner, "M00", "M01", "M02")
    attempt = start(learner, "m03-kuis")
    submit(learner, attempt, choosing(learner, attempt, {1: "Sari menangis."}))
    text = result(learner, attempt)
    assert "Ada jawaban tertulis yang dibaca pengajar." in text
    assert "Waktunya habis" not in text


def test_a_later_post_test_is_compared_by_the_best_one_and_says_so(app: Any, story: Story, result: Any) -> None:
    cohort = story.cohort()
    learner = story.teacher(cohort)
    take(learner, "m00-awal", right=2)
    finish_modules(learner, "M00", "M01", "M02", "M03")
    first, second = (str(take(learner, "m10-akhir", right=right)["attempt"]) for right in (3, 1))
    here, later = result(learner, first), result(learner, second)
    assert "Naik 25 poin persen dari tes awal" in here
    assert "Yang dibandingkan" not in here
    assert "Naik 25 poin persen dari tes awal" in later
    assert "Yang dibandingkan tes akhir terbaik Anda, percobaan 1." in later
    assert "Turun" not in later
    # The mark sheet tells the same gain, and so does the page of the instructor.
    for who, address in ((learner, "/nilai"), (story.instructor(cohort), "/peserta")):
        text = Browser(app, story, who).get(f"{address}/{learner.enrolment_uuid}").text
        assert "Naik 25 poin persen dari tes awal" in text, address


@pytest.mark.parametrize(("right", "sentence"), [(1, "Turun 25 poin persen"), (2, "Sama dengan tes awal")])
def test_a_gain_may_be_none_or_a_loss(story: Story, result: Any, right: int, sentence: str) -> None:
    learner = story.teacher()
    take(learner, "m00-awal", right=2)
    finish_modules(learner, "M00", "M01", "M02", "M03")
    assert sentence in result(learner, str(take(learner, "m10-akhir", right=right)["attempt"]))


def test_whoever_failed_is_told_to_try_again_only_while_that_is_possible(story: Story, result: Any) -> None:
    again, ask = "lalu coba sekali lagi", "pengajar dapat memberi tambahan"
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        learner = story.teacher(story.cohort(ends=3))
        finish_modules(learner, "M00")
        tries = [str(take(learner, "m01-kuis", right=0)["attempt"])]
        assert again in result(learner, tries[-1])
        tries += [str(take(learner, "m01-kuis", right=0)["attempt"]) for _time in range(2)]
        assert ask in result(learner, tries[-1])
        once = story.teacher(story.cohort(ends=3))
        finish_modules(once, "M00")
        only = str(take(once, "m01-kuis", right=0)["attempt"])
        now.tick(dt.timedelta(days=4))
        for who, attempt in ((learner, tries[-1]), (once, only)):
            over = result(who, attempt)
            assert [words for words in (again, ask, "Lanjutkan belajar") if words in over] == []
            assert "Kuis ini sudah ditutup. Pelajarannya tetap dapat dibaca." in over


def test_the_marks_beside_each_other_are_those_of_the_attempts(story: Story, result: Any) -> None:
    learner = story.teacher()
    attempt = start(learner, "m00-awal")
    submit(learner, attempt, choosing(learner, attempt, {1: "tepat"}))
    finish_modules(learner, "M00", "M01", "M02", "M03")
    text = result(learner, str(take(learner, "m10-akhir", right=3)["attempt"]))
    assert "1/4 = 25%" in text
    assert "3/4 = 75%" in text
