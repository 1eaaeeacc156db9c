"""Reads: how far people's results serve the agency's goals: a figure per unit, and what is out of line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.planning.phrasing import activity_words, suggestion

# Whoever holds a post on the day, their newest plan of the year, its main results; a result serves a goal when it, or
# the superior's result that it serves (or that one's, and so on), names one.
_RESULTS = """
    WITH RECURSIVE staff AS (
        SELECT a.person_id, a.unit_id FROM selaras.appointment a
        WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
    ), held AS (
        SELECT DISTINCT ON (person_id) person_id, id
        FROM selaras.plan WHERE tenant_id = :tenant AND year = :year ORDER BY person_id, segment DESC
    ), item AS MATERIALIZED (
        SELECT item.id, item.code, item.title, item.parent_item_id, item.goal_id, item.kind, held.person_id
        FROM held JOIN selaras.plan_item item
          ON item.tenant_id = :tenant AND item.plan_id = held.id AND item.stopped_on IS NULL
    ), served AS (
        SELECT id FROM item WHERE goal_id IS NOT NULL
        UNION
        SELECT below.id FROM served JOIN item below ON below.parent_item_id = served.id
    ), result AS (
        SELECT item.id, item.code, item.title, staff.person_id, staff.unit_id, served.id IS NOT NULL AS aligned,
               lower(substring(item.title FROM '^[[:space:][:digit:].)•-]*([A-Za-z]+)[[:space:]]')) = ANY(:words)
                 IS TRUE AS activity
        FROM item
        JOIN staff USING (person_id)
        LEFT JOIN served ON served.id = item.id
        WHERE item.kind = 'main'
    )
"""
_UNITS = text(
    _RESULTS  # noqa: S608  # our own text
    + """
    SELECT unit.id, unit.name, count(*) AS results, count(*) FILTER (WHERE aligned) AS aligned,
           count(*) FILTER (WHERE activity) AS activities, count(DISTINCT result.person_id) AS people
    FROM result JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = result.unit_id
    GROUP BY unit.id, unit.name ORDER BY count(*) FILTER (WHERE aligned)::float / count(*), unit.name, unit.id
    """
)
_OUT = text(
    _RESULTS  # noqa: S608  # our own text
    + """
    SELECT result.id, result.code, result.title, result.person_id, person.name, unit.id, unit.name,
           NOT result.aligned AS loose, result.activity
    FROM result
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = result.unit_id
    JOIN selaras.person person ON person.tenant_id = :tenant AND person.id = result.person_id
    WHERE (CAST(:loose AS boolean) AND NOT result.aligned OR CAST(:activity AS boolean) AND result.activity)
      AND (CAST(:unit AS uuid) IS NULL OR result.unit_id = :unit)
    ORDER BY unit.name, unit.id, person.search_name, result.person_id, result.code LIMIT :limit
    """
)
_SHARES = text(
    """
    SELECT item.id, item.code, item.title, plan.person_id, person.name, sum(share.share) AS whole,
           count(*) AS members
    FROM selaras.result_share share
    JOIN selaras.plan_item item ON item.tenant_id = :tenant AND item.id = share.item_id
    JOIN selaras.plan plan ON plan.tenant_id = :tenant AND plan.id = item.plan_id
    JOIN selaras.person person ON person.tenant_id = :tenant AND person.id = plan.person_id
    WHERE share.tenant_id = :tenant AND plan.year = :year AND share.kind = 'direct' AND share.share IS NOT NULL
    GROUP BY item.id, item.code, item.title, plan.person_id, person.name, person.search_name
    HAVING abs(sum(share.share) - 100) > 1
    ORDER BY abs(sum(share.share) - 100) DESC, person.search_name, item.id LIMIT :limit
    """
)


@dataclass(frozen=True)
class UnitAlignment:
    """A unit's main results: how many there are, serve a goal, are worded as activities; and of how many people."""

    unit_id: UUID
    name: str
    results: int
    aligned: int
    activities: int
    people: int

    @property
    def percent(self) -> Decimal:
        """The alignment figure: results that serve a goal, of a hundred."""
        return Decimal(100 * self.aligned) / Decimal(self.results)


@dataclass(frozen=True)
class OutOfLine:
    """A result that hangs on no goal (`loose`) or tells an activity; `reworded` is how it could begin instead."""

    item_id: UUID
    code: str
    title: str
    person_id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    loose: bool
    activity: bool

    @property
    def reworded(self) -> str | None:
        """The title as a result, where it tells an activity."""
        return suggestion(self.title) if self.activity else None


@dataclass(frozen=True)
class Uneven:
    """A leader's result whose direct shares do not make up the whole; `whole` in percent."""

    item_id: UUID
    code: str
    title: str
    person_id: UUID
    name: str
    whole: Decimal
    members: int


def unit_alignment(session: Session, year: int, day: date) -> list[UnitAlignment]:
    """Every unit that has main results, the least aligned first; one statement."""
    return [UnitAlignment(*row) for row in session.execute(_UNITS, _values(session, year, day))]


def out_of_line(
    session: Session, year: int, day: date, *, what: str = "", unit_id: UUID | None = None, limit: int = 200
) -> list[OutOfLine]:
    """The first `limit` results that hang on no goal (`what` = loose), tell an activity (`activity`), or either."""
    values = _values(session, year, day) | {"loose": what != "activity", "activity": what != "loose"}
    rows = session.execute(_OUT, values | {"unit": unit_id, "limit": limit})
    return [OutOfLine(*row) for row in rows]


def uneven_shares(session: Session, year: int, limit: int = 100) -> list[Uneven]:
    """Leaders' results whose direct shares are more than one percent away from the whole, the worst first."""
    rows = session.execute(_SHARES, {"tenant": tenant_of(session), "year": year, "limit": limit})
    return [Uneven(*row) for row in rows]


def _values(session: Session, year: int, day: date) -> dict[str, object]:
    return {"tenant": tenant_of(session), "year": year, "day": day, "words": sorted(activity_words())}
