"""What a learner may see during and after an attempt, and what stays hidden until it may be known."""

import dataclasses
import datetime as dt
import json

import pytest
from quiz_acts import answering, choosing, finish_modules, save, start, submit, take

from lms.core.db import write_tx
from lms.core.errors import NotFound
from lms.lib import clock
from lms.programs.content import Program
from lms.quizzes import queries, services
from lms.testing_program import questions, tiny_program, with_quiz
from lms.testing_stories import Story

CANARIES = """\
// [id:c1] [tag:RAHASIA-tag]
::RAHASIA-judul::Pilih{=tepat#RAHASIA-a ~%-33.33333%meleset#RAHASIA-b ####RAHASIA-umum}

// [id:c2]
::RAHASIA-judul::Pilih semua{~%50%satu#RAHASIA ~%50%dua#RAHASIA ~%-100%tiga#RAHASIA ####RAHASIA}

// [id:c3]
::RAHASIA-judul::Benar atau salah{T#RAHASIA#RAHASIA####RAHASIA}

// [id:c4]
::RAHASIA-judul::Tulis{=RAHASIA-kunci#RAHASIA =%50%RAHASIA-separuh}

// [id:c5]
::RAHASIA-judul::Berapa{#=31415926:0.5#RAHASIA ####RAHASIA}

// [id:c6]
::RAHASIA-judul::Pasangkan{=apel -> buah =bayam -> sayur ####RAHASIA}

// [id:c7]
::RAHASIA-judul::Urutkan{>ALL VERTICAL ABSOLUTE_POSITION SHOW 123
pagi
siang
malam
}

// [id:c8]
Ceritakan{####RAHASIA}

// [id:RAHASIA-sisa]
::RAHASIA-judul::RAHASIA-soal yang tidak terpilih{=RAHASIA ~RAHASIA}
"""


def story_with(source: str, **changes) -> tuple[Story, object]:
    bank = questions(source)
    ids = tuple(bank)
    program: Program = tiny_program()
    program = dataclasses.replace(program, questions={**program.questions, **bank})
    program = with_quiz(program, "m00-awal", forms=(), bank=ids, draws=((None, len(ids)),), **changes)
    story = Story()
    return story, story.cohort(story.program(program))


def test_the_page_of_an_attempt_holds_no_key_no_fraction_no_feedback_and_no_other_question(app):
    """ABUSE-A03."""
    bank = tuple(f"c{number}" for number in range(1, 9))
    program = tiny_program()
    program = dataclasses.replace(program, questions={**program.questions, **questions(CANARIES)})
    program = with_quiz(program, "m00-awal", forms=(bank,), shuffle=True)
    story = Story()
    learner = story.teacher(story.cohort(story.program(program)))
    attempt = start(learner, "m00-awal")
    shown = queries.attempt_page(attempt, by=learner.actor).slots
    written = next(slot.number for slot in shown if slot.presentation.type == "short_answer")
    save(learner, attempt, {written: {"answer": ["jawaban saya"]}})
    page = queries.attempt_page(attempt, by=learner.actor)
    told = json.dumps(page.as_dict())
    assert len(page.slots) == 8
    for secret in ("RAHASIA", "31415926", "fraction", "33.33", "feedback", "seed"):
        assert secret not in told
    assert "jawaban saya" in told
    for slot in page.slots:
        assert "RAHASIA" not in repr(slot)


@pytest.mark.parametrize("name", ["multiple_choice", "matching", "ordering"])
def test_the_order_of_options_is_the_same_on_every_visit_and_differs_between_attempts(app, name):
    wanted = {"multiple_choice": "Pilih{=a ~b ~c ~d ~e ~f}", "matching": "P{=a -> 1 =b -> 2 =c -> 3 =d -> 4 =e -> 5}",
              "ordering": "U{>ALL VERTICAL ABSOLUTE_POSITION SHOW 123\na\nb\nc\nd\ne\nf\n}"}[name]
    story, cohort = story_with(f"// [id:x1]\n{wanted}\n\n", shuffle=True)
    orders = set()
    for _time in range(6):
        learner = story.teacher(cohort)
        attempt = start(learner, "m00-awal")
        pages = [queries.attempt_page(attempt, by=learner.actor).slots[0].presentation for _visit in range(2)]
        assert pages[0] == pages[1]
        orders.add(tuple(option.id for option in pages[0].options))
    assert len(orders) > 1


