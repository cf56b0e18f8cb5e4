"""Names, titles and typed text: what is split, what stays, and what counts as the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, strategies as st

from lms.lib import identifiers as ids

NO_TITLES = """
Baiq Suhartini
Lalu Hasan
Haji Ahmad
Muh. Ali
M. Ali
Moh. Saleh
Nur Ma
Ahmad Se
Siti, Aminah
H.
S.Pd.
"""
LOOK_ALIKES = [
    "ADMIN",
    " admin ",
    "ad\u200bmin",
    "ad\u00admin",
    "adm\u0131n",
    "admin\ufeff",
    "ádmin",
    "ａｄｍｉｎ",
]
LOOK_ALIKES += ["аdmin", "аdмin", "αdmin", "𝐚dmin", "АDMIN"]


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "parts"),
        [
            ("Sumiati", ("", "Sumiati", "")),
            ("Nurul Hidayati, S.Pd", ("", "Nurul Hidayati", "S.Pd.")),
            ("HJ. BAIQ MURNIATI S.PD.I", ("Hj.", "BAIQ MURNIATI", "S.Pd.I.")),
            ("H. M. Ali, S.Ag., M.Pd", ("H.", "M. Ali", "S.Ag., M.Pd.")),
            ("Drs.Lalu Hasan", ("Drs.", "Lalu Hasan", "")),
            ("Dr. Ir. H. Ahmad S.E., M.M.", ("Dr. Ir. H.", "Ahmad", "S.E., M.M.")),
            ("Hj Siti SPd", ("Hj.", "Siti", "S.Pd.")),
            ("Siti Aminah, S. Pd. I", ("", "Siti Aminah", "S.Pd.I.")),
            ("Nurul S.Pd.AUD", ("", "Nurul", "S.Pd.AUD")),
            ("Rina, A.Ma.", ("", "Rina", "A.Ma.")),
            ("Yuli, S.Xyz.", ("", "Yuli", "S.Xyz.")),
            ("dr. Rina", ("dr.", "Rina", "")),
        ],
    )
    def test_titles_are_split_out_in_their_usual_spelling(
        self, typed: str, parts: tuple[str, str, str]
    ) -> None:
        assert ids.split_titles(typed) == parts

    @pytest.mark.parametrize("name", NO_TITLES.strip().split("\n"))
    def test_names_stay_names(self, name: str) -> None:
        assert ids.split_titles(name) == ("", name, "")

    def test_splitting_a_split_name_changes_nothing(self) -> None:
        prefix, name, suffix = ids.split_titles("HJ. BAIQ MURNIATI S.PD.I, M.Pd")
        assert ids.split_titles(f"{prefix} {name}, {suffix}") == (prefix, name, suffix)

    def test_capitals_are_offered_only_for_a_name_in_one_case(self) -> None:
        assert ids.proper_case("NU'MAN AL-FARISI") == "Nu'man Al-Farisi"
        assert ids.proper_case("dewi suryani") == "Dewi Suryani"
        assert ids.proper_case("Siti von Lombok") == "Siti von Lombok"

    def test_spaces_and_apostrophes_are_of_one_kind(self) -> None:
        assert ids.tidy_name("  Sri  Nu’man\u00a0Sa`diah\u200b ") == "Sri Nu'man Sa'diah"

    @pytest.mark.parametrize("other", LOOK_ALIKES)
    def test_look_alikes_fold_to_the_same(self, other: str) -> None:
        assert ids.fold_name(other) == ids.fold_name("admin")

    def test_apostrophes_fold_to_the_same_and_different_names_do_not(self) -> None:
        assert len({ids.fold_name(f"Nu{sign}man") for sign in "'’‘ʼ`´＇"}) == 1
        assert ids.fold_name("Nu'man") != ids.fold_name("Numan")
        assert ids.fold_name("Siti Aminah") != ids.fold_name("Siti Amina")

    @given(st.text(max_size=40))
    def test_folding_twice_changes_nothing(self, text: str) -> None:
        assert ids.fold_name(ids.fold_name(text)) == ids.fold_name(text)


class TestCleanText:
    def test_newlines_become_one_kind(self) -> None:
        assert ids.clean_text("a\r\nb\rc\u2028d\x85e\n") == "a\nb\nc\nd\ne\n"

    def test_control_and_direction_signs_go_and_tabs_stay(self) -> None:
        assert ids.clean_text("a\x00\x07\x1b\x7f\u202e\u2066\ufeff\ud800b\tc") == "ab\tc"

    def test_letters_are_composed(self) -> None:
        assert ids.clean_text("e\u0301") == "é"

    def test_joiners_and_other_scripts_stay(self) -> None:
        for text in ("👩\u200d🏫", "ᬅᬓ᭄ᬱᬭ", "السلام"):
            assert ids.clean_text(text) == text

    def test_thousands_of_marks_on_one_letter_cost_nothing(self) -> None:
        began = time.process_time()
        cleaned = ids.clean_text("a" + "\u0315\u0316" * 100_000)
        assert time.process_time() - began < 1
        assert len(cleaned) <= 31

    @given(st.text(max_size=60))
    def test_cleaning_twice_changes_nothing_and_the_result_can_be_stored(self, text: str) -> None:
        cleaned = ids.clean_text(text)
        assert ids.clean_text(cleaned) == cleaned
        cleaned.encode("utf-8")
