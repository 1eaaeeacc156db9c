"""A 360° survey of an agency: giving it out, answering it, counting it; each beside the bare SQL of the same rows."""

from __future__ import annotations

import argparse
import base64
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import text

from bench.carry import peak_mb
from bench.ground import Ground, ground, settle, staffed_agency
from bench.report import keep, middle, table, write_block
from selaras.clock import today
from selaras.config import settings
from selaras.db.session import Database
from selaras.evaluation.rule_choices import choose
from selaras.identity.actor import Actor, system
from selaras.identity.permissions import PERMISSIONS, Role
from selaras.identity.vault import Vault
from selaras.jobs.carrying import Carrier
from selaras.jobs.watch import Watch
from selaras.monitoring.survey import ballots, campaigns, jobs
from selaras.monitoring.survey.ballots import Written
from selaras.monitoring.survey.sealing import Ballot, Opener, place, seal, unlock
from selaras.monitoring.survey.standing import surveys_of
from selaras.monitoring.survey.terms import Terms, read
from selaras.regulation import load_registry
from selaras.tenancy.queries import agency, rules_on

SLUG, PAGE = "bench-survey", Path("docs/performance.md")
PERIOD_ENDS = date(2026, 9, 30)
COMMENT = "Selalu siap membantu rekan kerja, juga di luar tugasnya sendiri."
# What each step writes; the limit is a bare COPY of these rows into tables of the same shape with their keys.
GIVEN_OUT = ("survey_subject", "survey_invitation", "survey_result", "notice")
COUNTED = ("survey_figure", "survey_comment", "survey_subject", "survey_result", "notice")


@dataclass(frozen=True)
class Field:
    """One agency with a campaign, and what opens it."""

    place: Ground
    database: Database
    tenant: int
    campaign: UUID
    vault: Vault


