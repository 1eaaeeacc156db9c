"""The three sides a table can stand on, and the column types that all tables share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    DateTime,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, ExcludeConstraint, Range
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "selaras"

metadata = MetaData(
    schema=SCHEMA,
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)


class Base(DeclarativeBase):
    """The declarative base; a table derives from one of the three sides below, never from this."""

    metadata = metadata
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        str: Text,
        UUID: Uuid(),
    }
    # Fills server defaults through RETURNING on insert, so that no second query is needed to read a new id.
    __mapper_args__: ClassVar[dict[str, Any]] = {"eager_defaults": True}  # type: ignore[misc]  # typed as per instance there


class TenantTable(Base):
    """Behind one agency's wall, with a natural key of its own that is led by `tenant_id`."""

    __abstract__ = True
    side: ClassVar[str] = "tenant"

    tenant_id: Mapped[int] = mapped_column(
        Integer, primary_key=True, server_default=text("selaras.tid()"), sort_order=-100
    )


class TenantModel(TenantTable):
    """Behind one agency's wall, with the key `(tenant_id, id)`."""

    __abstract__ = True

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"), sort_order=-90)


class PlatformModel(Base):
    """The platform's own: agencies, hosts, rollouts, queue envelopes. Holds nothing about a person.

    `reason` says why a table that carries a `tenant_id` stands outside the walls all the same.
    """

    __abstract__ = True
    side: ClassVar[str] = "platform"
    reason: ClassVar[str] = ""
    app_may: ClassVar[str] = "SELECT"
    console_may: ClassVar[str] = "SELECT, INSERT, UPDATE, DELETE"


class SummaryModel(Base):
    """Figures of one agency without any person's key: written by the agency, read by the console."""

    __abstract__ = True
    side: ClassVar[str] = "summary"

    tenant_id: Mapped[int] = mapped_column(
        Integer, primary_key=True, server_default=text("selaras.tid()"), sort_order=-100
    )


def within(column: str, table: str, *, name: str | None = None, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A foreign key that cannot cross the wall: `(tenant_id, column)` → `(tenant_id, id)` of `table`."""
    return ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{SCHEMA}.{table}.tenant_id", f"{SCHEMA}.{table}.id"],
        name=name,
        ondelete=ondelete,
    )


def one_at_a_time(*columns: str, name: str, where: str | None = None) -> ExcludeConstraint:
    """No two rows of the same agency with equal `columns` may hold on the same day (column `during`)."""
    parts: list[tuple[str, str]] = [("tenant_id", "="), *((column, "=") for column in columns), ("during", "&&")]
    return ExcludeConstraint(*parts, using="gist", name=name, where=text(where) if where else None)


def dated() -> Mapped[Range[Any]]:
    """The column `during`: a half-open range of days `[from, to)`."""
    return mapped_column(DATERANGE)
