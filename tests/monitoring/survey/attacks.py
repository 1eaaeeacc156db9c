"""Attacks that try to tell whose answer is whose, by somebody who holds every row of the database at every moment.

Each takes what was looted and says what it believes: rater → the words of their comment, or the fact that it learned.
An attack that believes nothing has failed. Every one of them succeeds on a hole that is planted for it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
# What every row of a campaign shares with every other, and so tells nobody from nobody.
SHARED = ("tenant_id", "campaign_id", "period_id", "xmin", "xmax", "ctid")
SHORTEST = 8
SURVEY = ("survey_ballot", "survey_comment", "survey_figure")


@dataclass(frozen=True)
class Secret:
    """What one rater answered about the subject, in the order in which answers came."""

    rater: UUID
    subject: UUID
    comment: str


@dataclass(frozen=True)
class Loot:
    """All rows of the agency: before the first answer, after each, and after the close; and who answered when.

    The administrator knows the order from the web server's log, so it is no secret.
    """

    open: list[Rows]
    closed: Rows
    secrets: list[Secret]
    minimum: int


def loot(url: str, tenant_id: int) -> Rows:
    """Every row of an agency as the database's superuser sees it, with where it lies and which transaction wrote it."""
    with psycopg.connect(url, row_factory=dict_row) as connection:
        tables = connection.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'"
            " WHERE c.relnamespace = 'selaras'::regnamespace AND c.relkind = 'r' ORDER BY 1"
        ).fetchall()
        found = {}
        for one in tables:
            table = sql.Identifier("selaras", one["relname"])
            query = sql.SQL("SELECT *, ctid::text, xmin::text, xmax::text FROM {} WHERE tenant_id = %s").format(table)
            found[one["relname"]] = connection.execute(query, (tenant_id,)).fetchall()
    return found


def by_reading(looted: Loot) -> dict[UUID, str]:
    """A comment stands somewhere in words while the survey is open, or beside its writer after it."""
    found = {}
    for before, after, secret in zip(looted.open, looted.open[1:], looted.secrets, strict=False):
        if any(secret.comment in text for text in _texts(after)) and not any(
            secret.comment in text for text in _texts(before)
        ):
            found[secret.rater] = secret.comment
    for row in _all(looted.closed):
        words = "\n".join(map(_text, row.values()))
        for secret in looted.secrets:
            if secret.comment in words and str(secret.rater) in words:
                found[secret.rater] = secret.comment
    return found


def by_length(looted: Loot) -> dict[UUID, str]:
    """Sealed answers of different lengths tell who wrote a comment, and how long it is."""
    ballots = looted.open[-1]["survey_ballot"]
    return {UUID(int=n): str(size) for n, size in enumerate({len(one["sealed"]) for one in ballots})} if len(
        {len(one["sealed"]) for one in ballots}
    ) > 1 else {}  # fmt: skip


def by_order(looted: Loot) -> dict[UUID, str]:
    """Comments lie in the table, or bear ids, in the order in which they came."""
    comments = looted.closed["survey_comment"]
    for key in (_place, lambda row: row["id"].int, lambda row: int(row["xmin"])):
        places = [key(row) for row in comments]
        if len(set(places)) < len(places):
            continue  # alike for all: no order
        said = [row["content"] for row in sorted(comments, key=key)]
        for order in (said, said[::-1]):
            if order == [one.comment for one in looted.secrets]:
                return {one.rater: one.comment for one in looted.secrets}
    return {}


def by_joining(looted: Loot) -> dict[UUID, str]:
    """A value in a ballot or a comment stands beside the rater in some other row, or is made of the rater's own."""
    found = {}
    for rows in (looted.open[-1], looted.closed):
        marks = {
            _text(value)
            for table in SURVEY
            for row in rows[table]
            for name, value in row.items()
            if name not in (*SHARED, "perspective", "behaviour", "state", "spread", "answers", "mean", "person_id")
        }
        for secret in looted.secrets:
            values = {_text(v) for row in _naming(rows, secret.rater) for n, v in row.items() if n not in SHARED}
            values |= set(_made_of(secret))
            if any(len(value) > SHORTEST for value in values & marks):
                found[secret.rater] = "joined"
    return found


