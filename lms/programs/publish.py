"""From a folder that was read to an immutable version in the database.

Reading, rendering and hashing pictures happen before the transaction; `publish` itself only compares and writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

import sqlalchemy as sa

from lms.core import audit
from lms.core.db import db
from lms.core.errors import Conflict, Invalid
from lms.core.permissions import Actor
from lms.lib import clock
from lms.programs.content import Program, as_document, from_document
from lms.programs.ids import write_ids
from lms.programs.models import ContentFile, ProgramVersion
from lms.programs.reader import ReadResult
from lms.programs.rules import content_hash, keys_moved, rules_hash

__all__ = [
    "FRESH", "BrokenProgram", "NoSuchMajor", "NotItsText", "Published", "RemovedIds", "count_learners_with",
    "learner_counts", "publish", "used_ids", "write_ids",
]

Kind = Literal["first", "minor", "major", "unchanged"]
LearnerCount = Callable[[str, list[str]], Mapping[str, int]]

#: Where the session remembers versions that are not committed yet; the catalogue does not keep those.
FRESH = "fresh_program_versions"

#: Filled by higher floors, which alone know who has done what.
learner_counts: list[LearnerCount] = []


def count_learners_with(count: LearnerCount) -> LearnerCount:
    """Register a function (program id, content ids) → learners by content id; usable as a decorator.

    It runs inside the write transaction and leaves out ids that nobody touched.
    """
    if count not in learner_counts:
        learner_counts.append(count)
    return count


class BrokenProgram(Invalid):
    """The folder has errors; the version in use stays. `values`: program, mistakes (as dicts)."""


class RemovedIds(Conflict):
    """Ids of the version in use are gone and nobody confirmed it. `values`: program, removed (id → learners)."""


class NoSuchMajor(Conflict):
    """Nothing of the wanted major version was ever published. `values`: program, major."""


class NotItsText(Conflict):
    """The files are more than a new text of the wanted major version. `values`: program, before (its newest label)."""


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did. `version_id` is the newest version now, of the wanted major, also when nothing changed.

    `removed` are ids of the version before that are gone or became another kind of thing, with the learners whose
    work points at them.
    """

    version_id: int
    program_id: str
    label: str
    kind: Kind
    removed: Mapping[str, int] = field(default_factory=dict)


def publish(
    result: ReadResult, *, by: Actor, confirm_removed: bool = False, major: int | None = None
) -> Published:
    """Make a version of a folder that was read, inside the caller's write transaction.

    The first version is 1.0. It is minor when only words and pictures changed since the newest version, unchanged when
    nothing did (then nothing is written), and major otherwise. Raises BrokenProgram, and RemovedIds unless
    `confirm_removed`.

    With `major` the files are those of an older major version, which running classes keep: they become its next minor.
    It is said and never guessed, because going back to older rules looks just the same. Raises NoSuchMajor, and
    NotItsText for files that would not be minor.
    """
    program = result.program
    if program is None or result.errors:
        raise BrokenProgram(
            program=result.head.get("id"),
            mistakes=[asdict(mistake) for mistake in result.errors],
        )
    latest = _latest(program.id, major)
    if latest is None and major is not None:
        raise NoSuchMajor(program=program.id, major=major)
    content = content_hash(program)
    if latest is not None and latest.content_hash == content:
        return Published(latest.id, program.id, _label(latest), "unchanged")
    before = from_document(latest.document) if latest else None
    kind, number, minor = _number(latest, before, program)
    if latest is not None and major is not None and kind != "minor":
        raise NotItsText(program=program.id, before=_label(latest))
    removed = _removed(before, program) if before else {}
    if removed and not confirm_removed:
        raise RemovedIds(program=program.id, removed=removed)
    _keep_files(result.files)
    version = ProgramVersion(
        program_id=program.id, major=number, minor=minor, content_hash=content, rules_hash=rules_hash(program),
        title=program.title["id"], document=as_document(program), published_at=clock.now(), published_by=by.person_id,
    )
    db.session.add(version)
    db.session.flush()
    db.session().info.setdefault(FRESH, set()).add(version.id)
    audit.record(
        "program.publish", "program_version", version.uuid, by=by,
        before={"version": _label(latest), "content_hash": latest.content_hash} if latest else None,
        after={
            "program": program.id, "version": _label(version), "kind": kind, "content_hash": content,
            "removed": dict(removed),
        },
    )
    return Published(version.id, program.id, _label(version), kind, removed)


def used_ids(program_id: str) -> set[str]:
    """Return every id that any published version of a programme has had, so that none is given out again."""
    documents = db.session.scalars(sa.select(ProgramVersion.document).where(ProgramVersion.program_id == program_id))
    found: set[str] = set()
    for document in documents:
        program = from_document(document)
        found.update(program.ids, (unit["id"] for unit in program.units))
    return found


def _latest(program_id: str, major: int | None) -> ProgramVersion | None:
    of_major = sa.true() if major is None else ProgramVersion.major == major
    return db.session.scalars(
        sa.select(ProgramVersion)
        .where(ProgramVersion.program_id == program_id, of_major)
        .order_by(ProgramVersion.major.desc(), ProgramVersion.minor.desc())
        .limit(1)
    ).first()


def _label(version: ProgramVersion) -> str:
    return f"{version.major}.{version.minor}"


def _number(latest: ProgramVersion | None, before: Program | None, after: Program) -> tuple[Kind, int, int]:
    if latest is None or before is None:
        return "first", 1, 0
    # The rules of the older document are reckoned anew: a release may have changed what counts as a rule.
    if rules_hash(before) == rules_hash(after) and not keys_moved(before, after):
        return "minor", latest.major, latest.minor + 1
    return "major", latest.major + 1, 0


def _removed(before: Program, after: Program) -> dict[str, int]:
    """Return the ids that are gone, and those that now name another kind of thing, with their learners."""
    gone = sorted(identifier for identifier, kind in before.ids.items() if after.ids.get(identifier) != kind)
    found = dict.fromkeys(gone, 0)
    for count in learner_counts if gone else ():
        for identifier, learners in count(before.id, gone).items():
            # Two floors may count the same people for one id, so their numbers are not added.
            found[identifier] = max(found[identifier], learners)
    return found


def _keep_files(files: Mapping[str, tuple[str, bytes]]) -> None:
    wanted: Sequence[str] = list(files)
    known = set(db.session.scalars(sa.select(ContentFile.sha256).where(ContentFile.sha256.in_(wanted))))
    for sha256 in wanted:
        if sha256 not in known:
            media_type, body = files[sha256]
            db.session.add(ContentFile(sha256=sha256, media_type=media_type, body=body))
