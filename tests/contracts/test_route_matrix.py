"""Every route × every role × {own, other class, other region}: allowed, 403 or 404, as roles and scopes say.

The matrix is made from the address map, so a new route is in it the moment it exists; one whose arguments or form
nobody has described here fails until somebody does.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import uuid
from functools import cache
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Blueprint
from two_regions import PICTURE, SIDES, World, build

from lms import config
from lms.app import create_app
from lms.authoring import queries as preview
from lms.core import roles
from lms.core.db import Base, db
from lms.core.web.actions import PUBLIC, allow
from lms.testing import Browser
from lms.testing_program import with_works
from lms.testing_stories import PIN
from lms.workshops.works import REPORT

#: Which classes a role reaches in the story: its own, another one of its region, one elsewhere.
REACH = {
    "teacher": {"own"}, "instructor": {"own"}, "extra_instructor": {"own"}, "practice_supervisor": {"own"},
    "class_admin": {"own"}, "facilitator": {"own", "class"}, "observer": {"own", "class"},
    "coordinator": set(SIDES), "admin": set(SIDES),
}

NEW_PIN, NEW_WORD = "730185", "tenun-perahu-7301"

#: What an argument of an address is: the name of an object of the story.
OBJECTS = {
    "enrolment_uuid": "enrolment", "enrolment": "enrolment", "cohort_uuid": "cohort", "cohort": "cohort",
    "attempt_uuid": "attempt", "attempt": "attempt", "question_uuid": "question", "question": "question",
    "announcement_uuid": "announcement", "announcement": "announcement", "person_uuid": "person", "person": "person",
    "slot": "essay_slot",
    "assignment_uuid": "assignment", "assignment": "assignment", "upload_uuid": "file", "file": "file",
}
#: Arguments that name content, the same for everybody who may read the programme.
CONTENT = {
    "program_id": "diklat-mini", "lesson_id": "m00-1", "module_id": "M00", "quiz_id": "m00-latihan",
    "name": f"{PICTURE}.svg", "version_uuid": None, "activity_id": "P1", "part_id": "P1", "field_id": "lampiran",
    # A notice belongs to one person, whatever the role; this one is nobody's.
    "notice": uuid.UUID(int=7),
}
#: The same things where an address is about the report and not about a task.
IN_REPORT = {"activity_id": REPORT, "part_id": "bab-2", "field_id": "foto", "file": "file_in_report"}
#: A programme whose files lie in `courses/`: the preview of files shows pictures that nobody has published.
WITH_FILES = "diklat-dasar"
#: Where an address needs another object of the same kind, or other content, than usual.
SPECIAL: dict[str, dict[str, str]] = {
    "authoring.picture": {"program_id": WITH_FILES, "name": "picture_in_files"},
    "classroom.result": {"attempt_uuid": "finished"},
    # The form of a task is one page; once handed in it is read on the page of the task.
    "classroom.work": {"activity_id": "W1"},
    "classroom.submit_work": {"activity_id": "W1"},
    "teaching.essay": {"attempt": "essay", "slot": "essay_slot"},
    "teaching.mark": {"attempt": "essay", "slot": "essay_slot"},
    "teaching.attempt": {"attempt": "finished"},
    "teaching.accept_late": {"attempt": "finished"},
    "teaching.leave_out_late": {"attempt": "finished"},
    "teaching.grant": {"quiz_id": "m01-kuis"},
}
#: What a form sends, so that it is the scope that answers and not the form.
BODIES: dict[str, dict[str, str]] = {
    "classroom.save_reflection": {"text": "Besok saya coba lagi."},
    "classroom.ask": {"question": "Bagaimana caranya?"},
    "classroom.save": {"slot": "1"},
    "teaching.announce": {"title": "Pertemuan", "text": "Hari Minggu."},
    "teaching.answer": {"text": "Begini caranya."},
    "teaching.mark": {"mark": "80", "comment": "Bagus."},
    "teaching.leave_out_late": {"reason": "Setelah pembahasan."},
    "teaching.grant": {"extra_attempts": "1", "extra_minutes": "0", "reason": "Listrik padam."},
    "enrolling.assign_supervisor": {"pembimbing": "{supervisor}"},
    "enrolling.make_class_slips": {"peserta": "{enrolment}"},
    "administration.create_person": {"full_name": "Orang Baru", "sex": "P"},
    "administration.search_people": {"q": "Guru"},
    "administration.save_correction": {"full_name": "Nama Betul", "sex": "P"},
    "administration.reopen_account": {"reason": "Diakhiri karena keliru."},
    "enrolling.save_correction": {"full_name": "Nama Betul"},
    "administration.give_role": {"role": "coordinator", "scope": "program:diklat-mini", "paper": "SK 1"},
    "accounts.choose_role": {"role": "{role}"},
    "accounts.store_secret": {"current": PIN, "secret": "{new_secret}", "again": "{new_secret}"},
}
#: Routes about one person that do not even exist for a role that may see nobody.
CONCEALED = {
    "administration.person", "administration.new_slip", "administration.make_slip", "administration.unlock",
    "administration.end_account", "administration.reopen", "administration.reopen_account", "administration.correct",
    "administration.save_correction", "enrolling.correct", "enrolling.save_correction",
    "administration.new_role", "administration.give_role", "administration.end_role",
    "enrolling.one", "enrolling.new_slip", "enrolling.make_slip", "enrolling.unlock", "enrolling.assign_supervisor",
    "teaching.learner", "teaching.quiz_of_learner", "teaching.grant", "teaching.accept_late",
    "teaching.attempt", "teaching.leave_out_late", "classroom.work_file",
}
#: They end what the others need, so they come last.
LAST = {"administration.end_role", "administration.end_account", "accounts.sign_out"}
#: What an allowed page answers when it is not a page (200): each one is named here with the reason.
NOT_A_PAGE = {
    "classroom.own_marks": (302, "leads to the marks of the class one learns in"),
}
#: What an allowed form answers when it does not lead to the next page (303).
NOT_A_REDIRECT = {
    "classroom.attach": (422, "no file is sent along, so the page says that one has to be chosen"),
    "classroom.submit_work": (409, "the task was handed in before, and the report lacks its first chapter"),
    "administration.save_correction": (409, "it does not say from which data it was filled, so it is shown again"),
    "enrolling.save_correction": (409, "it does not say from which data it was filled, so it is shown again"),
    "administration.make_slip": (200, "the slip is the answer; a secret has no address to come back to"),
    "enrolling.make_slip": (200, "the slip is the answer; a secret has no address to come back to"),
    "enrolling.make_class_slips": (200, "the slips are the answer; a secret has no address to come back to"),
    "teaching.accept_late": (409, "nobody of the story has answered late, so there is nothing to accept"),
    "teaching.leave_out_late": (409, "nobody of the story has answered late, so there is nothing to leave out"),
    "accounts.open_notice": (404, "a notice of nobody does not exist"),
}
#: Routes of an object that lies in no region: people and papers of the whole installation.
WITHOUT_SCOPE: set[str] = set()


def routes(app, method):
    """(rule, endpoint) of every guarded route with a method."""
    return [
        rule for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)
        if method in (rule.methods or ()) and app.view_functions[rule.endpoint].capability != PUBLIC
    ]


def values(rule, place) -> dict[str, Any]:
    """The arguments of an address for the things of one class."""
    found = {}
    for name in rule.arguments:
        own = IN_REPORT if (rule.defaults or {}).get("activity_id") == REPORT else SPECIAL.get(rule.endpoint, {})
        kind = own.get(name) or OBJECTS.get(name)
        if kind == "picture_in_files":
            found[name] = picture_in_files()
        elif kind is not None:
            found[name] = place.objects.get(kind, kind)
        else:
            assert name in CONTENT, f"{rule.rule}: say in this file what <{name}> is"
            found[name] = CONTENT[name]
    return found


@cache
def picture_in_files() -> str:
    """The name of a picture of the real course files."""
    return next(iter(preview.from_files(WITH_FILES, config.load({}).courses).files)) + ".svg"


def is_about_a_class(rule) -> bool:
    return any(name in OBJECTS for name in rule.arguments) and rule.endpoint not in WITHOUT_SCOPE


def address(app, rule, arguments) -> str:
    with app.test_request_context():
        return rule.build(arguments)[1] if (built := rule.build(arguments)) else str(built)


def checksum() -> str:
    """One value for everything in the database but the use of sessions."""
    db.session.rollback()
    digest = hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        if table.name != "user_session":
            rows = db.session.execute(sa.select(table)).all()
            digest.update(repr(sorted(map(repr, rows))).encode())
    db.session.rollback()
    return digest.hexdigest()


class Walker:
    """Somebody who walks through the addresses."""

    def __init__(self, app, world: World, role: str | None) -> None:
        self.app, self.world, self.role = app, world, role
        self.client = app.test_client()
        self.token = self.world.story.sign_in(self.client, world.people[role]) if role else ""

    def get(self, rule, place):
        # Read at once, so that the file of an answer is closed.
        return self.client.get(address(self.app, rule, values(rule, place)), buffered=True)

    def post(self, rule, place, **changes):
        new_secret = NEW_PIN if self.role == "teacher" else NEW_WORD
        known = {**place.objects, "role": self.role or "", "new_secret": new_secret}
        body = {name: text.format(**known) for name, text in BODIES.get(rule.endpoint, {}).items()}
        return self.client.post(
            address(self.app, rule, values(rule, place)),
            data={"_csrf": self.token, "_op": str(uuid.uuid4()), **body, **changes},
        )


def may(app, rule, role) -> bool:
    return roles.has(role, app.view_functions[rule.endpoint].capability)


def refusal(app, rule, role, side) -> int | None:
    """The one status with which the table of rights and the scopes of the story refuse; None when they allow."""
    if not may(app, rule, role):
        return 404 if rule.endpoint in CONCEALED else 403
    return 404 if is_about_a_class(rule) and side not in REACH[role] else None


def expected(app, rule, role, side) -> int:
    """The one status of a page."""
    allowed, _reason = NOT_A_PAGE.get(rule.endpoint, (200, ""))
    return refusal(app, rule, role, side) or allowed


@pytest.fixture
def world(app):
    return build()


@pytest.fixture(scope="module")
def site(sqlite_template, test_keys, tmp_path_factory):
    """One application with the story, for all tests here that only read: (application, story)."""
    folder = tmp_path_factory.mktemp("matrix")
    shutil.copy(sqlite_template, folder / "lms.sqlite3")
    application = create_app(config.load(
        {}, instance=folder, env="testing", database_url=f"sqlite:///{folder / 'lms.sqlite3'}", key_file=test_keys,
        base_url="http://localhost",
    ))
    application.test_client_class = Browser
    with application.app_context():
        yield application, build()
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("role", sorted(REACH))
def test_every_page_answers_as_roles_and_scopes_say(site, role):
    app, world = site
    walker, wrong = Walker(app, world, role), []
    for rule in routes(app, "GET"):
        for side in SIDES if is_about_a_class(rule) else ("own",):
            status, want = walker.get(rule, world.places[side]).status_code, expected(app, rule, role, side)
            if status != want:
                wrong.append(f"{role} GET {rule.rule} ({side}): {status}, not {want}")

    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("role", sorted(REACH))
def test_every_form_answers_as_roles_and_scopes_say_and_a_refused_one_changes_nothing(app, world, role):
    # A newer text of the programme, so that there is one for a class to take.
    world.story.program(with_works(), minor=1)
    walker, wrong = Walker(app, world, role), []
    allowed = []
    before = checksum()
    for rule in routes(app, "POST"):
        for side in SIDES if is_about_a_class(rule) else ("own",):
            want = refusal(app, rule, role, side)
            if want is None:
                allowed.append((rule, side))
                continue
            status = walker.post(rule, world.places[side]).status_code
            if status != want:
                wrong.append(f"{role} POST {rule.rule} ({side}): {status}, not {want}")
    if checksum() != before:
        wrong.append(f"{role}: a refused form changed something")
    for rule, side in sorted(allowed, key=lambda item: item[0].endpoint in LAST):
        # A form may end the session or a role, so each begins with a session of its own.
        status = Walker(app, world, role).post(rule, world.places[side]).status_code
        want, _reason = NOT_A_REDIRECT.get(rule.endpoint, (303, ""))
        if status != want:
            wrong.append(f"{role} POST {rule.rule} ({side}): {status}, allowed, so {want}")

    assert wrong == [], "\n".join(wrong)


def test_the_exceptions_are_routes_that_are_there(app):
    endpoints = {rule.endpoint for method in ("GET", "POST") for rule in routes(app, method)}

    assert {*NOT_A_PAGE, *NOT_A_REDIRECT, *SPECIAL, *BODIES, *CONCEALED, *LAST} - endpoints == set()


def test_a_new_route_is_in_the_matrix_and_fails_until_somebody_says_what_it_is_about(make_app):
    app = make_app()
    bp = Blueprint("new", __name__)
    bp.get("/baru/<uuid:person_uuid>", endpoint="seen")(allow("person.read")(lambda person_uuid: "all of it"))
    bp.get("/baru/<thing>", endpoint="unknown")(allow("person.read")(lambda thing: "all of it"))
    app.register_blueprint(bp)
    found = {rule.endpoint: rule for rule in routes(app, "GET")}

    assert {"new.seen", "new.unknown"} <= set(found)
    with app.app_context():
        world = build()
        with pytest.raises(AssertionError, match="say in this file what <thing> is"):
            values(found["new.unknown"], world.own)
        # It forgot the scope: a facilitator is refused by the table of rights, an administrator elsewhere is not.
        assert Walker(app, world, "facilitator").get(found["new.seen"], world.own).status_code == 403
        assert refusal(app, found["new.seen"], "facilitator", "own") == 403
        assert Walker(app, world, "admin").get(found["new.seen"], world.places["region"]).status_code == 200


def test_the_matrix_knows_every_role_that_has_screens():
    with_screens = {key for key, role in roles.ROLES.items() if role.capabilities - roles.SELF}

    assert with_screens == set(REACH)


def test_nobody_signed_in_is_led_to_the_sign_in_page_and_changes_nothing(app, world):
    walker, before = Walker(app, world, None), checksum()
    for method, ask in (("GET", walker.get), ("POST", walker.post)):
        for rule in routes(app, method):
            reply = ask(rule, world.own)
            assert reply.status_code == 303, f"{method} {rule.rule}"
            assert reply.location.startswith("/masuk"), f"{method} {rule.rule}"

    assert checksum() == before


def without_numbers(text: str) -> str:
    """A failure page without what may differ: the number of the event and the address itself."""
    text = re.sub(r"<b>[0-9a-f]{12}</b>", "", text)
    text = re.sub(r"lanjut=[^\"]*", "", text)
    return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "", text)


@pytest.mark.parametrize("role", sorted(REACH))
def test_what_lies_outside_looks_like_what_does_not_exist(site, role):
    app, world = site
    walker, elsewhere = Walker(app, world, role), world.places["region"]
    outside = "region" not in REACH[role]
    for rule in routes(app, "GET"):
        if not (outside and is_about_a_class(rule) and may(app, rule, role)):
            continue
        nobody = {name: uuid.uuid4() if isinstance(value, uuid.UUID) else value
                  for name, value in values(rule, elsewhere).items()}
        missing = walker.client.get(address(app, rule, nobody))
        foreign = walker.get(rule, elsewhere)

        assert (missing.status_code, foreign.status_code) == (404, 404), rule.rule
        assert without_numbers(missing.text) == without_numbers(foreign.text), rule.rule
        assert {(name, value) for name, value in missing.headers if name != "Content-Length"} == {
            (name, value) for name, value in foreign.headers if name != "Content-Length"}


@pytest.mark.parametrize("role", sorted(REACH))
def test_no_page_of_a_role_shows_a_name_from_beyond_its_reach(site, role):
    app, world = site
    walker = Walker(app, world, role)
    sees_nobody = role in ("observer", "coordinator")
    beyond = {side: world.places[side].learner for side in SIDES if sees_nobody or side not in REACH[role]}
    canaries = [canary for side, who in beyond.items()
                for canary in (f"Guru {side}", str(who.enrolment_uuid), str(who.person_uuid), who.code)]
    for rule in routes(app, "GET"):
        if not may(app, rule, role):
            continue
        for query in ("", "?hal=1&cari=Guru", "?group=0", "?kelas=", "?urut=nama"):
            text = walker.client.get(address(app, rule, values(rule, world.own)) + query, buffered=True).text
            shown = [canary for canary in canaries if canary in text]
            assert shown == [], f"{role} {rule.rule}{query}"
