"""The workshop types the core brings, both written as programme data: the final report and the documents of tasks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms.programs.content import Program
from lms.workshops.contract import Criterion, Level, Returning, Rubric, Stage, Work, WorkshopType, types
from lms.workshops.form import part_of

REPORT = "final_report"
#: The only stage of the report and of a task.
ONLY_STAGE = "document"
TITLE = {"id": "Laporan akhir", "en": "Final report"}


class FinalReport(WorkshopType):
    """The report at the end of the independent task, chapter by chapter, marked with the rubric of the programme."""

    key = "final_report"

    def works(self, program: Program) -> tuple[Work, ...]:
        parts = tuple(part_of(row) for row in program.data.get("report_parts") or ())
        if not parts or not program.data.get("report"):
            return ()
        stage = Stage(
            ONLY_STAGE, TITLE, parts, marked_by=_markers(program), rubric=rubric_of(program),
            returning=_returning(program),
        )
        return (Work(REPORT, self.key, TITLE, (stage,), "report"),)


class TaskForm(WorkshopType):
    """The document of one task of the independent task: accepted or returned, without a mark of its own."""

    key = "task_form"

    def works(self, program: Program) -> tuple[Work, ...]:
        return tuple(
            Work(
                row["id"], self.key, row["title"],
                (Stage(ONLY_STAGE, row["title"], (part_of(row),), _markers(program), returning=_returning(program)),),
                row["kind"], row.get("evidence"),
            )
            for row in program.data.get("tasks") or () if row.get("field")
        )


def rubric_of(program: Program) -> Rubric | None:
    """Return the rubric of a programme's report, None when it has none."""
    criteria = tuple(
        Criterion(row["id"], row["weight"], row["title"], row["levels"], tuple(row.get("parts") or ()))
        for row in program.data.get("criteria") or ()
    )
    levels = tuple(
        Level(row["id"], row["title"], row["from"], row["mid"]) for row in program.data.get("levels") or ()
    )
    return Rubric(criteria, levels) if criteria and levels else None


def _markers(program: Program) -> tuple[str, ...]:
    return tuple((program.data.get("report") or {}).get("marked_by") or ())


def _returning(program: Program) -> Returning:
    rules: Mapping[str, Any] = program.data.get("report") or {}
    named = {"returns_max": "most", "return_days": "days", "late_days": "late_days", "extension_days": "extension_days"}
    return Returning(**{ours: rules[theirs] for theirs, ours in named.items() if rules.get(theirs) is not None})


types.add(FinalReport.key, FinalReport())
types.add(TaskForm.key, TaskForm())