@dataclass(frozen=True)
class Keys:
    """The keys of the open campaign, as only the measurement holds them together: it fills the box at once."""

    public: bytes
    token: bytes
    private: bytes


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of `python -m bench survey`."""
    parser = argparse.ArgumentParser(prog="python -m bench survey", description=__doc__)
    parser.add_argument("--people", type=int, default=5_000, help="everybody is a subject, and asked about others")
    parser.add_argument("--answers", type=int, default=500, help="so many answer one by one, and are measured")
    parser.add_argument("--write", action="store_true", help=f"put the figures into {PAGE}")
    parser.add_argument("--json", type=Path, help="write the figures here, too")
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> None:
    """Measure, print, and write where asked; a count that is not what was answered ends it with an error."""
    asked = parse(arguments)
    os.environ.setdefault("SELARAS_ENCRYPTION_KEYS", base64.b64encode(secrets.token_bytes(32)).decode())
    settings.cache_clear()
    with ground() as place:
        figures = measure(place, asked.people, asked.answers)
    told = words(figures)
    print(told)
    keep(asked.json, figures)
    if asked.write:
        write_block(PAGE, "bench survey", told)
    if figures["counted"] != figures["asked"]:
        raise SystemExit("answers were lost")


def measure(place: Ground, people: int, answers: int) -> dict[str, Any]:
    """Open a survey of everybody, answer it, close it."""
    tenant = staffed_agency(place, SLUG, people)
    database, vault = Database(place.app), Vault(settings().require("encryption_keys"))
    field = Field(place, database, tenant, _planned(database, tenant), vault)
    prepare(place)
    opened, opening = _opened(field)
    figures = {
        "people": people,
        "asked": opened.asked,
        "opening": opening,
        "opening_rows": sum(rows_of(field, name) for name in GIVEN_OUT),
        "opening_raw": copied(place, tenant, GIVEN_OUT),
    }
    settle(place)
    keys, terms = _keys(field, opened.phrase)
    asked = _asked(field)
    single, bare = _answered(field, asked[:answers], terms)
    _fill(field, asked[answers:], keys, terms)
    settle(place)
    figures |= {
        "answer_p50": 1000 * middle(single),
        "answer_p99": 1000 * sorted(single)[int(len(single) * 0.99)],
        "answer_raw_p50": 1000 * middle(bare),
        "decrypting": _decrypting(keys, field.campaign, terms) * opened.asked,
    }
    figures |= _counting(field, opened.phrase)
    database.close()
    return figures


def _counting(field: Field, phrase: str) -> dict[str, Any]:
    resting = peak_mb()
    closing, counted = _closed(field, phrase)
    peak = peak_mb()
    with field.database.tenant(field.tenant) as session:
        [seen] = surveys_of(session, _period(session))
    return {
        "counted": counted,
        "groups": seen.groups,
        "empty_groups": seen.empty,
        "closing": closing,
        "closing_rows": sum(rows_of(field, name) for name in COUNTED),
        "closing_raw": closing_raw(field.place, field.tenant),
        "resting_mb": resting,
        "peak_mb": peak,
    }


def _planned(database: Database, tenant: int) -> UUID:
    registry, who, day = load_registry(), system(tenant), today("Asia/Jakarta")
    with database.tenant(tenant) as session:
        chosen = {"behaviour_survey": "closed_survey"}
        choose(
            session,
            who,
            registry,
            "permenpan_6_2022",
            chosen,
            start=date(2026, 1, 1),
            reason="Keputusan untuk pengukuran saja.",
        )
    with database.tenant(tenant) as session:
        rules = rules_on(session, agency(session, tenant), PERIOD_ENDS, registry)
        wanted = campaigns.Planned(_period(session), None, day - timedelta(days=1), day)
        return campaigns.plan(session, who, rules, wanted, day)


def _period(session: Any) -> UUID:
    found: UUID = session.execute(
        text("SELECT id FROM selaras.period WHERE tenant_id = :t AND ends = :e"),
        {"t": session.info["tenant"], "e": PERIOD_ENDS},
    ).scalar_one()
    return found


def _opened(field: Field) -> tuple[campaigns.Opened, float]:
    with field.database.tenant(field.tenant) as session:
        rules = rules_on(session, agency(session, field.tenant), PERIOD_ENDS, load_registry())
    begun = time.perf_counter()
    with field.database.tenant(field.tenant) as session:
        day = today("Asia/Jakarta")
        opened = campaigns.open_campaign(session, system(field.tenant), field.vault, field.campaign, rules, day)
    return opened, time.perf_counter() - begun


def _keys(field: Field, phrase: str) -> tuple[Keys, Terms]:
    with field.database.tenant(field.tenant) as session:
        uuid = str(agency(session, field.tenant).uuid)
        row = session.execute(
            text("SELECT public_key, private_key, token_key, terms FROM selaras.survey_campaign WHERE tenant_id = :t"),
            {"t": field.tenant},
        ).one()
    locked = field.vault.open(row.private_key, uuid, "survey", str(field.campaign))
    token = field.vault.open(row.token_key, uuid, "survey places", str(field.campaign))
    return Keys(row.public_key, token, unlock(locked, phrase)), read(row.terms)


def _asked(field: Field) -> list[Any]:
    """Everybody who is asked about somebody, in an order that mixes raters as a working day does."""
    with field.database.tenant(field.tenant) as session:
        query = text(
            "SELECT rater_id, subject_id, perspective FROM selaras.survey_invitation WHERE tenant_id = :t"
            " ORDER BY md5(rater_id::text || subject_id)"
        )
        return list(session.execute(query, {"t": field.tenant}))


def _answered(field: Field, asked: list[Any], terms: Terms) -> tuple[list[float], list[float]]:
    """Seconds of each answer through the service, a transaction each; and of the bare INSERT of as many bytes."""
    day, held, took = today("Asia/Jakarta"), PERMISSIONS[Role.EMPLOYEE], []
    answers = {one.code: terms.answers[-1].value for one in terms.values}
    for one in asked:
        actor = Actor(field.tenant, None, "bench", frozenset({Role.EMPLOYEE}), held, one.rater_id)
        begun = time.perf_counter()
        with field.database.tenant(field.tenant) as session:
            written = Written(answers, COMMENT, confirmed=True)
            ballots.cast(session, actor, field.vault, field.campaign, one.subject_id, written, day)
        took.append(time.perf_counter() - begun)
    bare, sealed = [], secrets.token_bytes(1_600)
    insert = "INSERT INTO bench.survey_ballot VALUES (%s, %s, gen_random_uuid(), %s)"
    with field.place.superuser() as connection:
        for _ in asked:
            begun = time.perf_counter()
            connection.execute(insert, (field.tenant, field.campaign, sealed))
            bare.append(time.perf_counter() - begun)
    return took, bare


def _fill(field: Field, asked: list[Any], keys: Keys, terms: Terms) -> None:
    """The rest of the answers, sealed as they always are, into the box at once."""
    levels = [one.value for one in terms.answers]
    with field.place.superuser() as connection, connection.cursor() as cursor:
        query = "COPY selaras.survey_ballot (tenant_id, campaign_id, id, sealed) FROM STDIN (FORMAT binary)"
        with cursor.copy(query) as copy:
            copy.set_types(["int4", "uuid", "uuid", "bytea"])
            for n, one in enumerate(asked):
                given = {value.code: levels[(n + at) % len(levels)] for at, value in enumerate(terms.values)}
                ballot = Ballot(one.subject_id, one.perspective, given, COMMENT if n % 4 == 0 else "")
                at = place(keys.token, one.rater_id, one.subject_id)
                copy.write_row((field.tenant, field.campaign, at, seal(keys.public, field.campaign, ballot)))


def _closed(field: Field, phrase: str) -> tuple[float, int]:
    """Seconds from the order to the end of the job, and how many answers were counted."""
    watch = Watch(field.place.app)
    begun = time.perf_counter()
    with field.database.tenant(field.tenant) as session:
        day = today("Asia/Jakarta") + timedelta(days=1)
        job = campaigns.order_close(session, system(field.tenant), field.vault, field.campaign, phrase, day)
    with field.database.tenant(field.tenant) as session:
        admit = "UPDATE selaras.job_envelope SET state = 'admitted' WHERE tenant_id = :t AND job_id = :j"
        session.execute(text(admit), {"t": field.tenant, "j": job})
    Carrier(field.database, watch, {campaigns.JOB: jobs.run}, lambda: False).carry(field.tenant, job)
    spent = time.perf_counter() - begun
    watch.close()
    with field.database.tenant(field.tenant) as session:
        query = text("SELECT state, answered FROM selaras.survey_campaign WHERE tenant_id = :t")
        row = session.execute(query, {"t": field.tenant}).one()
    if row.state != "closed":
        raise SystemExit(f"the close ended {row.state}")
    return spent, row.answered


def _decrypting(keys: Keys, campaign: UUID, terms: Terms) -> float:
    """Seconds to open one sealed answer and nothing else: what no way of counting goes below."""
    given = {one.code: terms.answers[0].value for one in terms.values}
    sealed = seal(keys.public, campaign, Ballot(campaign, "peers", given, COMMENT))
    opener, rounds = Opener(keys.private, campaign), 200
    begun = time.perf_counter()
    for _ in range(rounds):
        opener.open(sealed)
    return (time.perf_counter() - begun) / rounds


def prepare(at: Ground) -> None:
    """Empty tables of the same shape outside the walls."""
    with at.superuser() as connection:
        connection.execute("CREATE SCHEMA bench")
        for name in {*GIVEN_OUT, *COUNTED, "survey_ballot"}:
            query = sql.SQL("CREATE TABLE bench.{0} (LIKE selaras.{0} INCLUDING ALL)").format(sql.Identifier(name))
            connection.execute(query)


def rows_of(field: Field, name: str) -> int:
    """How many rows the agency has in a table."""
    with field.place.superuser() as connection:
        query = sql.SQL("SELECT count(*) FROM selaras.{} WHERE tenant_id = %s").format(sql.Identifier(name))
        [count] = connection.execute(query, (field.tenant,)).fetchone() or (0,)
        return int(str(count))


def copied(at: Ground, tenant: int, names: Sequence[str]) -> float:
    """Seconds of a COPY of an agency's rows of some tables, in one transaction."""
    with at.superuser() as connection:
        blocks = {name: list(_out(connection, name, tenant)) for name in names}
        for name in names:
            connection.execute(sql.SQL("TRUNCATE bench.{}").format(sql.Identifier(name)))
        connection.execute("CHECKPOINT")
        begun = time.perf_counter()
        with connection.transaction():
            for name, rows in blocks.items():
                _in(connection, name, rows)
        return time.perf_counter() - begun


