"""Figures about objections by unit: how many, how they ended, how long it took. Small figures are not shown."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.organisation.reach import reach
from selaras.tenancy.queries import agency

# Below this, figures would tell a reader how single people's objections ended.
FEW = 5

_FIGURES = text(
    """
    SELECT u.id AS unit_id, u.name, count(*) AS filed,
           count(*) FILTER (WHERE d.at IS NULL AND c.withdrawn_at IS NULL) AS waiting,
           count(*) FILTER (WHERE d.extent = 'whole') AS whole,
           count(*) FILTER (WHERE d.extent = 'part') AS part,
           count(*) FILTER (WHERE d.extent = 'none') AS rejected,
           count(*) FILTER (WHERE c.withdrawn_at IS NOT NULL) AS withdrawn,
           percentile_cont(0.5) WITHIN GROUP (
             ORDER BY (d.at AT TIME ZONE :zone)::date - (e.at AT TIME ZONE :zone)::date) AS median_days
    FROM selaras.objection_case c
    JOIN selaras.outcome_event e ON e.tenant_id = :tenant AND e.period_id = c.period_id AND e.person_id = c.person_id
      AND e.segment = c.segment AND e.revision = c.revision AND e.state = 'objected'
    JOIN selaras.outcome o ON o.tenant_id = :tenant AND o.period_id = c.period_id AND o.person_id = c.person_id
      AND o.segment = c.segment AND o.revision = c.revision
    JOIN selaras.unit u ON u.tenant_id = :tenant AND u.id = o.unit_id
    LEFT JOIN selaras.objection_decision d ON d.tenant_id = :tenant AND d.period_id = c.period_id
      AND d.person_id = c.person_id AND d.segment = c.segment AND d.revision = c.revision
    WHERE c.tenant_id = :tenant AND (CAST(:units AS uuid[]) IS NULL OR o.unit_id = ANY(CAST(:units AS uuid[])))
      AND e.at >= make_timestamptz(:year, 1, 1, 0, 0, 0, :zone)
      AND e.at < make_timestamptz(:year + 1, 1, 1, 0, 0, 0, :zone)
    GROUP BY GROUPING SETS ((u.id, u.name), ())
    ORDER BY u.name NULLS FIRST
    """
)


@dataclass(frozen=True)
class Ended:
    """How the objections of a unit ended; `median_days` from filing to the decision."""

    waiting: int
    whole: int
    part: int
    rejected: int
    withdrawn: int
    median_days: float | None

    @property
    def decided(self) -> int:
        """How many were decided."""
        return self.whole + self.part + self.rejected

    @property
    def granted_percent(self) -> float | None:
        """Of those decided, how many were granted as a whole or in part."""
        return 100 * (self.whole + self.part) / self.decided if self.decided else None


@dataclass(frozen=True)
class Line:
    """Objections that were filed in a year about results of one unit; `ended` is None where there are too few."""

    unit_id: UUID | None
    unit_name: str | None
    filed: int | None
    ended: Ended | None


@dataclass(frozen=True)
class Figures:
    """The objections of a year: all of them, and unit by unit."""

    year: int
    whole: Line
    units: tuple[Line, ...]


def figures(session: Session, actor: Actor, year: int) -> Figures:
    """The figures of a year, of the units that the actor's permission reaches; one statement."""
    actor.require(Permission.SEE_FOLLOWUP)
    zone = agency(session, tenant_of(session)).time_zone
    reached = reach(session, actor, Permission.SEE_FOLLOWUP, today(zone))
    values = {"tenant": tenant_of(session), "zone": zone, "year": year, "units": list(reached) if reached else None}
    rows = list(session.execute(_FIGURES, values))
    whole = next((row for row in rows if row.unit_id is None), None)
    units = [row for row in rows if row.unit_id is not None]
    hidden = _hidden([row.filed for row in units])
    lines = tuple(_line(row, hidden=n in hidden) for n, row in enumerate(units))
    empty = Line(None, None, 0, Ended(0, 0, 0, 0, 0, None))
    return Figures(year, _line(whole, hidden=whole.filed < FEW) if whole and whole.filed else empty, lines)


def _hidden(counts: list[int]) -> set[int]:
    """The places of those that are too few; a single one would follow from the sum, so the next smallest goes along."""
    hidden = {n for n, count in enumerate(counts) if count < FEW}
    if len(hidden) == 1 and len(counts) > 1:
        hidden.add(min((n for n in range(len(counts)) if n not in hidden), key=lambda n: counts[n]))
    return hidden


def _line(row: Row[tuple[object, ...]], *, hidden: bool) -> Line:
    if hidden:
        return Line(row.unit_id, row.name, None, None)
    ended = Ended(row.waiting, row.whole, row.part, row.rejected, row.withdrawn, row.median_days)
    return Line(row.unit_id, row.name, row.filed, ended)
