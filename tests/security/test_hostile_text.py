"""Hostile text is text: typed into every field and shown to everybody, it never becomes a tag, attribute or address."""

import json
import time
import uuid
from functools import cache

import pytest
import sqlalchemy as sa
from contracts.test_route_matrix import Walker, address, may, routes, values
from corpora import corpus
from reading_pages import Page, read

from lms.accounts.models import Person
from lms.cohorts.models import Cohort
from lms.core.db import write_tx
from lms.lib import markup

OURS = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "\"><svg onload=alert(1)>", "'><b id=\"dicuri\">",
    "javascript:alert(1)", "</textarea><script src=//evil.example></script>", "</title><h1>x</h1>", "{{7*7}}",
    "{% raw %}", "%(x)s %s %n {0.__class__} ${7*7}", "--><!-- x", "]]><x>", "&lt;script&gt;",
    "<a href='data:text/html,x'>y</a>",
    "[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "<https://evil.example>", "http://evil.example/",
    "\u202egnp.exe", "\x1b[31m", "\x00", "a\r\nSet-Cookie: x=1", "🧑‍🏫" * 20, "א" * 50, "=cmd|' /C calc'!A0",
]


@cache
def hostile():
    """Every hostile text we have: ours, DOMPurify's, bleach's and the list of naughty strings."""
    purify = [case["payload"] for case in json.loads(corpus("xss", "dompurify", "expect.json").read_text())]
    bleach = [path.read_text().partition("\n--\n")[0] for path in sorted(corpus("xss", "bleach-tests").glob("*.test"))]
    naughty = json.loads(corpus("naughty-strings", "blns", "blns.json").read_text())
    return [text for text in (*OURS, *purify, *bleach, *naughty) if text.strip()]


def batches(longest=3500):
    """All of it, as few texts as fields allow."""
    batch = ""
    for text in hostile():
        if len(batch) + len(text) > longest and batch:
            yield batch
            batch = ""
        batch += text[:longest] + "\n"
    yield batch


RUNS_SCRIPT = ("javascript:", "data:", "vbscript:", "blob:", "file:")
OUR_SCRIPTS = ("/static/",)
NEVER = {
    "iframe", "object", "embed", "base", "frame", "frameset", "applet", "math", "template", "xml", "marquee", "audio",
    "video", "noscript", "plaintext", "xmp", "listing", "foreignobject", "animate", "set", "image",
}
#: Tags of ours that a text must never bring along; `evil` is the host of all our own hostile addresses.
OURS_ONLY = {"style", "link", "meta", "img", "form"}


def what_got_through(page: Page) -> list[str]:
    """Everything on a page that a text could have made and our templates never make."""
    found = []
    for tag, attributes in page.tags:
        if tag in NEVER or (tag == "script" and not (attributes.get("src") or "").startswith(OUR_SCRIPTS)):
            found.append(f"<{tag}>")
        # What a picture shows is said in words that somebody typed.
        if tag in OURS_ONLY and "evil" in str({**attributes, "alt": ""}):
            found.append(f"<{tag} {attributes}>")
        for name, value in attributes.items():
            address = (value or "").strip().lower()
            if name.startswith("on") or name in ("style", "srcdoc", "formaction", "ping", "background", "xlink:href"):
                found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "srcset", "poster", "cite"):
                folded = "".join(sign for sign in address if ord(sign) > 32)
                ours = folded.startswith(("/", "#", "?", "https://wa.me/")) and not folded.startswith(("//", "/\\"))
                if folded.startswith(RUNS_SCRIPT) or not ours:
                    found.append(f"{tag} {name}={value}")
            if name == "id" and "dicuri" in (value or ""):
                found.append("id")
    return found + [f"comment {text[:40]}" for text in page.comments]