def closing_raw(at: Ground, tenant: int) -> float:
    """What counting must do at least: read sealed answers, write its rows, delete answers and invitations."""
    with at.superuser() as connection:
        connection.execute("TRUNCATE bench.survey_ballot, bench.survey_invitation")
        connection.execute(
            "INSERT INTO bench.survey_ballot SELECT %s, gen_random_uuid(), gen_random_uuid(), ballot.sealed"
            " FROM (SELECT decode(repeat('ab', 1600), 'hex') AS sealed) ballot,"
            " LATERAL generate_series(1, (SELECT answered FROM selaras.survey_campaign WHERE tenant_id = %s))",
            (tenant, tenant),
        )
    written = copied(at, tenant, COUNTED)
    with at.superuser() as connection:
        begun = time.perf_counter()
        with connection.transaction(), connection.cursor("read") as cursor:
            cursor.execute("SELECT id, sealed FROM bench.survey_ballot ORDER BY id")
            read_rows = sum(1 for _ in cursor)
            connection.execute("DELETE FROM bench.survey_ballot")
        assert read_rows
        return written + time.perf_counter() - begun


def _out(connection: psycopg.Connection[Any], name: str, tenant: int) -> Iterator[bytes]:
    query = sql.SQL("COPY (SELECT * FROM selaras.{} WHERE tenant_id = {}) TO STDOUT")
    with connection.cursor() as cursor, cursor.copy(query.format(sql.Identifier(name), sql.Literal(tenant))) as copy:
        yield from (bytes(block) for block in copy)


