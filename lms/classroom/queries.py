"""What the learner's pages show, put together from the floors below with few statements."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from lms.classroom.agenda import Agenda, agenda_of
from lms.classroom.announcements import Notice, announcements
from lms.classroom.companions import Companion, companions_of, whom_to_ask
from lms.cohorts import calendar
from lms.cohorts.queries import LearnerEnrolment, learner_enrolment, own_enrolments
from lms.completion import queries as completion_queries, unlocking
from lms.core.errors import NotFound
from lms.core.permissions import Actor
from lms.lessons import queries as lesson_queries
from lms.lessons.services import LessonLocked, NotLearning
from lms.marks.queries import verdict
from lms.programs import catalogue
from lms.programs.content import Lesson, Module, Program, Quiz
from lms.quizzes import queries as quiz_queries

#: States in which the class is over for the learner.
OVER_STATES = ("passed", "failed")
#: States of a registration that may still become a place in a class, or of a place in a class that is ahead.
ON_THE_WAY = ("active", "accepted", "confirmed", "recommended", "awaiting_recommendation", "proposed")
ANNOUNCEMENTS_ON_HOME = 2


@dataclass(frozen=True)
class Desk:
    """An enrolment at its place of learning: the pinned programme and what was done in it."""

    enrolment: LearnerEnrolment
    version: catalogue.Version
    facts: completion_queries.Facts

    @property
    def program(self) -> Program:
        return self.version.program

    @cached_property
    def standing(self) -> unlocking.Standing:
        return unlocking.standing(self.program, self.facts)

    def module(self, module_id: str) -> unlocking.ModuleStanding:
        """Return where one module stands; raises `NotFound`."""
        for state in self.standing.modules:
            if state.module.id == module_id:
                return state
        raise NotFound

    def is_done(self, quiz: Quiz) -> bool:
        """Whether a quiz needs nothing more: passed, or handed in where handing in is all."""
        return quiz.id in self.facts.passed or (quiz.kind == "pretest" and quiz.id in self.facts.submitted)


def open_desk(enrolment: LearnerEnrolment) -> Desk:
    """Return the desk of an enrolment whose class has begun, in one statement; raises `NotLearning`."""
    if not enrolment.can_learn or enrolment.program_version_id is None:
        raise NotLearning.of(enrolment)
    return Desk(
        enrolment, catalogue.version(enrolment.program_version_id), completion_queries.facts(enrolment.id)
    )


def desk(enrolment_uuid: uuid.UUID, *, by: Actor) -> Desk:
    """Return the desk of one enrolment in the actor's scope, in two statements; raises `NotFound`, `NotLearning`."""
    return open_desk(learner_enrolment(enrolment_uuid, by=by, capability="learning.read"))


def current(enrolments: list[LearnerEnrolment]) -> LearnerEnrolment | None:
    """Choose the enrolment a person works on now: in a class that runs, else one on its way, else the newest.

    A class that ended without a result gives way to both; it comes before what leads nowhere any more.
    """
    wishes: tuple[Callable[[LearnerEnrolment], bool], ...] = (
        lambda item: item.can_learn and item.state not in OVER_STATES and not item.has_ended,
        lambda item: item.state in ON_THE_WAY and not item.has_ended,
        lambda item: item.can_learn and item.state not in OVER_STATES,
        lambda _item: True,
    )
    return next((item for wish in wishes for item in enrolments if wish(item)), None)


@dataclass(frozen=True)
class Home:
    """The home page of a learner. `desk` is None before the class begins or without an enrolment."""

    enrolment: LearnerEnrolment | None
    desk: Desk | None
    marks: Mapping[str, Decimal]
    agenda: Agenda
    announcements: list[Notice]
    answers: list[lesson_queries.RecentAnswer]
    companions: list[Companion]
    help_desk: tuple[str, str] | None
    #: Names of the facilitators of the region one works in, told while a registration is on its way.
    facilitators: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str | None:
        """How the class ended for the learner; None while it runs."""
        return None if self.enrolment is None else verdict(self.enrolment)

    @property
    def is_task_open(self) -> bool:
        """Whether the independent task has begun for the class and nothing is decided yet."""
        known = self.enrolment
        return (
            self.desk is not None and known is not None and self.verdict is None and known.task_closes_on is not None
            and known.task_opens_on is not None and known.task_opens_on <= calendar.today(known.timezone)
        )

    @property
    def modules(self) -> list[unlocking.ModuleStanding]:
        """The modules worth showing: the last finished one, those begun, and the next two that are open."""
        if self.desk is None:
            return []
        states = self.desk.standing.modules
        done = [state for state in states if state.state == "complete"][-1:]
        opened = [state for state in states if state.state == "open"]
        begun = [state for state in opened if state.percent > 0]
        fresh = [state for state in opened if state.percent == 0]
        chosen = {state.module.id for state in done + (begun + fresh)[:3]}
        return [state for state in states if state.module.id in chosen]


