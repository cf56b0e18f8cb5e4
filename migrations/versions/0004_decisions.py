"""Keep every mark that a person gave and every decision about late answers

Going down loses what only these tables hold: earlier marks, the reasons of marks, and every decision about late
answers with its reason. The answers and the marks that count stay. Going up again brings back the newest mark of each
essay and nothing else, so make a backup before going down.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.core.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = ("essay_mark", "late_decision")


def upgrade() -> None:
    op.create_table(
        "essay_mark",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_question_id", sa.Integer(), nullable=False),
        sa.Column("mark", lms.core.types.Mark(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("marked_by", sa.Integer(), nullable=False),
        sa.Column("marked_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_question_id"], ["attempt_question.id"],
            name=op.f("fk_essay_mark_attempt_question_id_attempt_question"),
        ),
        sa.ForeignKeyConstraint(["marked_by"], ["person.id"], name=op.f("fk_essay_mark_marked_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_essay_mark")),
    )
    op.create_index("ix_essay_mark_question", "essay_mark", ["attempt_question_id"])
    op.create_table(
        "late_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=8), nullable=False),
        sa.Column("newest_answer_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=False),
        sa.Column("decided_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.CheckConstraint("decision IN ('accepted', 'left_out')", name=op.f("ck_late_decision_decision")),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["quiz_attempt.id"], name=op.f("fk_late_decision_attempt_id_quiz_attempt")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["person.id"], name=op.f("fk_late_decision_decided_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_decision")),
    )
    op.create_index("ix_late_decision_attempt", "late_decision", ["attempt_id"])
    # The marks that were given before there was a history are its beginning.
    op.execute(
        "INSERT INTO essay_mark (attempt_question_id, mark, comment, marked_by, marked_at)"
        " SELECT q.id, q.fraction, q.comment, q.marked_by, COALESCE(a.graded_at, a.submitted_at, a.started_at)"
        " FROM attempt_question q JOIN quiz_attempt a ON a.id = q.attempt_id"
        " WHERE q.marked_by IS NOT NULL AND q.fraction IS NOT NULL ORDER BY q.id"
    )
    for table in TABLES:
        _make_unchangeable(table)


def _make_unchangeable(table: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        return
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table}"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}"
        " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    # A table takes its triggers and indexes with it.
    for table in reversed(TABLES):
        op.drop_table(table)
