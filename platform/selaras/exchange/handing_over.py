"""Handing results over to a successor: the file of kind `history` about some of this agency's people."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.evaluation.handovers import handed_over
from selaras.evaluation.queries import step_values
from selaras.evaluation.wording import stored_description
from selaras.exchange.layouts import LAYOUTS, LONGEST_STEPS, Kind, folded
from selaras.exchange.sheets import Unreadable, read_sheets
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import receipt_from_steps
from selaras.tenancy.queries import AgencyView, agency

HEADER = tuple(column.header for column in LAYOUTS[Kind.HISTORY])
_NUMBERS = {folded("NIP"), folded("NIP BARU")}
_LINE = ("item", "label", "value", "value_label", "unit", "article")

# The newest revision of each result that is set, by whom, and the number that each person is known by today.
_RESULTS = text("""
    SELECT DISTINCT ON (o.person_id, p.ends, p.starts, o.segment)
        o.person_id, held.number, p.code, o.segment, rule.regulation, rule.hash, rule.description, o.outcome, o.score,
        appraiser.name AS appraiser, judge.number AS appraiser_number, unit.name AS unit, b.set_at, b.id AS batch_id,
        s.inputs, s.numbers, s.codes, s.items,
        EXISTS (
            SELECT FROM selaras.outcome_event e WHERE e.tenant_id = o.tenant_id AND e.period_id = o.period_id
            AND e.person_id = o.person_id AND e.segment = o.segment AND e.revision = o.revision
            AND e.state = 'objected'
        ) AND NOT EXISTS (
            SELECT FROM selaras.outcome_event e WHERE e.tenant_id = o.tenant_id AND e.period_id = o.period_id
            AND e.person_id = o.person_id AND e.segment = o.segment AND e.revision = o.revision AND e.state = 'final'
        ) AS undecided
    FROM selaras.outcome o
    JOIN selaras.outcome_batch b ON b.tenant_id = o.tenant_id AND b.id = o.batch_id AND b.state = 'set'
    JOIN selaras.period p ON p.tenant_id = o.tenant_id AND p.id = o.period_id
    JOIN selaras.rule_text rule ON rule.id = b.rule_id
    JOIN selaras.unit unit ON unit.tenant_id = o.tenant_id AND unit.id = o.unit_id
    JOIN selaras.outcome_steps s ON s.tenant_id = o.tenant_id AND s.period_id = o.period_id
        AND s.person_id = o.person_id AND s.segment = o.segment AND s.revision = o.revision
    LEFT JOIN selaras.person appraiser ON appraiser.tenant_id = o.tenant_id AND appraiser.id = o.appraiser_id
    CROSS JOIN LATERAL (
        SELECT number FROM selaras.person_number n WHERE n.tenant_id = o.tenant_id AND n.person_id = o.person_id
        ORDER BY upper(n.during) DESC NULLS FIRST LIMIT 1
    ) held
    LEFT JOIN LATERAL (
        SELECT number FROM selaras.person_number n WHERE n.tenant_id = o.tenant_id AND n.person_id = o.appraiser_id
        ORDER BY upper(n.during) DESC NULLS FIRST LIMIT 1
    ) judge ON true
    WHERE o.tenant_id = :tenant AND o.person_id = ANY(:people)
    ORDER BY o.person_id, p.ends, p.starts, o.segment, o.revision DESC
""")


@dataclass(frozen=True)
class Handed:
    """What is handed over: the CSV file, its results, whose they are, and how many numbers nobody here ever had.

    `undecided` results are left out: an objection against them has not been decided.
    """

    data: bytes
    results: int
    people: int
    unknown: int
    undecided: int


def numbers_in(file_name: str, data: bytes) -> tuple[str, ...]:
    """The numbers in the column NIP or NIP BARU of a file, such as the successor's own export of people."""
    try:
        sheets = read_sheets(file_name, data)
    except Unreadable as error:
        raise Invalid(
            "numbers_unreadable", "{file} cannot be read as a table ({reason}).", file=file_name, reason=error.code
        ) from error
    found: set[str] = set()
    for sheet in sheets:
        for index, header in enumerate(sheet.header):
            if folded(header) in _NUMBERS:
                found |= {value.strip(" '’\t") for value in sheet.cells.get_column(str(index)).drop_nulls()}
    if not found:
        raise Invalid("numbers_missing", "{file} has no column NIP or NIP BARU with numbers.", file=file_name)
    return tuple(sorted(found))


