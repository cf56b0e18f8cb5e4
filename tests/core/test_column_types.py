"""Times, marks and protected identifiers have one column type each, the same on both databases."""

import datetime as dt
import importlib
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from hypothesis import given, strategies as st
from sqlalchemy.exc import StatementError

from lms.accounts.models import Person, PersonIdentifier
from lms.accounts.services import people
from lms.app import MODELS
from lms.core import registry
from lms.core.db import Base, db, write_tx
from lms.core.keys import CannotOpen, keys
from lms.core.permissions import SYSTEM
from lms.core.types import EncryptedText, Mark, UtcDateTime

for _module in MODELS:
    importlib.import_module(_module)

NIK = "5202014107850003"


def a_person(created_at=None):
    person = people.create_person("Baiq Murniati", "P", by=SYSTEM, identifiers={})
    if created_at is not None:
        person.created_at = created_at
    return person


@pytest.mark.both
def test_a_time_comes_back_as_the_same_instant_in_utc(app):
    wita = dt.datetime(2026, 11, 21, 8, 30, 15, 123456, ZoneInfo("Asia/Makassar"))
    with write_tx():
        person_id = a_person(wita).id

    found = db.session.scalar(sa.select(Person.created_at).where(Person.id == person_id))

    assert found == wita
    assert found.utcoffset() == dt.timedelta(0)


@pytest.mark.both
def test_times_of_different_zones_compare_as_instants_in_the_database(app):
    with write_tx():
        a_person(dt.datetime(2026, 11, 21, 8, 0, tzinfo=ZoneInfo("Asia/Jayapura")))

    nine_in_jakarta = dt.datetime(2026, 11, 21, 9, 0, tzinfo=ZoneInfo("Asia/Jakarta"))
    assert db.session.scalar(sa.select(sa.func.count()).where(Person.created_at < nine_in_jakarta)) == 1


@pytest.mark.both
def test_a_time_without_a_zone_is_refused(app):
    with pytest.raises(StatementError, match="without a zone"), write_tx():
        a_person(dt.datetime(2026, 11, 21, 8, 0))  # noqa: DTZ001 - the mistake this test is about
        db.session.flush()


@pytest.mark.both
@pytest.mark.parametrize(("written", "kept"), [
    ("69.994", "69.99"), ("69.995", "70.00"), ("0.005", "0.01"), ("100", "100.00"), ("82.5", "82.50"),
    ("66.6666666666666667", "66.67"),
])
def test_a_mark_is_kept_to_the_hundredth_rounded_half_up(app, written, kept):
    bound = sa.bindparam("mark", Decimal(written), type_=Mark())

    assert str(db.session.scalar(sa.select(sa.cast(bound, Mark())))) == kept


def test_a_mark_that_is_no_decimal_is_refused():
    for nearly in (82.5, 82, "82,5"):
        with pytest.raises(TypeError):
            Mark().process_bind_param(nearly, None)


@given(st.decimals(min_value=0, max_value=100, places=2))
def test_a_mark_of_two_places_survives_the_round_trip(mark):
    kind = Mark()
    assert kind.process_result_value(kind.process_bind_param(mark, None), None) == mark


@pytest.mark.both
def test_plain_text_never_enters_a_protected_column(app):
    with pytest.raises(StatementError, match="sealed"), write_tx() as session:
        session.add(PersonIdentifier(person_id=a_person().id, kind="nik", sealed=NIK, lookup="x"))
        session.flush()


@pytest.mark.both
def test_a_protected_value_copied_to_another_row_cannot_be_opened(app):
    with write_tx() as session:
        first, second = a_person(), a_person()
        people.add_identifier(first.id, "nik", NIK)
        people.add_identifier(second.id, "phone", "081234567890")
        session.flush()
        mine = session.scalar(sa.select(PersonIdentifier).where(PersonIdentifier.kind == "nik"))
        theirs = session.scalar(sa.select(PersonIdentifier).where(PersonIdentifier.kind == "phone"))
        assert people.open_identifier(mine) == NIK
        theirs.sealed = mine.sealed

    row = db.session.scalar(sa.select(PersonIdentifier).where(PersonIdentifier.kind == "phone"))
    with pytest.raises(CannotOpen):
        people.open_identifier(row)


def test_the_same_value_sealed_twice_looks_different_and_its_lookup_the_same(app):
    first, second = (keys().seal(NIK, row="person_identifier:1") for _ in range(2))

    assert first.text != second.text
    assert keys().lookup_hash("nik", NIK) == keys().lookup_hash("nik", NIK)
    assert keys().lookup_hash("nik", NIK) != keys().lookup_hash("phone", NIK)
    assert NIK not in first.text + keys().lookup_hash("nik", NIK) + repr(first) + repr(keys())


def columns():
    return [column for table in Base.metadata.tables.values() for column in table.columns]


def test_no_bare_column_type_holds_a_time_or_a_number_with_a_fraction():
    bare = [
        str(column) for column in columns()
        if isinstance(column.type, sa.DateTime | sa.Numeric | sa.Float) and not isinstance(column.type, UtcDateTime)
    ]

    assert bare == [], "use UtcDateTime, Mark or a whole number"


def test_every_column_named_as_a_moment_is_a_moment():
    wrong = [str(column) for column in columns()
             if column.name.endswith(("_at", "_until")) and not isinstance(column.type, UtcDateTime)]

    assert wrong == []


def test_every_column_named_as_a_mark_is_a_mark():
    wrong = [str(column) for column in columns()
             if column.name in ("mark", "fraction", "score", "points") and not isinstance(column.type, Mark)]

    assert wrong == []


def test_sealed_columns_are_sealed():
    assert isinstance(PersonIdentifier.__table__.c.sealed.type, EncryptedText)
    plain = [str(column) for column in columns() if column.name in ("nik", "phone", "email", "nuptk", "ktp")]
    assert plain == []


#: Columns with a name like a person's that hold something else.
NOT_A_PERSON: set[str] = set()


def test_every_column_that_points_at_a_person_is_registered_and_nothing_else():
    by_key = {
        f"{column.table.name}.{column.name}" for column in columns()
        for key in column.foreign_keys if key.column.table.name == "person"
    }
    by_name = {
        f"{column.table.name}.{column.name}" for column in columns()
        if column.name.endswith("_by") or column.name in ("person_id", "actor_id", "on_behalf_of_id", "author_id")
    }

    assert (by_key | by_name) - NOT_A_PERSON == set(registry.person_columns.items())


def test_a_registered_column_exists_and_says_what_a_merge_does():
    for path, entry in registry.person_columns.items().items():
        assert entry.column in Base.metadata.tables[entry.table].columns, path
        assert entry.on_merge in ("move", "keep", "refuse"), path


def test_every_learner_facing_row_has_a_uuid_of_its_own():
    inner = {
        "user_session", "credential", "address_counter", "unknown_identifier", "audit_entry", "operation", "region",
        "content_file", "question_version", "attempt_question", "answer_log", "reflection_version",
        "essay_mark", "late_decision", "stage_part",
    }
    without = {name for name, table in Base.metadata.tables.items() if "uuid" not in table.columns}

    assert without <= inner, "addresses, forms and exports need a uuid"
    assert all(table.c.uuid.unique for table in Base.metadata.tables.values() if "uuid" in table.columns)
