"""The only column types for times, marks and protected identifiers; a test forbids the bare ones."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from lms.core.keys import Sealed

CENT = Decimal("0.01")


class UtcDateTime(TypeDecorator[dt.datetime]):
    """A moment: an aware datetime in UTC goes in and comes out, on both databases. A naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        value = value.astimezone(dt.UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: dt.datetime | None, dialect: sa.Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Mark(TypeDecorator[Decimal]):
    """A mark from 0 to 100: a Decimal, kept as integer hundredths, rounded half up."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: sa.Dialect) -> int | None:
        if value is None:
            return None
        if not isinstance(value, Decimal):
            raise TypeError("A mark is a Decimal.")
        return int((value.quantize(CENT, rounding=ROUND_HALF_UP) * 100).to_integral_value())

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> Decimal | None:
        return None if value is None else (Decimal(value) / 100).quantize(CENT)


class EncryptedText(TypeDecorator[Sealed]):
    """A protected identifier. Only a `Sealed` value goes in, so plain text can never reach the database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: sa.Dialect) -> str | None:
        if value is None:
            return None
        if not isinstance(value, Sealed):
            raise TypeError("A protected identifier must be sealed before it is stored.")
        return value.text

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Sealed | None:
        return None if value is None else Sealed(value)


class Json(TypeDecorator[Any]):
    """Plain data: JSONB on PostgreSQL, text on SQLite."""

    impl = sa.JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> Any:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(JSONB())
        return dialect.type_descriptor(sa.JSON())
