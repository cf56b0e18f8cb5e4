"""The work list for a day on the road: on paper and as a sheet, within scope, with phones by right and never a NIK."""

from __future__ import annotations

import csv
import dataclasses
import io

import pytest
from desk import Desk

from lms.accounts.services.people import add_identifier
from lms.core import roles
from lms.core.db import write_tx
from lms.lib.sheet import as_sheet
from lms.testing_stories import Story

NIK, PHONE = "5202016508900001", "081234567890"


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def people(story):
    cohort = story.cohort(name="Kelas Satu")
    first = story.teacher(cohort, name="Sari Zainab", institution_id=story.institution("TK Anggrek"))
    second = story.teacher(cohort, name="Aminah", institution_id=story.institution("TK Mawar"))
    story.teacher(story.cohort(region="52.03"), name="Kenari Jauh", region="52.03.01")
    with write_tx():
        add_identifier(first.person_id, "phone", PHONE)
        add_identifier(first.person_id, "nik", NIK)
    return cohort, first, second


def rows_of(reply):
    assert reply.status_code == 200
    return list(csv.reader(io.StringIO(reply.text.removeprefix("\ufeff")), delimiter=";"))


def test_the_sheet_holds_everybody_in_scope_neighbours_together_with_phones_and_no_nik(app, story, people):
    desk = Desk(app, story, story.facilitator())
    reply = desk.get("/pemantauan/peserta.csv")
    head, *rows = rows_of(reply)

    assert head == ["Kecamatan", "Lembaga", "Nama", "Kelas", "Modul", "Keadaan", "Nomor HP"]
    assert [row[:4] for row in rows] == [
        ["Praya", "TK Anggrek", "Sari Zainab", "Kelas Satu"], ["Praya", "TK Mawar", "Aminah", "Kelas Satu"]
    ]
    assert rows[0][6] == "0812-3456-7890"
    assert NIK not in reply.text
    assert NIK[-4:] not in reply.text
    assert reply.headers["Cache-Control"] == "no-store"
    assert "attachment" in reply.headers["Content-Disposition"]


def test_both_keep_the_filter_of_the_list_they_are_reached_from(app, story, people):
    cohort, _first, _second = people
    desk = Desk(app, story, story.class_admin(cohort))
    page = desk.get("/pemantauan/peserta?q=aminah&keadaan=never_signed_in").text

    for address in ("/pemantauan/peserta/cetak", "/pemantauan/peserta.csv"):
        link = f"{address}?q=aminah&amp;keadaan=never_signed_in"
        assert link in page
        text = desk.get(link.replace("&amp;", "&")).text
        assert ("Aminah" in text, "Sari" in text) == (True, False)


def test_on_paper_stand_reasons_phones_and_room_for_notes_and_nobody_from_beyond(app, story, people):
    page = Desk(app, story, story.facilitator()).get("/pemantauan/peserta/cetak").text

    assert page.index("Sari Zainab") < page.index("Aminah")
    assert "Belum pernah masuk" in page
    assert PHONE in page
    assert "Catatan" in page
    assert "Kenari" not in page
    assert NIK[-4:] not in page


def test_a_longer_list_says_what_it_leaves_out(app, story, people, monkeypatch):
    monkeypatch.setattr("lms.enrolling.views.MOST_PRINTED", 1)
    page = Desk(app, story, story.facilitator()).get("/pemantauan/peserta/cetak").text

    assert "Hanya 1 dari 2 orang tampak." in page


def test_without_the_right_there_is_no_column_of_phones(app, story, people, monkeypatch):
    known = roles.ROLES["facilitator"]
    monkeypatch.setitem(roles.ROLES, "facilitator", dataclasses.replace(
        known, capabilities=known.capabilities - {"see.phone"}
    ))
    desk = Desk(app, story, story.facilitator())
    for address in ("/pemantauan/peserta/cetak", "/pemantauan/peserta.csv"):
        text = desk.get(address).text
        assert "Sari Zainab" in text
        assert "Nomor HP" not in text
        assert "3456" not in text


@pytest.mark.parametrize("text", ["=1+1", "+62", "-x", "@a", "\tx", "\rx", "  =1", "＝1"])
def test_no_cell_of_any_sheet_is_run_as_a_formula(text):
    (cell,), = csv.reader(io.StringIO(as_sheet([[text]]).removeprefix("\ufeff")), delimiter=";")

    assert cell == f"'{text}"


def test_a_hostile_name_in_the_work_list_is_no_formula(app, story):
    cohort = story.cohort()
    story.teacher(cohort, name="=HYPERLINK(1)")
    reply = Desk(app, story, story.facilitator()).get("/pemantauan/peserta.csv")

    assert "'=HYPERLINK(1)" in reply.text


def test_a_class_admin_reaches_announcements_from_the_menu(app, story, people):
    cohort, _first, _second = people
    desk = Desk(app, story, story.class_admin(cohort))
    home = desk.get("/pemantauan").text
    assert 'href="/pemantauan/pengumuman"' in home
    page = desk.get("/pemantauan/pengumuman").text

    assert f'href="/kelas/{cohort.uuid}/pengumuman"' in page
    assert desk.get(f"/kelas/{cohort.uuid}/pengumuman").status_code == 200
    assert "pengumuman" not in desk.get("/pemantauan/kartu").text.split("<main")[1].lower()
