"""GIFT is read as Moodle reads it, and what cannot be read gets a line and a reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import given, strategies as st

from lms.lib.gift import (
    QUESTION_TYPES,
    TEXT_FORMATS,
    Answer,
    OrderingLayout,
    Question,
    Text,
    as_dict,
    from_dict,
    parse,
    plain_text,
    with_ids,
)
from lms.lib.gift.errors import MESSAGES
from tests.corpora import corpus

SIGNS = [
    "::",
    "{",
    "}",
    "~",
    "=",
    "#",
    "####",
    "->",
    "..",
    ":",
    "%50%",
    "%",
    "\\",
    "\n",
    "\n\n",
    "\r\n",
    "//",
    ">",
]
WORDS = [
    "// [id:a]\n",
    "// [tag:b]\n",
    "$CATEGORY: x\n",
    "[html]",
    "TRUE",
    "1",
    "2.5",
    "*",
    ">2 ALL ",
    "kata",
    " ",
]
gift_like = st.lists(st.sampled_from(SIGNS + WORDS) | st.text(max_size=3), max_size=40).map("".join)


def one(text: str) -> Question:
    bank = parse(text)
    assert bank.errors == ()
    (question,) = bank.questions
    return question


def only_error(text: str) -> tuple[int, str]:
    bank = parse(text)
    assert bank.questions == ()
    (error,) = bank.errors
    return error.line, error.code


def texts(question: Question) -> list[str]:
    return [answer.text.text for answer in question.answers]


def fractions(question: Question) -> list[Decimal]:
    return [answer.fraction for answer in question.answers]


def feedbacks(question: Question) -> list[str | None]:
    return [answer.feedback.text if answer.feedback else None for answer in question.answers]


# Files, comments, annotations


def test_blank_lines_part_questions_and_line_numbers_count_from_one() -> None:
    bank = parse("// catatan\nSatu?{T}\n\n \t\n// lain\n// lagi\nDua?{F}\n")
    assert [(question.text.text, question.line) for question in bank.questions] == [("Satu?", 2), ("Dua?", 7)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_line_endings_of_any_system_and_a_byte_order_mark_are_read(ending: str) -> None:
    bank = parse("\ufeff" + ending.join(["// [id:A]", "Satu{T}", "", "Dua", "baris{=x", "=y}"]))
    assert [(q.id, q.line, q.text.text) for q in bank.questions] == [
        ("A", 2, "Satu"),
        (None, 4, "Dua\nbaris"),
    ]
    assert texts(bank.questions[1]) == ["x", "y"]


def test_a_line_separator_of_unicode_ends_no_line() -> None:
    assert one("Satu\u2028dua\x0bdan\u00a0{T}").text.text == "Satu\u2028dua\x0bdan\u00a0"


def test_comments_are_left_out_even_between_answers() -> None:
    assert texts(one("Apa?{\n~satu\n// ~dua\n=tiga\n}")) == ["satu", "tiga"]


def test_annotations_are_taken_from_all_comments_of_a_question() -> None:
    question = one(
        "// [id:M01-Q01] [tag:bentuk]\n// soal lama [tag: usia ] [tag:bentuk] [tag:a\\]b]\nApa?{T}"
    )
    assert (question.id, question.tags) == ("M01-Q01", ("bentuk", "usia", "a]b"))


def test_an_annotation_above_a_blank_line_belongs_to_no_question_and_is_reported() -> None:
    bank = parse("// halo\n// [id:A]\n\nApa?{T}\n\n// [id:B]\nLalu?{T}\n\n// penutup")
    assert [question.id for question in bank.questions] == [None, "B"]
    assert [(warning.line, warning.code) for warning in bank.warnings] == [(2, "annotation_without_question")]


def test_a_category_holds_for_what_follows() -> None:
    bank = parse("Satu{T}\n\n$CATEGORY: $course$/Bab 1: Usia\n\nDua{T}\n\nTiga{T}")
    assert [(item.line, item.name) for item in bank.categories] == [(3, "$course$/Bab 1: Usia")]
    expected = [None, "$course$/Bab 1: Usia", "$course$/Bab 1: Usia"]
    assert [question.category for question in bank.questions] == expected


def test_a_question_right_below_a_category_is_an_error_not_a_loss() -> None:
    bank = parse("$CATEGORY: bab\n// x\nSatu{T}\n\nDua{T}")
    assert [(error.line, error.code) for error in bank.errors] == [(3, "category_not_alone")]
    assert [question.category for question in bank.questions] == ["bab"]


# Title, text, format, escapes


def test_the_title_stands_between_double_colons() -> None:
    question = one(":: Usia\\: awal ::Berapa?{T}")
    assert (question.title, question.name, question.text.text) == ("Usia: awal", "Usia: awal", "Berapa?")
    assert (one(":: ::Berapa?{T}").title, one("::Berapa?{T}").text.text) == (None, "Berapa?")


def test_without_a_title_the_name_is_the_shortened_text_without_tags() -> None:
    question = one("[html]<p>Satu <b>dua</b> 1 < 2</p>{T}")
    assert (question.title, question.name) == (None, "Satu dua 1 < 2")
    assert one(f"{'kata ' * 20}{{T}}").name == "kata " * 15 + "..."
    assert one("=T".join("{}")).name == "Soal baris 1"


@pytest.mark.parametrize("name", TEXT_FORMATS)
def test_a_format_holds_for_the_question_its_answers_and_its_feedback(name: str) -> None:
    question = one(f"[{name}] *Apa*?{{=a#b ~[plain]c#[html]d ####e}}")
    first, second = question.answers
    assert question.text == Text("*Apa*?", name)
    assert (first.text, first.feedback) == (Text("a", name), Text("b", name))
    assert (second.text, second.feedback) == (Text("c", "plain"), Text("d", "html"))
    assert question.general_feedback == Text("e", name)


def test_unknown_words_in_brackets_stay_in_the_text() -> None:
    assert one("[latex] x{T}").text == Text("[latex] x", "moodle")


def test_escaped_signs_mean_themselves_and_other_backslashes_stay() -> None:
    question = one("A\\~\\=\\#\\{\\}\\:\\n\\\\n \\frac{=\\=a\\~\\#b =\\\\}")
    assert question.text.text == "A~=#{}:\n\\n \\frac"
    assert (texts(question), question.type) == (["=a~#b", "\\"], "short_answer")


def test_a_missing_word_leaves_a_line_where_the_braces_were() -> None:
    assert one("Ibu kota {~A =B} itu jauh.").text.text == "Ibu kota _____ itu jauh."
    assert one("Ibu kota {~A =B}.").text.text == "Ibu kota _____."
    assert one("Ibu kota {~A =B}\n// selesai").text.text == "Ibu kota"
    assert one("[markdown]{=Asia} besar").text == Text("_____ besar", "markdown")


# Types


def test_an_equals_sign_makes_it_a_choice_of_one() -> None:
    question = one("Apa?{=benar#ya ~%50%agak#hm ~%-25%salah ~kosong}")
    assert question.type == "multiple_choice"
    assert texts(question) == ["benar", "agak", "salah", "kosong"]
    assert fractions(question) == [1, Decimal("0.5"), Decimal("-0.25"), 0]
    assert feedbacks(question) == ["ya", "hm", None, None]


def test_without_an_equals_sign_it_is_a_choice_of_many() -> None:
    question = one("Apa?{~%33.33333%a ~%-100%b ~c ~%66.66667%d}")
    assert question.type == "multiple_response"
    assert fractions(question) == [Decimal("0.3333333"), -1, 0, Decimal("0.6666667")]
    assert one("Apa?{~%100%a ~b}").type == "multiple_response"


def test_text_before_the_first_option_is_a_wrong_option() -> None:
    question = one("Apa?{a ~b =c ~}")
    assert texts(question) == ["a", "b", "c"]
    assert fractions(question) == [0, 0, 1]


@pytest.mark.parametrize(("word", "truth"), [("T", 1), ("TRUE", 1), ("F", 0), ("FALSE", 0)])
def test_true_false_tells_the_wrong_first_and_the_right_second(word: str, truth: int) -> None:
    question = one(f"Betul?{{{word}#keliru#[html]tepat}}")
    assert (question.type, texts(question)) == ("true_false", ["true", "false"])
    assert fractions(question) == [truth, 1 - truth]
    assert feedbacks(question) == (["tepat", "keliru"] if truth else ["keliru", "tepat"])
    assert feedbacks(one("Betul?{TRUE# #tepat}")) == ["tepat", None]


def test_true_false_words_are_capital_letters_as_in_moodle() -> None:
    assert one("Betul?{true}").type == "short_answer"


def test_short_answers_have_weights_and_need_no_equals_sign() -> None:
    question = one("Apa?{=satu#ya =%25%du* =%0%*#bukan}")
    assert (question.type, texts(question)) == ("short_answer", ["satu", "du*", "*"])
    assert fractions(question) == [1, Decimal("0.25"), 0]
    assert feedbacks(question) == ["ya", None, "bukan"]
    assert texts(one("Apa?{Satu}")) == ["Satu"]


@pytest.mark.parametrize(
    ("key", "value", "tolerance"),
    [
        ("5", "5", "0"),
        ("-5:0.5", "-5", "0.5"),
        ("1..2", "1.5", "0.5"),
        ("-3.142..-3.141", "-3.1415", "0.0005"),
    ],
)
def test_numerical_keys_are_a_value_and_a_tolerance(key: str, value: str, tolerance: str) -> None:
    (answer,) = one(f"Berapa?{{#{key}}}").answers
    assert (answer.value, answer.tolerance) == (Decimal(value), Decimal(tolerance))


def test_numerical_takes_several_answers_and_a_feedback_for_the_rest() -> None:
    question = one("Berapa?{#\n=1822:0#tepat\n=%50%1822:2#hampir\n~#bukan}")
    assert (question.type, texts(question)) == ("numerical", ["1822:0", "1822:2", "*"])
    assert fractions(question) == [1, Decimal("0.5"), 0]
    assert feedbacks(question) == ["tepat", "hampir", "bukan"]
    assert (question.answers[2].value, question.answers[2].tolerance) == (None, None)


def test_matching_reads_pairs_and_distractors() -> None:
    question = one("Jodohkan{=[html]A\\=1 -> satu =B -> dua\\~ = -> tiga}")
    assert question.type == "matching"
    pairs = [(answer.text, answer.match) for answer in question.answers]
    assert pairs == [(Text("A=1", "html"), "satu"), (Text("B"), "dua~"), (Text(""), "tiga")]


def test_arrows_in_a_choice_do_not_make_it_matching() -> None:
    assert one("Cara?{~a -> b =c -> d}").type == "multiple_choice"


def test_braces_decide_between_essay_and_description() -> None:
    assert one("Ceritakan.{}").type == one("Ceritakan.{ ####umpan }").type == "essay"
    assert one("Ceritakan.{####umpan}").general_feedback == Text("umpan")
    assert one("Bacalah dulu.").type == "description"


def test_general_feedback_is_apart_from_the_feedback_of_the_last_answer() -> None:
    question = one("Apa?{=a#x ~b#y\n#### umum\nlagi # tanda}")
    assert question.general_feedback == Text("umum\nlagi # tanda")
    assert feedbacks(question) == ["x", "y"]
    assert one("Apa?{T####}").general_feedback is None
    assert one("Apa?{=a####b####c}").general_feedback == Text("c")


def test_ordering_reads_moodles_head_and_one_item_a_line() -> None:
    question = one(
        "Urutkan{>4 CONTIGUOUS VERT ABSOLUTE TRUE ABCD\nsatu\n\\#dua = 2\n// x\ntiga\n#### umum\n}"
    )
    assert (question.type, texts(question)) == ("ordering", ["satu", "#dua = 2", "tiga"])
    assert question.ordering == OrderingLayout(4, "CONTIGUOUS", "VERTICAL", "ABSOLUTE_POSITION", True, "ABCD")
    assert question.general_feedback == Text("umum")


def test_ordering_may_leave_out_the_number_and_other_words() -> None:
    question = one("Urutkan{>ALL HORIZONTAL ABS HIDE\nsatu\ndua\n}")
    assert question.ordering == OrderingLayout(None, "ALL", "HORIZONTAL", "ABSOLUTE_POSITION", False, "none")
    short = one("Urutkan{>2 nol\nsatu}")
    assert texts(short) == ["nol", "satu"]
    assert short.ordering == OrderingLayout(
        2, "RANDOM", "VERTICAL", "RELATIVE_NEXT_EXCLUDE_LAST", True, "none"
    )
    assert one("Lebih?{>=}").type == one("Lebih?{> ALLAH}").type == "short_answer"


# Errors and warnings


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("Apa?{=a\n~b", 1, "brace_unclosed"),
        ("Apa?\n=a}", 2, "brace_unopened"),
        ("Apa}\nitu{=a", 1, "brace_unopened"),
        ("Apa }{=a}", 1, "brace_unopened"),
        ("Apa {=a}\ndan {=b} ini", 2, "second_block"),
        ("$x^{2}$ berapa?{#4}", 1, "second_block"),
        ("Apa?{\n~a}", 2, "too_few_options"),
        ("Apa?{=%50%}", 1, "no_answer"),
        ("Apa?{=}", 1, "no_answer"),
        ("Apa?{#}", 1, "no_answer"),
        ("Apa?{=a\n=%150%b}", 2, "weight_range"),
        ("Apa?{\n~a\n=%50%b}", 3, "weight_after_equals"),
        ("Apa?{#\n=1\n=dua}", 3, "number_invalid"),
        ("Apa?{#2,5}", 1, "number_invalid"),
        ("Apa?{#5:}", 1, "number_invalid"),
        ("Apa?{#5:-1}", 1, "number_invalid"),
        ("Apa?{#..5}", 1, "number_invalid"),
        ("Apa?{#5..1}", 1, "range_reversed"),
        ("Apa?{=a->b\n=c}", 2, "match_arrow_missing"),
        ("Apa?{=a->b\n=c->\n}", 2, "match_half"),
        ("Apa?{=a->b}", 1, "too_few_pairs"),
        ("Apa?{=->b =->c}", 1, "too_few_pairs"),
        ("Apa?{>2 ALL\nsatu\n}", 1, "too_few_items"),
    ],
)
def test_what_cannot_be_read_gets_a_line_and_a_reason(text: str, line: int, code: str) -> None:
    assert only_error(f"// catatan\n// lagi\n{text}") == (line + 2, code)


def test_one_bad_question_does_not_stop_the_rest() -> None:
    bank = parse("Satu{T}\n\nDua{=a\n\n~b}\n\nTiga{#x}\n\nEmpat{F}")
    assert [question.text.text for question in bank.questions] == ["Satu", "Empat"]
    found = [(error.line, error.code) for error in bank.errors]
    assert found == [(3, "brace_unclosed"), (5, "brace_unopened"), (7, "number_invalid")]


def test_an_error_carries_its_values_and_an_indonesian_sentence() -> None:
    (error,) = parse("Apa?{#2,5}").errors
    assert error.values == {"text": "2,5"}
    assert error.message.startswith("“2,5” bukan angka.")
    (braces,) = parse("Apa?{").errors
    assert "Tanda { tidak ditutup" in braces.message
    assert "\\{" in braces.message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{T}", "text_missing"),
        ("Apa?{~%50%a ~%40%b ~c}", "weights_not_100"),
        ("Apa?{~a ~b}", "no_right_option"),
        ("Apa?{=%50%a}", "no_full_mark"),
        ("Apa?{#=%50%1 ~#x}", "no_full_mark"),
        ("Urut{>2 RANDOM V ABS\na\nb\nc}", "ordering_subset"),
        ("Urut{>2 ALL V REL\na\nb}", "ordering_grading"),
    ],
)
def test_a_doubtful_question_is_read_and_reported(text: str, code: str) -> None:
    bank = parse(f"// x\n{text}")
    assert len(bank.questions) == 1
    assert [(warning.line, warning.code) for warning in bank.warnings] == [(2, code)]


@pytest.mark.parametrize(
    "text", ["Apa?{~%33.33333%a ~%33.33333%b ~%33.33333%c}", "Apa?{=%100%a ~b}", "Urut{>2 REL V ABS\na\nb}"]
)
def test_a_sound_question_is_not_doubted(text: str) -> None:
    bank = parse(text)
    assert (len(bank.questions), bank.warnings, bank.errors) == (1, (), ())


def test_every_sentence_can_be_made() -> None:
    for code, message in MESSAGES.items():
        names = set(re.findall(r"(?<!\{)\{(\w+)\}", message))
        assert message.format(**dict.fromkeys(names, "x")), code


@given(gift_like)
def test_no_text_makes_parse_raise_and_no_question_is_lost(text: str) -> None:
    bank = parse(text)
    for question in bank.questions:
        assert question.type in QUESTION_TYPES
        assert question.name
    lines = 1 + len(re.findall(r"\r\n|\r|\n", text))
    found = [question.line for question in bank.questions] + [item.line for item in bank.categories]
    found += [item.line for item in (*bank.errors, *bank.warnings)]
    assert all(1 <= line <= lines for line in found)


# Plain data


any_text = st.builds(Text, st.text(max_size=5), st.sampled_from(TEXT_FORMATS))
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=7)
any_answer = st.builds(
    Answer,
    any_text,
    decimals,
    st.none() | any_text,
    st.none() | decimals,
    st.none() | decimals,
    st.text(max_size=5),
)
any_ordering = st.builds(
    OrderingLayout,
    st.none() | st.integers(),
    st.text(max_size=3),
    st.text(max_size=3),
    st.text(max_size=3),
    st.booleans(),
    st.text(max_size=3),
)
any_question = st.builds(
    Question,
    line=st.integers(1),
    type=st.sampled_from(QUESTION_TYPES),
    text=any_text,
    id=st.none() | st.text(max_size=5),
    tags=st.lists(st.text(max_size=5)).map(tuple),
    title=st.none() | st.text(max_size=5),
    answers=st.lists(any_answer, max_size=3).map(tuple),
    general_feedback=st.none() | any_text,
    ordering=st.none() | any_ordering,
    category=st.none() | st.text(max_size=5),
    case_sensitive=st.booleans(),
)


@given(any_question)
def test_a_question_survives_the_way_through_json(question: Question) -> None:
    assert from_dict(json.loads(json.dumps(as_dict(question)))) == question


def test_a_question_stored_before_a_field_existed_is_still_read() -> None:
    stored = {"line": 3, "type": "essay", "text": {"text": "Ceritakan", "format": "moodle"}}
    assert from_dict(stored) == Question(3, "essay", Text("Ceritakan"))


def test_plain_text_of_html_has_neither_tags_nor_entities() -> None:
    assert plain_text(Text("<p>1 &lt; 2<br>a<!-- x --> <b>b</b></p>", "html")) == "1 < 2\na b"
    assert plain_text(Text("a<!--b<!--c-->d<!--e", "html")) == "ad<!--e"
    assert plain_text(Text(" <b>x</b> ", "markdown")) == "<b>x</b>"


# Writing ids


def numbered() -> Callable[[], str]:
    numbers = count(1)
    return lambda: f"Q{next(numbers)}"


def test_ids_are_written_above_questions_that_lack_one_and_nothing_else_changes() -> None:
    text = (
        "\ufeff// a\r\nSatu{T}\r\n\r\n// [id:B]\r\nDua{T}\r\n\r\n$CATEGORY: c\r\n\r\n"
        "// [tag:t]\r\nTiga\r\nlagi{T}"
    )
    assert with_ids(text, numbered()) == (
        "\ufeff// a\r\n// [id:Q1]\r\nSatu{T}\r\n\r\n// [id:B]\r\nDua{T}\r\n\r\n$CATEGORY: c\r\n\r\n"
        "// [tag:t]\r\n// [id:Q2]\r\nTiga\r\nlagi{T}"
    )
    assert with_ids("Satu{T}", numbered()) == "// [id:Q1]\nSatu{T}"


def test_a_bracket_in_an_id_is_escaped_and_an_impossible_id_refused() -> None:
    assert one(with_ids("Satu{T}", lambda: "a]b")).id == "a]b"
    for impossible in ("", " a", "a\nb", "a\\"):
        with pytest.raises(ValueError, match="id"):
            with_ids("Satu{T}", lambda impossible=impossible: impossible)  # type: ignore[misc]


def without_place(question: Question) -> dict[str, Any]:
    return as_dict(question) | {"line": 0, "id": None}


@given(gift_like)
def test_writing_ids_keeps_what_is_read(text: str) -> None:
    before = parse(text)
    written = with_ids(text, numbered())
    after = parse(written)
    assert [without_place(q) for q in after.questions] == [without_place(q) for q in before.questions]
    assert [error.code for error in after.errors] == [error.code for error in before.errors]
    assert [warning.code for warning in after.warnings] == [warning.code for warning in before.warnings]
    assert all(question.id for question in after.questions)
    kept = [(new.id, old.id) for new, old in zip(after.questions, before.questions, strict=True) if old.id]
    assert all(new == old for new, old in kept)
    assert with_ids(written, numbered()) == written
    assert re.sub(r"// \[id:Q\d+\](?:\r\n|\r|\n)", "", written) == text


# The corpora

PEG_TYPES = {
    "MC": {"multiple_choice", "multiple_response"},
    "TF": {"true_false"},
    "Short": {"short_answer"},
    "Numerical": {"numerical"},
    "Matching": {"matching"},
    "Essay": {"essay"},
    "Description": {"description"},
}
MOODLE_TYPES = {
    ("multichoice", True): "multiple_choice",
    ("multichoice", False): "multiple_response",
    ("truefalse", None): "true_false",
    ("shortanswer", None): "short_answer",
    ("numerical", None): "numerical",
    ("match", None): "matching",
    ("essay", None): "essay",
    ("description", None): "description",
}


def squeezed(text: str) -> str:
    """White space as the grammar of the corpus leaves it, which joins lines and parts the missing word."""
    return re.sub(r"\s+", " ", re.sub(r"\s+(?=[.,])", "", text)).strip()


def test_every_file_of_the_grammar_corpus_is_read_as_its_json_says() -> None:
    files = sorted(corpus("gift", "gift-grammar-peg").glob("*.gift"))
    assert len(files) == 51
    for file in files:
        bank = parse(file.read_bytes().decode())
        expected = json.loads(file.with_suffix(".json").read_text("utf-8"))
        questions = [item for item in expected if item["type"] != "Category"]
        assert (bank.errors, bank.warnings) == ((), ()), file.name
        assert [category.name for category in bank.categories] == [
            item["title"] for item in expected if item["type"] == "Category"
        ], file.name
        assert len(bank.questions) == len(questions), file.name
        for question, item in zip(bank.questions, questions, strict=True):
            where = f"{file.name}:{question.line}"
            assert question.type in PEG_TYPES[item["type"]], where
            assert (question.title, question.id) == (item["title"], item["id"]), where
            assert question.tags == tuple(item["tags"] or ()), where
            assert question.text.format == item["stem"]["format"], where
            if item["stem"]["format"] != "markdown" and "<pre>" not in item["stem"]["text"]:
                assert squeezed(question.text.text) == squeezed(item["stem"]["text"]), where
            general = item.get("globalFeedback")
            assert bool(question.general_feedback) == bool(general), where


def test_names_types_and_texts_are_those_moodle_gives() -> None:
    expected = json.loads(corpus("moodle-grading", "cases.json").read_text("utf-8"))
    folder = corpus("gift", "gift-grammar-peg")
    banks = {item["file"]: parse((folder / item["file"]).read_bytes().decode()) for item in expected}
    assert sum(len(bank.questions) for bank in banks.values()) == len(expected) == 100
    for item in expected:
        question = banks[item["file"]].questions[item["n"] - 1]
        read = (question.type, question.name, question.text.text)
        kind = MOODLE_TYPES[item["qtype"], item["single"]]
        assert read == (kind, item["name"], item["questiontext"]), f"{item['file']}:{item['n']}"


def test_moodles_own_ordering_files_are_read() -> None:
    words = ["Modular", "Object", "Oriented", "Dynamic", "Learning", "Environment"]
    folder = corpus("gift", "moodle-4.5")
    exported = parse((folder / "question_type_ordering__testexport.gift.txt").read_bytes().decode())
    imported = parse((folder / "question_type_ordering__testimport.gift.txt").read_bytes().decode())
    assert (exported.errors, imported.errors) == ((), ())
    for bank in (exported, imported):
        (question,) = bank.questions
        assert (question.id, question.title, question.line) == ("myid", "Moodle", 3)
        assert question.text == Text("Put these words in order.", "html")
        assert texts(question) == words
    assert [warning.code for warning in exported.warnings] == ["ordering_grading"]
    assert [warning.code for warning in imported.warnings] == ["ordering_subset"]
    general = imported.questions[0].general_feedback
    assert general
    assert general.text.startswith('The correct answer is "Modular')
