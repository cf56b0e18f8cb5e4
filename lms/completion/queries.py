"""Reading facts: what one learner, or the learners of a class, have done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from lms.completion.models import CompletionFact
from lms.core.db import db, read
from lms.programs.publish import count_learners_with


@dataclass(frozen=True, slots=True)
class Facts:
    """Content ids by what was done with them: lessons opened and read, quizzes handed in and passed, modules."""

    opened: frozenset[str] = frozenset()
    read: frozenset[str] = frozenset()
    submitted: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()


_FIELDS = {
    "lesson_opened": "opened", "lesson_read": "read", "quiz_submitted": "submitted", "quiz_passed": "passed",
    "module_complete": "modules",
}


# Every page of a learner asks this, so it is built once.
_OF_ONE = sa.select(CompletionFact.kind, CompletionFact.content_id).where(
    CompletionFact.enrolment_id == sa.bindparam("enrolment_id")
)


def facts(enrolment_id: int) -> Facts:
    """Return the facts of an enrolment, in one statement. The caller has checked the scope."""
    found: dict[str, set[str]] = defaultdict(set)
    for kind, content_id in read(_OF_ONE, {"enrolment_id": enrolment_id}):
        found[_FIELDS[kind]].add(content_id)
    return Facts(**{name: frozenset(ids) for name, ids in found.items()})


def facts_of(enrolment_ids: Iterable[int]) -> Mapping[int, Facts]:
    """Return the facts of several enrolments, in one statement; one without facts has empty ones."""
    wanted = list(enrolment_ids)
    found: dict[int, dict[str, set[str]]] = {key: defaultdict(set) for key in wanted}
    if wanted:
        rows = db.session.execute(
            sa.select(CompletionFact.enrolment_id, CompletionFact.kind, CompletionFact.content_id)
            .where(CompletionFact.enrolment_id.in_(wanted))
        )
        for enrolment_id, kind, content_id in rows:
            found[enrolment_id][_FIELDS[kind]].add(content_id)
    return {
        key: Facts(**{name: frozenset(ids) for name, ids in sets.items()}) for key, sets in found.items()
    }


@count_learners_with
def learners_with(program_id: str, content_ids: list[str]) -> dict[str, int]:
    """Count the learners who have done something with each id; publishing asks before an id goes."""
    rows = db.session.execute(
        sa.select(CompletionFact.content_id, sa.func.count(CompletionFact.enrolment_id.distinct()))
        .where(CompletionFact.program_id == program_id, CompletionFact.content_id.in_(content_ids))
        .group_by(CompletionFact.content_id)
    )
    return {row[0]: row[1] for row in rows}
