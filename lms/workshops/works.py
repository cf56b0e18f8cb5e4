"""The works of a programme: what the types say about it, kept for each version of the programme."""

from __future__ import annotations

from functools import lru_cache

from lms.core.errors import NotFound
from lms.programs import catalogue
from lms.programs.catalogue import Version
from lms.workshops import final_report
from lms.workshops.contract import Work, types

REPORT = final_report.REPORT


def works_of(program_version_id: int) -> tuple[Work, ...]:
    """Return every work of a programme version: the report first, then the tasks in their order."""
    return _works(catalogue.version(program_version_id))


@lru_cache(maxsize=catalogue.MOST_KEPT)
def _works(version: Version) -> tuple[Work, ...]:
    # Kept by the version and not by its id alone: an id is given again when its transaction was rolled back.
    return tuple(work for kind in types.items().values() for work in kind.works(version.program))


def work_of(program_version_id: int | None, activity_id: str) -> Work:
    """Return one work. Raises `NotFound` for an unknown one, and before there is a class."""
    if program_version_id is not None:
        for work in works_of(program_version_id):
            if work.activity_id == activity_id:
                return work
    raise NotFound
