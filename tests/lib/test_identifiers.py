"""Identifiers, names and typed text: what is taken, what is refused, and by which code."""

from __future__ import annotations

import random
from datetime import date

import pytest
from hypothesis import given, strategies as st

from lms.lib import identifiers as ids
from lms.lib.identifiers.codes import ALPHABET

PROVINCES = frozenset({"51", "52", "53"})
NIK = "5202014605939002"
GUESSED = """
123456 654321 456789 890123 109876 123499 991234 111111 121212 123123 000000 12345 1234567 12a456 １２３４５６
"""
BORN = date(1993, 5, 6)


class TestNik:
    @pytest.mark.parametrize(
        ("raw", "codes"),
        [
            (NIK, []),
            ("", ["E_NIK_KOSONG"]),
            (" ' ", ["E_NIK_KOSONG"]),
            ("520309010594901", ["E_NIK_PANJANG"]),
            ("52020155090090171", ["E_NIK_PANJANG"]),
            ("52O2015905739018", ["E_NIK_NONDIGIT"]),
            ("52l2015905739018", ["E_NIK_NONDIGIT"]),
            ("٥٢٠٢٠١٤٦٠٥٩٣٩٠٠٢", ["E_NIK_NONDIGIT"]),
            ("5,20201E+15", ["E_NIK_ILMIAH"]),
            ("5.2e15", ["E_NIK_ILMIAH"]),
            ("5201 0768 1298 9020", ["W_NIK_PEMISAH"]),
            ("52.01.07-681298\u00a09020", ["W_NIK_PEMISAH"]),
            ("'5202014908769021", ["W_NIK_PEMISAH"]),
            ("9903096710779022", ["E_NIK_WILAYAH"]),
            ("99 03096710779022", ["W_NIK_PEMISAH", "E_NIK_WILAYAH"]),
            ("5202013210839023", ["E_NIK_TANGGAL"]),
            ("5202010010839023", ["E_NIK_TANGGAL"]),
            ("5202014010839023", ["E_NIK_TANGGAL"]),
            ("5202017210839023", ["E_NIK_TANGGAL"]),
            ("5202025013979024", ["E_NIK_TANGGAL"]),
            ("5202025000979024", ["E_NIK_TANGGAL"]),
            ("5202025706730000", ["E_NIK_URUT"]),
        ],
    )
    def test_the_first_error_ends_the_check(self, raw: str, codes: list[str]) -> None:
        assert ids.check_nik(raw, provinces=PROVINCES) == codes

    def test_separators_are_stripped_and_letters_are_never_guessed(self) -> None:
        assert ids.normalise_nik("5201 0768 1298 9020") == ("5201076812989020", ["W_NIK_PEMISAH"])
        assert ids.normalise_nik("52O2015905739018") == (None, ["E_NIK_NONDIGIT"])

    def test_a_different_birth_date_or_sex_is_only_a_warning(self) -> None:
        assert ids.check_nik(NIK, birth_date=BORN, sex="P") == []
        assert ids.check_nik(NIK, birth_date=date(1993, 5, 7), sex="P") == ["W_NIK_TGL_BEDA"]
        assert ids.check_nik(NIK, birth_date=date(1994, 5, 6)) == ["W_NIK_TGL_BEDA"]
        assert ids.check_nik(NIK, birth_date=BORN, sex="L") == ["W_NIK_KELAMIN_BEDA"]
        assert ids.check_nik("5202010605939002", birth_date=BORN, sex="P") == ["W_NIK_KELAMIN_BEDA"]

    def test_the_century_comes_from_the_profile(self) -> None:
        assert ids.check_nik("5202014605039002", birth_date=date(2003, 5, 6), sex="P") == []

    def test_without_a_list_the_province_is_not_judged(self) -> None:
        assert ids.check_nik("9903096710779022") == []


class TestPhone:
    @pytest.mark.parametrize(
        ("raw", "stored", "codes"),
        [
            ("084414049365", "084414049365", []),
            ("+62 844-1404-9365", "084414049365", ["W_HP_NORMAL"]),
            ("62844 1404 9365", "084414049365", ["W_HP_NORMAL"]),
            ("84414148130", "084414148130", ["W_HP_NORMAL"]),
            ("0844.1404.9365", "084414049365", ["W_HP_NORMAL"]),
            ("'0844140493", "0844140493", ["W_HP_NORMAL"]),
            ("0844140493655", "0844140493655", []),
            ("08441404936550", None, ["E_HP_FORMAT"]),
            ("084414049", None, ["E_HP_FORMAT"]),
            ("0370 654", None, ["E_HP_FORMAT"]),
            ("0370654123", None, ["E_HP_FORMAT"]),
            ("+60 844 1404 9365", None, ["E_HP_FORMAT"]),
            ("084414345660 / 084414543190", None, ["E_HP_FORMAT"]),
            ("084414345660 084414543190", None, ["E_HP_FORMAT"]),
            ("O84414345660", None, ["E_HP_FORMAT"]),
            ("", None, ["E_HP_FORMAT"]),
        ],
    )
    def test_only_one_mobile_number_is_taken(self, raw: str, stored: str | None, codes: list[str]) -> None:
        assert ids.normalise_phone(raw) == (stored, codes)

    def test_the_international_form_is_made_from_the_stored_one_only(self) -> None:
        assert ids.phone_international("084414049365") == "+6284414049365"
        with pytest.raises(ValueError, match="08"):
            ids.phone_international("+6284414049365")


