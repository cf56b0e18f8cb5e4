"""Let the dates of a class say its state, and let a notice be told once

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from lms.lib import clock

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ZONES = ("Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura")
STATES = "state IN ('planned', 'running', 'reporting', 'finished')"


def upgrade() -> None:
    with op.batch_alter_table("cohort") as batch_op:
        batch_op.drop_constraint(op.f("ck_cohort_state"), type_="check")
        batch_op.drop_column("state")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.add_column(sa.Column("once", sa.String(length=120), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_notice_once"), ["once"])


def downgrade() -> None:
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_constraint(op.f("uq_notice_once"), type_="unique")
        batch_op.drop_column("once")
    with op.batch_alter_table("cohort") as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="planned"))
    _store_states()
    with op.batch_alter_table("cohort") as batch_op:
        batch_op.alter_column("state", server_default=None)
        batch_op.create_check_constraint(op.f("ck_cohort_state"), STATES)


def _store_states() -> None:
    """Write down what the dates say today, as the program before this one expects it."""
    cohort = sa.table(
        "cohort", sa.column("state", sa.String), sa.column("timezone", sa.String), sa.column("starts_on", sa.Date),
        sa.column("ends_on", sa.Date), sa.column("task_opens_on", sa.Date),
    )
    now = clock.now()
    for zone in ZONES:
        today = clock.local(now, zone).date()
        here = cohort.c.timezone == zone
        if zone == "Asia/Makassar":
            here = sa.or_(here, cohort.c.timezone.not_in(ZONES))
        op.execute(
            sa.update(cohort).where(here).values(state=sa.case(
                (cohort.c.starts_on > today, "planned"), (cohort.c.ends_on < today, "finished"),
                (cohort.c.task_opens_on <= today, "reporting"), else_="running",
            ))
        )
