"""Wrong tries grow old: for accounts and for names of nobody alike, and their counters do not pile up."""

import datetime as dt

import pytest
import sqlalchemy as sa
from accounts.gate import PIN, WRONG, Gate, credential, the_error
from desk import Desk
from reading_pages import read

from lms.accounts import sessions, tries
from lms.accounts.models import AddressCounter, Credential, UnknownIdentifier
from lms.accounts.services import people, secrets, signing
from lms.core import jobs, registry
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM
from lms.lib import clock

NOON = dt.datetime(2026, 11, 21, 4, 0, tzinfo=dt.UTC)
DAY, MINUTE, SECOND = dt.timedelta(days=1), dt.timedelta(minutes=1), dt.timedelta(seconds=1)
NOBODY = "JNP-4K7Q"


@pytest.fixture
def teacher(story):
    return story.teacher()


def rows(table):
    db.session.rollback()
    return db.session.scalar(sa.select(sa.func.count()).select_from(table))


def knock(application, name, times):
    return [Gate(application, f"10.1.0.{number}").sign_in(name, WRONG).status_code for number in range(times)]


# Old counters


@pytest.mark.both
@pytest.mark.parametrize("times", [1, 4, 7])
def test_a_day_after_the_last_wrong_try_for_nobody_its_counter_is_removed(app, times):
    with clock.freeze(NOON) as now:
        for _ in range(times):
            knock(app, NOBODY, 1)
            now.tick(dt.timedelta(hours=1) + SECOND)
        now.tick(dt.timedelta(hours=22))
        tries.forget_tries()
        assert rows(UnknownIdentifier) == 1
        now.tick(dt.timedelta(hours=3))
        tries.forget_tries()
        assert rows(UnknownIdentifier) == 0


@pytest.mark.both
def test_counters_of_addresses_and_forms_go_when_their_window_is_over(app, teacher):
    with clock.freeze(NOON) as now:
        knock(app, teacher.code, 3)
        tries.use_form("a form")
        now.tick(signing.ADDRESS_WINDOW)
        Gate(app, "10.2.0.1").sign_in(teacher.code, WRONG)
        now.tick(SECOND)
        tries.forget_tries()

        assert rows(AddressCounter) == 1


def test_a_lock_that_still_holds_is_not_removed(app):
    with clock.freeze(NOON):
        knock(app, NOBODY, 5)
        tries.forget_tries()

        assert knock(app, NOBODY, 1) == [429]


def test_however_many_counters_there_are_each_transaction_is_short(app, monkeypatch, count_statements):
    monkeypatch.setattr(tries, "ROWS", 10)
    with write_tx() as session:
        session.add_all(UnknownIdentifier(lookup=f"{n:064}", locked_until=NOON) for n in range(25))
    with clock.freeze(NOON + 2 * DAY), count_statements() as seen:
        assert tries.forget_tries() == 25

    assert rows(UnknownIdentifier) == 0
    assert sum(statement.startswith("DELETE FROM unknown") for statement in seen.statements) == 3


def test_the_runner_removes_them_once_a_day(app):
    with clock.freeze(NOON) as now:
        knock(app, NOBODY, 1)
        now.tick(2 * DAY)
        assert registry.jobs[tries.JOB].is_daily
        jobs.turn()
        assert rows(UnknownIdentifier) == 0


@pytest.mark.both
def test_a_lock_tells_no_account_from_a_name_of_nobody_also_after_a_day(app, teacher):
    """Were only the counters of nobody forgotten, the next wrong try would tell the two apart."""
    with clock.freeze(NOON) as now:
        told = {name: knock(app, name, 6) for name in (teacher.code, NOBODY)}
        now.tick(DAY + 2 * MINUTE)
        tries.forget_tries()
        for name in told:
            told[name] += knock(app, name, 6)

    assert told[teacher.code] == told[NOBODY] == ([422] * 5 + [429]) * 2


@pytest.mark.both
def test_guessing_on_every_day_is_never_forgotten(app, teacher):
    with clock.freeze(NOON) as now:
        knock(app, teacher.code, 5)
        for _ in range(9):
            now.tick(dt.timedelta(hours=20))
            tries.forget_tries()
            knock(app, teacher.code, 1)

        assert credential(teacher).failures == 14
        assert credential(teacher).locked_until == now.at + secrets.LONGEST_LOCK


def test_an_account_that_closes_a_second_time_is_opened_a_second_time(app, story, teacher):
    """The form that opens it is another one each time, though the account has failed as often as before."""
    desks = [
        (Desk(app, story, story.facilitator()), f"/pemantauan/peserta/{teacher.enrolment_uuid}"),
        (Desk(app, story, story.admin()), f"/kelola/orang/{teacher.person_uuid}"),
    ]
    for desk, address in desks:
        for _again in range(2):
            knock(app, teacher.code, 5)
            assert desk.send(desk.get(address), "/buka").status_code == 303
            db.session.expire_all()
            assert db.session.get(Credential, teacher.person_id).failures == 0


# The slowed form


def slow_gate(application, now):
    """A browser behind a slowed address, with a form that was looked at for a while."""
    gate = Gate(application)
    for number in range(tries.ADDRESS_FREE + 1):
        gate.sign_in(f"tidak ada {number}", WRONG)
    form = read(gate.get("/masuk")).form_to("/masuk")
    now.tick(dt.timedelta(seconds=6))
    return gate, form


@pytest.mark.both
def test_a_slowed_form_counts_once_and_the_next_one_waits_again(app, story, teacher):
    with clock.freeze(NOON) as now:
        gate, form = slow_gate(app, now)
        other = story.teacher()
        refused = gate.sign_in(other.code, WRONG, form=form)
        assert refused.status_code == 422

        again = gate.sign_in(teacher.code, WRONG, form=form)
        assert again.status_code == 429
        assert "Tunggu 5 detik" in the_error(again)
        assert credential(teacher).failures == 0
        now.tick(6 * SECOND)
        assert gate.sign_in(teacher.code, PIN, form=read(again).form_to("/masuk")).status_code == 303


def test_the_form_of_one_browser_does_not_use_up_that_of_another(app, teacher, story):
    with clock.freeze(NOON) as now:
        gate, form = slow_gate(app, now)
        neighbour = Gate(app)
        theirs = read(neighbour.get("/masuk")).form_to("/masuk")
        now.tick(6 * SECOND)

        assert gate.sign_in(story.teacher().code, WRONG, form=form).status_code == 422
        assert neighbour.sign_in(teacher.code, PIN, form=theirs).status_code == 303


def test_a_form_of_an_address_that_is_not_slowed_may_be_sent_again(app, teacher):
    gate = Gate(app)
    form = read(gate.get("/masuk")).form_to("/masuk")
    assert [gate.sign_in(teacher.code, WRONG, form=form).status_code for _ in range(3)] == [422] * 3
    assert rows(AddressCounter) == 1


# Roles in force


def test_an_open_session_has_a_role_from_its_first_moment_to_its_last_and_not_longer(app, story):
    with clock.freeze(NOON) as now:
        boss = story.admin()
        opened = signing.sign_in(boss.code, PIN, shared=False, address="x", device="")
        with write_tx():
            people.assign_role(
                boss.person_id, "facilitator", "region", "52", by=SYSTEM, starts_at=now.at + MINUTE,
                ends_at=now.at + 2 * MINUTE,
            )
        held = []
        for pause in (dt.timedelta(), MINUTE - SECOND, SECOND, MINUTE - SECOND, SECOND):
            now.tick(pause)
            db.session.rollback()
            held.append("facilitator" in sessions.load(opened.key).roles)

    assert held == [False, False, True, True, False]
