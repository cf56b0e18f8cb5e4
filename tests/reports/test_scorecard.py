"""The scorecard: true numbers, nobody's name, and the sheet says what the page says."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re

import pytest
import sqlalchemy as sa
from desk import MODULES, Desk, crowd, done, learned
from suppression_reader import shown_on_page

from lms.completion.models import CompletionFact
from lms.core.db import write_tx
from lms.lib import clock
from lms.lib.uuid7 import uuid7
from lms.regions.models import Region
from lms.reports import queries
from lms.testing_stories import Story


@pytest.fixture
def story(app):
    return Story()


@pytest.fixture
def cohort(story):
    made = story.cohort()
    with write_tx() as session:
        session.add(Region(code="52.02.02", name="Jonggat", level="subdistrict", parent_code="52.02",
                           timezone="Asia/Makassar"))
        session.add(Region(code="52.02.03", name="Batukliang", level="subdistrict", parent_code="52.02",
                           timezone="Asia/Makassar"))
    return made


def card(actor):
    return queries.scorecard(actor, queries.periods(actor)[0])


def test_182_of_60_is_303_3_percent(app, story, cohort):
    crowd(story, cohort, 182)
    page = Desk(app, story, story.observer()).get("/capaian").text

    assert "303,3%" in page
    assert "182/60" in page


def test_finished_means_every_module_and_days_are_the_median(story, cohort):
    people = crowd(story, cohort, 12)
    done(people[:6], *MODULES, took=4)
    done(people[6:10], *MODULES[:4], took=2)
    found = card(story.observer().actor)

    assert [cell.value for cell in found.totals] == [12, 10, 6]
    assert found.median_days == 4
    assert [module.days for module in found.modules] == [4, 4, 4, 4, 4]


def test_days_of_fewer_than_five_people_are_not_shown(story, cohort):
    done(crowd(story, cohort, 12)[:4], "M00", took=3)
    found = card(story.observer().actor)

    assert found.median_days is None
    assert [module.days for module in found.modules] == [None] * 5


def test_small_kecamatan_are_hidden_and_not_to_be_reckoned_back(app, story, cohort):
    for size, region in ((22, "52.02.01"), (20, "52.02.02"), (3, "52.02.03")):
        crowd(story, cohort, size, region=region)
    page = Desk(app, story, story.observer()).get("/capaian").text
    cells = shown_on_page(page)

    assert cells["Batukliang"][0] == "&lt; 5"
    assert cells["Praya"][0] == "22"
    assert cells["Jonggat"][0] == "ditutup"
    assert cells["Semua"][0] == "45"


def test_the_sheet_says_what_the_page_says(app, story, cohort):
    people = [*crowd(story, cohort, 9), *crowd(story, cohort, 3, region="52.02.02")]
    done(people[:7], *MODULES)
    desk = Desk(app, story, story.coordinator())
    page, sheet = desk.get("/capaian"), desk.get("/capaian.csv")
    rows = list(csv.reader(io.StringIO(sheet.text.lstrip("\ufeff")), delimiter=";"))
    by_name = {(row[3], row[4]): row[5] for row in rows[1:]}

    for name, cells in shown_on_page(page.text).items():
        for measure, cell in zip(("bergabung", "sudah mulai", "selesai semua modul"), cells, strict=True):
            key = ("" if name == "Semua" else name, measure)
            assert by_name[key] == cell.replace("&lt;", "<"), key
    assert sheet.headers["Content-Type"] == "text/csv; charset=utf-8"


def test_a_name_that_looks_like_a_formula_is_text_in_the_sheet(app, story, cohort):
    with write_tx() as session:
        session.get_one(Region, "52.02.01").name = "=HYPERLINK(1)"
    crowd(story, cohort, 6)
    sheet = Desk(app, story, story.observer()).get("/capaian.csv").text

    assert ";'=HYPERLINK(1);" in sheet
    assert ";=HYPERLINK" not in sheet


def test_no_name_and_no_way_to_a_person_stands_on_the_scorecard(app, story, cohort):
    learner = story.teacher(cohort, name="Nama Rahasia")
    learned(learner, "M00")
    crowd(story, cohort, 8)
    for who in (story.observer(), story.coordinator()):
        page = Desk(app, story, who).get("/capaian").text
        assert "Rahasia" not in page
        assert learner.code not in page
        assert not re.search(r'href="/(peserta|pemantauan|kelas|kelola)', page)


def test_ABUSE_A07_the_numbers_of_another_region_are_not_counted(app, story, cohort):
    crowd(story, cohort, 6)
    crowd(story, cohort, 9, region="52.03.01")
    found = card(story.observer("52.02").actor)

    assert found.totals[0].value == 6
    assert [row.name for row in found.rows] == ["Praya"]


def test_ABUSE_A06_a_foreign_or_nonsense_period_opens_nothing(app, story, cohort):
    crowd(story, cohort, 6)
    elsewhere = story.cohort(region="52.03")
    crowd(story, elsewhere, 9, region="52.03.01")
    with write_tx() as session:
        from lms.cohorts.models import Period

        foreign = session.get_one(Period, elsewhere.period_id)
        foreign.region_code, uuid = "52.03", foreign.uuid
    desk = Desk(app, story, story.observer("52.02"))
    for asked in (uuid, "0", "-1", "' OR 1=1", "00000000-0000-0000-0000-000000000000"):
        for page in ("/capaian", "/capaian.csv"):
            assert desk.get(f"{page}?angkatan={asked}").status_code == 404, asked


def test_a_target_is_shown_only_to_those_who_see_the_whole_period(story, cohort):
    crowd(story, cohort, 6)
    assert card(story.observer("52.02").actor).period.target == 60
    assert card(story.observer("52.02.01").actor).period.target is None


def test_an_empty_scope_says_so(app, story):
    story.provider()
    page = Desk(app, story, story.observer()).get("/capaian")
    assert page.status_code == 200
    assert "Belum ada angka" in page.text


def test_the_statements_do_not_grow_with_the_people(app, story, cohort, count_statements):
    done(crowd(story, cohort, 6), "M00")
    desk = Desk(app, story, story.observer())
    desk.get("/capaian")
    with count_statements() as few:
        desk.get("/capaian")
    done(crowd(story, cohort, 300), "M00")
    with count_statements() as many:
        desk.get("/capaian")
    assert len(many) == len(few) <= 6


def test_days_are_reckoned_from_the_first_act_of_any_kind_in_the_module(story, cohort):
    people = crowd(story, cohort, 6)
    done(people, "M00", took=2)
    with write_tx() as session:
        session.add_all(
            CompletionFact(
                uuid=uuid7(), enrolment_id=enrolment, program_id="diklat-mini", content_id="m00-awal",
                kind="quiz_submitted", rule_version="1.0", recorded_at=clock.now() - dt.timedelta(days=6),
            )
            for enrolment in people
        )

    assert card(story.observer().actor).modules[0].days == 6


def test_the_day_of_the_numbers_is_that_of_the_region(story, cohort):
    with write_tx() as session:
        session.execute(sa.update(Region).where(Region.code == "52.02").values(timezone="Asia/Jayapura"))
    observer = story.observer().actor
    with clock.freeze(dt.datetime(2026, 3, 1, 15, 30, tzinfo=dt.UTC)):
        assert card(observer).on == dt.date(2026, 3, 2)


def test_the_page_says_from_when_the_days_are_reckoned(app, story, cohort):
    done(crowd(story, cohort, 6), "M00", took=2)

    assert "Dari kegiatan pertama di modul" in Desk(app, story, story.observer()).get("/capaian").text
