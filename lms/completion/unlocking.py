"""What is open, what is locked and why, and what comes next: pure functions of a programme and of facts.

The order of modules comes from the programme alone ("free after M00, M10 last" is what its `requires` say).
"""

from __future__ import annotations

from dataclasses import dataclass

from lms.completion.queries import Facts
from lms.programs.content import CompletionRule, Lesson, Module, Program, Quiz

LOCKED, OPEN, COMPLETE = "locked", "open", "complete"


@dataclass(frozen=True, slots=True)
class ModuleStanding:
    """Where a learner stands in a module.

    `missing` are the ids of the modules that must be complete before it opens; empty unless it is locked. `percent`
    counts lessons and the quizzes its rules name, rounded down; 100 only when it is complete. `quizzes_done` are the
    quizzes whose rule is fulfilled.
    """

    module: Module
    state: str
    read: int
    lessons: int
    percent: int
    missing: tuple[str, ...]
    quizzes_done: frozenset[str]


@dataclass(frozen=True, slots=True)
class NextStep:
    """What to do next: a lesson to read or a quiz to take."""

    kind: str
    module: Module
    lesson: Lesson | None = None
    quiz: Quiz | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a learner stands in a programme. `next_step` is None when nothing that is open is left to do."""

    modules: tuple[ModuleStanding, ...]
    jp_done: int
    modules_done: int
    next_step: NextStep | None

    def of(self, module_id: str) -> ModuleStanding:
        """Return the standing of one module; KeyError for an unknown one."""
        return next(item for item in self.modules if item.module.id == module_id)


def standing(program: Program, facts: Facts) -> Standing:
    """Return where the facts put a learner in this programme."""
    modules = tuple(_module_standing(module, facts) for module in program.modules)
    done = [item for item in modules if item.state == COMPLETE]
    return Standing(modules, sum(item.module.jp for item in done), len(done), _next_step(modules, facts))


def missing_modules(module: Module, facts: Facts) -> tuple[str, ...]:
    """Return the ids of the modules that must be complete before this one opens; empty when it is open.

    A module that is complete, or in which something was done already, stays open when a later version asks for more.
    """
    if module.id in facts.modules or _has_begun(module, facts):
        return ()
    return tuple(key for key in module.requires if key not in facts.modules)


def rules_hold(module: Module, facts: Facts) -> bool:
    """Tell whether every rule of completion of a module is fulfilled."""
    return bool(module.complete) and all(_holds(rule, module, facts) for rule in module.complete)


def _holds(rule: CompletionRule, module: Module, facts: Facts) -> bool:
    if rule[0] == "lessons":
        return all(lesson.id in facts.read for lesson in module.lessons)
    return _quiz_done(rule, facts)


def _quiz_done(rule: CompletionRule, facts: Facts) -> bool:
    _kind, quiz_id, what = rule
    return quiz_id in (facts.passed if what == "passed" else facts.submitted)


def _has_begun(module: Module, facts: Facts) -> bool:
    lessons = {lesson.id for lesson in module.lessons}
    return bool(lessons & (facts.opened | facts.read) or {quiz.id for quiz in module.quizzes} & facts.submitted)


def _quiz_rules(module: Module) -> list[CompletionRule]:
    return [rule for rule in module.complete if rule[0] == "quiz"]


def _module_standing(module: Module, facts: Facts) -> ModuleStanding:
    read = sum(lesson.id in facts.read for lesson in module.lessons)
    rules = _quiz_rules(module)
    done = frozenset(rule[1] for rule in rules if _quiz_done(rule, facts))
    missing = missing_modules(module, facts)
    if module.id in facts.modules:
        state, percent = COMPLETE, 100
    else:
        state = LOCKED if missing else OPEN
        steps = len(module.lessons) + len(rules)
        # Everything may be done while the module is not granted yet; only a fact makes it 100.
        percent = min((read + len(done)) * 100 // steps if steps else 0, 99)
    return ModuleStanding(module, state, read, len(module.lessons), percent, missing, done)


def _next_step(modules: tuple[ModuleStanding, ...], facts: Facts) -> NextStep | None:
    """Return the first unread lesson, then the first quiz still to do: in a module already begun before a new one."""
    ready = [item for item in modules if item.state == OPEN]
    for item in sorted(ready, key=lambda one: not _has_begun(one.module, facts)):
        module = item.module
        for lesson in module.lessons:
            if lesson.id not in facts.read:
                return NextStep("lesson", module, lesson=lesson)
        for quiz in module.quizzes:
            if any(rule[1] == quiz.id and not _quiz_done(rule, facts) for rule in _quiz_rules(module)):
                return NextStep("quiz", module, quiz=quiz)
    return None
