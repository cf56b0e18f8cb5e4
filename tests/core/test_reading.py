"""Reads and inserts past the session see what the session holds, and the same walls hold them."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from lms.core.audit import AuditEntry
from lms.core.db import WriteOutsideTransaction, db, insert_new, insert_rows, read, write_tx
from lms.lib import clock

ACTIONS = sa.select(AuditEntry.action).order_by(AuditEntry.id)


def entry(action: str) -> dict[str, Any]:
    return {
        "at": clock.now().replace(microsecond=0), "actor_id": 0, "role": "system", "action": action,
        "object_kind": "trial", "object_key": "1", "mac": "",
    }


@pytest.mark.usefixtures("app")
def test_a_read_sees_what_was_added_and_not_sent_yet() -> None:
    with write_tx() as session:
        session.add(AuditEntry(**entry("one")))
        assert read(ACTIONS).scalars().all() == ["one"]


@pytest.mark.usefixtures("app")
def test_rows_written_past_the_session_belong_to_its_transaction() -> None:
    with pytest.raises(ZeroDivisionError), write_tx():
        insert_rows(AuditEntry, [entry("one"), entry("two")])
        assert read(ACTIONS).scalars().all() == ["one", "two"]
        raise ZeroDivisionError
    assert read(ACTIONS).scalars().all() == []


def test_nothing_is_inserted_outside_a_write_transaction(app: Flask) -> None:
    for insert in (lambda: insert_rows(AuditEntry, [entry("one")]), lambda: insert_new(AuditEntry, **entry("one"))):
        with pytest.raises(WriteOutsideTransaction):
            insert()
        db.session.rollback()
    assert read(ACTIONS).scalars().all() == []


@pytest.mark.usefixtures("app")
def test_many_rows_are_one_statement(count_statements: Any) -> None:
    with write_tx(), count_statements() as seen:
        insert_rows(AuditEntry, [entry(str(number)) for number in range(20)])
        insert_rows(AuditEntry, [])
    assert [statement.split()[0] for statement in seen.statements if not statement.startswith("BEGIN")] == ["INSERT"]
