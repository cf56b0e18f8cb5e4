"""Attempts of fictive learners, written in bulk with their answers and the log of the answers."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lms.core.db import db
from lms.demo import talk
from lms.demo.answers import Answers
from lms.lib.uuid7 import uuid7
from lms.programs.catalogue import Version
from lms.programs.content import Quiz
from lms.quizzes import drawing, scoring
from lms.quizzes.models import AnswerLog, Attempt, AttemptQuestion, EssayMark, QuestionVersion

if TYPE_CHECKING:
    from lms.demo.learning import Learner

SECONDS_A_QUESTION = 50
ESSAY_MARK = Decimal("85.00")


class Desk:
    """Collects the attempts of one class and writes them at the end."""

    def __init__(self, version: Version, marker_id: int, dice: random.Random) -> None:
        self._version, self._marker_id, self._dice = version, marker_id, dice
        self._answers = Answers()
        self._seen: dict[tuple[int, str], list[str]] = defaultdict(list)
        self._numbers: dict[tuple[int, str], int] = defaultdict(int)
        self._attempts: list[dict[str, Any]] = []
        self._slots: list[list[dict[str, Any]]] = []

    def sit(
        self, learner: Learner, quiz: Quiz, at: dt.datetime, *, share: float, is_marked: bool = True
    ) -> dt.datetime:
        """Let a learner take a quiz with about this share of right answers; return when it was handed in.

        A question that a person marks gets a mark, unless the attempt shall still wait (`is_marked=False`).
        """
        key = (learner.enrolment.id, quiz.id)
        self._numbers[key] += 1
        questions = self._version.program.questions
        drawn = drawing.questions_for(
            quiz, questions, number=self._numbers[key], seen=self._seen[key], chance=self._dice
        )
        self._seen[key] += drawn
        slots, time = [], at
        for slot, (question_id, seed) in enumerate(
            zip(drawn, drawing.seeds_for(quiz, len(drawn), self._dice), strict=True), 1
        ):
            time += dt.timedelta(seconds=self._dice.randint(SECONDS_A_QUESTION // 2, SECONDS_A_QUESTION * 2))
            slots.append(self._slot(slot, question_id, seed, time, self._dice.random() < share, is_marked))
        self._close(learner, quiz, at, time + dt.timedelta(seconds=20), slots)
        return time + dt.timedelta(seconds=20)

    def _slot(
        self, slot: int, question_id: str, seed: int, at: dt.datetime, is_right: bool, is_marked: bool
    ) -> dict[str, Any]:
        given = self._answers.given(self._version.program.questions[question_id], is_right=is_right, dice=self._dice)
        needs_person = given.fraction is None
        mark = scoring.as_mark(given.fraction) if given.fraction is not None else ESSAY_MARK if is_marked else None
        return {
            "slot": slot, "question_id": question_id, "seed": seed, "answer": given.response, "answered_at": at,
            "fraction": mark, "comment": talk.read().comment if needs_person and is_marked else None,
            "marked_by": self._marker_id if needs_person and is_marked else None,
        }

    def _close(
        self, learner: Learner, quiz: Quiz, at: dt.datetime, end: dt.datetime, slots: list[dict[str, Any]]
    ) -> None:
        marks = [item["fraction"] for item in slots]
        mark = None if None in marks else scoring.attempt_mark(marks)
        by_person = any(item["marked_by"] for item in slots)
        is_passed = scoring.is_pass(quiz.kind, quiz.pass_mark, mark)
        graded_at = None if mark is None else end + dt.timedelta(days=1) if by_person else end
        self._attempts.append({
            "uuid": uuid7(), "enrolment_id": learner.enrolment.id, "program_id": self._version.program_id,
            "quiz_id": quiz.id, "number": self._numbers[learner.enrolment.id, quiz.id],
            "rule_version": self._version.label, "state": "submitted" if mark is None else "graded",
            "started_at": at, "due_at": None if quiz.minutes is None else at + dt.timedelta(minutes=quiz.minutes),
            "submitted_at": end, "graded_at": graded_at, "mark": mark, "is_passed": is_passed,
            "version": len(slots) + 2, "is_timed_out": False, "late_state": None, "heard": {},
        })
        self._slots.append(slots)
        learner.note("quiz_submitted", quiz.id, end)
        if is_passed:
            learner.note("quiz_passed", quiz.id, graded_at or end)

    def write(self) -> None:
        """Write everything that was collected."""
        if not self._attempts:
            return
        pinned = self._pin({item["question_id"] for slots in self._slots for item in slots})
        ids = db.session.scalars(
            sa.insert(Attempt).returning(Attempt.id, sort_by_parameter_order=True), self._attempts
        ).all()
        questions, log = [], []
        for attempt_id, slots in zip(ids, self._slots, strict=True):
            for item in slots:
                own = {name: value for name, value in item.items() if name != "question_id"}
                key = pinned[item["question_id"]]
                questions.append(own | {"attempt_id": attempt_id, "question_version_id": key, "is_flagged": False})
                log.append({
                    "attempt_id": attempt_id, "slot": item["slot"], "question_version_id": key,
                    "value": item["answer"], "received_at": item["answered_at"],
                })
        db.session.execute(sa.insert(AttemptQuestion), questions)
        db.session.execute(sa.insert(AnswerLog), log)
        _keep_marks()

    def _pin(self, question_ids: set[str]) -> dict[str, int]:
        """Return the stored version of each question, storing those that nobody has drawn yet."""
        program = self._version.program
        known = {
            (row.question_id, row.sha256): row.id
            for row in db.session.execute(
                sa.select(QuestionVersion.id, QuestionVersion.question_id, QuestionVersion.sha256)
                .where(QuestionVersion.program_id == program.id)
            )
        }
        new = [key for key in sorted(question_ids) if (key, program.questions[key].sha256) not in known]
        if new:
            made = db.session.scalars(
                sa.insert(QuestionVersion).returning(QuestionVersion.id, sort_by_parameter_order=True),
                [
                    {"program_id": program.id, "question_id": key, "sha256": program.questions[key].sha256,
                     "content": dict(program.questions[key].content)}
                    for key in new
                ],
            ).all()
            known |= {(key, program.questions[key].sha256): row for key, row in zip(new, made, strict=True)}
        return {key: known[key, program.questions[key].sha256] for key in question_ids}


def _keep_marks() -> None:
    """Let every mark that a person gave begin the history of its essay."""
    kept = sa.select(EssayMark.id).where(EssayMark.attempt_question_id == AttemptQuestion.id).exists()
    given = (
        sa.select(
            AttemptQuestion.id, AttemptQuestion.fraction, AttemptQuestion.comment, AttemptQuestion.marked_by,
            sa.func.coalesce(Attempt.graded_at, Attempt.submitted_at),
        )
        .join(Attempt, Attempt.id == AttemptQuestion.attempt_id)
        .where(AttemptQuestion.marked_by.is_not(None), ~kept).order_by(Attempt.graded_at, AttemptQuestion.id)
    )
    columns = [
        EssayMark.attempt_question_id, EssayMark.mark, EssayMark.comment, EssayMark.marked_by, EssayMark.marked_at
    ]
    db.session.execute(sa.insert(EssayMark).from_select(columns, given))
