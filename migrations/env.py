"""Runs the migrations of the core. Called by `lms migrate` through Alembic's own commands, never by hand."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy.engine import Connection


def run(connection: Connection) -> None:
    """Bring the database to the wanted revision over the connection that the caller opened."""
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes.get("metadata"),
        render_as_batch=connection.dialect.name == "sqlite",
        transaction_per_migration=False,
        compare_type=True,
        render_item=_render_item,
    )
    context.run_migrations()


def _render_item(kind: str, item: Any, autogen: Any) -> str | bool:
    """Write our own column types by their short names into new migrations."""
    if kind == "type" and type(item).__module__ == "lms.core.types":
        autogen.imports.add(f"from lms.core.types import {type(item).__name__}")
        return f"{type(item).__name__}()"
    return False


run(context.config.attributes["connection"])
