"""A form keeps what was typed as plain data, whatever a browser sends, and says what is missing before handing in."""

import pytest
from hypothesis import example, given, strategies as st

from lms.lib import words
from lms.workshops.form import (
    LONGEST_CELL,
    LONGEST_LINK,
    LONGEST_LONG,
    LONGEST_SHORT,
    MOST_ROWS,
    Column,
    FormField,
    Part,
    count_words,
    gaps,
    is_web_address,
    own_words,
    part_of,
    read_field,
)

TITLE = {"id": "Isian"}
COLUMNS = (
    Column("hari", "day", TITLE), Column("anak", "number", TITLE), Column("catatan", "short", TITLE),
    Column("aman", "tick", TITLE),
)
ROW = {"hari": "2027-01-14", "anak": "12", "catatan": "Bermain air"}


def field(kind, **more):
    if kind == "table":
        more.setdefault("columns", COLUMNS)
    if kind == "choice":
        more.setdefault("options", (("k13", TITLE), ("merdeka", TITLE)))
    return FormField("x", kind, TITLE, **more)


def read(kind, typed, **more):
    sent = typed if isinstance(typed, dict) else {"x": typed}
    return read_field(field(kind, **more), {name: [value] for name, value in sent.items()}, "x")


def missing(value, kind, **more):
    """The codes of what is missing in a part of one field."""
    return [gap.code for gap in gaps(Part("bab", TITLE, (field(kind, **more),)), {"x": value})]


@pytest.mark.parametrize(("kind", "typed", "kept"), [
    ("short", "  Praya ", "Praya"), ("long", "Satu\r\ndua", "Satu\ndua"), ("link", "https://x.id/a", "https://x.id/a"),
    ("number", "82,5", "82,5"), ("number", "1.234", "1234"), ("number", "-3", "-3"),
    ("day", "14 Januari 2027", "2027-01-14"), ("day", "14/1/2027", "2027-01-14"), ("choice", "k13", "k13"),
    ("tick", "1", True),
])
def test_what_was_typed_is_read_as_it_is_meant(kind, typed, kept):
    assert read(kind, typed) == kept
    assert missing(kept, kind) == []


@pytest.mark.parametrize(("kind", "typed", "code"), [
    ("number", "dua belas", "number"), ("number", "1e999999", "number"), ("number", "9" * 100, "number"),
    ("number", "NaN", "number"), ("day", "kemarin", "day"), ("day", "30/2/2027", "day"),
    ("link", "javascript:alert(1)", "link"), ("link", "www.x.id", "link"),
])
def test_what_is_not_understood_stays_as_it_was_typed_and_is_asked_for_again(kind, typed, code):
    assert read(kind, typed) == typed
    assert missing(typed, kind) == [code]
    assert missing(typed, kind, required=False) == [code]


@pytest.mark.parametrize("kind", ["short", "long", "number", "day", "choice", "tick", "link", "table"])
@pytest.mark.parametrize("typed", ["", "  \n ", "\x00\u202e"])
def test_an_empty_field_is_nothing_and_missing_only_where_it_is_asked_for(kind, typed):
    assert read(kind, typed) is None
    assert missing(None, kind) == ["rows" if kind == "table" else "missing"]
    assert missing(None, kind, required=False) == []


def test_a_field_that_the_form_did_not_send_is_nothing():
    assert [read_field(field(kind), {}, "x") for kind in ("short", "tick", "table", "photos")] == [None] * 4
    assert read_field(field("short"), {"x": []}, "x") is None


def test_a_choice_is_one_of_those_that_were_offered():
    assert read("choice", "k14") is None
    assert read("choice", "k13 ") == "k13"


@example("12,345")
@example("0,0000001")
@given(st.from_regex(r"[+-]?[0-9]{1,12}([.,][0-9]{1,12})?", fullmatch=True))
def test_a_number_that_is_shown_and_saved_again_stays_the_same(typed):
    kept = read("number", typed)
    assert read("number", kept) == kept
    assert words.parse_decimal(kept) == words.parse_decimal(typed)
    assert missing(kept, "number") == []


