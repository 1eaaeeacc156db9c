"""A small schema of its own with sound walls, in which leaks are planted so that finding them can be proven."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from psycopg import sql

from selaras.db.catalogue import Declared, Subject
from selaras.db.walls import APP, CONSOLE, OWNER, foundation, platform_grants, summary_wall, tenant_wall
from selaras.tenancy.isolation.rows import Rows, make_rows
from selaras.tenancy.isolation.targets import Connection, Target, targets

PREFIX = "selaras_rehearsal_"
TENANTS = (1, 2)
_FULL = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})


def fresh_name() -> str:
    """A name that no other rehearsal uses."""
    return PREFIX + uuid4().hex[:12]


def subject(schema: str) -> Subject:
    """The scratch schema and what is declared of its tables: two behind the wall, one of each other side."""
    return Subject(
        schema,
        (
            Declared("citizen", "tenant", "", {APP: _FULL}),
            Declared("visit", "tenant", "", {APP: _FULL}),
            Declared("figure", "summary", "", {APP: _FULL, CONSOLE: frozenset({"SELECT"})}),
            Declared("city", "platform", "", {APP: frozenset({"SELECT"}), CONSOLE: _FULL}),
        ),
    )


def raise_walls(connection: Connection, schema: str) -> None:
    """Make the schema with sound walls, as the owner, in the transaction of the connection (the migrator's)."""
    tid = f"{schema}.tid()"
    _run(
        connection,
        f"SET LOCAL ROLE {OWNER}",
        f"CREATE SCHEMA {schema}",
        f"GRANT USAGE ON SCHEMA {schema} TO {APP}, {CONSOLE}",
        *foundation(schema),
        f"CREATE TABLE {schema}.citizen (tenant_id integer DEFAULT {tid}, id uuid DEFAULT uuidv7(), "
        "code text NOT NULL, note text, PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, code))",
        f"CREATE TABLE {schema}.visit (tenant_id integer DEFAULT {tid}, id uuid DEFAULT uuidv7(), "
        "citizen_id uuid NOT NULL, during daterange NOT NULL, PRIMARY KEY (tenant_id, id), "
        f"FOREIGN KEY (tenant_id, citizen_id) REFERENCES {schema}.citizen (tenant_id, id), "
        "EXCLUDE USING gist (tenant_id WITH =, citizen_id WITH =, during WITH &&))",
        f"CREATE TABLE {schema}.figure (tenant_id integer DEFAULT {tid}, period text, people integer NOT NULL, "
        "PRIMARY KEY (tenant_id, period))",
        f"CREATE TABLE {schema}.city (code text PRIMARY KEY, label text)",
        *tenant_wall("citizen", schema=schema),
        *tenant_wall("visit", schema=schema),
        *summary_wall("figure", schema=schema),
        *platform_grants("city", schema=schema),
        "RESET ROLE",
    )


def run_as(connection: Connection, role: str | None, statements: tuple[str, ...], schema: str) -> None:
    """Run statements in which {s} is the schema, as a role (None: as the connection's own)."""
    written = tuple(one.replace("{s}", schema) for one in statements)
    if role is None:
        _run(connection, *written)
    else:
        _run(connection, f"SET LOCAL ROLE {role}", *written, "RESET ROLE")


def make_scratch_rows(connection: Connection, schema: str) -> tuple[tuple[Target, ...], Rows]:
    """The relations to attack and rows of two agencies in them, with the planner's samples taken."""
    found = targets(connection, schema, without=("city",))
    rows = make_rows(connection, found, TENANTS)
    for target in found:
        if target.kind == "m":
            connection.execute(sql.SQL("REFRESH MATERIALIZED VIEW {}").format(target.identifier))
        if target.is_table:
            connection.execute(sql.SQL("ANALYZE {}").format(target.identifier))
    return found, rows


@contextmanager
def rehearsed(connection: Connection) -> Iterator[str]:
    """A schema with sound walls that never existed for anybody else: the transaction is rolled back at the end."""
    schema = fresh_name()
    connection.execute("BEGIN")
    try:
        raise_walls(connection, schema)
        yield schema
    finally:
        connection.execute("ROLLBACK")


@contextmanager
def undone(connection: Connection) -> Iterator[None]:
    """Whatever is planted within the block is gone after it; the rehearsal goes on with sound walls."""
    connection.execute("SAVEPOINT sound")
    try:
        yield
    finally:
        connection.execute("ROLLBACK TO sound")


@contextmanager
def committed(connection: Connection) -> Iterator[str]:
    """A schema with sound walls that other connections see; it is dropped at the end."""
    schema = fresh_name()
    with connection.transaction():
        raise_walls(connection, schema)
    try:
        yield schema
    finally:
        drop(connection, schema)


def sweep(connection: Connection) -> int:
    """Drop what a rehearsal that was killed left behind; returns how many schemas. Only one proof runs at a time."""
    rows = connection.execute("SELECT nspname FROM pg_namespace WHERE starts_with(nspname, %s)", (PREFIX,)).fetchall()
    for (schema,) in rows:
        drop(connection, schema)
    return len(rows)


def drop(connection: Connection, schema: str) -> None:
    """Drop a scratch schema with everything in it."""
    connection.execute(sql.SQL("DROP SCHEMA IF EXISTS {} CASCADE").format(sql.Identifier(schema)))


def _run(connection: Connection, *statements: str) -> None:
    for statement in statements:
        connection.execute(statement)
