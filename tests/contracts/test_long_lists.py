"""Every list: an address kept too long leads to its last page, and nobody is left out without a word."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import sqlalchemy as sa
from desk import Desk

from lms.cohorts.models import Announcement, Period
from lms.core import notices
from lms.core.db import db, write_tx
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.reports import queries as reports
from lms.testing_stories import Story

SHOWN = re.compile(r"([\d.]+)–([\d.]+) dari ([\d.]+)")


@pytest.fixture
def story(app):
    return Story()


def pages_of(page):
    """What the paging says: first, last, of how many."""
    return tuple(int(part.replace(".", "")) for part in SHOWN.search(page.text).groups())


@pytest.fixture
def lists(app, story):
    """Every list with more than one page: its address, somebody who may see it, how many there are, a page's size."""
    cohort = story.cohort(name="Kelas Besar")
    teacher, supervisor = story.teacher(cohort, name="Baiq Mariani"), story.supervisor()
    for number in range(22):
        story.teacher(cohort, name=f"Zainab {number:02d}", supervisor=supervisor)
    story.crowd(cohort, 30)
    classes = [story.cohort() for _ in range(24)]
    for one in classes:
        story.crowd(one, 1)
    author = story.instructor(cohort)
    with write_tx() as session:
        for number in range(23):
            session.add(Announcement(
                cohort_id=cohort.id, author_id=author.person_id, title=f"Kabar {number}", text="Isi.",
                created_at=clock.now(),
            ))
            notices.tell(teacher.person_id, "question.answered", lesson="Satu")
    provider = story.staff("instructor", "provider", "bgp-ntb")
    return {
        "/pengumuman": (teacher, 23, 20), "/pemberitahuan": (teacher, 23, 20),
        f"/kelas/{cohort.uuid}": (author, 53, 20), f"/kelas/{cohort.uuid}/pengumuman": (author, 23, 20),
        "/kelas": (provider, 25, 20), "/bimbingan": (supervisor, 22, 20),
        "/pemantauan/peserta": (story.facilitator(), 77, 20), "/pemantauan": (story.facilitator(), 25, 20),
        "/pemantauan/kartu": (story.facilitator(), 25, 20),
        f"/pemantauan/kartu/{cohort.uuid}": (story.facilitator(), 53, 40),
        "/kelola/orang": (story.admin(), None, 20),
    }


def test_a_page_after_the_last_one_leads_to_the_last(app, story, lists):
    for address, (who, total, size) in lists.items():
        desk = Desk(app, story, who)
        first, last, whole = pages_of(desk.get(f"{address}?hal=9999"))
        assert (last, whole) == (whole, total or whole), address
        assert first == (whole - 1) // size * size + 1, address
        assert pages_of(desk.get(address)) == (1, size, whole), address


def test_a_class_on_paper_has_everybody_on_it(app, story):
    cohort = story.cohort()
    story.crowd(cohort, 230)

    page = Desk(app, story, story.instructor(cohort)).get(f"/kelas/{cohort.uuid}/cetak").text

    assert len(set(re.findall(r"Guru \d+", page))) == 230


def test_every_class_of_a_scope_is_listed_and_can_be_chosen(app, story):
    first = story.cohort(starts=-50, name="Yang pertama")
    with write_tx() as session:
        period = session.get_one(Period, first.period_id)
        rows = [
            {"uuid": uuid7(), "period_id": period.id, "name": f"Kelas {number}", "region_code": "52.02",
             "timezone": "Asia/Makassar", "program_version_id": first.version_id, "starts_on": period.starts_on,
             "ends_on": period.ends_on}
            for number in range(220)
        ]
        session.execute(sa.insert(db.metadata.tables["cohort"]), rows)
    desk = Desk(app, story, story.staff("facilitator", "provider", "bgp-ntb"))

    assert "dari 221" in desk.get("/pemantauan").text
    assert desk.get("/pemantauan/peserta").text.count("<option value=\"") > 221


def test_every_period_can_be_chosen(app, story):
    cohort = story.cohort()
    with write_tx() as session:
        like = session.get_one(Period, cohort.period_id)
        for number in range(120):
            session.add(Period(
                code=f"L-{number}", title=f"Lama {number}", program_id=like.program_id, region_code=like.region_code,
                provider_id=like.provider_id, starts_on=like.starts_on - dt.timedelta(days=number + 1),
                ends_on=like.ends_on, target=60,
            ))

    assert len(reports.periods(story.coordinator().actor)) == 121
