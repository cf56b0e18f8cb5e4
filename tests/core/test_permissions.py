"""Permission is capability × scope × dates, and what is not allowed is denied."""

from __future__ import annotations

import uuid

import pytest
import sqlalchemy as sa

from lms.core.permissions import Actor, Scope, ScopeColumns, in_scope

COHORT = sa.column("cohort", sa.Uuid)
ROWS = ["52", "52.02", "52.02.09", "52.021", "52.03.01", "53"]


def reachable(scopes: tuple[Scope, ...], role: str = "facilitator", capability: str = "worklist.read") -> list[str]:
    """Return which of the regions an actor reaches, asked of a real database."""
    actor = Actor(1, "", role, scopes)
    place = sa.table("place", sa.column("region", sa.String))
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE place (region TEXT)")
        connection.execute(sa.insert(place), [{"region": code} for code in ROWS])
        found = connection.execute(
            sa.select(place.c.region).where(in_scope(actor, capability, ScopeColumns(region=place.c.region)))
        ).scalars().all()
    engine.dispose()
    return list(found)


def test_a_region_covers_what_lies_in_it_and_never_a_code_that_only_looks_alike():
    assert reachable((Scope("region", "52.02"),)) == ["52.02", "52.02.09"]


def test_several_scopes_add_up():
    assert reachable((Scope("region", "52.02.09"), Scope("region", "53"))) == ["52.02.09", "53"]


def test_without_scope_or_with_an_empty_key_nothing_is_reachable():
    assert reachable(()) == []
    assert reachable((Scope("region", ""),)) == []


def test_without_the_capability_nothing_is_reachable():
    assert reachable((Scope("all", ""),), capability="audit.read") == []
    assert reachable((Scope("all", ""),), role="nobody") == []


@pytest.mark.parametrize("kind", ["provider", "program", "supervision", "self", "group", "unheard of"])
def test_a_scope_about_a_column_that_is_not_there_matches_nothing(kind):
    assert reachable((Scope(kind, "52"),)) == []


def test_a_class_key_that_is_no_uuid_opens_nothing_and_breaks_nothing():
    actor = Actor(1, "", "instructor", (Scope("class", "not a uuid"),))

    condition = in_scope(actor, "class.teach", ScopeColumns(cohort=COHORT))

    assert str(condition.compile(compile_kwargs={"literal_binds": True})) == "false"
    known = Actor(1, "", "instructor", (Scope("class", str(uuid.uuid4())),))
    assert "cohort" in str(in_scope(known, "class.teach", ScopeColumns(cohort=COHORT)))
