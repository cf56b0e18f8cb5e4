"""Each question type shows no key, takes only its own options and grades as Moodle does."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.lib.gift import QUESTION_TYPES, Question, Text, parse
from lms.quizzes.question_types import (
    AnswerFeedback,
    MalformedResponse,
    Presentation,
    Raw,
    Response,
    ResponseError,
    UnknownOption,
    keys,
    option_ids,
    question_type,
    register,
)
from tests.corpora import corpus, corpus_or_none

SAMPLES = {
    "multiple_choice": "// [id:C]\nApa?{=KUNCI#UMPAN1 ~%50%agak ~salah#UMPAN2 ~lain ####UMUM}",
    "multiple_response": "// [id:R]\nApa?{~%50%satu#UMPAN1 ~%50%dua ~%-50%tiga#UMPAN2 ~%-100%empat ####UMUM}",
    "true_false": "// [id:B]\nApa?{TRUE#UMPAN1#UMPAN2####UMUM}",
    "short_answer": "// [id:S]\nApa?{=KUNCI#UMPAN1 =%50%KUN*#UMPAN2 ####UMUM}",
    "numerical": "// [id:N]\nBerapa?{#=42:0#UMPAN1 =%50%40..44#UMPAN2 ####UMUM}",
    "matching": "// [id:M]\nApa?{=a -> satu =b -> dua =c -> satu = -> tiga ####UMUM}",
    "ordering": "// [id:O]\nUrut?{>4 ALL HORIZONTAL ABSOLUTE SHOW abc\nsatu\ndua\ntiga\nempat\n####UMUM}",
    "essay": "// [id:E]\nCeritakan.{####UMUM}",
    "description": "// [id:D]\nBacalah.",
}


def read(text: str) -> Question:
    (question,) = parse(text).questions
    return question


def sample(key: str) -> Question:
    question = read(SAMPLES[key])
    assert question.type == key
    return question


def grade(question: Question, response: Response) -> Decimal | None:
    return question_type(question.type).grade(question, response)


def take(question: Question, raw: Raw) -> Response:
    return question_type(question.type).parse(question, raw)


def shown(question: Question, seed: int | str | None = None) -> Presentation:
    return question_type(question.type).present(question, seed)


def ids(question: Question) -> dict[str, str]:
    return {option.text.text: option.id for option in shown(question).options}


def stems(question: Question) -> dict[str, str]:
    return {stem.text.text: stem.id for stem in shown(question).stems}


# The registry


def test_every_type_that_gift_knows_is_registered_under_its_key() -> None:
    assert set(keys()) >= set(QUESTION_TYPES)
    assert all(question_type(key).key == key for key in QUESTION_TYPES)
    with pytest.raises(KeyError):
        question_type("hotspot")


def test_a_key_is_registered_once() -> None:
    with pytest.raises(ValueError, match="essay"):
        register(question_type("essay"))


# What a learner sees


@pytest.mark.parametrize("key", QUESTION_TYPES)
@pytest.mark.parametrize("seed", [None, 7])
def test_a_presentation_holds_no_key_no_weight_and_no_feedback(key: str, seed: int | None) -> None:
    question = replace(sample(key), title="JUDUL", tags=("TANDA",))
    sent = json.dumps(shown(question, seed).as_dict())
    assert set(json.loads(sent)) == {"type", "text", "options", "stems", "layout", "numbering"}
    for option in (*json.loads(sent)["options"], *json.loads(sent)["stems"]):
        assert set(option) == {"id", "text"}
    for secret in ("UMPAN", "UMUM", "JUDUL", "TANDA", "fraction", "0.5", "42"):
        assert secret not in sent
    if key in ("short_answer", "numerical"):
        assert "KUN" not in sent
        assert json.loads(sent)["options"] == []


@pytest.mark.parametrize("key", ["multiple_choice", "multiple_response", "matching", "ordering"])
def test_a_seed_always_gives_the_same_order_and_seeds_differ(key: str) -> None:
    question = sample(key)
    orders = {tuple(option.id for option in shown(question, seed).options) for seed in range(30)}
    assert len(orders) > 3
    assert len({frozenset(order) for order in orders}) == 1
    assert shown(question, "x:1") == shown(question, "x:1")


def test_the_order_of_a_seed_is_the_same_in_every_release() -> None:
    order = [option.text.text for option in shown(sample("ordering"), 1).options]
    assert order == ["tiga", "dua", "empat", "satu"]


def test_choices_without_a_seed_stand_as_in_the_file() -> None:
    assert list(ids(sample("multiple_choice"))) == ["KUNCI", "agak", "salah", "lain"]


@pytest.mark.parametrize("key", ["matching", "ordering"])
def test_where_the_order_of_the_file_is_the_key_it_is_never_shown(key: str) -> None:
    question = sample(key)
    turned = replace(question, answers=question.answers[::-1])
    assert shown(question).options == shown(turned).options
    assert shown(question, 3).options == shown(turned, 3).options


def test_true_and_false_are_never_shuffled() -> None:
    orders = {tuple(option.id for option in shown(sample("true_false"), seed).options) for seed in range(10)}
    assert orders == {("true", "false")}


def test_ordering_tells_how_the_author_wants_it_laid_out() -> None:
    presentation = shown(sample("ordering"))
    assert (presentation.layout, presentation.numbering) == ("horizontal", "abc")


# Option ids


def test_an_option_id_depends_on_question_and_text_but_not_on_the_place() -> None:
    question = sample("multiple_choice")
    turned = replace(question, answers=question.answers[::-1])
    assert ids(turned) == ids(question)
    assert set(ids(replace(question, id="other")).values()).isdisjoint(ids(question).values())
    assert all(len(option_id) == 17 and option_id.isalnum() for option_id in ids(question).values())


def test_options_that_read_the_same_have_different_ids() -> None:
    same = option_ids(sample("essay"), [Text("a"), Text("b"), Text("a"), Text("a", "html")])
    assert len(set(same)) == 4


def test_a_stem_and_a_partner_that_read_the_same_have_different_ids() -> None:
    question = read("Apa?{=a -> a =b -> c}")
    assert set(ids(question).values()).isdisjoint(stems(question).values())


# Reading answers


@pytest.mark.parametrize("key", ["multiple_choice", "multiple_response", "true_false", "ordering"])
def test_an_option_the_question_does_not_have_is_refused(key: str) -> None:
    for raw in ({"answer": ["o123"]}, "o123", "0", {"answer": ["1"]}):
        with pytest.raises(UnknownOption):
            take(sample(key), raw)


def test_a_stem_or_partner_the_question_does_not_have_is_refused() -> None:
    question = sample("matching")
    (stem, *_), (partner, *_) = stems(question).values(), ids(question).values()
    for raw in ({stem: ["o123"]}, {"o123": [partner]}, {partner: [stem]}):
        with pytest.raises(UnknownOption) as refused:
            take(question, raw)
        assert refused.value.code == "option_unknown"


def test_an_answer_of_the_wrong_shape_is_refused() -> None:
    choice, many, order = sample("multiple_choice"), sample("matching"), sample("ordering")
    first, second = list(ids(choice).values())[:2]
    (stem, *_), (a, b, *_) = stems(many).values(), ids(many).values()
    item = next(iter(ids(order).values()))
    wrong: list[tuple[Question, Raw]] = [
        (choice, [first, second]),
        (choice, "[1, 2]"),
        (choice, "[" * 100_000),
        (sample("true_false"), ["true", "false"]),
        (many, {stem: [a, b]}),
        (many, "{"),
        (many, "x"),
        (order, [item, item]),
        (order, {item: ["pertama"]}),
    ]
    for question, raw in wrong:
        with pytest.raises(MalformedResponse):
            take(question, raw)


@pytest.mark.parametrize("key", QUESTION_TYPES)
@pytest.mark.parametrize("raw", [None, "", {}, [], {"answer": []}, {"answer": ["", " "]}])
def test_nothing_is_no_answer_and_gives_no_mark(key: str, raw: Raw) -> None:
    if key == "matching" and raw and isinstance(raw, dict):
        raw = {stem: [""] for stem in stems(sample(key)).values()}
    question, kind = sample(key), question_type(key)
    response = take(question, raw)
    assert kind.is_answered(question, response) is (key == "description")
    assert kind.response_summary(question, response) == ""
    assert grade(question, response) == (None if key in ("essay", "description") else 0)


def full_answers() -> list[tuple[Question, Raw]]:
    choice, many, match, order = map(sample, ("multiple_choice", "multiple_response", "matching", "ordering"))
    partner = ids(match)
    return [
        (choice, {"answer": [ids(choice)["KUNCI"]]}),
        (many, {"answer": [ids(many)["dua"], ids(many)["satu"]]}),
        (sample("true_false"), {"answer": ["true"]}),
        (sample("short_answer"), {"answer": [" kunci "]}),
        (sample("numerical"), {"answer": ["42,0"]}),
        (match, {s: [partner["dua" if text == "b" else "satu"]] for text, s in stems(match).items()}),
        (order, {"answer": [ids(order)[text] for text in ("satu", "dua", "tiga", "empat")]}),
    ]


@pytest.mark.parametrize(("question", "raw"), full_answers(), ids=lambda value: getattr(value, "type", ""))
def test_the_right_answer_of_a_form_gets_the_full_mark_and_is_stored_as_plain_data(
    question: Question, raw: Raw
) -> None:
    kind = question_type(question.type)
    response = take(question, raw)
    assert kind.is_answered(question, response)
    assert grade(question, response) == 1
    stored = json.loads(json.dumps(response))
    assert take(question, stored) == response
    assert take(question, stored if isinstance(stored, str) else json.dumps(stored)) == response
    right = kind.right_answer(question)
    if right.option_ids:
        assert take(question, list(right.option_ids)) == response
    if right.pairs:
        assert dict(right.pairs) == response


def test_stored_answers_to_choices_are_opaque_ids() -> None:
    for question, raw in full_answers():
        if question.type in ("multiple_choice", "multiple_response", "matching", "ordering"):
            stored = json.dumps(take(question, raw))
            assert not any(text in stored for text in (*ids(question), *stems(question)) if len(text) > 1)


def test_an_order_may_come_as_places() -> None:
    question = sample("ordering")
    place = {"satu": "1", "dua": "10", "tiga": "2", "empat": "11"}
    raw = {option_id: [place[text]] for text, option_id in ids(question).items()}
    expected = [ids(question)[text] for text in ("satu", "tiga", "dua", "empat")]
    assert take(question, raw) == take(question, json.dumps(raw)) == expected
    backwards = dict(reversed(raw.items()))
    assert take(question, backwards) == expected
    partly = {ids(question)["dua"]: ["1"], ids(question)["satu"]: [""]}
    assert not question_type("ordering").is_answered(question, take(question, partly))


def test_line_breaks_of_a_form_are_single_and_the_words_stay_as_written() -> None:
    assert take(sample("essay"), {"answer": [" Satu\r\ndua\rtiga "]}) == " Satu\ndua\ntiga "


raws = st.recursive(
    st.none() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.just("answer"), inner, max_size=3)
    ),
    max_leaves=6,
)


@pytest.mark.parametrize("key", QUESTION_TYPES)
@given(raw=raws)
def test_whatever_arrives_is_read_or_refused_by_name(key: str, raw: Any) -> None:
    question, kind = sample(key), question_type(key)
    for arrived in (raw, json.dumps(raw)):
        try:
            response = kind.parse(question, arrived)
        except ResponseError:
            continue
        mark = kind.grade(question, response)
        assert mark is None or 0 <= mark <= 1
        json.dumps([response, kind.response_summary(question, response)])


@pytest.mark.parametrize("key", QUESTION_TYPES)
@pytest.mark.parametrize("response", [None, "x", "", ["x", "y"], {"x": "y"}])
def test_an_answer_to_another_version_gets_no_mark_and_never_raises(key: str, response: Response) -> None:
    question, kind = sample(key), question_type(key)
    assert kind.grade(question, response) in (None, 0)
    kind.feedback(question, response)
    kind.response_summary(question, response)
    kind.is_answered(question, response)


# Grading


def test_a_single_choice_gives_the_weight_of_its_option() -> None:
    question = sample("multiple_choice")
    assert [grade(question, option_id) for option_id in ids(question).values()] == [1, Decimal("0.5"), 0, 0]
    assert grade(read("Apa?{=a ~%-50%b}"), ids(read("Apa?{=a ~%-50%b}"))["b"]) == 0


@pytest.mark.parametrize(
    ("picked", "expected"),
    [("satu", "0.5"), ("satu dua", "1"), ("satu dua tiga", "0.5"), ("satu tiga", "0"), ("tiga empat", "0")],
)
def test_multiple_response_adds_the_weights_and_clamps_them(picked: str, expected: str) -> None:
    question = sample("multiple_response")
    response = take(question, [ids(question)[text] for text in picked.split()])
    assert grade(question, response) == Decimal(expected)
    doubled = read("Apa?{~%80%a ~%80%b}")
    assert grade(doubled, list(ids(doubled).values())) == 1


def test_an_option_chosen_twice_counts_once() -> None:
    question = sample("multiple_response")
    one = ids(question)["satu"]
    assert grade(question, take(question, [one, one])) == grade(question, [one, one]) == Decimal("0.5")


def test_a_fraction_has_five_digits() -> None:
    question = read("Apa?{~%33.33333%a ~%33.33333%b ~%33.33333%c}")
    option = list(ids(question).values())
    marks = [str(grade(question, option[:number])) for number in (1, 2, 3)]
    assert marks == ["0.33333", "0.66667", "1.00000"]


@pytest.mark.parametrize(
    ("pattern", "said", "fits"),
    [
        ("Paud", "  pAUD\n", True),
        ("Paud", "Pauds", False),
        ("Stra\u00dfe", "STRASSE", True),
        ("Caf\u00e9", "cafe\u0301", True),
        ("anak*", "Anak usia dini", True),
        ("*usia*", "anak usia dini", True),
        ("*usia*", "anak dini", False),
        ("a*b*c", "a-b-b-c", True),
        ("a*b*c", "a-c-b", False),
        ("ab*ba", "aba", False),
        ("*b*a*", "ab", False),
        ("*ab*b", "ab", False),
        ("a**b", "ab", True),
        ("2 \\* 3", "2 * 3", True),
        ("2 \\* 3", "2 x 3", False),
        ("a.c", "abc", False),
        ("*", "apa saja", True),
    ],
)
def test_short_answers_are_trimmed_folded_and_may_have_wildcards(pattern: str, said: str, fits: bool) -> None:
    question = read(f"Apa?{{={pattern}}}")
    assert grade(question, said) == int(fits)


def test_case_counts_when_the_question_says_so() -> None:
    question = replace(read("Apa?{=Paud}"), case_sensitive=True)
    assert [grade(question, said) for said in (" Paud ", "paud")] == [1, 0]


def test_many_wildcards_do_not_make_grading_slow() -> None:
    question = read(f"Apa?{{={'*a' * 500}*b}}")
    assert grade(question, "a" * 20_000) == 0


def test_the_first_key_that_fits_decides() -> None:
    assert grade(read("Apa?{=%50%KUN* =KUNCI}"), "kunci") == Decimal("0.5")
    assert grade(read("Apa?{#=%50%5:2 =5:0}"), "5") == Decimal("0.5")


@pytest.mark.parametrize("said", ["2.5", "2,5", " 2,50 ", "+2.5", "25e-1", "0,25E1", "2,4", "2.6", "2.6000"])
def test_a_number_may_have_a_comma_and_the_limits_of_the_tolerance_belong_to_it(said: str) -> None:
    assert grade(read("Apa?{#2.5:0.1}"), said) == 1
    assert grade(read("Apa?{#2.4..2.6}"), said) == 1


@pytest.mark.parametrize(
    "said", ["2.61", "2,39999", "abc", "2.5 m", "1e9999999", "nan", "2,5,0", "0x2", "\u0662"]
)
def test_what_is_outside_or_no_number_gets_no_mark(said: str) -> None:
    assert grade(read("Apa?{#2.5:0.1}"), said) == 0


def test_a_true_minus_sign_is_a_minus() -> None:
    assert grade(read("Apa?{#-3}"), "\u22123") == 1


def test_matching_counts_each_stem_and_takes_equal_partners_as_one() -> None:
    question = sample("matching")
    partner, stem = ids(question), stems(question)
    assert (sorted(partner), sorted(stem)) == (["dua", "satu", "tiga"], ["a", "b", "c"])
    right = {stem["a"]: partner["satu"], stem["b"]: partner["dua"], stem["c"]: partner["satu"]}
    assert grade(question, right) == 1
    assert grade(question, right | {stem["b"]: partner["tiga"]}) == Decimal("0.66667")
    assert grade(question, {stem["c"]: partner["satu"]}) == Decimal("0.33333")
    assert not question_type("matching").is_answered(question, {stem["c"]: partner["satu"]})


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("satu dua tiga empat", 1),
        ("dua satu tiga empat", "0.5"),
        ("empat satu dua tiga", 0),
        ("satu", "0.25"),
    ],
)
def test_ordering_counts_items_in_their_absolute_place(order: str, expected: str | int) -> None:
    question = sample("ordering")
    assert grade(question, [ids(question)[text] for text in order.split()]) == Decimal(expected)


def test_items_that_read_the_same_may_change_places() -> None:
    question = read("Urut{>3 ALL V ABS\nsama\nlain\nsama}")
    first, second, third = question_type("ordering").right_answer(question).option_ids
    assert grade(question, [third, second, first]) == 1


def test_an_essay_waits_for_a_person_and_a_description_for_nobody() -> None:
    assert (grade(sample("essay"), "Panjang."), grade(sample("description"), None)) == (None, None)
    graders = {key: question_type(key).graded_by for key in QUESTION_TYPES}
    assert (graders.pop("essay"), graders.pop("description")) == ("person", "nobody")
    assert set(graders.values()) == {"machine"}


# Review


def test_feedback_is_that_of_the_answer_given_and_the_general_one() -> None:
    def said(key: str, raw: Raw) -> list[AnswerFeedback]:
        feedback = question_type(key).feedback(sample(key), take(sample(key), raw))
        assert feedback.general == Text("UMUM")
        return list(feedback.answers)

    choice, many = ids(sample("multiple_choice")), ids(sample("multiple_response"))
    assert said("multiple_choice", choice["salah"]) == [AnswerFeedback(choice["salah"], Text("UMPAN2"))]
    assert said("multiple_choice", choice["agak"]) == said("multiple_choice", None) == []
    expected = [AnswerFeedback(many["satu"], Text("UMPAN1")), AnswerFeedback(many["tiga"], Text("UMPAN2"))]
    assert said("multiple_response", [many["tiga"], many["dua"], many["satu"]]) == expected
    assert said("true_false", "false") == [AnswerFeedback("false", Text("UMPAN1"))]
    assert said("true_false", "true") == [AnswerFeedback("true", Text("UMPAN2"))]
    assert said("short_answer", "kuncup") == [AnswerFeedback(None, Text("UMPAN2"))]
    assert said("numerical", "42") == [AnswerFeedback(None, Text("UMPAN1"))]
    assert said("matching", None) == said("ordering", None) == said("essay", "x") == []


def test_the_right_answer_reads_as_plain_text() -> None:
    right = {key: question_type(key).right_answer(sample(key)).text for key in QUESTION_TYPES}
    assert right == {
        "multiple_choice": "KUNCI",
        "multiple_response": "satu; dua",
        "true_false": "Benar",
        "short_answer": "KUNCI",
        "numerical": "42",
        "matching": "a → satu; b → dua; c → satu",
        "ordering": "satu → dua → tiga → empat",
        "essay": "",
        "description": "",
    }
    numerical = question_type("numerical")
    assert numerical.right_answer(read("Apa?{#5:0.5}")).text == "5 ± 0.5"
    assert numerical.right_answer(read("Apa?{#5..7}")).text == "5 \u2013 7"
    assert question_type("short_answer").right_answer(read("Apa?{=a\\* =b =%50%c}")).text == "a* / b"
    many = question_type("multiple_response")
    assert many.right_answer(read("Apa?{~%60%a ~%40%b ~c}")).text == "a; b"
    assert question_type("multiple_choice").right_answer(read("[html]<b>x</b>{=<i>y</i> ~z}")).text == "y"


def test_a_summary_says_what_was_answered() -> None:
    def summary(key: str, raw: Raw) -> str:
        return question_type(key).response_summary(sample(key), take(sample(key), raw))

    many, match, order = sample("multiple_response"), sample("matching"), sample("ordering")
    assert summary("multiple_response", [ids(many)["tiga"], ids(many)["satu"]]) == "satu; tiga"
    assert summary("true_false", "false") == "Salah"
    assert summary("short_answer", " Entah ") == "Entah"
    assert summary("matching", {stems(match)["b"]: [ids(match)["tiga"]]}) == "b → tiga"
    assert summary("ordering", [ids(order)["dua"], ids(order)["satu"]]) == "dua → satu"
    assert summary("essay", "Panjang.\n") == "Panjang."


# What a real Moodle gave


def moodle_cases() -> list[Any]:
    path = corpus_or_none("moodle-grading", "cases.json")
    recorded = json.loads(path.read_text("utf-8")) if path else []
    return [
        pytest.param(item, case, id=f"{item['file']}:{item['n']}:{number}")
        for item in recorded
        for number, case in enumerate(item["cases"], 1)
    ]


@cache
def bank_of(path: Path) -> tuple[Question, ...]:
    return parse(path.read_bytes().decode()).questions


def question_of(file: str, number: int) -> Question:
    return bank_of(corpus("gift", "gift-grammar-peg", file))[number - 1]


def raw_of(question: Question, said: Any) -> Raw:
    """A recorded answer, which names texts, as the form of this question would send it."""
    match question.type:
        case "true_false":
            return {"answer": [str(said).lower()]}
        case "multiple_choice":
            return {"answer": [ids(question)[said]]}
        case "multiple_response":
            return {"answer": [ids(question)[text] for text in said]}
        case "matching":
            return {
                stems(question)[stem]: [ids(question)[partner] if partner else ""] for stem, partner in said
            }
        case _:
            return {"answer": [said]}


# Moodle reads a comma only where its language pack has one; here both signs count everywhere.
COMMAS = {("numerical1.gift", number) for number in (3, 4, 5, 6)}


@pytest.mark.parametrize(("item", "case"), moodle_cases())
def test_an_answer_gets_the_fraction_moodle_gave(item: dict[str, Any], case: dict[str, Any]) -> None:
    question = question_of(item["file"], item["n"])
    response = take(question, raw_of(question, case["response"]))
    mark = grade(question, response)
    assert mark is not None
    if (item["file"], item["n"]) in COMMAS and "," in case["response"]:
        assert case["fraction"] == 0
        assert mark == 1
    else:
        assert abs(float(mark) - case["fraction"]) <= 1e-5
    if "complete" in case:
        assert question_type(question.type).is_answered(question, response) is case["complete"]


def test_all_recorded_cases_were_compared() -> None:
    recorded = json.loads(corpus("moodle-grading", "cases.json").read_text("utf-8"))
    assert len(moodle_cases()) == sum(len(item["cases"]) for item in recorded) == 494
    commas = [
        (item["file"], item["n"])
        for item in recorded
        if item["qtype"] == "numerical"
        for case in item["cases"]
        if "," in case["response"]
    ]
    assert sorted(commas) == sorted(COMMAS)
