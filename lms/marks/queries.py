"""The mark sheet of a learner: what counts, what is done, what is missing to pass."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lms.cohorts.queries import LearnerEnrolment
from lms.completion.queries import Facts, facts
from lms.completion.unlocking import standing
from lms.marks import formulas
from lms.programs.catalogue import Version
from lms.programs.content import Program
from lms.quizzes.queries import best_marks
from lms.quizzes.scoring import Gain, best_of_kind, gain, quizzes_of_kind

INDEPENDENT_TASK = "independent_task"
PASSED, FAILED, UNDECIDED = "passed", "failed", "undecided"


@dataclass(frozen=True, slots=True)
class Note:
    """A remark beside a component as a code with its values; the page has the words."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ComponentMark:
    """A component of a stage. `source` says who gives the mark; `system` is reckoned here.

    `note` codes: `quizzes` (done of total are graded), `posttest` (nothing graded yet), `later` (given in a later
    stage of the training); once the class is over, `unrecorded` for a mark that this system does not hold.
    """

    id: str
    title: Mapping[str, str]
    weight: int
    mark: Decimal | None
    source: str
    note: Note | None


@dataclass(frozen=True, slots=True)
class StageMarks:
    """A stage with its components; `mark` is None until every component has one. The title is a code: its id."""

    id: str
    weight: int
    components: tuple[ComponentMark, ...]
    mark: Decimal | None

    @property
    def title(self) -> str:
        return self.id


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must be so to pass.

    `state`: done, todo (the learner can do it now or soon) or waiting (somebody else, or a later part of the training);
    once the class is over, done or recorded, which only says how far it came. `link` says where it is done: program or
    None. Codes: total, independent_task, modules, attendance, mandatory_tasks; the rules of a programme know no others,
    and the lesson about passing teaches the same.
    """

    code: str
    values: Mapping[str, Any]
    state: str
    link: str | None = None


@dataclass(frozen=True, slots=True)
class MarkSheet:
    """The marks of a learner. `predicate` is the programme's own row (id, title, medal) or None.

    `is_passed` looks at the marks alone and is None until there is a total. `verdict` is what was decided, None while
    the class runs; `is_whole` says whether every requirement has something recorded here. `gain` is None until both
    tests are graded.
    """

    stages: tuple[StageMarks, ...]
    total: Decimal | None
    predicate: Mapping[str, Any] | None
    is_passed: bool | None
    requirements: tuple[Requirement, ...]
    gain: Gain | None
    verdict: str | None
    is_whole: bool


def verdict(enrolment: LearnerEnrolment) -> str | None:
    """Return how a class ended for a learner: passed, failed, or undecided; None while it runs.

    People decide it, and the enrolment keeps it. It is never reckoned from marks, of which some may not be held here.
    """
    if enrolment.state in (PASSED, FAILED):
        return enrolment.state
    return UNDECIDED if enrolment.has_ended else None


def mark_sheet(enrolment: LearnerEnrolment, version: Version) -> MarkSheet:
    """Return the mark sheet of an enrolment that was found within scope, in two statements."""
    return sheet_of(version.program, facts(enrolment.id), best_marks(enrolment.id), verdict(enrolment))


def sheet_of(
    program: Program, done: Facts, marks: Mapping[str, Decimal], decided: str | None = None
) -> MarkSheet:
    """Return the mark sheet from facts and best marks that were read already.

    With a verdict it holds what was recorded and asks for nothing more: what is still open then is no task of anybody.
    """
    stages = tuple(
        _stage(stage_id, weight, program, marks, is_over=decided is not None)
        for stage_id, weight in program.data.get("weights", {}).items()
    )
    final = formulas.total([(stage.weight, stage.mark) for stage in stages])
    task = next((stage.mark for stage in stages if stage.id == INDEPENDENT_TASK), None)
    rules = program.data.get("pass", {})
    asked = _requirements(program, rules, done, task=task, final=final)
    shown = asked if decided is None else [_recorded(item) for item in asked if item.state != "waiting"]
    return MarkSheet(
        stages=stages, total=final, predicate=formulas.predicate(final, program.data.get("predicates", ())),
        is_passed=formulas.passes(final, task, rules) if rules else None,
        requirements=tuple(shown), gain=gain(marks, program), verdict=decided, is_whole=len(shown) == len(asked),
    )


def _recorded(item: Requirement) -> Requirement:
    return item if item.state == "done" else replace(item, state="recorded", link=None)


def _stage(
    stage_id: str, weight: int, program: Program, marks: Mapping[str, Decimal], *, is_over: bool
) -> StageMarks:
    components = tuple(
        _component(item, program, marks, is_over=is_over)
        for item in program.data.get("components", ()) if item["stage"] == stage_id
    )
    return StageMarks(
        stage_id, weight, components, formulas.stage_mark([(item.weight, item.mark) for item in components])
    )


def _component(
    item: Mapping[str, Any], program: Program, marks: Mapping[str, Decimal], *, is_over: bool
) -> ComponentMark:
    mark: Decimal | None = None
    note: Note | None = Note("unrecorded" if is_over else "later")
    if item["id"] == "module_quizzes":
        best = [marks.get(quiz.id) for quiz in quizzes_of_kind(program, "module")]
        mark = formulas.mean(best)
        note = Note("quizzes", {"done": sum(one is not None for one in best), "total": len(best)})
    elif item["id"] == "posttest":
        mark = best_of_kind(marks, program, "posttest")
        note = None if mark is not None else Note("unrecorded" if is_over else "posttest")
    return ComponentMark(item["id"], item["title"], item["weight"], mark, item["source"], note)


def _requirements(
    program: Program, rules: Mapping[str, Any], done: Facts, *, task: Decimal | None, final: Decimal | None
) -> list[Requirement]:
    """Return what the rules of the programme ask for, in the order in which its lesson tells it."""
    found = [
        Requirement(
            code, {"pass_mark": least, "mark": mark}, "waiting" if mark is None else _state(mark >= least)
        )
        for code, least, mark in (
            ("total", rules.get("mark"), final), (INDEPENDENT_TASK, rules.get(INDEPENDENT_TASK), task)
        ) if least is not None
    ]
    found.append(_modules(program, done))
    if rules.get("attendance"):
        found.append(Requirement("attendance", {"percent": rules["attendance"]}, "waiting"))
    mandatory = [item for item in program.data.get("tasks", ()) if item["kind"] == "mandatory"]
    if mandatory and rules.get("all_mandatory_tasks"):
        found.append(Requirement("mandatory_tasks", {"total": len(mandatory)}, "waiting"))
    return found


def _modules(program: Program, done: Facts) -> Requirement:
    """All modules; their quizzes and the post-test belong to them, so they are a detail and no requirement apart."""
    where = standing(program, done)
    tests = [*quizzes_of_kind(program, "module"), *quizzes_of_kind(program, "posttest")]
    return Requirement(
        "modules",
        {
            "done": where.modules_done, "total": len(program.modules),
            "jp_done": where.jp_done, "jp": sum(module.jp for module in program.modules),
            "tests_done": sum(quiz.id in done.passed for quiz in tests), "tests": len(tests),
        },
        _state(where.modules_done == len(program.modules)), "program",
    )


def _state(is_done: bool) -> str:
    return "done" if is_done else "todo"
