"""Keep a row for every file that somebody hands in

Going down loses the rows; the files stay on disk, and the sweeping of a later version removes those without a row, so
make a backup before going down.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import lms.core.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upload",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uuid", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=True),
        sa.Column("subject_uuid", sa.Uuid(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("picture_hash", sa.String(length=16), nullable=True),
        sa.Column("created_at", lms.core.types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", lms.core.types.UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('kept', 'ended')", name=op.f("ck_upload_state")),
        sa.CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_upload_ended")),
        sa.CheckConstraint("(subject_kind IS NULL) = (subject_uuid IS NULL)", name=op.f("ck_upload_subject")),
        sa.CheckConstraint("bytes > 0", name=op.f("ck_upload_bytes")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_upload_owner_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("uuid", name=op.f("uq_upload_uuid")),
    )
    op.create_index("ix_upload_sha256", "upload", ["sha256"])
    op.create_index("ix_upload_subject", "upload", ["subject_kind", "subject_uuid"])


def downgrade() -> None:
    op.drop_table("upload")