def hand_over(
    session: Session, actor: Actor, numbers: Collection[str], *, to: UUID | None = None, steps: bool = False
) -> Handed:
    """Every result of the people with these numbers, as a file that `exchange.kinds.history` takes; needs IMPORT.

    `to`: the uuid of whoever receives it, for the ledger. `steps` adds each result's steps with their articles. What
    was handed over to this agency is handed on with its own source.
    """
    actor.require(Permission.IMPORT)
    whose = agency(session, tenant_of(session))
    known = _people(session, numbers)
    people = {person: number for number, person in known.items()}
    found = session.execute(_RESULTS, {"tenant": whose.tenant_id, "people": list(people)}).all()
    decided = [row for row in found if not row.undecided]
    rows = [*(_own(row, whose, steps) for row in decided), *_taken(session, people)]
    data = _csv(sorted(rows, key=lambda row: row[:3]))
    made = Handed(data, len(rows), len({row[0] for row in rows}), len(set(numbers) - set(known)),
                  len(found) - len(decided))  # fmt: skip
    payload = {
        "results": made.results,
        "people": made.people,
        "to": to,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    record(session, actor, "handover.give", f"agency:{whose.uuid}", payload)
    return made


def _people(session: Session, numbers: Collection[str]) -> dict[str, UUID]:
    """Number → whoever here has it or had it."""
    query = "SELECT number, person_id FROM selaras.person_number WHERE tenant_id = :tenant AND number = ANY(:numbers)"
    rows = session.execute(text(query), {"tenant": tenant_of(session), "numbers": list(numbers)})
    return {row.number: row.person_id for row in rows}


def _own(row: Any, whose: AgencyView, steps: bool) -> tuple[str, ...]:
    labels = {one["code"]: one["label"]["id"] for one in row.description["outcomes"]}
    day = f"{row.set_at.astimezone(ZoneInfo(whose.time_zone)):%d-%m-%Y}"
    return (
        row.number, row.code, str(row.segment or 1), row.regulation, labels.get(row.outcome, row.outcome),
        _decimal(row.score), row.appraiser or "", row.appraiser_number or "", row.unit, day, whose.name,
        f"Penetapan {row.code} tanggal {day}, nomor {row.batch_id}", row.hash, _lines(row) if steps else "",
    )  # fmt: skip


def _lines(row: Any) -> str:
    """The steps as JSON; nothing where they are too many for a cell."""
    description = stored_description(row.description, row.segment)
    values = {**row.inputs, **step_values(description, row.numbers, row.codes)}
    lines = receipt_from_steps(description, values, row.items or []).lines
    made = json.dumps([{name: getattr(line, name) for name in _LINE} for line in lines], ensure_ascii=False)
    return made if len(made) <= LONGEST_STEPS else ""


def _taken(session: Session, people: Mapping[UUID, str]) -> Iterator[tuple[str, ...]]:
    """What was handed over to us about them."""
    query = (
        "SELECT DISTINCT person_id FROM selaras.handed_over_result WHERE tenant_id = :tenant AND person_id = ANY(:ids)"
    )
    holding = session.execute(text(query), {"tenant": tenant_of(session), "ids": list(people)}).scalars()
    for person in holding:
        for one in handed_over(session, person):
            yield (
                people[person], one.period_code, str(one.segment), one.regulation, one.word.label["id"],
                _decimal(one.score), one.appraiser_name or "", one.appraiser_number or "", one.unit_name or "",
                f"{one.set_on:%d-%m-%Y}" if one.set_on else "", one.source_agency, one.source_document,
                one.rule_hash or "", json.dumps(one.lines, ensure_ascii=False) if one.lines else "",
            )  # fmt: skip


def _decimal(score: float | None) -> str:
    """As the import reads it: no thousands, a comma before decimals."""
    return "" if score is None else f"{score:.10f}".rstrip("0").rstrip(".").replace(".", ",")


def _csv(rows: Sequence[tuple[str, ...]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(rows)
    return buffer.getvalue().encode()
