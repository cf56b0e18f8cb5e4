"""How far people are, as columns that ride along in one list query: begun, last active, modules done, signed in.

They are correlated to the enrolment of the outer query, so a list of twenty people costs the same number of statements
as a list of a thousand, and every one of them is answered from an index.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from lms.accounts.models import UserSession
from lms.cohorts.models import Cohort, Enrolment
from lms.completion.models import CompletionFact
from lms.core.types import UtcDateTime


def modules_done() -> sa.ScalarSelect[int]:
    """How many modules the enrolment has completed."""
    return (
        sa.select(sa.func.count()).select_from(CompletionFact)
        .where(CompletionFact.enrolment_id == Enrolment.id, CompletionFact.kind == "module_complete")
        .correlate(Enrolment).scalar_subquery()
    )


def has_begun() -> sa.ColumnElement[bool]:
    """Whether anything at all was done: a lesson opened, a quiz handed in."""
    return (
        sa.select(CompletionFact.id).where(CompletionFact.enrolment_id == Enrolment.id).correlate(Enrolment).exists()
    )


def has_signed_in() -> sa.ColumnElement[bool]:
    """Whether the person ever had a session."""
    return sa.select(UserSession.id).where(UserSession.person_id == Enrolment.person_id).correlate(Enrolment).exists()


def last_sign_in() -> sa.ScalarSelect[dt.datetime]:
    """When the person was last seen, on any device; None when never."""
    return (
        sa.select(sa.func.max(UserSession.touched_at, type_=UtcDateTime()))
        .where(UserSession.person_id == Enrolment.person_id).correlate(Enrolment).scalar_subquery()
    )


def last_activity() -> sa.ColumnElement[Any]:
    """When the person last learned in this enrolment."""
    newest = (
        sa.select(sa.func.max(CompletionFact.recorded_at)).where(CompletionFact.enrolment_id == Enrolment.id)
        .correlate(Enrolment).scalar_subquery()
    )
    return sa.func.coalesce(Enrolment.last_active_at, newest, type_=UtcDateTime())


def module_total(totals: Mapping[int, int]) -> sa.ColumnElement[int]:
    """How many modules the class's programme version has; `totals` says it per version. Needs the class joined."""
    if not totals:
        return sa.literal(0)
    return sa.case(totals, value=Cohort.program_version_id, else_=0)


def has_all_modules(totals: Mapping[int, int]) -> sa.ColumnElement[bool]:
    """Whether every module is complete; never true for a programme that has no modules yet."""
    total = module_total(totals)
    return sa.and_(total > 0, modules_done() >= total)
