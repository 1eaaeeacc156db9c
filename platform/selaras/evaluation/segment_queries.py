"""Reads of segments: those of one person in a period, and the ones that somebody appraises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import polars as pl
from sqlalchemy import String, cast, func, select, tuple_
from sqlalchemy.orm import Session

from selaras.db.bulk import read_frame
from selaras.db.paging import MOST, Page, bounded, cursor, position
from selaras.db.session import tenant_of
from selaras.evaluation.models import Rating, Segment
from selaras.organisation.models import Person


@dataclass(frozen=True)
class SegmentView:
    """One part of a person's period, both days included; see `models.Segment` for the words."""

    person_id: UUID
    number: int
    starts: date
    ends: date
    cause: str
    ended: str | None
    evaluated: bool
    unit_id: UUID
    position_id: UUID
    appraiser_id: UUID | None
    employment: str
    regulation: str
    source_period_id: UUID | None
    stated_outcome: str | None
    stated_score: float | None
    origin: str
    reason: str | None

    @property
    def rateable(self) -> bool:
        """Whether an appraiser's rating is what its outcome is made of."""
        return self.evaluated and self.source_period_id is None and self.stated_outcome is None


def rateable_segments(session: Session, period_ids: Sequence[str]) -> pl.DataFrame:
    """`period_id`, `person_id`, `segment`, `last_day`, `rater` of every part in the periods that somebody rates."""
    query = """
        SELECT period_id, person_id, number, ends, appraiser_id FROM selaras.segment
        WHERE tenant_id = %(tenant)s AND period_id = ANY(%(periods)s::uuid[]) AND evaluated
          AND source_period_id IS NULL AND stated_outcome IS NULL
    """
    schema = {
        "period_id": pl.String,
        "person_id": pl.String,
        "segment": pl.Int64,
        "last_day": pl.Date,
        "rater": pl.String,
    }
    return read_frame(session, query, {"tenant": tenant_of(session), "periods": list(period_ids)}, schema)


def segments_of(session: Session, period_id: UUID, person_id: UUID) -> tuple[SegmentView, ...]:
    """A person's segments in order; empty for whoever has but one, the whole."""
    rows = session.scalars(
        select(Segment)
        .where(Segment.period_id == period_id, Segment.person_id == person_id)
        .order_by(Segment.number)
        .execution_options(populate_existing=True)
    )
    return tuple(_view(row) for row in rows)


@dataclass(frozen=True)
class SegmentedPerson:
    """Somebody whose period is not one plain whole: how many segments, and whether they were stated by hand."""

    person_id: UUID
    name: str
    segments: int
    stated: bool


def segmented_people(
    session: Session, period_id: UUID, *, after: str | None = None, limit: int = MOST
) -> Page[SegmentedPerson]:
    """Everybody with segments of their own in a period, by name."""
    size = bounded(limit)
    query = (
        select(
            Person.id,
            Person.name,
            Person.search_name,
            func.count().label("segments"),
            func.bool_or(Segment.origin == "stated").label("stated"),
        )
        .join(Segment, Segment.person_id == Person.id)
        .where(Segment.period_id == period_id)
        .group_by(Person.id, Person.name, Person.search_name)
        .order_by(Person.search_name, cast(Person.id, String))
        .limit(size + 1)
    )
    if after is not None:
        name, person = position(after, 2)
        query = query.where(tuple_(Person.search_name, cast(Person.id, String)) > (name, person))
    rows = session.execute(query).all()
    following = cursor(rows[size - 1].search_name, str(rows[size - 1].id)) if len(rows) > size else None
    found = (SegmentedPerson(row.id, row.name, row.segments, row.stated) for row in rows[:size])
    return Page(tuple(found), following)


@dataclass(frozen=True)
class AppraisedSegment:
    """A segment that somebody rates: whose, and whether it is rated."""

    name: str
    segment: SegmentView
    rated: bool


def segments_appraised(session: Session, period_id: UUID, appraiser_id: UUID) -> tuple[AppraisedSegment, ...]:
    """The segments of a period that somebody rates, by the person's name and number."""
    rows = session.execute(
        select(Segment, Person.name, Rating.person_id)
        .join(Person, Person.id == Segment.person_id)
        .outerjoin(
            Rating,
            (Rating.period_id == Segment.period_id)
            & (Rating.person_id == Segment.person_id)
            & (Rating.segment == Segment.number),
        )
        .where(Segment.period_id == period_id, Segment.appraiser_id == appraiser_id)
        .order_by(Person.search_name, Person.id, Segment.number)
    )
    found = (AppraisedSegment(name, _view(segment), rated is not None) for segment, name, rated in rows)
    return tuple(one for one in found if one.segment.rateable)


def _view(row: Segment) -> SegmentView:
    return SegmentView(
        row.person_id,
        row.number,
        row.starts,
        row.ends,
        row.cause,
        row.ended,
        row.evaluated,
        row.unit_id,
        row.position_id,
        row.appraiser_id,
        row.employment,
        row.regulation,
        row.source_period_id,
        row.stated_outcome,
        row.stated_score,
        row.origin,
        row.reason,
    )
