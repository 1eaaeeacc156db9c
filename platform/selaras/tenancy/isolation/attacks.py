"""The attacks: each tries, as the app within one agency, to see, touch or infer another agency's rows.

An attack returns a sentence when it got through and None when it came back empty; being refused is an error of the
database, which the attacker counts. Everything is rolled back afterwards.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import errors, sql

from selaras.tenancy.isolation.rows import Rows, insert_row
from selaras.tenancy.isolation.targets import Connection, Row, Target

NOBODY = 2_000_000_000
"""A number that no agency has: whoever writes as it can clash with nobody's rows but those of others."""


@dataclass(frozen=True)
class Attempt:
    """One attempt: the app's open transaction within the agency `mine`, after the rows of `theirs` in `target`."""

    connection: Connection
    target: Target
    targets: Sequence[Target]
    rows: Rows
    mine: int
    theirs: int
    chance: random.Random

    def run(self, query: LiteralString, **more: sql.Composable) -> psycopg.Cursor[Any]:
        """Execute a query in which {t} is the target, {other} another one, {mine} and {theirs} the two agencies."""
        parts: dict[str, sql.Composable] = {
            "t": self.target.identifier,
            "other": self.chance.choice([one for one in self.targets if one.is_table] or [self.target]).identifier,
            "mine": sql.Literal(self.mine),
            "theirs": sql.Literal(self.theirs),
        }
        return self.connection.execute(sql.SQL(query).format(**(parts | more)))

    def seen(self, query: LiteralString, **more: sql.Composable) -> str | None:
        """Run a query whose first column is a tenant_id; a sentence if one of them is not this agency's."""
        foreign = [row[0] for row in self.run(query, **more).fetchall() if row[0] is not None and row[0] != self.mine]
        return f"{len(foreign)} rows of another agency were seen" if foreign else None

    def touched(self, query: LiteralString, **more: sql.Composable) -> str | None:
        """Run a statement that can only hit another agency's rows; a sentence if it hit any."""
        hit = self.run(query, **more).rowcount
        return f"{hit} rows of another agency were changed" if hit > 0 else None

    def row_of(self, tenant: int, table: str = "") -> Row | None:
        """One of the rows that were made for an agency."""
        made = self.rows.get(table or self.target.name, {}).get(tenant, ())
        return dict(self.chance.choice(made)) if made else None

    def insert(self, row: Row, tail: LiteralString = "") -> int:
        """Insert a row into the target as it is; returns how many were written."""
        return self.connection.execute(*insert_row(self.target, row, tail)).rowcount

    def enter(self, tenant: object) -> None:
        """Set the agency of the transaction, as only the product's own session does."""
        self.connection.execute("SELECT set_config('selaras.tenant', %s, true)", (str(tenant),))


Attack = Callable[[Attempt], str | None]


def select(on: Attempt) -> str | None:
    """Read the whole table."""
    return on.seen("SELECT tenant_id FROM {t}")


def select_by_tenant(on: Attempt) -> str | None:
    """Ask for the other agency by its number."""
    return on.seen("SELECT tenant_id FROM {t} WHERE tenant_id = {theirs}")


def select_by_key(on: Attempt) -> str | None:
    """Ask for one row by its full key, as somebody would who has seen it in an address."""
    row = on.row_of(on.theirs)
    if row is None or not on.target.key:
        return None
    wanted = sql.SQL(" AND ").join(
        sql.SQL("{} = {}::{}").format(
            sql.Identifier(name),
            sql.Literal(str(row[name])),
            sql.SQL(on.target.column(name).type),
        )
        for name in on.target.key
    )
    return on.seen("SELECT tenant_id FROM {t} WHERE {wanted}", wanted=wanted)


def join(on: Attempt) -> str | None:
    """Join one's own rows with theirs."""
    return on.seen(
        "SELECT b.tenant_id FROM {other} a JOIN {t} b ON b.tenant_id <> a.tenant_id AND b.tenant_id <> {mine} LIMIT 999"
    )


def outer_join(on: Attempt) -> str | None:
    """Join outwards, where a condition could be moved past the wall."""
    return on.seen("SELECT b.tenant_id FROM (VALUES (1)) a(x) FULL JOIN {t} b ON false")


def common_table(on: Attempt) -> str | None:
    """Read through a common table expression that is worked out first."""
    return on.seen("WITH c AS MATERIALIZED (SELECT * FROM {t}) SELECT tenant_id FROM c WHERE tenant_id = {theirs}")


def recursive(on: Attempt) -> str | None:
    """Read through a recursive query."""
    return on.seen(
        "WITH RECURSIVE c(x, n) AS (SELECT tenant_id, 1 FROM {t} UNION ALL SELECT t.tenant_id, n + 1 FROM c, {t} t "
        "WHERE n < 2) SELECT x FROM c WHERE x <> {mine} LIMIT 999"
    )


def lateral(on: Attempt) -> str | None:
    """Read through a lateral subquery."""
    return on.seen(
        "SELECT l.tenant_id FROM (VALUES ({mine}), ({theirs})) v(x), "
        "LATERAL (SELECT tenant_id FROM {t} WHERE tenant_id = v.x) l"
    )


def subquery(on: Attempt) -> str | None:
    """Ask whether they have any rows."""
    [found] = on.run("SELECT EXISTS (SELECT FROM {t} WHERE tenant_id = {theirs})").fetchall()
    return "it could be told that another agency has rows" if found[0] else None