def home(*, by: Actor) -> Home:
    """Return the home page of the actor, in at most seven statements; before the class begins it names whom to ask."""
    enrolment = current(own_enrolments(by=by))
    if enrolment is None:
        return Home(None, None, {}, Agenda(), [], [], [], None)
    if enrolment.cohort_id is None:
        asked = whom_to_ask(enrolment)
        return Home(enrolment, None, {}, Agenda(), [], [], [], asked.help_desk, asked.facilitators)
    opened = open_desk(enrolment) if enrolment.can_learn and enrolment.program_version_id else None
    companions, help_desk = companions_of(enrolment)
    return Home(
        enrolment=enrolment, desk=opened, marks=quiz_queries.best_marks(enrolment.id) if opened else {},
        agenda=agenda_of(enrolment),
        announcements=announcements(by=by, cohort_id=enrolment.cohort_id, size=ANNOUNCEMENTS_ON_HOME)[0],
        answers=lesson_queries.recent_answers(enrolment.id) if opened else [],
        companions=companions, help_desk=help_desk,
        facilitators=[] if opened else whom_to_ask(enrolment).facilitators,
    )


@dataclass(frozen=True, slots=True)
class TierTab:
    """A tier among the tabs. `is_locked` when the tier below has not been passed."""

    program: Program
    is_locked: bool
    enrolment: LearnerEnrolment | None


@dataclass(frozen=True)
class TierPage:
    """The page of one tier."""

    tabs: list[TierTab]
    tab: TierTab
    desk: Desk | None
    marks: Mapping[str, Decimal]


def tier_page(program_id: str | None, *, by: Actor) -> TierPage:
    """Return the page of a tier, by default the one the person learns in. Raises `NotFound`."""
    enrolments = own_enrolments(by=by)
    newest: dict[str, int] = {}
    for line in catalogue.list_versions():
        newest.setdefault(line.program_id, line.id)
    passed = {item.program_id for item in enrolments if item.state == "passed"}
    tabs = []
    for key, version_id in newest.items():
        enrolment = current([item for item in enrolments if item.program_id == key])
        pinned = enrolment.program_version_id if enrolment else None
        program = catalogue.version(pinned or version_id).program
        locked = enrolment is None and not passed.issuperset(program.requires)
        tabs.append(TierTab(program, locked, enrolment))
    tabs.sort(key=lambda tab: tab.program.order)
    now = current(enrolments)
    wanted = program_id or (now.program_id if now else tabs[0].program.id if tabs else "")
    chosen = next((tab for tab in tabs if tab.program.id == wanted), None)
    if chosen is None:
        raise NotFound
    can_learn = chosen.enrolment is not None and chosen.enrolment.can_learn
    opened = open_desk(chosen.enrolment) if chosen.enrolment and can_learn else None
    marks = quiz_queries.best_marks(opened.enrolment.id) if opened else {}
    return TierPage(tabs, chosen, opened, marks)


@dataclass(frozen=True)
class LessonPage:
    """A lesson with what its learner did under it, and where the ways lead."""

    desk: Desk
    state: unlocking.ModuleStanding
    lesson: Lesson
    work: lesson_queries.LessonWork
    previous: Lesson | None

    @property
    def module(self) -> Module:
        return self.state.module

    @property
    def is_read(self) -> bool:
        return self.lesson.id in self.desk.facts.read


def lesson_page(enrolment_uuid: uuid.UUID, lesson_id: str, *, by: Actor) -> LessonPage:
    """Return a lesson page, in three statements. Raises `NotFound`, `NotLearning`, `LessonLocked`."""
    found = desk(enrolment_uuid, by=by)
    module, lesson = found.program.lesson(lesson_id)
    state = found.module(module.id)
    if state.state == "locked":
        raise LessonLocked.by(state.missing, found.program)
    place = module.lessons.index(lesson)
    return LessonPage(
        found, state, lesson, lesson_queries.lesson_work(found.enrolment.id, lesson_id),
        module.lessons[place - 1] if place else None,
    )


def after_lesson(program: Program, lesson_id: str) -> tuple[str, Lesson | Quiz] | None:
    """Return what follows a lesson in its module: the next lesson, else the first quiz that counts, else nothing."""
    module, lesson = program.lesson(lesson_id)
    following = module.lessons[module.lessons.index(lesson) + 1:]
    if following:
        return "lesson", following[0]
    quiz = next((quiz for quiz in module.quizzes if quiz.kind != "practice"), None)
    return None if quiz is None else ("quiz", quiz)
