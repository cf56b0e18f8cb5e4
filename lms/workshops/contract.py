"""The contract of a workshop type: which stages there are, and what each of them asks for.

A type is code that says little: the core runs its stages. What is said here is the same for the report that the core
brings and for the types that plugins bring.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from lms.core.registry import Register
from lms.programs.content import Program
from lms.workshops.form import Part, Text, next_of


@dataclass(frozen=True, slots=True)
class Criterion:
    """A row of a rubric. `levels`: level id → what it looks like; `parts`: the parts it looks at."""

    id: str
    weight: int
    title: Text
    levels: Mapping[str, Text]
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A level of a rubric: marks from `lowest` on; a tap on it sets `middle`."""

    id: str
    title: Text
    lowest: int
    middle: int


@dataclass(frozen=True, slots=True)
class Rubric:
    """What a mark is made of: weighted criteria that add up to 100, and levels from the highest to the lowest."""

    criteria: tuple[Criterion, ...]
    levels: tuple[Level, ...]

    def criterion(self, criterion_id: str) -> Criterion:
        """Return one criterion; KeyError for an unknown one."""
        found: Criterion = next_of(self.criteria, criterion_id)
        return found

    def level_of(self, mark: Any) -> Level:
        """Return the level a mark lies in."""
        return next(level for level in self.levels if mark >= level.lowest)


@dataclass(frozen=True, slots=True)
class Returning:
    """How often and for how long work is given back; how long it may come late and by how much it may be extended."""

    most: int = 2
    days: int = 14
    late_days: int = 14
    extension_days: int = 14


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of a workshop. `marked_by` are the roles that read it; without a rubric it is accepted or returned."""

    id: str
    title: Text
    parts: tuple[Part, ...]
    marked_by: tuple[str, ...]
    rubric: Rubric | None = None
    returning: Returning = Returning()
    #: The id of the stage that must be accepted before this one opens.
    opens_after: str | None = None

    def part(self, part_id: str) -> Part:
        """Return one part; KeyError for an unknown one."""
        found: Part = next_of(self.parts, part_id)
        return found


@dataclass(frozen=True, slots=True)
class Work:
    """One thing to make in a programme: what the type says about it. `activity_id` is its id in the programme."""

    activity_id: str
    type_key: str
    title: Text
    stages: tuple[Stage, ...]
    #: report, or the kind of a task: mandatory, elective, journal, visit, meeting.
    kind: str
    evidence: Text | None = None

    def stage(self, stage_id: str) -> Stage:
        """Return one stage; KeyError for an unknown one."""
        found: Stage = next_of(self.stages, stage_id)
        return found


class WorkshopType(ABC):
    """A kind of workshop. `key` is stored with the work and never changes."""

    key: ClassVar[str]

    @abstractmethod
    def works(self, program: Program) -> tuple[Work, ...]:
        """Return the works of this type in a programme, in the order in which they are shown.

        It is a pure function of the programme, called often and kept by the core.
        """


types: Register[WorkshopType] = Register("workshop types")
