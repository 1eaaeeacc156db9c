"""The catalogue check: does the database stand as the models declare it? It reads pg_catalog and changes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg

from selaras.db.base import SCHEMA, Base
from selaras.db.catalogue_rules import RULES, WORDS, Rule
from selaras.db.tables import sides
from selaras.db.walls import APP, CONSOLE, MIGRATOR, OWNER, TID_BODY, predicate

UNSIDED = {"alembic_version": "the number of the last migration; only the owner reads it"}
"""Tables without a model, each with its reason."""

REVIEWED_DEFINERS: tuple[str, ...] = ()
"""Functions that may run with their owner's rights (`schema.name(types)`), each reviewed; there is none."""

Connection = psycopg.Connection[Any]


@dataclass(frozen=True)
class Finding:
    """A hole in a wall: which rule, which object, what is wrong, what to do."""

    rule: str
    object: str
    what: str
    remedy: str


@dataclass(frozen=True)
class Declared:
    """What a model declares of its table: the side it stands on, why, and what each role may do."""

    name: str
    side: str
    reason: str
    may: Mapping[str, frozenset[str]]


@dataclass(frozen=True)
class Subject:
    """What is checked: a schema, what is declared of its tables, and which roles the processes have."""

    schema: str
    declared: tuple[Declared, ...]
    app: str = APP
    console: str = CONSOLE
    owner: str = OWNER
    migrator: str = MIGRATOR
    definers: tuple[str, ...] = REVIEWED_DEFINERS


def product() -> Subject:
    """The product's own schema as its models declare it."""
    models = [_declared(name, model) for name, model in sorted(sides().items())]
    others = [Declared(name, "platform", reason, {}) for name, reason in UNSIDED.items()]
    return Subject(SCHEMA, (*models, *others))


def check(connection: Connection, subject: Subject | None = None, rules: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """Every finding of every rule, in order. Any role may run it; it takes some twenty milliseconds."""
    parameters = _parameters(subject or product())
    found: list[Finding] = []
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL search_path = pg_catalog")
        for rule in rules:
            query: LiteralString = WORDS + rule.query
            rows = cursor.execute(query, parameters).fetchall()
            found += [Finding(rule.code, str(row[0]), str(row[1]), rule.remedy) for row in sorted(rows)]
    return tuple(found)


def _declared(name: str, model: type[Base]) -> Declared:
    side = str(model.side)  # type: ignore[attr-defined]  # every side declares it
    full = "SELECT, INSERT, UPDATE, DELETE"
    app = str(getattr(model, "app_may", full))
    console = {"tenant": "", "summary": "SELECT", "platform": str(getattr(model, "console_may", full))}[side]
    return Declared(name, side, str(getattr(model, "reason", "")), {APP: _words(app), CONSOLE: _words(console)})


def _words(privileges: str) -> frozenset[str]:
    return frozenset(word.strip() for word in privileges.split(",") if word.strip())


def _parameters(subject: Subject) -> dict[str, object]:
    declared = [{"name": one.name, "side": one.side, "reason": one.reason} for one in subject.declared]
    allowed = [
        {"name": one.name, "role": role, "privilege": privilege}
        for one in subject.declared
        for role, privileges in one.may.items()
        for privilege in privileges
    ]
    return {
        "schema": subject.schema,
        "declared": json.dumps(declared),
        "allowed": json.dumps(allowed),
        "predicate": predicate(subject.schema),
        "tid": f"{subject.schema}.tid()",
        "tid_body": TID_BODY,
        "app": subject.app,
        "console": subject.console,
        "owner": subject.owner,
        "migrator": subject.migrator,
        "definers": list(subject.definers),
    }