@pytest.mark.parametrize(("kind", "most"), [
    ("short", LONGEST_SHORT), ("long", LONGEST_LONG), ("link", LONGEST_LINK), ("number", LONGEST_SHORT),
    ("day", LONGEST_SHORT),
])
def test_no_text_is_longer_than_its_kind_allows(kind, most):
    assert len(read(kind, "a" * 100_000)) == most


def test_control_and_direction_signs_are_taken_out_of_every_text():
    assert read("short", "A\x00B\x1b[31m\u202eC") == "AB[31mC"
    assert read("table", {"x.0.catatan": "A\x00\u2066B"}) == [{"catatan": "AB"}]


def row(number, **cells):
    return {f"x.{number}.{column}": typed for column, typed in cells.items()}


def test_a_table_keeps_its_filled_rows_in_their_order():
    sent = row(11, catatan="Ketiga") | row(2, catatan="Kedua", aman="1") | row(0, hari="14/1/2027", anak="12,5")
    sent |= row(1, hari=" ", catatan="")

    assert read("table", sent) == [
        {"hari": "2027-01-14", "anak": "12,5"}, {"catatan": "Kedua", "aman": True}, {"catatan": "Ketiga"},
    ]


@pytest.mark.parametrize("name", [
    "x.999999.catatan", "x.-1.catatan", "x.².catatan", "x.٣.catatan", "x.1.2.catatan", "x.1", "x..catatan",
    "xx.1.catatan", "x.1.catatan.lagi", "x.1.asing", "y.1.catatan", "x. 1.catatan", "x.1_0.catatan",
])
def test_a_name_that_the_form_does_not_have_is_not_read(name):
    assert read("table", {name: "Asing"}) is None


def test_a_thousand_rows_are_cut_at_what_a_table_holds():
    sent = {name: typed for number in range(1000) for name, typed in row(number, catatan=str(number)).items()}

    assert [each["catatan"] for each in read("table", sent)] == [str(number) for number in range(MOST_ROWS)]
    assert len(read("table", sent, most=3)) == 3


def test_empty_rows_take_no_place_of_filled_ones():
    sent = {name: typed for number in range(90) for name, typed in row(number, catatan="").items()}

    assert read("table", sent | row(95, catatan="Terisi"), most=2) == [{"catatan": "Terisi"}]


def test_no_cell_is_longer_than_a_cell():
    cells = row(0, catatan="a" * 50_000, anak="9" * 50_000, hari="b" * 50_000)
    found = read("table", cells)[0]
    assert len(found["catatan"]) == LONGEST_CELL
    assert max(map(len, found.values())) == LONGEST_CELL


def test_pictures_and_files_are_not_read_from_a_form():
    assert read("photos", "apa saja") is None
    assert read("files", {"x.0.file": "apa saja"}) is None


@pytest.mark.parametrize(("value", "codes"), [
    ([], ["rows"]), ([ROW], ["rows"]), ([ROW, ROW], []), ([ROW, ROW | {"aman": True}], []),
    ([ROW, {"hari": "2027-01-14"}], ["column"]), ([ROW, ROW | {"anak": "banyak"}], ["number"]),
    ([ROW, ROW | {"hari": "kemarin"}], ["day"]),
])
def test_a_table_asks_for_its_rows_and_for_all_their_cells_but_ticks(value, codes):
    assert missing(value, "table", least=2) == codes


def test_a_gap_of_a_table_names_the_row_as_people_count():
    found = gaps(Part("bab", TITLE, (field("table"),)), {"x": [ROW, {"hari": "2027-01-14"}]})
    assert [(gap.part, gap.field, gap.code, gap.values["row"]) for gap in found] == [("bab", "x", "column", 2)]


def picture(**more):
    return {"file": "f", "name": "a.jpg", "bytes": 1, "caption": "", "consent": True} | more


def test_pictures_are_counted_and_each_needs_its_consent():
    assert missing([picture()], "photos", least=2) == ["photos"]
    assert missing([picture(), picture(consent=False)], "photos", least=2) == ["consent"]
    assert missing([picture(consent=False)], "photos", required=False) == ["consent"]
    assert missing([picture(), picture()], "photos", least=2) == []


