"""Draws: never twice in one attempt, least seen first, whatever chance says."""

import random
from collections import Counter

from hypothesis import given, strategies as st

from lms.quizzes.drawing import questions_for, seeds_for
from lms.testing_program import choice, questions, quiz

TAGS = ("a", "b", "c")


@st.composite
def banks(draw):
    """A bank whose draws can always be filled: each tag has its own questions, and some are left over."""
    sizes = {tag: draw(st.integers(1, 5)) for tag in TAGS}
    source = "".join(choice(f"{tag}{n}", tag) for tag, size in sizes.items() for n in range(size))
    bank = questions(source)
    takes = [(tag, draw(st.integers(1, size))) for tag, size in sizes.items()]
    left = len(bank) - sum(take for _tag, take in takes)
    rest = [(None, draw(st.integers(1, left)))] if left and draw(st.booleans()) else []
    return bank, quiz("k", "module", bank=tuple(bank), draws=(*takes, *rest))


@given(banks(), st.randoms(use_true_random=False), st.data())
def test_an_attempt_has_every_tag_as_often_as_asked_and_no_question_twice(made, chance, data):
    bank, taken_quiz = made
    seen = data.draw(st.lists(st.sampled_from(sorted(bank)), max_size=12))
    drawn = questions_for(taken_quiz, bank, number=1, seen=seen, chance=chance)
    assert len(drawn) == len(set(drawn)) == sum(take for _tag, take in taken_quiz.draws)
    position = 0
    for tag, take in taken_quiz.draws:
        part = drawn[position:position + take]
        position += take
        assert tag is None or all(tag in bank[key].tags for key in part)
        met = Counter(seen)
        left = [key for key in bank if key not in drawn[:position] and (tag is None or tag in bank[key].tags)]
        assert not left or max(met[key] for key in part) <= min(met[key] for key in left)


@given(st.integers(1, 9), st.randoms(use_true_random=False))
def test_forms_go_round_and_are_taken_whole(number, chance):
    forms = (("a", "b"), ("c", "d"))
    taken_quiz = quiz("k", "posttest", forms=forms)
    assert tuple(questions_for(taken_quiz, {}, number=number, seen=(), chance=chance)) == forms[(number - 1) % 2]


def test_seeds_are_zero_where_the_order_is_the_authors():
    assert seeds_for(quiz("k", "module", shuffle=False), 3, random.Random(1)) == [0, 0, 0]
    assert all(seeds_for(quiz("k", "module", shuffle=True), 3, random.Random(1)))


@given(st.integers(1, 4), st.integers(0, 2**32))
def test_a_quiz_that_shuffles_takes_its_form_whole_in_an_order_that_chance_decides(number, seed):
    forms = (tuple(f"b{n}" for n in range(9)), tuple(f"c{n}" for n in range(9)))
    mixed = quiz("k", "posttest", forms=forms, shuffle=True)
    orders = [questions_for(mixed, {}, number=number, seen=(), chance=random.Random(seed + n)) for n in range(5)]
    assert all(sorted(order) == sorted(forms[(number - 1) % 2]) for order in orders)
    assert len({tuple(order) for order in orders}) > 1


def test_a_quiz_that_shuffles_mixes_the_tags_of_its_draws():
    bank = questions("".join(choice(f"{tag}{n}", tag) for tag in TAGS for n in range(4)))
    mixed = quiz("k", "module", bank=tuple(bank), draws=tuple((tag, 4) for tag in TAGS), shuffle=True)
    drawn = questions_for(mixed, bank, number=1, seen=(), chance=random.Random(3))
    assert [key[0] for key in drawn] != sorted(key[0] for key in drawn)