def aggregate(on: Attempt) -> str | None:
    """Gather numbers over everybody."""
    [(found,)] = on.run("SELECT array_agg(DISTINCT tenant_id) FROM {t}").fetchall()
    return "figures of another agency were gathered" if set(found or ()) - {on.mine} else None


def window(on: Attempt) -> str | None:
    """Look at neighbouring rows through a window function."""
    return on.seen("SELECT lag(tenant_id) OVER (ORDER BY tenant_id DESC) FROM {t}")


def union(on: Attempt) -> str | None:
    """Read through a union of two scans."""
    return on.seen(
        "SELECT tenant_id FROM {other} WHERE tenant_id = {mine} "
        "UNION ALL SELECT tenant_id FROM {t} WHERE tenant_id <> {mine}"
    )


def cursor(on: Attempt) -> str | None:
    """Read through a cursor."""
    on.run("DECLARE look CURSOR FOR SELECT tenant_id FROM {t}")
    return on.seen("FETCH ALL FROM look")


def copy_out(on: Attempt) -> str | None:
    """Copy the table out."""
    with on.connection.cursor().copy(sql.SQL("COPY {} (tenant_id) TO STDOUT").format(on.target.identifier)) as copy:
        found = {int(row[0]) for row in copy.rows()}
    return "rows of another agency were copied out" if found - {on.mine} else None


def copy_query_out(on: Attempt) -> str | None:
    """Copy a query out."""
    query = sql.SQL("COPY (SELECT tenant_id FROM {}) TO STDOUT").format(on.target.identifier)
    with on.connection.cursor().copy(query) as copy:
        found = {int(row[0]) for row in copy.rows()}
    return "rows of another agency were copied out" if found - {on.mine} else None


def lock(on: Attempt) -> str | None:
    """Lock their rows."""
    strength = on.chance.choice(("FOR UPDATE", "FOR SHARE", "FOR NO KEY UPDATE", "FOR KEY SHARE"))
    return on.seen("SELECT tenant_id FROM {t} WHERE tenant_id = {theirs} {lock}", lock=sql.SQL(strength))


def without_agency(on: Attempt) -> str | None:
    """Read without naming an agency at all."""
    on.connection.execute("SELECT set_config('selaras.tenant', '', true)")
    return _anything(on)


def after_commit(on: Attempt) -> str | None:
    """Read on the connection that another request has just given back."""
    on.connection.execute("COMMIT")
    on.connection.execute("BEGIN")
    return _anything(on)


def garbage_agency(on: Attempt) -> str | None:
    """Read with an agency that is no number, or nobody's."""
    on.enter(on.chance.choice(("x", "1 OR true", "1; SELECT 1", "NaN", "-1", "0", "99999999999", "\t", "NULL")))
    return _anything(on)


def savepoint(on: Attempt) -> str | None:
    """Step into their agency and roll back to before: nothing may stay."""
    on.connection.execute("SAVEPOINT before")
    on.enter(on.theirs)
    on.connection.execute("ROLLBACK TO before")
    return on.seen("SELECT tenant_id FROM {t}")


def row_security_off(on: Attempt) -> str | None:
    """Switch the walls off for this transaction."""
    on.connection.execute("SET LOCAL row_security = off")
    return on.seen("SELECT tenant_id FROM {t}")


def spy_function(on: Attempt) -> str | None:
    """Let a cheap function of one's own look at every row before the wall does."""
    told: list[str] = []

    def listen(diagnostic: errors.Diagnostic) -> None:
        told.append(diagnostic.message_primary or "")

    on.connection.execute(
        "CREATE FUNCTION pg_temp.spy(integer) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
        "$$ BEGIN RAISE NOTICE 'spy %', $1; RETURN true; END $$"
    )
    on.connection.add_notice_handler(listen)
    try:
        on.run("SELECT 1 FROM {t} WHERE pg_temp.spy(tenant_id)")
    finally:
        on.connection.remove_notice_handler(listen)
    foreign = [one for one in told if one.startswith("spy ") and one != f"spy {on.mine}"]
    return "a function saw rows of another agency before the wall did" if foreign else None


def error_oracle(on: Attempt) -> str | None:
    """Learn from an error that is raised only for their rows."""
    try:
        on.run("SELECT 1 FROM {t} WHERE 1 / (tenant_id - {theirs}) IS NOT NULL")
    except errors.DivisionByZero:
        return "an error told that another agency has rows"
    return None


def statistics(on: Attempt) -> str | None:
    """Look at the samples that the planner keeps of their rows."""
    [(found,)] = on.run(
        "SELECT count(*) FROM pg_stats WHERE schemaname = {schema} AND tablename = {name}",
        schema=sql.Literal(on.target.schema),
        name=sql.Literal(on.target.name),
    ).fetchall()
    return "the planner's samples of rows can be read" if found else None


def _anything(on: Attempt) -> str | None:
    found = len(on.run("SELECT tenant_id FROM {t}").fetchall())
    return f"{found} rows were seen outside any agency" if found else None


READING: tuple[Attack, ...] = (
    select,
    select_by_tenant,
    select_by_key,
    join,
    outer_join,
    common_table,
    recursive,
    lateral,
    subquery,
    aggregate,
    window,
    union,
    cursor,
    copy_out,
    copy_query_out,
    lock,
    without_agency,
    after_commit,
    garbage_agency,
    savepoint,
    row_security_off,
    spy_function,
    error_oracle,
    statistics,
)
