"""How far an agency's plans of a year are: counted over everybody in one statement, and who is still missing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

# An item is bare when it has neither an indicator nor, as some models of plan want it, an expectation in words.
_STANDING = """
    WITH staff AS (
        SELECT a.person_id, a.unit_id FROM selaras.appointment a
        WHERE a.tenant_id = :tenant AND a.kind = 'definitive' AND a.during @> CAST(:day AS date)
          AND (CAST(:units AS uuid[]) IS NULL OR a.unit_id = ANY(CAST(:units AS uuid[])))
    ), held AS (
        SELECT DISTINCT ON (person_id) person_id, id, state, model, submitted_at, agreed_at, starts
        FROM selaras.plan WHERE tenant_id = :tenant AND year = :year
        ORDER BY person_id, starts DESC NULLS LAST, segment DESC
    ), measured AS (
        SELECT item.plan_id, item.id, item.kind, item.expectation IS NULL AND count(m.indicator) = 0 AS bare
        FROM held
        JOIN selaras.plan_item item
          ON item.tenant_id = :tenant AND item.plan_id = held.id AND item.stopped_on IS NULL
        LEFT JOIN selaras.item_measure m ON m.tenant_id = :tenant AND m.item_id = item.id
        GROUP BY item.plan_id, item.id, item.kind, item.expectation
    ), items AS (
        SELECT plan_id, count(*) FILTER (WHERE kind = 'main') AS main, count(*) FILTER (WHERE bare) AS bare
        FROM measured GROUP BY plan_id
    ), standing AS (
        SELECT staff.person_id, staff.unit_id, held.state, held.model, held.agreed_at, held.starts,
               coalesce(items.main, 0) AS main, coalesce(items.bare, 0) AS bare
        FROM staff LEFT JOIN held USING (person_id) LEFT JOIN items ON items.plan_id = held.id
    )
"""
_COUNTS = (
    _STANDING  # noqa: S608  # our own text
    + """
    SELECT count(*) AS people,
           count(*) FILTER (WHERE state IS NULL) AS without_plan,
           count(*) FILTER (WHERE state = 'draft') AS drafted,
           count(*) FILTER (WHERE state = 'submitted') AS submitted,
           count(*) FILTER (WHERE state = 'agreed') AS agreed,
           count(*) FILTER (
               WHERE agreed_at >= CAST(:due AS date) + 1 AND coalesce(starts <= CAST(:due AS date), true)
           ) AS agreed_late,
           count(*) FILTER (WHERE state IS NOT NULL AND model IS NULL) AS without_model,
           count(*) FILTER (WHERE state IS NOT NULL AND main = 0) AS without_result,
           count(*) FILTER (WHERE bare > 0) AS without_indicator
    FROM standing
    """
)
_OPEN = (
    _STANDING  # noqa: S608  # our own text
    + """
    SELECT standing.person_id, p.name, standing.unit_id, unit.name AS unit_name, standing.state,
           standing.main = 0 AS without_result, standing.bare > 0 AS without_indicator
    FROM standing
    JOIN selaras.person p ON p.tenant_id = :tenant AND p.id = standing.person_id
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = standing.unit_id
    WHERE standing.state IS DISTINCT FROM 'agreed' OR standing.main = 0 OR standing.bare > 0
    ORDER BY unit.name, p.search_name, p.id LIMIT :limit
    """
)


@dataclass(frozen=True)
class PlanReadiness:
    """People in service on a day, and in how many of their plans what is missing. `due`: until when plans are set."""

    year: int
    due: date | None
    people: int
    without_plan: int
    drafted: int
    submitted: int
    agreed: int
    agreed_late: int
    without_model: int
    without_result: int
    without_indicator: int


@dataclass(frozen=True)
class OpenPlan:
    """Somebody whose plan is not agreed or not whole; `state` is None where there is no plan."""

    person_id: UUID
    name: str
    unit_id: UUID
    unit_name: str
    state: str | None
    without_result: bool
    without_indicator: bool


def readiness(
    session: Session, year: int, day: date, due: date | None = None, within: Collection[UUID] | None = None
) -> PlanReadiness:
    """The figures of everybody in service on `day`; what was agreed after the day `due` counts as late.

    Of somebody with several plans of the year the last one counts; one that begins after `due` is not late.
    `within`: in these units only.
    """
    units = None if within is None else list(within)
    values = {"tenant": tenant_of(session), "year": year, "day": day, "due": due, "units": units}
    row = session.execute(text(_COUNTS), values).one()
    return PlanReadiness(year, due, *row)


def open_plans(
    session: Session, year: int, day: date, limit: int = 200, within: Collection[UUID] | None = None
) -> list[OpenPlan]:
    """The first `limit` people whose plan is missing, not agreed or not whole, by unit and name."""
    values: dict[str, object] = {"tenant": tenant_of(session), "year": year, "day": day, "limit": limit}
    values["units"] = None if within is None else list(within)
    return [OpenPlan(*row) for row in session.execute(text(_OPEN), values)]
