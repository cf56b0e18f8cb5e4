"""Pictures of a work: one by one, up to a limit, and never out of what was handed in."""

import uuid

import pytest
import sqlalchemy as sa
from quiz_acts import at_once
from work_acts import attach, count, detach, hand_in, save, set_stage, stage, versions, written

from lms.core.db import db
from lms.core.errors import NotFound
from lms.core.uploads import Upload
from lms.workshops.services import attaching

pytestmark = pytest.mark.both


def test_a_page_goes_on_after_a_picture_was_added_and_after_it_was_taken_away(learner):
    save(learner, "Satu", "bab-2", field="kesan", device="hp-1")
    file = attach(learner)
    save(learner, "Dua", "bab-2", field="kesan", base=1, device="hp-1")
    assert [row["file"] for row in written("bab-2").values["foto"]] == [str(file)]
    detach(learner, file)
    save(learner, "Tiga", "bab-2", field="kesan", base=1, device="hp-1")
    assert written("bab-2").values == {"kesan": "Tiga"}


def test_only_a_field_of_pictures_or_files_takes_them(learner):
    for field in ("kesan", "tidak-ada"):
        with pytest.raises(NotFound):
            attach(learner, field=field)
    assert count(Upload) == 0


def test_a_picture_is_added_with_its_caption_and_consent_and_belongs_to_the_work(learner):
    file = attach(learner, "  Balok\x00  susun ", has_consent=False)
    [row] = written("bab-2").values["foto"]
    assert row == {"file": str(file), "name": "IMG_1.jpg", "bytes": row["bytes"], "caption": "Balok  susun",
                   "consent": False}
    upload = db.session.scalars(sa.select(Upload)).one()
    assert (upload.uuid, upload.owner_id, upload.purpose) == (file, learner.person_id, "work.evidence")
    assert (upload.subject_kind, upload.subject_uuid) == ("stage_work", stage().uuid)


def test_captions_and_ticks_come_with_the_words_and_nothing_else_of_a_file_does(learner):
    file = attach(learner, has_consent=False)
    sent = [{"file": str(file), "caption": "Halaman", "consent": True}, {"file": str(uuid.uuid4()), "caption": "Asing"}]
    save(learner, part="bab-2", values={"foto": sent, "kesan": "Senang"}, base=1)
    [row] = written("bab-2").values["foto"]
    assert (row["caption"], row["consent"], row["name"]) == ("Halaman", True, "IMG_1.jpg")
    # Words that come without a word about the pictures take none of them away.
    save(learner, part="bab-2", values={"kesan": "Lain"}, base=2)
    assert written("bab-2").values == {"foto": [row], "kesan": "Lain"}


def test_a_field_takes_no_more_pictures_than_it_says(learner):
    first = attach(learner)
    attach(learner)
    with pytest.raises(attaching.TooMany) as refusal:
        attach(learner)
    assert refusal.value.values == {"most": 2}
    assert (len(written("bab-2").values["foto"]), count(Upload)) == (2, 2)
    detach(learner, first)
    attach(learner)
    assert len(written("bab-2").values["foto"]) == 2


def test_pictures_added_at_the_same_moment_are_all_kept_up_to_the_limit(app, learner):
    results = at_once(app, [lambda: attach(learner)] * 4)
    assert sum(isinstance(result, uuid.UUID) for result in results) == 2
    assert sum(isinstance(result, attaching.TooMany) for result in results) == 2
    kept = {row["file"] for row in written("bab-2").values["foto"]}
    assert kept == {str(result) for result in results if isinstance(result, uuid.UUID)}


def test_a_picture_that_was_taken_away_stays_in_what_was_handed_in(learner):
    save(learner)
    first, second = attach(learner), attach(learner)
    hand_in(learner)
    set_stage(state="returned", version=3)
    assert detach(learner, first) == {"version": 3}

    assert [row["file"] for row in written("bab-2").values["foto"]] == [str(second)]
    assert [row["file"] for row in versions()[0].values["bab-2"]["foto"]] == [str(first), str(second)]
    assert set(db.session.scalars(sa.select(Upload.state))) == {"kept"}
    with pytest.raises(NotFound):
        detach(learner, first)


def test_words_after_the_last_picture_was_taken_away_are_the_same_words(learner):
    save(learner, "Senang", "bab-2", field="kesan")
    detach(learner, attach(learner))
    assert save(learner, "Senang", "bab-2", field="kesan", base=1) == {"version": 3}
