"""The briefing for appraisers before their first rating of a year: its text, who read it, and when it is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid
from selaras.evaluation.procedure import procedure_on
from selaras.evaluation.rating_models import BriefingCompletion
from selaras.identity.actor import Actor
from selaras.organisation.access import agency_day
from selaras.regulation import Label, Rules

VALUES = "values"


@dataclass(frozen=True)
class Part:
    """One section that is confirmed by itself. `examples`: a value of the regulation and what it asks for."""

    code: str
    title: Label
    paragraphs: tuple[Label, ...]
    examples: tuple[tuple[Label, tuple[Label, ...]], ...] = ()


@dataclass(frozen=True)
class Reader:
    """Somebody who appraises on a day, and when they read the year's briefing (None: not yet)."""

    person_id: UUID
    name: str
    unit_name: str | None
    team: int
    read_at: datetime | None


@cache
def _text() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files("selaras.evaluation").joinpath("briefing.yaml").read_bytes())
    return found


def parts(rules: Rules) -> tuple[Part, ...]:
    """The briefing's sections in their order; the last holds the regulation's own values, where it names any."""
    said = _text()
    own = tuple(Part(one["code"], one["title"], tuple(one["text"])) for one in said["sections"])
    framework = rules.behaviours
    if framework is None or not framework.behaviours:
        return own
    examples = tuple((one.label, tuple(one.guides)) for one in framework.behaviours)
    return (*own, Part(VALUES, said["values"]["title"], (said["values"]["text"],), examples))


def read_on(session: Session, person_id: UUID, year: int) -> datetime | None:
    """When the person read the briefing of a year; None where not yet."""
    return session.scalar(
        select(BriefingCompletion.at).where(BriefingCompletion.person_id == person_id, BriefingCompletion.year == year)
    )


def complete(session: Session, actor: Actor, read: Collection[str], rules: Rules) -> None:
    """The actor has read every section of this year's briefing; again, nothing changes. `Invalid` if one is missing."""
    demanded = parts(rules)
    missing = [one for one in demanded if one.code not in read]
    if missing or actor.person_id is None:
        raise Invalid(
            "briefing_unread",
            "Confirm each section once you have read it; {count} are not confirmed yet.",
            count=len(missing),
        )
    said = sha256(repr(demanded).encode()).hexdigest()
    year = agency_day(session, actor).year
    values = {"tenant_id": tenant_of(session), "person_id": actor.person_id, "year": year, "said": said, "at": now()}
    first = insert(BriefingCompletion).values(values).on_conflict_do_nothing().returning(BriefingCompletion.year)
    if session.scalar(first) is not None:
        record(session, actor, "briefing.read", f"person:{actor.person_id}", {"year": year, "text": said})


def is_due(session: Session, actor: Actor) -> bool:
    """Whether the agency demands the briefing today and the actor has not read this year's."""
    day = agency_day(session, actor)
    if actor.person_id is None or not procedure_on(session, day).briefing:
        return False
    return read_on(session, actor.person_id, day.year) is None


def refuse_unbriefed(session: Session, actor: Actor) -> None:
    """`Conflict` before the first rating of a year is submitted, also by whoever acts for another."""
    if is_due(session, actor):
        raise Conflict(
            "briefing_needed",
            "Before your first rating of {year} is submitted, read the briefing for appraisers; it takes ten minutes. "
            "What you wrote can be kept as a draft.",
            year=agency_day(session, actor).year,
        )


_READERS = text(
    """
    SELECT person.id, person.name, unit.name AS unit_name, led.team, done.at
    FROM (
        SELECT line.superior_id AS person_id, count(*) AS team FROM selaras.reporting_line line
        WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date) GROUP BY 1
    ) led
    JOIN selaras.person person ON person.tenant_id = :tenant AND person.id = led.person_id
    LEFT JOIN selaras.appointment held ON held.tenant_id = :tenant AND held.person_id = person.id
     AND held.kind = 'definitive' AND held.during @> CAST(:day AS date)
    LEFT JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = held.unit_id
    LEFT JOIN selaras.briefing_completion done ON done.tenant_id = :tenant AND done.person_id = person.id
     AND done.year = :year
    WHERE CAST(:units AS uuid[]) IS NULL OR held.unit_id = ANY(CAST(:units AS uuid[]))
    ORDER BY done.at IS NOT NULL, person.search_name, person.id LIMIT 2000
    """
)


def readers(session: Session, day: date, within: Collection[UUID] | None = None) -> list[Reader]:
    """Everybody who appraises on `day`, those first who have not read the year's briefing. `within`: these units."""
    units = None if within is None else [str(one) for one in within]
    values = {"tenant": tenant_of(session), "day": day, "year": day.year, "units": units}
    return [Reader(row.id, row.name, row.unit_name, row.team, row.at) for row in session.execute(_READERS, values)]