@pytest.mark.both
def test_right_answers_wait_until_no_attempt_is_left(app):
    """ABUSE-A04."""
    learner = Story().teacher()
    finish_modules(learner, "M00")
    attempts = []
    for _time in range(2):
        attempts.append(start(learner, "m01-kuis"))
        submit(learner, attempts[-1], answering(learner, attempts[-1], right=3))
    third = start(learner, "m01-kuis")
    for attempt in attempts:
        review = queries.review(attempt, by=learner.actor)
        assert (review.is_open, review.shows_answers, review.mark) == (True, False, 75)
        assert [slot.mark for slot in review.slots] == [100, 100, 100, 0]
        assert all(slot.right is None for slot in review.slots)
        wrong = review.slots[3]
        assert [item.text.text for item in wrong.feedback.answers] == ["UMPAN-meleset"]
        assert wrong.feedback.general is None
        assert review.slots[0].feedback.general.text == "UMPAN-umum"
    with pytest.raises(services.AttemptRunning):
        queries.review(third, by=learner.actor)
    submit(learner, third)
    review = queries.review(attempts[0], by=learner.actor)
    assert review.shows_answers
    assert review.slots[3].right.text == "tepat"
    assert review.slots[3].feedback.general.text == "UMPAN-umum"


@pytest.mark.both
def test_an_attempt_granted_later_hides_the_right_answers_again(app):
    story = Story()
    cohort = story.cohort()
    learner, instructor = story.teacher(cohort), story.instructor(cohort)
    attempt = take(learner, "m00-awal", right=1)["attempt"]
    assert queries.review(attempt, by=learner.actor).shows_answers
    with write_tx():
        services.grant_allowance(
            learner.enrolment_uuid, "m00-awal", extra_attempts=1, extra_minutes=0, reason="Salah tekan",
            by=instructor.actor,
        )
    assert not queries.review(attempt, by=learner.actor).shows_answers


@pytest.mark.both
def test_after_the_class_has_ended_right_answers_are_shown(app):
    with clock.freeze(dt.datetime(2026, 11, 2, 4, tzinfo=dt.UTC)) as now:
        story = Story()
        learner = story.teacher(story.cohort(ends=0))
        attempt = take(learner, "m00-latihan", right=1)["attempt"]
        assert not queries.review(attempt, by=learner.actor).shows_answers
        now.tick(dt.timedelta(days=1))
        assert queries.review(attempt, by=learner.actor).shows_answers


@pytest.mark.both
def test_the_instructor_of_the_class_sees_everything_and_nobody_else_anything(app):
    """ABUSE-A05."""
    story = Story()
    cohort = story.cohort()
    learner = story.teacher(cohort)
    attempt = take(learner, "m00-latihan", right=1)["attempt"]
    review = queries.review(attempt, by=story.instructor(cohort).actor)
    assert (review.person_id, review.shows_answers) == (learner.person_id, True)
    for stranger in (
        story.instructor(story.cohort()), story.teacher(cohort), story.facilitator(), story.observer(),
        story.coordinator(), story.supervisor(),
    ):
        with pytest.raises(NotFound):
            queries.review(attempt, by=stranger.actor)


