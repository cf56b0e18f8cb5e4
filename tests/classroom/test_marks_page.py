"""Nilai saya: what is still asked for while the class runs, and what was recorded when it is over."""

from __future__ import annotations

from typing import Any

import pytest
from classroom.paper_browser import Browser
from quiz_acts import finish_modules, take

from lms.testing_stories import Learner, Story

#: What nobody may read any more when the class is over.
TO_DO = (
    "Perlu Anda kerjakan", "Yang masih kurang", "Menunggu:", "Tinggal ", "Lihat modul", "tahap berikutnya",
    "Belum lengkap", "Menuju LULUS", "belum dinilai",
)
VERDICTS = {
    "passed": "Selamat, Anda dinyatakan LULUS", "failed": "Anda belum lulus", "finished": "Hasil akhir belum diumumkan",
}
DONE = {
    "nothing": (), "half": ("M00", "M01"), "everything": ("M00", "M01", "M02", "M03", "M10"),
}


def learned(story: Story, state: str, modules: tuple[str, ...], *, ends: int = 60) -> Learner:
    learner = story.teacher(story.cohort(ends=ends), state=state)
    finish_modules(learner, *modules)
    return learner


def marks(app: Any, story: Story, learner: Learner) -> str:
    text: str = Browser(app, story, learner).get(f"/nilai/{learner.enrolment_uuid}").text
    return text


@pytest.mark.parametrize("modules", DONE.values(), ids=DONE)
@pytest.mark.parametrize(("state", "ends"), [("passed", -1), ("failed", -1), ("finished", -1), ("active", -1),
                                             ("passed", 60), ("failed", 60)])
def test_a_class_that_is_over_asks_for_nothing_and_has_one_verdict(
    app: Any, story: Story, state: str, ends: int, modules: tuple[str, ...]
) -> None:
    text = marks(app, story, learned(story, state, modules, ends=ends))
    assert [phrase for phrase in TO_DO if phrase in text] == []
    verdict = VERDICTS["finished" if state == "active" else state]
    assert [phrase for phrase in VERDICTS.values() if phrase in text] == [verdict]
    assert f"{len(modules)} dari 5 modul selesai" in text
    assert "Syarat lain dinilai di luar Sanggar" in text


def test_a_part_that_is_marked_elsewhere_says_so_once_the_class_is_over(app: Any, story: Story) -> None:
    running, over = (marks(app, story, learned(story, "active", (), ends=days)) for days in (60, -1))
    assert running.count("dinilai pada tahap berikutnya") == 4
    assert "tidak dicatat di Sanggar" not in running
    # The four parts that people mark, and the post-test that was not taken.
    assert over.count("tidak dicatat di Sanggar") == 5
    assert "Tanda “-” berarti tidak ada nilai yang tercatat, bukan nol." in over


def test_what_the_system_holds_is_shown_after_the_end_too(app: Any, story: Story) -> None:
    learner = story.teacher(story.cohort(ends=60))
    take(learner, "m00-awal", right=1)
    finish_modules(learner, "M00", "M01", "M02", "M03")
    take(learner, "m01-kuis", right=4)
    take(learner, "m10-akhir", right=3)
    running = marks(app, story, learner)
    assert "Naik 50 poin persen dari tes awal" in running
    assert "Tinggal 5 hal lagi" in running


def test_home_tells_the_same_verdict(app: Any, story: Story) -> None:
    for state, sentence in (("passed", "LULUS"), ("failed", "Anda belum lulus"), ("finished", "Kelas Anda sudah")):
        learner = learned(story, state, ("M00",), ends=-1)
        assert sentence in Browser(app, story, learner).get("/beranda").text
