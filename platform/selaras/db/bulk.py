"""Columns out of the database and back: COPY on the session's own connection, through a temporary stage."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import polars as pl
import psycopg
from psycopg import sql
from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.base import SCHEMA

CHUNK = 50_000


def connection_of(session: Session) -> psycopg.Connection[Any]:
    """The driver's connection of this transaction, so that COPY sees its tenant, its snapshot and its savepoints."""
    raw = session.connection().connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    return raw


def read_frame(
    session: Session,
    query: str,
    parameters: Mapping[str, object] | None,
    schema: Mapping[str, pl.DataType | type[pl.DataType]],
) -> pl.DataFrame:
    """The rows of `query` (psycopg placeholders `%(name)s`) as a frame with exactly the columns of `schema`.

    Row-level security filters it like any SELECT. uuids, json and dates arrive as text unless `schema` says
    otherwise. The query is one of ours, never a caller's text.
    """
    session.flush()
    connection = connection_of(session)
    with connection.cursor() as cursor:
        statement = sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(_bound(connection, query, parameters))
        buffer = io.BytesIO()
        with cursor.copy(statement) as copy:
            for block in copy:
                buffer.write(block)
    if not buffer.tell():
        return pl.DataFrame(schema=schema)
    buffer.seek(0)
    return pl.read_csv(buffer, has_header=False, new_columns=list(schema), schema_overrides=dict(schema))


def _bound(connection: psycopg.Connection[Any], query: str, parameters: Mapping[str, object] | None) -> sql.Composable:
    # COPY takes no parameters; the driver's client-side cursor quotes them as literals.
    with psycopg.ClientCursor(connection) as cursor:
        return sql.SQL(cursor.mogrify(query, parameters))  # quoted by the driver


@contextmanager
def set_based(session: Session) -> Iterator[None]:
    """Within the block every join is a hash or merge join.

    Right after a large import the planner has no statistics yet, takes an agency for a handful of rows and nests
    loops: reading 3,000 people took 3.7 s instead of 20 ms. Bulk statements read whole ranges, so nothing is lost.
    """
    session.execute(text("SET LOCAL enable_nestloop = off"))
    yield
    session.execute(text("SET LOCAL enable_nestloop = on"))


def insert_frame(session: Session, table: str, frame: pl.DataFrame, *, on_conflict: str = "") -> int:
    """Insert the rows of `frame` (column names = the table's) into a walled table; returns how many were inserted.

    COPY into a table with row-level security is refused, so the rows go into a temporary stage and from there
    through the policy's WITH CHECK. List columns must be given as PostgreSQL array text (see `array_text`).
    `on_conflict` is a clause of ours such as `ON CONFLICT (…) DO UPDATE SET …`.
    """
    with staged(session, table, frame) as stage:
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in frame.columns)
        with connection_of(session).cursor() as cursor:
            cursor.execute(
                sql.SQL("INSERT INTO {target} ({columns}) SELECT {columns} FROM {stage} {conflict}").format(
                    target=sql.Identifier(SCHEMA, table),
                    columns=columns,
                    stage=stage,
                    conflict=sql.SQL(on_conflict),  # a clause of ours
                )
            )
            return cursor.rowcount


def insert_split(
    session: Session, tables: Mapping[str, Sequence[str]], frame: pl.DataFrame, shared: Mapping[str, object]
) -> None:
    """Insert one row of `frame` into each of several walled tables: table → the columns that it takes.

    The frame crosses to the server once. Columns named in `shared` hold the same value in every row and are not sent
    with the rows at all.
    """
    homes = {name: table for table, names in tables.items() for name in names}
    with staged(session, next(iter(tables)), frame, homes) as stage, connection_of(session).cursor() as cursor:
        for table, names in tables.items():
            values = [sql.Placeholder(name) if name in shared else sql.Identifier(name) for name in names]
            cursor.execute(
                sql.SQL("INSERT INTO {target} ({columns}) SELECT {values} FROM {stage}").format(
                    target=sql.Identifier(SCHEMA, table),
                    columns=sql.SQL(", ").join(map(sql.Identifier, names)),
                    values=sql.SQL(", ").join(values),
                    stage=stage,
                ),
                dict(shared),
            )


class staged:  # noqa: N801  # used as a `with staged(...)` block
    """A temporary table that holds `frame` until the block ends.

    Its columns have the types of `table`, or of another table where `homes` (column → table) names one.
    """

    def __init__(
        self, session: Session, table: str, frame: pl.DataFrame, homes: Mapping[str, str] | None = None
    ) -> None:
        session.flush()
        self._connection = connection_of(session)
        self._frame = frame
        self._homes = {name: (homes or {}).get(name, table) for name in frame.columns}
        self._stage = sql.Identifier(f"stage_{table}")

    def _shape(self) -> sql.Composed:
        comma = sql.SQL(", ")
        return sql.SQL(
            "CREATE TEMPORARY TABLE {stage} ON COMMIT DROP AS SELECT {columns} FROM {tables} WHERE false"
        ).format(
            stage=self._stage,
            columns=comma.join(sql.Identifier(SCHEMA, table, name) for name, table in self._homes.items()),
            tables=comma.join(sql.Identifier(SCHEMA, table) for table in sorted(set(self._homes.values()))),
        )

    def __enter__(self) -> sql.Identifier:
        columns = sql.SQL(", ").join(sql.Identifier(name) for name in self._frame.columns)
        with self._connection.cursor() as cursor:
            cursor.execute(self._shape())
            copy_into = sql.SQL("COPY {stage} ({columns}) FROM STDIN (FORMAT csv)").format(
                stage=self._stage, columns=columns
            )
            with cursor.copy(copy_into) as copy:
                for block in _csv_blocks(self._frame):
                    copy.write(block)
        return self._stage

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            with self._connection.cursor() as cursor:
                cursor.execute(sql.SQL("DROP TABLE {stage}").format(stage=self._stage))


def _csv_blocks(frame: pl.DataFrame) -> Iterator[bytes]:
    for part in frame.iter_slices(CHUNK):
        buffer = io.BytesIO()
        part.write_csv(buffer, include_header=False, quote_style="necessary")
        yield buffer.getvalue()


def array_text(*columns: str) -> pl.Expr:
    """The values of `columns`, row by row, as the text of one PostgreSQL array (`{1.5,NULL,3}`); codes, no quotes."""
    parts = [pl.col(name).cast(pl.String).fill_null("NULL") for name in columns]
    inside = pl.concat_str(parts, separator=",") if parts else pl.lit("")
    return pl.concat_str(pl.lit("{"), inside, pl.lit("}"))
