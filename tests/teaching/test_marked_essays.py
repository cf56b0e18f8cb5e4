"""A slip of the finger is put right by clicking: "Ubah" after saving, the tab of marked essays, the history."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from desk import Desk
from test_desk import hand_in_essay

from lms.quizzes import queries
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    return story.cohort()


@pytest.fixture
def desk(app, story, cohort):
    return Desk(app, story, story.instructor(cohort))


def address_of(desk, attempt):
    return re.search(rf'href="(/penilaian/{attempt}/\d+)"', desk.get("/penilaian").text)[1]


def test_after_saving_the_next_page_offers_to_change_the_mark_and_leads_back_to_it(story, cohort, desk):
    first = hand_in_essay(story.teacher(cohort, name="Baiq Mariani"))
    hand_in_essay(story.teacher(cohort, name="Aminah"))
    address = address_of(desk, first)
    after = desk.get(desk.send(desk.get(address), "", mark="8").location)

    assert "Nilai 8 untuk Baiq Mariani tersimpan." in after.text
    assert re.search(rf'<a class="btn line small" href="{address}">.*?Ubah', after.text)
    page = desk.get(address)
    refused = desk.send(page, "", mark="80", comment="Jelas.", reason="")
    assert refused.status_code == 422
    assert 'id="reason-e"' in refused.text
    assert "Jelas." in refused.text
    assert desk.send(page, "", mark="80", comment="Jelas.", reason="Salah ketik.").status_code == 303

    again = desk.get(address).text
    assert again.index("Riwayat nilai") < again.index("Alasan: Salah ketik.")
    assert [item.mark for item in queries.essay_marks(first, int(address.rsplit("/", 1)[1]))] == [
        Decimal("80.00"), Decimal("8.00")
    ]


def test_the_last_essay_offers_it_too(story, cohort, desk):
    attempt = hand_in_essay(story.teacher(cohort, name="Baiq Mariani"))
    address = address_of(desk, attempt)
    page = desk.get(desk.send(desk.get(address), "", mark="8").location).text

    assert "Semua esai sudah dinilai." in page
    assert f'href="{address}"' in page


def test_the_first_mark_asks_for_no_reason(story, cohort, desk):
    attempt = hand_in_essay(story.teacher(cohort))
    assert "Mengapa nilai diubah" not in desk.get(address_of(desk, attempt)).text


def test_the_tab_of_marked_essays_is_searched_by_name_and_leads_back(story, cohort, desk):
    for name in ("Baiq Mariani", "Aminah"):
        attempt = hand_in_essay(story.teacher(cohort, name=name))
        address = address_of(desk, attempt)
        desk.send(desk.get(address), "", mark="70")
    tab = desk.get("/penilaian?tampil=dinilai")

    assert tab.text.index("Aminah") < tab.text.index("Baiq Mariani")
    assert f'href="{address}"' in tab.text
    found = desk.get("/penilaian?tampil=dinilai&q=mari").text
    assert ("Baiq Mariani" in found, "Aminah" in found) == (True, False)
    assert "Tidak ada yang cocok" in desk.get("/penilaian?tampil=dinilai&q=zzz").text
    assert 'href="/penilaian?tampil=dinilai"' in desk.get("/penilaian").text


def test_the_mark_of_another_class_is_named_to_nobody(story, cohort, desk):
    other = story.cohort()
    attempt = hand_in_essay(story.teacher(other, name="Kenari"))
    theirs = Desk(desk.client.application, story, story.instructor(other))
    theirs.send(theirs.get(address_of(theirs, attempt)), "", mark="70")

    for address in ("/penilaian?tampil=dinilai&q=Kenari", f"/penilaian?dinilai={attempt}.1",
                    f"/penilaian?dinilai={attempt}.2", "/penilaian?dinilai=x.y"):
        reply = desk.get(address)
        assert reply.status_code == 200
        assert "Kenari</a>" not in reply.text
        assert "untuk Kenari" not in reply.text