def look_everywhere(app, world, role, paths=None):
    """Open every page of a role and return what got through where."""
    walker, found = Walker(app, world, role), []
    for rule in routes(app, "GET"):
        if may(app, rule, role):
            url = address(app, rule, values(rule, world.own))
            if paths is None or url in paths:
                reply = walker.client.get(url, buffered=True)
                assert reply.status_code < 500, url
                if reply.mimetype in ("text/csv", "application/pdf"):
                    # A sheet or a file is saved and never drawn by a browser; formulas in it are tried elsewhere.
                    assert reply.headers["Content-Disposition"].startswith("attachment"), url
                    assert reply.headers["X-Content-Type-Options"] == "nosniff"
                    continue
                found += [f"{role} {url}: {item}" for item in what_got_through(Page(reply.text, url))]
    return found


def unsafe_forms(walker, app, world):
    """(address of the page, form) of every form with something to type, on every page of a role."""
    for rule in routes(app, "GET"):
        if may(app, rule, walker.role) and rule.endpoint not in ("accounts.change_secret", "accounts.leave"):
            for form in read(walker.get(rule, world.own)).forms:
                if form.typed:
                    yield rule, form


ROLES = ("teacher", "instructor", "class_admin", "facilitator", "admin")


@pytest.mark.parametrize("number", range(3))
def test_ABUSE_A44_typed_into_every_field_of_every_form_it_stays_text_for_everybody(app, world, number):
    text = list(batches())[number]
    sent = 0
    for role in ROLES:
        walker = Walker(app, world, role)
        for rule, form in list(unsafe_forms(walker, app, world)):
            for changes in (dict.fromkeys(form.typed, text), dict.fromkeys(form.typed, text[:100])):
                body = form.filled(**changes)
                if form.method == "post":
                    body["_op"] = [str(uuid.uuid4())]
                    reply = walker.client.post(form.action, data=body)
                else:
                    reply = walker.client.get(form.action, query_string=body)
                assert reply.status_code < 500, f"{role} {rule.rule} {form.action}"
                assert what_got_through(Page(reply.text, form.action)) == [], f"{role} {rule.rule}"
                sent += 1
    assert sent > 10
    everybody = (*ROLES, "practice_supervisor", "observer")
    assert [item for role in everybody for item in look_everywhere(app, world, role)] == []


def test_ABUSE_A44_every_hostile_text_we_know_passes_as_reflection_question_answer_essay_and_announcement(app, world):
    learner, boss, own = Walker(app, world, "teacher"), Walker(app, world, "instructor"), world.own.objects
    enrolment, cohort = own["enrolment"], own["cohort"]

    def send(walker, path, **fields):
        reply = walker.client.post(path, data={"_csrf": walker.token, "_op": str(uuid.uuid4()), **fields})
        assert reply.status_code in (303, 409, 422), (path, reply.status_code)
        assert what_got_through(Page(reply.text, path)) == []

    for text in batches():
        send(learner, f"/pelajaran/{enrolment}/m00-1/refleksi", text=text, shared="y")
        send(learner, f"/pelajaran/{enrolment}/m00-1/tanya", question=text)
        send(boss, f"/pertanyaan/{own['question']}", text=text)
        send(boss, f"/kelas/{cohort}/pengumuman", title=text[:120], text=text)
        send(boss, f"/penilaian/{own['essay']}/{own['essay_slot']}", mark="50", comment=text[:1000])
        for walker, path in ((learner, f"/pelajaran/{enrolment}/m00-1"), (learner, "/pengumuman"),
                             (learner, f"/percobaan/{own['essay']}/hasil"), (boss, "/pertanyaan"),
                             (boss, "/pertanyaan?tampil=terjawab"), (boss, f"/kelas/{cohort}/pengumuman"),
                             (boss, f"/peserta/{enrolment}"), (boss, f"/penilaian/{own['essay']}/{own['essay_slot']}")):
            reply = walker.client.get(path)
            assert reply.status_code == 200, path
            assert what_got_through(Page(reply.text, path)) == [], path


def test_ABUSE_A44_as_the_name_of_a_person_and_of_a_class_it_stays_text_on_every_page(app, world):
    names = [text[:100] for text in hostile() if "<" in text or "\"" in text or "'" in text][:60] + OURS[:20]
    for start in range(0, len(names), 8):
        name = " ".join(names[start : start + 8]).replace("\x00", "")[:100]
        with write_tx() as session:
            session.execute(sa.update(Person).values(full_name=name, call_name=name[:60]))
            session.execute(sa.update(Cohort).values(name=name[:80]))
        for role in ("teacher", "instructor", "facilitator", "admin") if start == 0 else ("instructor",):
            assert look_everywhere(app, world, role) == []


