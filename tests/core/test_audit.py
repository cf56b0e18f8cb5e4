"""Every change leaves a row that nobody can change or remove without being found."""

import datetime as dt

import pytest
import sqlalchemy as sa

from lms.accounts import sessions
from lms.accounts.services import people, secrets, signing
from lms.core import audit
from lms.core.audit import AuditEntry
from lms.core.db import db, write_tx
from lms.core.permissions import SYSTEM, Actor
from lms.lib import clock

pytestmark = pytest.mark.both

BY = Actor(7, "u", "admin", request_id="req-1", operation_id="op-1", on_behalf_of=9)


def entries():
    db.session.rollback()
    return db.session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


def record(**changes):
    with write_tx():
        audit.record(
            **{"action": "thing.changed", "object_kind": "thing", "object_key": "k", "by": BY,
               "before": {"a": 1}, "after": {"a": 2}} | changes
        )


def test_a_row_tells_who_for_whom_in_which_role_what_before_and_after(app):
    record()

    [row] = entries()
    assert (row.actor_id, row.on_behalf_of_id, row.role) == (7, 9, "admin")
    assert (row.action, row.object_kind, row.object_key) == ("thing.changed", "thing", "k")
    assert (row.before, row.after) == ({"a": 1}, {"a": 2})
    assert (row.request_id, row.operation_id) == ("req-1", "op-1")


def test_a_change_that_is_rolled_back_leaves_no_row(app):
    with pytest.raises(ZeroDivisionError), write_tx():
        people.create_person("Sumiati", "P", by=SYSTEM)
        raise ZeroDivisionError

    assert entries() == []


def test_every_change_of_a_person_leaves_a_row_under_the_persons_uuid(app, story):
    with write_tx():
        person = people.create_person("Sumiati", "P", by=BY)
        key, person_id = str(person.uuid), person.id
        secrets.store_secret(person_id, "pin", "hash", must_change=True, by=BY)
        given = people.assign_role(person_id, "facilitator", "region", "52", by=BY, paper="SK 1/2026").uuid
    with write_tx():
        secrets.unlock(person_id, by=BY)
        people.end_role(str(given), by=BY)

    found = [(row.action, row.object_key) for row in entries()]
    assert found == [(action, key) for action in (
        "person.created", "secret.changed", "role.assigned", "account.unlocked", "role.ended")]


def test_the_rows_of_a_role_hold_from_when_to_when(app, story):
    who, today = story.person(), clock.now().replace(microsecond=0)
    begins, planned = today + dt.timedelta(days=2), today + dt.timedelta(days=90)
    with clock.freeze(today) as frozen:
        with write_tx():
            dated = people.assign_role(
                who.person_id, "observer", "region", "52", by=BY, starts_at=begins, ends_at=planned).uuid
            people.assign_role(who.person_id, "observer", "region", "51", by=BY)
        now = frozen.tick(dt.timedelta(days=3))
        with write_tx():
            people.end_role(dated, by=BY)

    first, second, ended = entries()
    told = {key: first.after[key] for key in ("starts_at", "ends_at")}
    assert told == {"starts_at": begins.isoformat(), "ends_at": planned.isoformat()}
    assert second.after["starts_at"] == today.isoformat()
    assert second.after["ends_at"] is None
    assert {key: ended.before[key] for key in told} == told
    assert ended.after == {"ends_at": now.isoformat()}


def test_signing_in_out_and_choosing_a_role_leave_rows(app, story):
    someone = story.staff("instructor", "class", str(story.cohort().uuid))
    someone = story.staff("admin", "all", person=someone)
    opened = signing.sign_in(someone.code, someone.secret, shared=False, address="x", device="")
    actor = sessions.load(opened.key).actor
    with write_tx():
        signing.choose_role("admin", by=actor)
        signing.end_other_sessions(by=actor)
        signing.sign_out(actor.session_id, by=actor)

    assert [row.action for row in entries()] == [
        "session.opened", "session.role_chosen", "session.others_ended", "session.ended"]


@pytest.mark.parametrize("statement", [
    "UPDATE audit_entry SET action = 'nothing'", "DELETE FROM audit_entry",
])
def test_the_database_itself_refuses_to_change_or_remove_a_row(app, statement):
    record()

    with pytest.raises(sa.exc.DBAPIError, match="append-only"), write_tx() as session:
        session.execute(sa.text(statement))
    assert [row.action for row in entries()] == ["thing.changed"]


@pytest.mark.parametrize("table", [
    "audit_entry", "completion_fact", "answer_log", "essay_mark", "late_decision", "stage_version",
])
def test_every_append_only_table_has_its_triggers(app, table, engine_name):
    if engine_name == "sqlite":
        query = sa.text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table")
    else:
        query = sa.text("SELECT count(*) FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND NOT tgisinternal")

    assert db.session.scalar(query, {"table": table}) == 2


def drop_triggers(engine_name):
    with write_tx() as session:
        if engine_name == "sqlite":
            session.execute(sa.text("DROP TRIGGER audit_entry_no_update"))
        else:
            session.execute(sa.text("ALTER TABLE audit_entry DISABLE TRIGGER ALL"))


@pytest.mark.parametrize("change", [
    "action = 'other'", "object_key = 'z'", "actor_id = 8", "role = 'teacher'", "on_behalf_of_id = NULL",
    "request_id = 'other'", "operation_id = NULL", "before = NULL", "after = '{\"a\": 3}'",
    "at = '2020-01-01 00:00:00'",
])
def test_a_row_edited_behind_the_triggers_is_found(app, engine_name, change):
    record(object_key="first")
    record(object_key="second")
    assert list(audit.edited_entries()) == []
    drop_triggers(engine_name)
    second = entries()[1].id

    with write_tx() as session:
        session.execute(sa.text(f"UPDATE audit_entry SET {change} WHERE id = :id"), {"id": second})

    assert list(audit.edited_entries()) == [second]


def test_a_forged_row_is_found(app):
    record()
    at = entries()[0].at
    with write_tx() as session:
        forged = AuditEntry(
            at=at, actor_id=1, role="admin", action="x", object_kind="y", object_key="z", mac="A" * 43
        )
        session.add(forged)
        session.flush()
        number = forged.id

    assert list(audit.edited_entries()) == [number]


@pytest.mark.parametrize("hostile", [
    "baris\r\nbaru", "\x1b[31mmerah\x1b[0m", "'; DROP TABLE audit_entry; --", "é", "🙂",
])
def test_odd_text_in_a_value_fits_its_mac_when_it_is_read_back(app, hostile):
    record(after={"name": hostile, "n": 1.5, "deep": {"list": [1, None, True]}})

    assert list(audit.edited_entries()) == []


def test_no_protected_identifier_comes_into_the_log_when_a_person_is_made(app):
    nik, phone = "5202014107850003", "081234567890"
    with write_tx():
        people.create_person("Sumiati", "P", by=BY, identifiers={"nik": nik, "phone": phone})

    whole = repr([(row.before, row.after, row.object_key) for row in entries()])
    assert nik not in whole
    assert phone not in whole
