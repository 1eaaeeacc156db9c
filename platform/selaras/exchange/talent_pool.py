"""A pool of candidates as a file: the people of the talent board as they were filtered, with what their boxes say."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.errors import Invalid
from selaras.exchange.exporting import FORMATS, SMALL, Exported, csv_file, xlsx_file
from selaras.exchange.lists.declaring import number_of
from selaras.followup.talent import Place, Pool, candidates
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day
from selaras.regulation import Registry

CODE = "talent_pool"
HEADER = ("NIP", "NAMA", "UNIT", "JABATAN", "PERIODE", "KOTAK", "PREDIKAT", "PERIODE BERTURUT-TURUT", "SEBELUMNYA")

_NUMBERS = f"""
    SELECT p.id, {number_of("p.id")} FROM selaras.person p
    WHERE p.tenant_id = %(tenant)s AND p.id = ANY(%(people)s::uuid[])
"""  # noqa: S608  # our own text


def pool_file(
    session: Session,
    actor: Actor,
    registry: Registry,
    form: str,
    period: str | None = None,
    pool: Pool | None = None,
    *,
    box: int | None = None,
) -> Exported:
    """The pool as CSV or XLSX, as far as the permission reaches; the ledger records it."""
    if form not in FORMATS:
        raise Invalid("export_format", "A list is exported as csv or xlsx, not as “{form}”.", form=form[:20])
    chosen, people = candidates(session, actor, registry, period, pool, box=box, most=SMALL)
    asked = {
        "tenant": tenant_of(session),
        "day": agency_day(session, actor),
        "people": [str(one.person_id) for one in people],
    }
    known = read_frame(session, _NUMBERS, asked, {"person": pl.String(), "number": pl.String()})
    numbers = {UUID(person): number or "" for person, number in known.iter_rows()}
    rows = list(_rows(chosen, people, numbers))
    data = csv_file(HEADER, rows) if form == "csv" else xlsx_file(CODE, HEADER, rows)
    digest = hashlib.sha256(data).hexdigest()
    record(
        session,
        actor,
        "export.make",
        f"list:{CODE}",
        {"list": CODE, "format": form, "rows": len(rows), "sha256": digest},
    )
    return Exported(f"{CODE}-{chosen}.{form}", FORMATS[form], data, len(rows))


def _rows(period: str, people: tuple[Place, ...], numbers: dict[UUID, str]) -> Iterator[tuple[str, ...]]:
    for one in people:
        before = ", ".join(f"{when}: {box}" for when, box in one.path)
        yield (
            numbers.get(one.person_id, ""),
            one.name,
            one.unit or "",
            one.title or "",
            period,
            str(one.box),
            one.outcome,
            str(one.years),
            before,
        )