def _in(connection: psycopg.Connection[Any], name: str, rows: list[bytes]) -> None:
    query = sql.SQL("COPY bench.{} FROM STDIN").format(sql.Identifier(name))
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for block in rows:
            copy.write(block)


def words(figures: dict[str, Any]) -> str:
    """The figures for reading."""
    opening, closing = figures["opening"], figures["closing"]
    rows: list[list[object]] = [["what", "figure", "bare SQL", "ratio"]]
    rows += [
        ["people, each a subject", f"{figures['people']:,}", "", ""],
        ["answers asked for", f"{figures['asked']:,}", "", ""],
        _line(f"giving out ({figures['opening_rows']:,} rows)", opening, figures["opening_raw"], "s"),
        _line("one answer, p50", figures["answer_p50"], figures["answer_raw_p50"], "ms"),
        ["one answer, p99", f"{figures['answer_p99']:.2f} ms", "", ""],
        _line(f"counting ({figures['closing_rows']:,} rows)", closing, figures["closing_raw"], "s"),
        ["… of it opening the seals", f"{figures['decrypting']:.2f} s", "", ""],
        ["answers counted", f"{figures['counted']:,}", "", ""],
        ["groups below the threshold", f"{figures['empty_groups']:,} of {figures['groups']:,}", "", ""],
        ["memory, before and at its peak", f"{figures['resting_mb']:.0f} / {figures['peak_mb']:.0f} MB", "", ""],
    ]
    return table(rows)


def _line(what: str, taken: float, bare: float, unit: str) -> list[object]:
    return [what, f"{taken:.2f} {unit}", f"{bare:.2f} {unit}", f"{taken / bare:.1f}"]
