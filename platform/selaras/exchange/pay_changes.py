"""Who a simulated table of pay would pay differently, as a file: everybody, the greatest differences first."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from uuid import UUID

import polars as pl
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.bulk import read_frame
from selaras.db.session import tenant_of
from selaras.documents import sheet
from selaras.errors import Conflict, Invalid
from selaras.exchange.exporting import FORMATS, Exported, csv_file
from selaras.exchange.lists.declaring import number_of
from selaras.followup.pay.simulation_queries import SimulationView, simulation
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.access import agency_day
from selaras.organisation.inspecting import note

CODE = "pay_changes"
HEADER = ("NIP", "NAMA", "UNIT", "SEMULA", "MENJADI", "SELISIH")
SHEET = 50_000
"""People up to which the list is a workbook: one of 350,000 takes a minute, the same as CSV some seconds."""
_WIDTHS = (22, 40, 40, 16, 16, 16)
_SCHEMA = {
    **dict.fromkeys(("person", "number", "name", "unit"), pl.String()),
    **dict.fromkeys(("before", "after", "difference"), pl.Int64()),
}
_QUERY = f"""
    SELECT l.person_id, {number_of("l.person_id")}, p.name, u.name, l.before, l.after, l.difference
    FROM selaras.pay_simulation_line l
    JOIN selaras.person p ON p.tenant_id = %(tenant)s AND p.id = l.person_id
    LEFT JOIN selaras.unit u ON u.tenant_id = %(tenant)s AND u.id = l.unit_id
    WHERE l.tenant_id = %(tenant)s AND l.simulation_id = %(simulation)s::uuid
    ORDER BY abs(l.difference) DESC, l.person_id
"""  # noqa: S608  # our own text


def changes_file(session: Session, actor: Actor, simulation_id: UUID, form: str) -> Exported:
    """The list as CSV or XLSX, for whoever sees the pay of the whole agency; the ledger records it."""
    actor.require_whole(Permission.SEE_REMUNERATION)
    one = simulation(session, simulation_id)
    if form not in FORMATS:
        raise Invalid("export_format", "A list is exported as csv or xlsx, not as “{form}”.", form=form[:20])
    if form not in forms_of(one):
        raise Invalid(
            "remuneration.simulation_sheet_long",
            "This simulation changes the pay of {people} people, and a workbook takes up to {most}. "
            "Have the list as CSV.",
            people=(one.figures or {}).get("changed", 0),
            most=SHEET,
        )
    frame = _lines(session, actor, one)
    note(session, actor, [UUID(person) for person in frame.get_column("person")])
    rows = _rows(frame)
    if form == "csv":
        data = csv_file(HEADER, ([str(cell) for cell in row] for row in rows))
    else:
        data = sheet.sheet(CODE, list(zip(HEADER, _WIDTHS, strict=True)), rows, now())
    payload = {
        "list": CODE,
        "simulation": str(one.id),
        "format": form,
        "rows": frame.height,
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    record(session, actor, "export.make", f"list:{CODE}", payload)
    return Exported(f"{CODE}-{one.period}.{form}", FORMATS[form], data, frame.height)


def forms_of(one: SimulationView) -> tuple[str, ...]:
    """The formats in which the list of a simulation comes: a long one only as CSV."""
    return tuple(FORMATS) if (one.figures or {}).get("changed", 0) <= SHEET else ("csv",)


def _lines(session: Session, actor: Actor, one: SimulationView) -> pl.DataFrame:
    asked = {"tenant": tenant_of(session), "simulation": str(one.id), "day": agency_day(session, actor)}
    frame = read_frame(session, _QUERY, asked, _SCHEMA)
    if one.figures is None or (frame.is_empty() and one.figures["changed"]):
        raise Conflict(
            "remuneration.simulation_no_list",
            "Who would be paid differently is kept for the newest simulation of a draft that is worked out, and this "
            "one is not. Open the newest of the draft, or simulate it again.",
        )
    return frame


def _rows(frame: pl.DataFrame) -> Iterator[tuple[str | int, ...]]:
    for _, *cells in frame.iter_rows():
        yield tuple("" if cell is None else cell for cell in cells)
