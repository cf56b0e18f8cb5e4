"""Keep what is made and handed in: stages of works, their drafts, and versions that never change

Going down loses everything that was written in reports and tasks; make a backup before.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.core.types

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stage_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("program_id", sa.String(length=60), nullable=False),
        sa.Column("activity_id", sa.String(length=60), nullable=False),
        sa.Column("type_key", sa.String(length=40), nullable=False),
        sa.Column("stage_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("opened_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.Column("submitted_version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", lms.core.types.UtcDateTime(), nullable=True),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("return_until", lms.core.types.UtcDateTime(), nullable=True),
        sa.Column("decided_at", lms.core.types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state = 'draft' OR submitted_version > 0", name=op.f("ck_stage_work_handed_in")),
        sa.CheckConstraint(
            "state IN ('draft', 'submitted', 'returned', 'accepted', 'refused')", name=op.f("ck_stage_work_state")
        ),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_stage_work_enrolment_id_enrolment")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_work")),
        sa.UniqueConstraint("enrolment_id", "activity_id", "stage_id", name="uq_stage_work_stage"),
        sa.UniqueConstraint("uuid", name=op.f("uq_stage_work_uuid")),
    )
    op.create_index("ix_stage_work_activity", "stage_work", ["program_id", "activity_id", "state"], unique=False)
    op.create_index(op.f("ix_stage_work_enrolment_id"), "stage_work", ["enrolment_id"], unique=False)
    op.create_index(
        "ix_stage_work_waiting", "stage_work", ["submitted_at"], unique=False,
        sqlite_where=sa.text("state = 'submitted'"), postgresql_where=sa.text("state = 'submitted'"),
    )
    op.create_table(
        "stage_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("stage_work_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.String(length=60), nullable=False),
        sa.Column("values", lms.core.types.Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=True),
        sa.Column("entered_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entered_by"], ["person.id"], name=op.f("fk_stage_part_entered_by_person")),
        sa.ForeignKeyConstraint(
            ["stage_work_id"], ["stage_work.id"], name=op.f("fk_stage_part_stage_work_id_stage_work")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_part")),
        sa.UniqueConstraint("stage_work_id", "part_id", name="uq_stage_part_part"),
    )
    op.create_table(
        "stage_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("stage_work_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("rule_version", sa.String(length=12), nullable=False),
        sa.Column("values", lms.core.types.Json(), nullable=False),
        sa.Column("submitted_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.Column("client_at", lms.core.types.UtcDateTime(), nullable=True),
        sa.Column("late_days", sa.Integer(), nullable=False),
        sa.Column("submitted_by", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stage_work_id"], ["stage_work.id"], name=op.f("fk_stage_version_stage_work_id_stage_work")
        ),
        sa.ForeignKeyConstraint(["submitted_by"], ["person.id"], name=op.f("fk_stage_version_submitted_by_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_version")),
        sa.UniqueConstraint("stage_work_id", "number", name="uq_stage_version_number"),
        sa.UniqueConstraint("uuid", name=op.f("uq_stage_version_uuid")),
    )
    _make_unchangeable("stage_version")


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
    for table in ("stage_version", "stage_part", "stage_work"):
        op.drop_table(table)
