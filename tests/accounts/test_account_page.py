"""One's own account tells whom to write to when something is wrong; an opened notice lowers the number at the bell."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from accounts.gate import PHONE, Gate, set_person, with_identifiers
from reading_pages import read

from lms.core import notices, registry
from lms.core.db import db, write_tx
from lms.regions.models import Provider


def opened(app, story, who):
    gate = Gate(app)
    gate.token = story.sign_in(gate.client, who)
    return gate


def write_to(page):
    """(number, text) of the links that write to a help desk."""
    found = [urlsplit(link) for link in page.links if link.startswith("https://wa.me/")]
    return [(link.path.strip("/"), parse_qs(link.query)["text"][0]) for link in found]


@pytest.mark.parametrize("state", ["awaiting_recommendation", "active"])
def test_who_finds_a_mistake_in_the_own_data_is_told_whom_to_write_to(app, story, state):
    who = with_identifiers(story.teacher(story.cohort(provider="bgp-a"), state=state), phone=PHONE)
    set_person(who, full_name="Baiq Murniati", title_prefix="Hj.", title_suffix="S.Pd.", call_name="Murni")
    story.provider("bgp-b")
    with write_tx():
        for code, number in (("bgp-a", "6281111111111"), ("bgp-b", "6282222222222")):
            db.session.execute(sa.update(Provider).where(Provider.code == code).values(help_phone=number))
    page = read(opened(app, story, who).get("/akun"))

    for said in ("Hj. Baiq Murniati, S.Pd.", "Murni", PHONE[-3:], "Ada data yang salah?"):
        assert said in page.words, said
    assert PHONE not in page.words, "masked: somebody may look over a shoulder"
    ((number, text),) = write_to(page)
    assert number == "6281111111111", "the desk of one's own provider"
    assert who.code in text
    assert "NIK" not in text


@pytest.mark.parametrize("make", ["class_admin", "facilitator"])
def test_staff_are_told_too(app, story, make):
    who = story.class_admin(story.cohort()) if make == "class_admin" else story.facilitator()
    story.provider()

    assert [number for number, _text in write_to(read(opened(app, story, who).get("/akun")))] == ["6281200000000"]


def test_a_role_whose_class_does_not_exist_breaks_no_account_page(app, story):
    who = story.staff("instructor", "class", "bukan-kelas")

    assert registry.providers_of(who.actor) == []


def bell(gate):
    """The number at the bell; 0 without one."""
    found = re.search(r"<span>(\d+)<span class=\"vh\"> pemberitahuan baru", gate.get("/pemberitahuan").text)
    return int(found[1]) if found else 0


def test_opening_a_notice_lowers_the_number_at_the_bell_and_leads_where_it_says(app, story):
    who, other = story.teacher(), story.teacher()
    kind = next(iter(registry.notice_kinds))
    with write_tx():
        for person in (who, who, other):
            notices.tell(person.person_id, kind, link="/akun", **dict.fromkeys(
                re.findall(r"%\((\w+)\)s", registry.notice_kinds[kind].sentence), "x"))
    gate = opened(app, story, who)
    assert bell(gate) == 2
    form = next(form for form in read(gate.get("/pemberitahuan")).forms if form.action.count("/") == 2
                and form.action.startswith("/pemberitahuan/"))

    assert gate.post(form.action, data=form.filled()).location == "/akun"
    assert bell(gate) == 1
    assert gate.post(form.action, data=form.filled()).location == "/akun", "sent twice it counts once"
    assert bell(gate) == 1
    theirs = opened(app, story, other)
    assert theirs.post(form.action, data=form.filled(_csrf=theirs.token)).status_code == 404
    assert bell(theirs) == 1
