"""Reads of the kept counts: the agency's funnel along the tree of units, and who waits for whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import Row, select, text
from sqlalchemy.orm import Session

from selaras.agenda.models import FunnelCount
from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView

SHOWN = 50
STEPS = ("people", "planned", "agreed", "logged", "rated", "delivered", "accepted")
Order = Literal["most", "longest"]

_COUNTED = "f.people, f.planned, f.submitted, f.agreed, f.logged, f.rated, f.delivered, f.accepted, f.objected"
_ROWS = f"""
    SELECT f.unit_id, unit.name, f.parent_id, f.below, {_COUNTED}, count(*) OVER () AS rows
    FROM selaras.funnel_unit f
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = f.unit_id
    WHERE f.tenant_id = :tenant AND f.period_id = :period AND {{where}}
    ORDER BY f.agreed::float / f.people, f.people DESC, unit.name, f.unit_id LIMIT :limit
"""  # noqa: S608  # our own text
_WAITING = """
    WITH first AS (
        SELECT f.person_id, f.unit_id, f.plans, f.ratings,
               least(f.plans_since, CASE WHEN f.ratings > 0 THEN CAST(:ends AS timestamptz) END) AS since
        FROM selaras.funnel_appraiser f
        WHERE f.tenant_id = :tenant AND f.period_id = :period
          AND (CAST(:units AS uuid[]) IS NULL OR f.unit_id = ANY(CAST(:units AS uuid[])))
        ORDER BY {order}, f.person_id LIMIT :limit
    )
    SELECT first.person_id, p.name, unit.name AS unit_name, first.plans, first.ratings, first.since
    FROM first
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = first.person_id
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = first.unit_id
    ORDER BY {order}, first.person_id
"""
_ORDERS: dict[Order, str] = {"most": "plans + ratings DESC", "longest": "since"}


@dataclass(frozen=True)
class UnitFunnel:
    """A unit with everything below it: how many people there are, and how many have come how far.

    `below`: how many units stand right under it. Each number stands for itself; none is a part of the one before.
    """

    unit_id: UUID
    name: str
    parent_id: UUID | None
    below: int
    people: int
    planned: int
    submitted: int
    agreed: int
    logged: int
    rated: int
    delivered: int
    accepted: int
    objected: int


@dataclass(frozen=True)
class WaitingFor:
    """An appraiser for whom others wait: submitted plans, people not rated after the period's end, since when."""

    person_id: UUID
    name: str
    unit_name: str | None
    plans: int
    ratings: int
    since: datetime | None


@dataclass(frozen=True)
class Funnel:
    """A unit, or the agency's top (or tops), with the units right below it, the farthest behind first.

    `rows`: how many units stand there; at most `SHOWN` are in `units`. `counted_at` is None before the first count.
    """

    period: PeriodView
    tops: tuple[UnitFunnel, ...]
    units: tuple[UnitFunnel, ...]
    rows: int
    counted_at: datetime | None


def funnel(
    session: Session, period: PeriodView, unit_id: UUID | None, roots: Collection[UUID] | None, limit: int = SHOWN
) -> Funnel:
    """The counts of a unit, or of the top: of the whole agency, or of the units `roots` for whoever manages these.

    Constant statements; `unit_id` must be within reach.
    """
    counted_at = session.scalar(select(FunnelCount.counted_at).where(FunnelCount.period_id == period.id))
    if unit_id is not None or roots is not None:
        wanted = list(roots or ()) if unit_id is None else [unit_id]
        tops, _ = _rows(session, period, "f.unit_id = ANY(:roots)", limit, roots=wanted)
    else:
        tops, _ = _rows(session, period, "f.parent_id IS NULL", limit)
    if len(tops) != 1:
        return Funnel(period, tops, (), 0, counted_at)
    units, total = _rows(session, period, "f.parent_id = :parent", limit, parent=tops[0].unit_id)
    return Funnel(period, tops, units, total, counted_at)


def waited_for(
    session: Session,
    period: PeriodView,
    units: Collection[UUID] | None,
    order: Order = "most",
    limit: int = 10,
) -> list[WaitingFor]:
    """The appraisers in some units (None: everywhere) for whom most, or longest, is waiting; one statement."""
    values: dict[str, object] = {
        "tenant": tenant_of(session),
        "period": period.id,
        "ends": period.ends,
        "units": None if units is None else list(units),
        "limit": limit,
    }
    rows = session.execute(text(_WAITING.format(order=_ORDERS[order])), values)
    return [WaitingFor(row.person_id, row.name, row.unit_name, row.plans, row.ratings, row.since) for row in rows]


def path_to(session: Session, unit_id: UUID, day: date) -> list[tuple[UUID, str]]:
    """The units above a unit and itself, from the top, with their names."""
    rows = session.execute(text(_PATH), {"tenant": tenant_of(session), "unit": unit_id, "day": day})
    return [(row.unit_id, row.name) for row in rows]


_PATH = """
    WITH RECURSIVE climb AS (
        SELECT CAST(:unit AS uuid) AS unit_id, 0 AS steps
        UNION ALL
        SELECT place.parent_id, climb.steps + 1 FROM climb
        JOIN selaras.unit_placement place ON place.tenant_id = :tenant AND place.unit_id = climb.unit_id
         AND place.during @> CAST(:day AS date) AND place.parent_id IS NOT NULL
        WHERE climb.steps < 32
    )
    SELECT climb.unit_id, unit.name FROM climb
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = climb.unit_id ORDER BY climb.steps DESC
"""


def _rows(
    session: Session, period: PeriodView, where: str, limit: int, **values: object
) -> tuple[tuple[UnitFunnel, ...], int]:
    known = {"tenant": tenant_of(session), "period": period.id, "limit": limit, **values}
    rows = session.execute(text(_ROWS.format(where=where)), known).all()
    return tuple(map(_unit, rows)), rows[0].rows if rows else 0


def _unit(row: Row[Any]) -> UnitFunnel:
    return UnitFunnel(**{name: getattr(row, name) for name in UnitFunnel.__dataclass_fields__})
