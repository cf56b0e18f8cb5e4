"""A notice is written with its cause, belongs to one person and speaks the reader's language."""

import pytest
import sqlalchemy as sa

from lms.core import notices
from lms.core.db import db, write_tx
from lms.core.notices import Notice

pytestmark = pytest.mark.both


def tell(who, *texts):
    with write_tx():
        for text in texts:
            notices.tell(who.person_id, "trial", text=text, link="/akun")


def test_newest_first_page_by_page(app, story):
    who = story.teacher()
    tell(who, *(str(number) for number in range(25)))

    first, total = notices.of_person(who.person_id)
    last, _ = notices.of_person(who.person_id, page=2)

    assert total == 25
    assert [row.values["text"] for row in first] == [str(number) for number in range(24, 4, -1)]
    assert [row.values["text"] for row in last] == ["4", "3", "2", "1", "0"]


def test_a_cause_that_is_rolled_back_tells_nobody(app, story):
    who = story.teacher()
    with pytest.raises(ZeroDivisionError), write_tx():
        notices.tell(who.person_id, "trial", text="x")
        raise ZeroDivisionError

    assert notices.of_person(who.person_id) == ([], 0)


def test_what_is_told_once_is_told_once_to_each(app, story):
    mine, theirs = story.teacher(), story.teacher()
    with write_tx():
        assert notices.tell_once(mine.person_id, "trial", "a", text="x", link="/akun")
        assert not notices.tell_once(mine.person_id, "trial", "a", text="y", link="/akun")
        assert notices.tell_once(theirs.person_id, "trial", "b", text="x", link="/akun")

    assert [row.values["text"] for row in notices.of_person(mine.person_id)[0]] == ["x"]
    assert notices.of_person(theirs.person_id)[1] == 1


def test_reading_marks_only_ones_own(app, story):
    mine, theirs = story.teacher(), story.teacher()
    tell(mine, "a", "b")
    tell(theirs, "c")

    with write_tx():
        assert notices.mark_all_read(by=mine.actor) == 2
    with write_tx():
        assert notices.mark_all_read(by=mine.actor) == 0
    unread = db.session.scalars(sa.select(Notice.person_id).where(Notice.read_at.is_(None))).all()
    assert unread == [theirs.person_id]


def test_an_unknown_kind_is_a_mistake_of_the_program(app, story):
    who = story.teacher()
    with pytest.raises(LookupError), write_tx():
        notices.tell(who.person_id, "nobody.registered")


def test_the_page_shows_ones_own_notices_and_the_bell_counts_the_new_ones(app, story):
    mine, theirs = story.teacher(), story.teacher()
    tell(mine, "untuk saya")
    tell(theirs, "untuk dia")
    client = app.test_client()
    story.sign_in(client, mine)

    text = client.get("/pemberitahuan").text

    assert "Catatan: untuk saya" in text
    assert "untuk dia" not in text
    assert "pemberitahuan baru" in text


@pytest.mark.parametrize(("language", "seen"), [
    ("en", "Catatan: My own lesson"), ("id", "Catatan: Pelajaran saya"),
])
def test_a_title_is_read_in_the_language_of_the_page_and_not_in_that_of_the_moment(app, story, language, seen):
    who = story.teacher()
    tell(who, {"id": "Pelajaran saya", "en": "My own lesson"})
    client = app.test_client()
    story.sign_in(client, who)
    client.get(f"/bahasa/{language}")

    assert seen in client.get("/pemberitahuan").text


def test_a_title_that_nobody_has_translated_is_read_in_indonesian(app, story):
    who = story.teacher()
    tell(who, {"id": "Pelajaran saya"})
    client = app.test_client()
    story.sign_in(client, who)

    assert "Pelajaran saya" in client.get("/pemberitahuan?bahasa=en").text


def test_reading_them_empties_the_bell(app, story):
    from reading_pages import read

    who = story.teacher()
    tell(who, "satu")
    client = app.test_client()
    story.sign_in(client, who)
    form = read(client.get("/pemberitahuan")).form_to("/pemberitahuan")

    client.post(form.action, data=form.filled())

    text = client.get("/pemberitahuan").text
    assert "pemberitahuan baru" not in text
    assert "Catatan: satu" in text