def by_time(looted: Loot) -> dict[UUID, str]:
    """A time in a ballot, a comment or a figure, that differs from row to row."""
    for rows in (looted.open[-1], looted.closed):
        for table in SURVEY:
            times = [(name, value) for row in rows[table] for name, value in row.items() if isinstance(value, datetime)]
            if len(set(times)) > 1:
                return {one.rater: f"{table} has times" for one in looted.secrets}
    return {}


def by_transaction(looted: Loot) -> dict[UUID, str]:
    """The transaction that wrote a ballot wrote something about the rater, too."""
    rows = looted.open[-1]
    wrote = {row["xmin"] for row in rows["survey_ballot"]}
    return {
        secret.rater: "same transaction"
        for secret in looted.secrets
        if any(row["xmin"] in wrote for row in _naming(rows, secret.rater))
    }


def by_difference(looted: Loot) -> dict[UUID, str]:
    """Something that can be read changes with an answer while the survey is open: any row but the sealed ballot."""
    found = {}
    for (before, after), secret in zip(pairwise(looted.open), looted.secrets, strict=True):
        for table in set(after) - {"survey_ballot"}:
            if _plain(before[table]) != _plain(after[table]):
                found[secret.rater] = f"{table} changed"
    return found


def by_small_groups(looted: Loot) -> dict[UUID, str]:
    """Something is kept of fewer closed answers than the threshold."""
    few = [row for row in looted.closed["survey_figure"] if row["perspective"] != "superior"]
    wrong = [row for row in few if row["answers"] < looted.minimum]
    shown = {(row["person_id"], row["perspective"]) for row in looted.closed["survey_result"] if row["answered"]}
    wrong += [row for row in looted.closed["survey_comment"] if (row["person_id"], row["perspective"]) not in shown]
    wrong += [
        row
        for row in looted.closed["survey_result"]
        if row["perspective"] != "superior" and row["answered"] and row["answered"] < looted.minimum
    ]
    return {row["person_id"]: "few" for row in wrong}


def by_leftovers(looted: Loot) -> dict[UUID, str]:
    """Ballots, keys, or who was asked about whom, are still there after the close."""
    left = [
        *looted.closed["survey_ballot"],
        *looted.closed["survey_opening"],
        *looted.closed["survey_invitation"],
        *(row for row in looted.closed["survey_campaign"] if row["private_key"] or row["token_key"]),
    ]
    return {UUID(int=n): "left" for n, _ in enumerate(left)}


def by_messages(looted: Loot) -> dict[UUID, str]:
    """Whoever got another message about the survey than the others who were asked has answered, or has not."""
    asked = {row["rater_id"] for row in looted.open[-1]["survey_invitation"]}
    told: dict[str, set[UUID]] = {}
    for row in looted.closed["notice"]:
        if row["code"].startswith("survey_") and row["code"] != "survey_closed":
            told.setdefault(f"{row['code']} {row['params']} {row['created_at']}", set()).add(row["person_id"])
    return {rater: said for said, people in told.items() for rater in asked - people}


ATTACKS = (
    by_reading,
    by_length,
    by_order,
    by_joining,
    by_time,
    by_transaction,
    by_difference,
    by_messages,
    by_small_groups,
    by_leftovers,
)


def _place(row: Row) -> tuple[int, ...]:
    return tuple(map(int, row["ctid"].strip("()").split(",")))


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _texts(rows: Rows) -> list[str]:
    return [_text(value) for row in _all(rows) for value in row.values()]


def _all(rows: Rows) -> Iterable[Row]:
    return (row for table in rows.values() for row in table)


def _naming(rows: Rows, rater: UUID) -> list[Row]:
    """Rows of any table but the sealed ones in which the rater is named."""
    return [
        row
        for table, found in rows.items()
        if table not in SURVEY
        for row in found
        if any(str(rater) in _text(value) for value in row.values())
    ]


def _made_of(secret: Secret) -> Iterable[str]:
    """What a careless programmer makes an id of."""
    for one, other in ((secret.rater, secret.subject), (secret.subject, secret.rater)):
        joined = one.bytes + other.bytes
        yield str(uuid5(NAMESPACE_OID, f"{one}{other}"))
        yield str(UUID(bytes=hashlib.md5(joined).digest()))  # what an attacker tries
        yield str(UUID(bytes=hashlib.sha256(joined).digest()[:16], version=4))
        yield str(UUID(int=one.int ^ other.int))


def _plain(rows: list[Row]) -> list[str]:
    return sorted(
        str({name: value for name, value in row.items() if name not in ("ctid", "xmin", "xmax")}) for row in rows
    )
