"""Who cannot learn is told why and what comes next: no day that is past, and none to somebody who is not coming."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import sqlalchemy as sa
from classroom.paper_browser import Browser

from lms.cohorts.models import LEFT_STATES, Enrolment
from lms.core.db import write_tx
from lms.lib import clock, words
from lms.testing_stories import Learner, Story

OPENS = "Pelajaran terbuka setelah kelas dimulai"
NEW_DATE = "Tanggal mulai yang baru akan diberitahukan."
LEFT = {
    "refused": "Pendaftaran kali ini belum dapat diterima.", "declined": "Anda tidak ikut kali ini.",
    "withdrawn": "Keikutsertaan ini sudah diakhiri.", "transferred": "Keikutsertaan ini sudah diakhiri.",
}
ON_THE_WAY = ("proposed", "awaiting_recommendation", "recommended", "confirmed", "accepted")


def without_a_class(story: Story, state: str, starts: int) -> Learner:
    learner = story.teacher(story.cohort(starts=starts, ends=starts + 30), state=state)
    with write_tx() as session:
        session.execute(sa.update(Enrolment).where(Enrolment.id == learner.enrolment_id).values(cohort_id=None))
    return learner


def day(offset: int) -> str:
    today = clock.local(clock.now(), "Asia/Makassar").date()
    return words.date_long(today + dt.timedelta(days=offset), "id")


@pytest.mark.parametrize("starts", [14, -14])
@pytest.mark.parametrize("state", LEFT_STATES)
def test_who_is_not_coming_is_told_so_and_never_when_lessons_open(
    app: Any, story: Story, state: str, starts: int
) -> None:
    browser = Browser(app, story, story.teacher(story.cohort(starts=starts), state=state))
    for address in ("/beranda", "/diklat", "/nilai"):
        page = browser.get(address).text
        assert LEFT[state] in page, address
        assert "Lembaga bgp-ntb" in page, address
        assert OPENS not in page, address
        assert NEW_DATE not in page, address
        assert "Nilai muncul di sini" not in page, address


@pytest.mark.parametrize("starts", [14, -14])
def test_who_is_on_the_waiting_list_is_told_so_and_no_day(app: Any, story: Story, starts: int) -> None:
    browser = Browser(app, story, without_a_class(story, "waiting_list", starts))
    assert "Anda ada di daftar tunggu." in browser.get("/diklat").text
    assert "Nilai muncul di sini setelah Anda diterima di sebuah kelas." in browser.get("/nilai").text
    for address in ("/diklat", "/nilai"):
        assert day(starts) not in browser.get(address).text, address


@pytest.mark.parametrize("starts", [-14, -60])
@pytest.mark.parametrize("state", [*ON_THE_WAY, "waiting_list"])
def test_without_a_class_after_the_first_day_a_new_date_is_promised_and_no_past_one_told(
    app: Any, story: Story, state: str, starts: int
) -> None:
    browser = Browser(app, story, without_a_class(story, state, starts))
    home = browser.get("/beranda").text
    assert NEW_DATE in home
    for page in (home, browser.get("/diklat").text, browser.get("/nilai").text):
        assert day(starts) not in page
        assert OPENS not in page
        assert words.date_range(*(clock.local(clock.now(), "Asia/Makassar").date() + dt.timedelta(days=n)
                                  for n in (starts, starts + 30)), "id") not in page
    assert state == "waiting_list" or NEW_DATE in browser.get("/diklat").text


@pytest.mark.parametrize("state", ON_THE_WAY)
def test_before_the_first_day_its_date_is_told(app: Any, story: Story, state: str) -> None:
    browser = Browser(app, story, without_a_class(story, state, 14))
    for address in ("/beranda", "/diklat", "/nilai"):
        page = browser.get(address).text
        assert day(14) in page, address
        assert NEW_DATE not in page, address


def test_a_lesson_refuses_who_has_left_in_other_words_than_who_is_early(app: Any, story: Story) -> None:
    said = {}
    for state, starts in (("withdrawn", -14), ("active", 14)):
        learner = story.teacher(story.cohort(starts=starts), state=state)
        browser = Browser(app, story, learner)
        answer = browser.get(f"/pelajaran/{learner.enrolment_uuid}/m00-1")
        assert answer.status_code == 409
        said[state] = answer.text
    assert "Keikutsertaan ini tidak berlanjut" in said["withdrawn"]
    assert "kelas dimulai" not in said["withdrawn"]
    assert "Pelajaran terbuka setelah Anda diterima dan kelas dimulai." in said["active"]