def test_a_field_of_files_asks_for_at_least_one_and_for_no_consent():
    assert missing(None, "files") == ["files"]
    assert missing([{"file": "f", "name": "a.pdf", "bytes": 1, "caption": ""}], "files") == []
    assert missing(None, "files", required=False, least=3) == []


def test_a_long_text_is_counted_in_words():
    assert missing("Anak-anak bermain", "long", least=3) == ["words"]
    assert missing("Anak-anak bermain air", "long", least=3) == []


@pytest.mark.parametrize(("text", "number"), [
    ("", 0), (" — … !", 0), ("Anak-anak bermain.", 2), ("Jum’at, 14 Januari", 3), ("RPPM/RPPH", 2),
])
def test_words_are_counted_as_people_count_them(text, number):
    assert count_words(text) == number


CHAPTER = Part("bab", TITLE, (
    FormField("cerita", "long", TITLE), FormField("tempat", "short", TITLE, required=False),
    FormField("tabel", "table", TITLE, columns=COLUMNS, required=False),
    FormField("foto", "photos", TITLE, required=False), FormField("tautan", "link", TITLE, required=False),
    FormField("jumlah", "number", TITLE, required=False),
), min_words=6)
VALUES = {
    "cerita": "Satu dua.", "tempat": "Praya", "tabel": [ROW, ROW | {"catatan": "Pasir"}],
    "foto": [picture(caption="Balok")], "tautan": "https://contoh.id/panjang", "jumlah": "5", "asing": "Tidak ditanya",
}


def test_the_words_of_a_chapter_are_those_a_person_wrote_in_it():
    assert own_words(CHAPTER, VALUES) == "Satu dua.\nPraya\nBermain air\nPasir\nBalok"
    assert own_words(CHAPTER, {}) == ""


def test_a_chapter_counts_all_its_words_and_asks_at_its_first_long_text():
    assert gaps(CHAPTER, VALUES) == []
    found = gaps(CHAPTER, VALUES | {"tempat": None, "tabel": None})
    assert [(gap.field, gap.code, dict(gap.values)) for gap in found] == [("cerita", "words", {"n": 3, "least": 6})]


def test_an_empty_chapter_is_missing_and_not_short_of_words_too():
    assert [(gap.field, gap.code) for gap in gaps(CHAPTER, {})] == [("cerita", "missing")]


@pytest.mark.parametrize("address", ["https://x.id", "http://contoh.id:8080/a?b=c#d", "HTTPS://X.ID"])
def test_an_address_of_the_web_is_one(address):
    assert is_web_address(address)


@pytest.mark.parametrize("address", [
    "javascript:alert(1)", "JaVaScRiPt://x.id/%0aalert(1)", "data:text/html,x", "//x.id", "https://", "https:///a",
    "x.id", "https://x .id", "https://x.id/a\nb", "java\tscript:alert(1)", "http://[", "ftp://x.id",
    "file:///etc/passwd", "",
])
def test_what_is_no_address_of_the_web_never_becomes_a_link(address):
    assert not is_web_address(address)


def test_a_part_is_made_of_what_its_author_wrote():
    part = part_of({"id": "bab", "title": TITLE, "tasks": ["W1"], "field": [
        {"id": "a", "kind": "choice", "title": TITLE, "option": [{"id": "k13", "title": TITLE}]},
        {"id": "b", "kind": "table", "title": TITLE, "required": False, "least": 2, "most": 4,
         "column": [{"id": "hari", "kind": "day", "title": TITLE}]},
    ]})
    assert part == Part("bab", TITLE, (
        FormField("a", "choice", TITLE, options=(("k13", TITLE),)),
        FormField("b", "table", TITLE, required=False, least=2, most=4, columns=(Column("hari", "day", TITLE),)),
    ), tasks=("W1",))
    assert part.field("b").least == 2
    with pytest.raises(KeyError):
        part.field("c")
