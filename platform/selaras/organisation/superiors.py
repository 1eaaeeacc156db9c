"""One person's superior, changed from a day on: who may be it, and the dated line; searching for the right one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.dialects.postgresql import Range
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of
from selaras.errors import Invalid, Refused
from selaras.organisation.models import ReportingLine
from selaras.organisation.queries import lines_of, people, superior_of

LEAST_LETTERS = 3
MOST_FOUND = 12

_ABOVE = text(
    """
    WITH RECURSIVE above AS (
        SELECT CAST(:person AS uuid) AS person_id
        UNION
        SELECT line.superior_id FROM selaras.reporting_line line JOIN above ON line.person_id = above.person_id
        WHERE line.tenant_id = :tenant AND line.during @> CAST(:day AS date)
    )
    SELECT person_id FROM above
    """
)


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be proposed: their name, post and unit, and nothing else."""

    person_id: UUID
    name: str
    position_title: str | None
    unit_name: str | None


def candidates(session: Session, search: str, person_id: UUID, day: date) -> list[Candidate]:
    """People in service or in a public office on `day` whose name or number begins so, at most `MOST_FOUND`.

    Fewer than three characters find nobody: it is a way to name somebody, not to list the agency.
    """
    if len(search.strip()) < LEAST_LETTERS:
        return []
    found = people(session, search=search.strip()[:80], limit=MOST_FOUND, day=day).items
    return [
        Candidate(one.person_id, one.name, one.position_title, one.unit_name)
        for one in found
        if one.person_id != person_id and one.position_title is not None
    ]


def refuse_unfit(session: Session, person_id: UUID, proposed_id: UUID, day: date) -> None:
    """Refuse as a superior from `day` on: oneself, whoever stands below, whoever does not serve, whoever is it already.

    Also refused is a day before the line that is recorded last, because somebody else was the superior between.
    """
    if person_id == proposed_id:
        raise Invalid("superior_oneself", "Nobody is their own superior; name somebody else.", field="proposed")
    line = next(iter(lines_of(session, [proposed_id], day)), None)
    if line is None or line.position_title is None:
        raise Invalid(
            "superior_not_serving", "On {day} this person holds no post here; name somebody else.", day=day, field="day"
        )
    if person_id in above(session, proposed_id, day):
        raise Refused(
            "superior_below", "{name} answers to you, or to somebody below you: that would be a circle.", name=line.name
        )
    last = session.execute(
        select(ReportingLine.superior_id, func.lower(ReportingLine.during))
        .where(ReportingLine.person_id == person_id)
        .order_by(func.lower(ReportingLine.during).desc().nulls_last())
        .limit(1)
    ).one_or_none()
    if last is not None and last[1] is not None and day < last[1]:
        raise Invalid(
            "superior_day_early",
            "Who is recorded as the superior changed on {day} already; choose that day or a later one.",
            day=last[1],
            field="day",
        )
    if superior_of(session, person_id, day) == proposed_id:
        raise Invalid("superior_same", "{name} is recorded as the superior on {day} already.", name=line.name, day=day)


def above(session: Session, person_id: UUID, day: date) -> frozenset[UUID]:
    """The person and everybody above them on `day`."""
    values = {"tenant": tenant_of(session), "person": person_id, "day": day}
    return frozenset(session.execute(_ABOVE, values).scalars())


def change_superior(session: Session, person_id: UUID, superior_id: UUID, day: date) -> UUID | None:
    """From `day` on the person answers to somebody else, as the agency states; returns whom they answered to before.

    One change at a time within an agency: two that would close a circle only together do not both pass.
    """
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtext('selaras.superiors'), :tenant)"), {"tenant": tenant_of(session)}
    )
    refuse_unfit(session, person_id, superior_id, day)
    rows = session.scalars(
        select(ReportingLine)
        .where(
            ReportingLine.person_id == person_id,
            or_(func.upper(ReportingLine.during).is_(None), func.upper(ReportingLine.during) > day),
        )
        .with_for_update()
    ).all()
    before = None
    for row in rows:
        before = row.superior_id
        if row.during.lower is not None and row.during.lower >= day:
            session.delete(row)
        else:
            row.during = Range(row.during.lower, day)
    session.flush()
    session.add(ReportingLine(person_id=person_id, superior_id=superior_id, origin="stated", during=Range(day, None)))
    session.flush()
    return before
