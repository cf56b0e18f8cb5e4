"""Recording what was done, and granting modules whose rules hold.

Facts are their own history: who recorded them, when and under which rule stands in the row, which no one can change.
So they leave no second row in the audit log.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa

from lms.cohorts.models import Enrolment
from lms.completion import queries
from lms.completion.models import CompletionFact
from lms.completion.unlocking import rules_hold
from lms.core.db import insert_new, locks_rows, read
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs.catalogue import Version

_LOCK = sa.select(Enrolment.id).where(Enrolment.id == sa.bindparam("enrolment_id")).with_for_update(key_share=True)


def record(
    enrolment_id: int,
    program_id: str,
    content_id: str,
    kind: str,
    *,
    rule_version: str,
    by: Actor,
    client_at: dt.datetime | None = None,
) -> bool:
    """Record a fact; True when it is new. The first time stays: the same fact again changes nothing.

    `rule_version` is `major.minor` of the version whose rule granted it. `client_at` is what the device says and is
    only kept.
    """
    return insert_new(
        CompletionFact, enrolment_id=enrolment_id, program_id=program_id, content_id=content_id, kind=kind,
        rule_version=rule_version, recorded_at=clock.now(), recorded_by=by.person_id, client_at=client_at,
    )


def grant_modules(enrolment_id: int, version: Version, *, by: Actor) -> list[str]:
    """Record `module_complete` for every module whose rules hold now, and return those that are new.

    Call it after recording a fact, in the same transaction. A module that was granted stays granted, whatever its
    rules say later.
    """
    lock_learner(enrolment_id)
    facts = queries.facts(enrolment_id)
    return [
        module.id for module in version.program.modules
        if module.id not in facts.modules and rules_hold(module, facts)
        and record(
            enrolment_id, version.program_id, module.id, "module_complete", rule_version=version.label, by=by
        )
    ]


def lock_learner(enrolment_id: int) -> None:
    """Let the writes of one learner pass one by one until the transaction ends.

    Of two facts recorded at the same moment neither transaction would see the other's, and a module that needs both
    would never be granted.
    """
    if locks_rows():
        read(_LOCK, {"enrolment_id": enrolment_id})