TRANSLATED = {
    "multiple_choice": ("Pilih{=satu#ya ~dua#tidak ####umum}", "Choose{=one#yes ~two#no ####general}"),
    "multiple_response": ("Pilih{~%50%satu#ya ~%50%dua#ya ~%-100%tiga#tidak}",
                          "Choose{~%50%one#yes ~%50%two#yes ~%-100%three#no}"),
    "true_false": ("Benar?{T#salah#betul}", "True?{T#wrong#right}"),
    "short_answer": ("Tulis{=bermain#ya}", "Write{=play#yes}"),
    "numerical": ("Berapa{#3:0}", "How many{#3:0}"),
    "matching": ("Pasang{=apel -> buah =bayam -> sayur =jeruk -> buah}",
                 "Match{=apple -> fruit =spinach -> vegetable =orange -> fruit}"),
    "ordering": ("Urut{>ALL VERTICAL ABSOLUTE_POSITION SHOW 123\npagi\nsiang\nmalam\n}",
                 "Order{>ALL VERTICAL ABSOLUTE_POSITION SHOW 123\nmorning\nnoon\nnight\n}"),
    "essay": ("Ceritakan{}", "Tell{}"),
}


@pytest.mark.parametrize("name", TRANSLATED)
def test_a_question_in_another_language_keeps_its_ids_its_order_and_its_key(name):
    from lms.quizzes.wording import WordedQuestion

    own, other = (
        next(iter(questions(f"// [id:t1]\n{source}\n\n").values())).content["id"] for source in TRANSLATED[name]
    )
    both, alone = WordedQuestion({"id": own, "en": other}), WordedQuestion({"id": own})
    indonesian, english = both.present(7, "id"), both.present(7, "en")
    assert (english.type, alone.present(7, "en")) == (name, indonesian)
    for group in ("options", "stems"):
        assert [item.id for item in getattr(english, group)] == [item.id for item in getattr(indonesian, group)]
    assert english.text.text == other["text"]["text"]
    words = dict(zip(
        [item.text.text for item in (*indonesian.options, *indonesian.stems)],
        [item.text.text for item in (*english.options, *english.stems)], strict=True,
    ))
    expected = {"satu": "one", "dua": "two", "tiga": "three", "apel": "apple", "bayam": "spinach", "jeruk": "orange",
                "buah": "fruit", "sayur": "vegetable", "pagi": "morning", "siang": "noon", "malam": "night"}
    assert all(expected.get(key, key) == value for key, value in words.items())
    assert both.right_answer("id").option_ids == both.right_answer("en").option_ids
    assert both.right_answer("id").pairs == both.right_answer("en").pairs
    full = right_response(name, both)
    if full is not None:
        assert both.grade(full) == 1
        if name != "short_answer":
            # What a learner typed stays as it was typed.
            assert both.summary(full, "en") == both.right_answer("en").text
        assert both.summary(full, "id") == both.right_answer("id").text
    said = [item.text.text for item in both.feedback(full, "en").answers]
    assert said == {"multiple_choice": ["yes"], "multiple_response": ["yes", "yes"], "true_false": ["right"],
                    "short_answer": []}.get(name, [])


def right_response(name, question):
    key = question.right_answer("id")
    return {
        "multiple_choice": lambda: key.option_ids[0], "multiple_response": lambda: list(key.option_ids),
        "true_false": lambda: "true", "short_answer": lambda: "bermain", "numerical": lambda: "3",
        "matching": lambda: dict(key.pairs), "ordering": lambda: list(key.option_ids), "essay": lambda: None,
    }[name]()


def test_a_word_typed_in_another_language_counts_where_it_is_right():
    from lms.quizzes.wording import WordedQuestion

    own, other = (
        next(iter(questions(f"// [id:t1]\n{source}\n\n").values())).content["id"]
        for source in TRANSLATED["short_answer"]
    )
    question = WordedQuestion({"id": own, "en": other})
    assert [question.grade(word) for word in ("bermain", "Play", "tidur")] == [1, 1, 0]


def test_an_answer_given_in_one_language_stands_in_the_other(app):
    story, cohort = story_with("// [id:x1]\nPilih{=satu ~dua ~tiga}\n\n", shuffle=True)
    learner = story.teacher(cohort)
    attempt = start(learner, "m00-awal")
    save(learner, attempt, choosing(learner, attempt, {1: "satu"}))
    english = dataclasses.replace(learner.actor, language="en")
    slot = queries.attempt_page(attempt, by=english).slots[0]
    assert (slot.is_translated, slot.is_answered) == (False, True)
