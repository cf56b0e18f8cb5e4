"""Nobody's NIK, telephone or e-mail comes into an address, a link or the log by looking for people."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from accounts.gate import MAIL, NIK, PHONE, set_person, with_identifiers
from desk import Desk
from reading_pages import read

import lms
from lms.core.web.logs import JsonLine
from lms.core.web.searching import KEY_PATTERN, PATTERN
from lms.lib.identifiers import may_identify
from lms.testing_stories import Story

TEMPLATES = Path(lms.__file__).parent / "templates"
SPELLINGS = (
    NIK, "5202 0141 0785 0003", "5202.0141.0785.0003", "5202-0141-0785-0003", f"'{NIK}", f"’{NIK}", PHONE,
    "+62 812-3456-7890", "62812 3456 7890", MAIL, MAIL.upper(),
)
#: What somebody mistypes is somebody's too.
NOBODY = (NIK[:-1], f"{NIK}1", "52020141O7850003", "5271030101900001", "081299998888", "lain@contoh.id", f"siti {NIK}")


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def desk(app, story):
    return Desk(app, story, story.admin())


@pytest.fixture
def known(story):
    return with_identifiers(story.person("Baiq Murniati"), nik=NIK, phone=PHONE, email=MAIL)


def digits(text):
    return "".join(sign for sign in text if sign.isalnum()).casefold()


def told_nowhere(reply, typed):
    """Neither where the answer leads, nor an address on it, nor the page itself holds what was typed."""
    inside = [reply.location or "", reply.request.path, *read(reply).links, *(f.action for f in read(reply).forms)]
    assert [place for place in inside if digits(typed) in digits(place) or quote(typed) in place] == []
    assert typed not in reply.text
    assert "q=" not in "".join(inside)


def search(desk, typed, **more):
    return desk.send(desk.get("/kelola/orang"), "", q=typed, **more)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_an_identifier_leads_straight_to_its_person(story, desk, known, typed):
    story.person("Orang Lain")
    reply = search(desk, typed, peran="teacher")

    assert (reply.status_code, reply.location) == (303, f"/kelola/orang/{known.person_uuid}")


@pytest.mark.parametrize("typed", NOBODY)
def test_an_identifier_that_nobody_has_is_answered_here_and_not_repeated(desk, known, typed):
    reply = search(desk, typed)

    assert reply.status_code == 200
    assert "Tidak ada yang cocok" in reply.text
    assert "Baiq Murniati" not in reply.text
    told_nowhere(reply, typed)


def test_a_telephone_of_a_family_shows_the_family_and_still_no_number(story, desk, known):
    other = with_identifiers(story.person("Lalu Hamdan"), phone=PHONE)
    set_person(other, has_shared_phone=True)
    reply = search(desk, PHONE)

    assert reply.status_code == 200
    assert {"Baiq Murniati", "Lalu Hamdan"} <= set(re.findall(r"<a href=\"/kelola/orang/[^\"]+\">([^<]+)<", reply.text))
    told_nowhere(reply, PHONE)


@pytest.mark.parametrize(("typed", "where"), [
    ("Baiq  Mu", "/kelola/orang?q=Baiq++Mu"), ("JNP-4K7", "/kelola/orang?q=JNP-4K7"), ("", "/kelola/orang"),
])
def test_a_name_or_code_goes_on_into_an_address_that_can_be_shared_and_paged(desk, known, typed, where):
    reply = search(desk, typed)

    assert (reply.status_code, reply.location) == (303, where)
    assert desk.get(reply.location).status_code == 200
    with_role = search(desk, typed, peran="admin")
    assert "peran=admin" in with_role.location


def test_a_list_of_many_is_paged_by_name_without_the_form(story, desk):
    story.crowd(story.cohort(), 45)
    links = read(desk.get("/kelola/orang?q=guru")).links

    assert any("q=guru" in link and "hal=2" in link for link in links)


@pytest.mark.parametrize("typed", [*SPELLINGS, *NOBODY])
def test_an_address_with_an_identifier_in_it_searches_nothing_and_says_so(desk, known, count_statements, typed):
    with count_statements() as seen:
        reply = desk.client.get("/kelola/orang", query_string={"q": typed, "hal": "2"})

    assert reply.status_code == 422
    assert "tidak ditaruh di alamat" in reply.text
    assert "Baiq Murniati" not in reply.text
    assert not [statement for statement in seen.statements if "person_identifier" in statement or "LIKE" in statement]
    told_nowhere(reply, typed)


def addresses_of(story):
    cohort = story.cohort()
    story.teacher(cohort)
    instructor = story.instructor(cohort)
    supervisor = story.supervisor()
    return [
        (story.facilitator(), "/pemantauan/peserta", "q"), (instructor, f"/kelas/{cohort.uuid}", "q"),
        (instructor, f"/kelas/{cohort.uuid}/cetak", "q"), (instructor, "/penilaian?tampil=dinilai", "q"),
        (supervisor, "/bimbingan", "q"), (story.admin(), "/kelola/catatan", "orang"),
        (story.admin(), "/kelola/catatan", "objek"),
    ]


def test_no_other_search_takes_an_identifier_from_an_address(app, story):
    for who, address, name in addresses_of(story):
        desk, sign = Desk(app, story, who), "&" if "?" in address else "?"
        assert desk.get(f"{address}{sign}{name}=Sumiati").status_code == 200, address
        for typed in (NIK, "5202 0141 0785 0003", PHONE, MAIL):
            reply = desk.get(f"{address}{sign}{name}={quote(typed)}")
            assert reply.status_code == 422, (address, typed)
            assert "Cari dengan nama atau kode peserta" in reply.text
            told_nowhere(reply, typed)


def test_the_browser_itself_keeps_identifiers_out_of_every_search_that_goes_into_the_address(app, story):
    seen = 0
    for who, address, name in addresses_of(story):
        page = read(Desk(app, story, who).get(address))
        fields = [attributes for tag, attributes in page.tags if tag == "input" and attributes.get("name") == name]
        for field in fields:
            seen += 1
            assert field["pattern"] == (KEY_PATTERN if name == "objek" else PATTERN), address
            assert field["title"], address
    assert seen >= 4
    others = [path.name for path in TEMPLATES.rglob("*.html") if 'type="search"' in path.read_text(encoding="utf-8")]
    assert others == ["staff_parts.html"], "a search field is drawn by the one macro that names the pattern"


@pytest.mark.parametrize("typed", [*SPELLINGS, *NOBODY])
def test_the_pattern_lets_no_identifier_through(typed):
    assert may_identify(typed)
    assert not re.fullmatch(PATTERN, typed)
    assert not re.fullmatch(KEY_PATTERN, typed)


@pytest.mark.parametrize("typed", ["Baiq Mu'minah", "JNP-4K7R", "2345679", "S.Pd. 2024", ""])
def test_the_pattern_lets_names_and_codes_through(typed):
    assert not may_identify(typed)
    assert re.fullmatch(PATTERN, typed)


def test_the_key_of_a_row_is_still_found_in_the_log(desk, known):
    assert re.fullmatch(KEY_PATTERN, str(known.person_uuid))
    assert desk.get(f"/kelola/catatan?objek={known.person_uuid}").status_code == 200


def test_who_must_sign_in_first_is_led_back_without_the_identifier(app, known):
    back = app.test_client().get("/kelola/orang", query_string={"q": NIK}).location
    kept = app.test_client().get("/kelola/orang", query_string={"q": "baiq"}).location

    assert back == "/masuk?lanjut=/kelola/orang"
    assert "baiq" in kept


def test_the_log_holds_nothing_of_a_search(app, story, desk, known, caplog):
    caplog.set_level(logging.DEBUG)
    search(desk, NIK)
    search(desk, "5271030101900001")
    desk.get(f"/kelola/orang?q={NIK}")
    Desk(app, story, story.facilitator()).post("/kelola/orang", q=NIK)
    written = "".join(JsonLine().format(record) for record in caplog.records if record.name.startswith("lms"))

    assert "denied" in written
    assert NIK not in written
    assert "5271030101900001" not in written


def test_the_form_works_without_a_script_and_needs_its_token(desk):
    form = read(desk.get("/kelola/orang")).form_to("/kelola/orang")

    assert {"q", "_csrf"} <= dict(form.fields).keys()
    assert desk.client.post("/kelola/orang", data=form.filled(q=NIK, _csrf="")).status_code == 400