class TestInstitutionAndMail:
    @pytest.mark.parametrize("npsn", ["69991001", "P9991001", "K0000000"])
    def test_an_npsn_is_a_sign_and_seven_digits(self, npsn: str) -> None:
        assert ids.check_npsn(npsn) == []

    @pytest.mark.parametrize("npsn", ["6999159", "699910011", "p9991001", "PP991001", " 69991001", ""])
    def test_anything_else_is_none(self, npsn: str) -> None:
        assert ids.check_npsn(npsn) == ["E_NPSN_FORMAT"]

    def test_an_unknown_npsn_is_a_warning(self) -> None:
        assert ids.check_npsn("69990000", known=frozenset({"69991001"})) == ["W_NPSN_TAK_DIKENAL"]
        assert ids.normalise_npsn(" p9991001\u00a0") == "P9991001"

    @pytest.mark.parametrize(
        ("raw", "email", "codes"),
        [
            ("rini47@surel.example", "rini47@surel.example", []),
            (" Rini47@Surel.EXAMPLE ", "rini47@surel.example", ["W_EMAIL_NORMAL"]),
            ("", None, []),
            ("murni.gmail.com", None, ["E_EMAIL_FORMAT"]),
            ("a@b", None, ["E_EMAIL_FORMAT"]),
            ("a@@b.example", None, ["E_EMAIL_FORMAT"]),
            ("a..b@c.example", None, ["E_EMAIL_FORMAT"]),
            ("a b@c.example", None, ["E_EMAIL_FORMAT"]),
            ("a@c.example\nBcc: x@y.example", None, ["E_EMAIL_FORMAT"]),
            ("а@c.example", None, ["E_EMAIL_FORMAT"]),
            ("a" * 65 + "@c.example", None, ["E_EMAIL_FORMAT"]),
        ],
    )
    def test_an_address_is_lower_case_and_nothing_is_no_mistake(
        self, raw: str, email: str | None, codes: list[str]
    ) -> None:
        assert ids.normalise_email(raw) == (email, codes)


class TestMasks:
    def test_a_nik_shows_its_last_four_and_a_phone_its_last_three(self) -> None:
        assert ids.mask_nik(NIK) == "•" * 12 + "9002"
        assert ids.mask_phone("084414049365") == "•" * 9 + "365"

    @given(st.text(max_size=20))
    def test_never_more_than_half_is_shown(self, text: str) -> None:
        hidden = "•" * len(text)
        for mask in (ids.mask_nik(text), ids.mask_phone(text)):
            assert len(mask) == len(text)
            assert mask[: (len(text) + 1) // 2] == hidden[: (len(text) + 1) // 2]


class TestParticipantCode:
    def test_a_code_has_seven_plain_signs_and_reads_back(self) -> None:
        rng = random.Random(1)
        for _ in range(2000):
            code = ids.participant_code(rng)
            assert (len(code), code[3]) == (8, "-")
            assert set(code) - {"-"} <= set(ALPHABET)
            assert ids.parse_participant_code(code) == code

    def test_no_sign_is_a_vowel_or_looks_like_another(self) -> None:
        assert not set(ALPHABET) & set("AEIOU01LQZSGB")

    def test_capitals_spaces_and_dashes_do_not_matter(self) -> None:
        code = ids.participant_code(random.Random(2))
        bare = code.replace("-", "")
        spaced, dashed = f" {bare[:4]} {bare[4:]} ", f"{bare[:3]}–{bare[3:]}"
        for typed in (code.lower(), bare, spaced, dashed, ".".join(bare)):
            assert ids.parse_participant_code(typed) == code

    def test_one_wrong_sign_is_always_noticed(self) -> None:
        rng = random.Random(3)
        for _ in range(50):
            code = ids.participant_code(rng).replace("-", "")
            for at, right in enumerate(code):
                for wrong in ALPHABET.replace(right, ""):
                    assert ids.parse_participant_code(code[:at] + wrong + code[at + 1 :]) is None

    def test_two_signs_in_each_others_place_are_always_noticed(self) -> None:
        rng = random.Random(4)
        for _ in range(50):
            code = ids.participant_code(rng).replace("-", "")
            for at in range(6):
                if code[at] != code[at + 1]:
                    swapped = code[:at] + code[at + 1] + code[at] + code[at + 2 :]
                    assert ids.parse_participant_code(swapped) is None

    @pytest.mark.parametrize("text", ["", "JNP", "JNP-4K7QQ", "2222222222", "JNP-4K0O", "🙂" * 7])
    def test_what_cannot_be_a_code_is_none(self, text: str) -> None:
        assert ids.parse_participant_code(text) is None


class TestPin:
    @pytest.mark.parametrize("pin", [*GUESSED.split(), ""])
    def test_a_pin_that_is_guessed_early_is_weak(self, pin: str) -> None:
        assert ids.pin_is_weak(pin)

    @pytest.mark.parametrize("pin", ["507213", "118822", "903415", "112358"])
    def test_an_ordinary_pin_is_not_weak(self, pin: str) -> None:
        assert not ids.pin_is_weak(pin)

    @pytest.mark.parametrize("pin", ["199307", "071993", "719938", "060593", "050693", "930506"])
    def test_a_birth_date_is_weak_for_its_owner_only(self, pin: str) -> None:
        assert ids.pin_is_weak(pin, birth_date=BORN)
        assert not ids.pin_is_weak(pin)

    def test_a_new_pin_is_never_weak_and_can_begin_with_zero(self) -> None:
        rng = random.Random(5)
        pins = [ids.new_pin(rng, birth_date=BORN) for _ in range(3000)]
        assert not any(ids.pin_is_weak(pin, birth_date=BORN) for pin in pins)
        assert any(pin.startswith("0") for pin in pins)

    def test_a_weak_draw_is_drawn_again(self) -> None:
        class Loaded(random.Random):
            draws = iter([123456, 111111, 507213])

            def randrange(self, *_: object, **__: object) -> int:
                return next(self.draws)

        assert ids.new_pin(Loaded()) == "507213"
