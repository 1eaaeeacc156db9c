"""Rows to attack: two per table and agency, made from nothing but what the catalogue says of each table."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import sha256
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
from psycopg import sql

from selaras.errors import Misconfigured
from selaras.tenancy.isolation.targets import Column, Connection, Row, Target

EACH = 3
"""Rows per table and agency: two, so that a row which must refer to two different ones can."""

Rows = Mapping[str, Mapping[int, Sequence[Row]]]


def make_rows(connection: Connection, targets: Sequence[Target], tenants: Sequence[int]) -> Rows:
    """Insert rows into every table (as the migrator) and return them: table → tenant → rows.

    Misconfigured names a table for which no row could be made: what cannot be attacked is not proven.
    """
    made: dict[str, dict[int, list[Row]]] = {}
    for target in targets:
        if not target.is_table:
            continue
        made[target.name] = {tenant: [] for tenant in tenants}
        for tenant in tenants:
            for number in range(1 if target.key == ("tenant_id",) else EACH):
                made[target.name][tenant].append(_make(connection, target, tenant, number, made))
    return made


def forget_rows(connection: Connection, targets: Sequence[Target], tenants: Sequence[int]) -> int:
    """Delete every row of these agencies, children first (as the migrator); returns how many there were."""
    gone = 0
    for target in reversed(targets):
        if target.is_table:
            statement = sql.SQL("DELETE FROM {} WHERE tenant_id = ANY(%s)").format(target.identifier)
            gone += connection.execute(statement, (list(tenants),)).rowcount
    return gone


def insert_row(target: Target, row: Row, tail: LiteralString = "") -> tuple[sql.Composed, tuple[str]]:
    """The statement that inserts a row given by column and JSON value, whatever the columns' types are."""
    names = sql.SQL(", ").join(sql.Identifier(name) for name in row)
    statement = sql.SQL(
        "INSERT INTO {table} AS t ({names}) SELECT {names} FROM jsonb_populate_record(NULL::{table}, %s) {tail}"
    ).format(table=target.identifier, names=names, tail=sql.SQL(tail))
    return statement, (json.dumps(row),)


def _make(
    connection: Connection, target: Target, tenant: int, number: int, made: Mapping[str, Mapping[int, Sequence[Row]]]
) -> Row:
    row = {
        column.name: _value(column, tenant, number, place)
        for place, column in enumerate(target.columns)
        if not _is_left(column)
    }
    used: dict[str, int] = {}
    for reference in target.references:
        parents = made.get(reference.table, {}).get(tenant, ())
        place = (number + used.get(reference.table, 0)) % EACH
        used[reference.table] = used.get(reference.table, 0) + 1
        parent = parents[place] if len(parents) > place else {}
        for column, key in zip(reference.columns, reference.keys, strict=True):
            if column != "tenant_id":
                row[column] = parent.get(key)
    row["tenant_id"] = tenant
    refused: psycopg.Error | None = None
    for tried in _variants(target, row):
        statement, values = insert_row(target, tried, "RETURNING to_jsonb(t)")
        try:
            with connection.transaction():
                stored: Row = connection.execute(statement, values).fetchone()[0]  # type: ignore[index]  # RETURNING gives one
        except psycopg.errors.CheckViolation as error:
            refused = refused or error
        except psycopg.Error as error:
            refused = refused or error
            break
        else:
            return stored
    raise Misconfigured(
        "isolation.no_row",
        "No row could be made for the table {table} ({reason}), so it cannot be attacked and nothing is proven.",
        table=target.name,
        reason=(refused.diag.message_primary if refused else None) or str(refused),
    ) from refused


def _variants(target: Target, row: Row) -> Iterator[Row]:
    """The row in full, then as `_emptied`; the same again with every yes and no turned round."""
    yield from _emptied(target, row)
    turned = {name: not value for name, value in row.items() if isinstance(value, bool)}
    if turned:
        yield from _emptied(target, {**row, **turned})


def _emptied(target: Target, row: Row) -> Iterator[Row]:
    """The row in full; where a check wants columns empty: without one, without all, alone, without one reference."""
    referring = {column for reference in target.references for column in reference.columns}
    optional = [column.name for column in target.columns if column.optional and column.name not in referring]
    yield row
    for name in optional:
        yield {**row, name: None}
    yield {**row, **dict.fromkeys(optional)}
    yield {**row, **{column.name: None for column in target.columns if column.optional}}
    for column in target.columns:
        if column.optional and column.name in referring:
            yield {**row, column.name: None}


def _is_left(column: Column) -> bool:
    """Columns that the database fills by itself, except those whose default is only a convenience."""
    return column.filled and column.type != "text"


def _value(column: Column, tenant: int, number: int, place: int) -> Any:
    # Times follow each other in the order of the columns, as a beginning and an end must.
    if column.words:
        return column.words[number % len(column.words)]
    if column.digits:
        return str(tenant * 10 + number).zfill(column.digits)[-column.digits :]
    if column.name == "until" and column.type == "timestamp with time zone":
        return "2026-02-01T00:00:00Z"
    if column.name == "sha256":
        return sha256(f"{tenant}-{number}".encode()).hexdigest()
    kind = column.type.partition("(")[0]
    makers: dict[str, Any] = {
        "text": f"isolation {tenant}-{number} {column.name}",
        "character varying": f"{tenant}-{number}",
        "uuid": str(uuid4()),
        "date": date(2026, 1 + number, 1).isoformat(),
        "daterange": f"[{2020 + number}-01-01,{2021 + number}-01-01)",
        "timestamp with time zone": f"2026-01-0{1 + number}T{place % 24:02d}:00:00Z",
        "time without time zone": f"{8 + number:02d}:00",
        "boolean": False,
        "jsonb": {"isolation": f"{tenant}-{number}"},
    }
    if kind.endswith("[]"):
        return []
    return makers.get(kind, number + 1)
