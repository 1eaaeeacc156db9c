"""What is attacked: every relation of a schema that carries a tenant_id, as the catalogue tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[Any]
Row = dict[str, Any]

_ENUM = re.compile(r"^CHECK \(\((\w+) = ANY \(ARRAY\[(.+)\]\)\)\)$")
_DIGITS = re.compile(r"^CHECK \(\((\w+) ~ '\^\[0-9\]\{(\d+)\}\$'::text\)\)$")
_WORD = re.compile(r"'((?:[^']|'')*)'::")
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Column:
    """A column: its type as PostgreSQL writes it, whether the database fills it, and what a check allows in it.

    `optional`: it may stay empty. `words`: one of these (empty: any). `digits`: so many digits (0: any text).
    """

    name: str
    type: str
    filled: bool
    optional: bool = False
    words: tuple[str, ...] = ()
    digits: int = 0


@dataclass(frozen=True)
class Reference:
    """A foreign key: its own columns and, in the same order, those of the table it refers to."""

    name: str
    columns: tuple[str, ...]
    table: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Target:
    """A table or view with a tenant_id. `kind` is pg_class.relkind; `key` the primary key's columns."""

    schema: str
    name: str
    kind: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: tuple[Reference, ...]

    @property
    def identifier(self) -> sql.Identifier:
        """The quoted, qualified name."""
        return sql.Identifier(self.schema, self.name)

    @property
    def is_table(self) -> bool:
        """Whether rows lie in it, rather than behind it."""
        return self.kind in ("r", "p")

    def column(self, name: str) -> Column:
        """One of its columns."""
        return next(one for one in self.columns if one.name == name)


def targets(connection: Connection, schema: str, without: Iterable[str] = ()) -> tuple[Target, ...]:
    """Every relation of the schema with a tenant_id that is not named in `without`, parents before children."""
    left_out = set(without)
    rows = connection.execute(_RELATIONS, {"schema": schema}).fetchall()
    found = {name: _target(connection, schema, oid, name, kind) for oid, name, kind in rows if name not in left_out}
    return tuple(_parents_first(found))


_RELATIONS = """
SELECT c.oid::int8, c.relname, c.relkind::text FROM pg_class c
WHERE c.relnamespace = to_regnamespace(%(schema)s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped)
ORDER BY c.relname
"""
_COLUMNS = """
SELECT attname, format_type(atttypid, atttypmod), atthasdef, NOT attnotnull
FROM pg_attribute WHERE attrelid = %(oid)s::int8::oid AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""
_KEY = """
SELECT a.attname FROM pg_index i, unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, place)
JOIN pg_attribute a ON a.attnum = k.attnum
WHERE i.indrelid = %(oid)s::int8::oid AND a.attrelid = i.indrelid AND i.indisprimary ORDER BY k.place
"""
_CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %(oid)s::int8::oid AND contype = 'c'"
_REFERENCES = """
SELECT c.conname, t.relname,
       ARRAY(SELECT a.attname::text FROM unnest(c.conkey) WITH ORDINALITY k(n, place)
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.n ORDER BY place),
       ARRAY(SELECT a.attname::text FROM unnest(c.confkey) WITH ORDINALITY k(n, place)
             JOIN pg_attribute a ON a.attrelid = c.confrelid AND a.attnum = k.n ORDER BY place)
FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid
WHERE c.conrelid = %(oid)s::int8::oid AND c.contype = 'f' ORDER BY c.conname
"""


def _target(connection: Connection, schema: str, oid: int, name: str, kind: str) -> Target:
    asked = {"oid": oid}
    checks = [row[0] for row in connection.execute(_CHECKS, asked)]
    words, digits = _words(checks), _digits(checks)
    columns = tuple(
        Column(column, type_, filled, optional, words.get(column, ()), digits.get(column, 0))
        for column, type_, filled, optional in connection.execute(_COLUMNS, asked)
    )
    references = tuple(
        Reference(constraint, tuple(own), table, tuple(keys))
        for constraint, table, own, keys in connection.execute(_REFERENCES, asked)
    )
    key = tuple(row[0] for row in connection.execute(_KEY, asked))
    return Target(schema, name, kind, columns, key, references)


def _words(checks: Iterable[str]) -> dict[str, tuple[str, ...]]:
    found = (_ENUM.match(check) for check in checks)
    return {match[1]: tuple(_WORD.findall(match[2]) or _NUMBER.findall(match[2])) for match in found if match}


def _digits(checks: Iterable[str]) -> dict[str, int]:
    found = (_DIGITS.match(check) for check in checks)
    return {match[1]: int(match[2]) for match in found if match}


def _parents_first(found: dict[str, Target]) -> Sequence[Target]:
    ordered: dict[str, Target] = {}

    def place(target: Target) -> None:
        if target.name in ordered:
            return
        for reference in target.references:
            if reference.table in found and reference.table != target.name:
                place(found[reference.table])
        ordered[target.name] = target

    for target in found.values():
        place(target)
    return tuple(ordered.values())