def test_what_is_typed_comes_back_on_a_refused_form_letter_by_letter(app, world):
    boss, cohort = Walker(app, world, "instructor"), world.own.objects["cohort"]
    for text in OURS:
        if any(ord(sign) < 32 or sign == "\u202e" for sign in text):
            continue
        reply = boss.client.post(f"/kelas/{cohort}/pengumuman", data={
            "_csrf": boss.token, "_op": str(uuid.uuid4()), "title": "", "text": text})
        assert reply.status_code == 422
        assert dict(read(reply).form_to(f"/kelas/{cohort}/pengumuman").fields)["text"] == text


def test_a_stale_form_hands_hostile_text_back_as_text(app, world):
    learner, enrolment = Walker(app, world, "teacher"), world.own.objects["enrolment"]
    path = f"/pelajaran/{enrolment}/m00-1/tanya"
    for text in batches():
        for body in ({"_csrf": "lama", "question": text}, {"_csrf": "lama", text[:60]: text[:30]}):
            reply = learner.client.post(path, data={"_op": str(uuid.uuid4()), **body})
            assert reply.status_code == 400
            assert what_got_through(Page(reply.text, path)) == []


def test_hostile_addresses_are_shown_to_nobody(app, world):
    walker = Walker(app, world, "admin")
    for text in hostile()[:200]:
        for path in ("/tidak-ada/", "/diklat/", "/pratinjau/", "/bahasa/"):
            reply = walker.client.get(path + "x", query_string={"q": text, "lanjut": text, "pesan": text, "hal": text})
            assert reply.status_code < 500
            assert what_got_through(Page(reply.text, path)) == []


# Markdown


BOMBS = {
    "![[": "![[" * 22_000, "[[[": "[" * 64_000, "**": "**a" * 20_000, "lists": "- " * 30_000, "> ": "> " * 30_000,
    "backticks": "`" * 64_000, "backticks and letters": "`a" * 32_000, "links": "[a](" * 16_000, "html": "<a " * 21_000,
    "entities": "&#" * 32_000, "tables": "|" * 64_000, "marks": "a" + "\u0301" * 64_000, "underscores": "_a_" * 21_000,
    "references": "[a]: x\n" * 9_000, "comments": "<!--" * 16_000, "headings": "#" * 64_000,
}


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_ABUSE_A59_no_text_of_64_kilobytes_costs_the_markdown_door_more_than_two_seconds(name):
    text = BOMBS[name].encode()[: 64 * 1024].decode(errors="ignore")
    began = time.process_time()
    try:
        html = markup.to_html(text).html
    except markup.MarkupRefused:
        html = ""

    assert time.process_time() - began < 2
    assert what_got_through(Page(str(html))) == []


def test_ABUSE_A59_a_long_text_in_a_form_costs_a_moment(app, world):
    learner, enrolment = Walker(app, world, "teacher"), world.own.objects["enrolment"]
    for text in (BOMBS["![["], BOMBS["marks"], "a" * 1_900_000):
        began = time.process_time()
        reply = learner.client.post(f"/pelajaran/{enrolment}/m00-1/tanya", data={
            "_csrf": learner.token, "_op": str(uuid.uuid4()), "question": text})
        assert reply.status_code in (303, 413, 422)
        assert time.process_time() - began < 2


def test_the_watchman_of_these_tests_sees_what_he_should():
    """The check itself is checked: each of these would be found."""
    for text in OURS[:2]:
        assert what_got_through(Page(f"<p>{text}</p>")), text
    for text, sign in zip(OURS[2:4], "\"'", strict=True):
        assert what_got_through(Page(f"<p title={sign}{text}</p>")), text
    assert what_got_through(Page('<a href="java&#10;script:x">x</a>'))
    assert what_got_through(Page('<a href="//evil.example">x</a>'))
    assert what_got_through(Page("<!-- x -->"))
