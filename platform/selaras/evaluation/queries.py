"""Reads: periods, a person's history, one outcome with its receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from selaras.calendar.days import DayKind
from selaras.calendar.office import NATIONAL, OfficeCalendar
from selaras.calendar.queries import office_calendar
from selaras.errors import NotFound
from selaras.evaluation.models import (
    Outcome,
    OutcomeBatch,
    OutcomeEvent,
    OutcomeSteps,
    Period,
    Rating,
    Segment,
    SegmentOutcome,
)
from selaras.evaluation.rules import OutcomeState, outcome_state
from selaras.evaluation.wording import stored_description
from selaras.organisation.models import Person, Unit
from selaras.regulation.receipt import Receipt, receipt_from_steps
from selaras.tenancy.legal_clock import LegalClock, legal_clock
from selaras.tenancy.models import RuleText


@dataclass(frozen=True)
class PeriodView:
    """A period of this agency; `starts` and `ends` are both included; `state` is open, closing or closed.

    `segmented`: people with several segments, or with another than the plain whole; None until segments were formed.
    """

    id: UUID
    code: str
    kind: str
    starts: date
    ends: date
    state: str
    segmented: int | None = None


@dataclass(frozen=True)
class OutcomeView:
    """One person's outcome in one period, newest revision, with the state it is in today."""

    person_id: UUID
    period_id: UUID
    period_code: str
    starts: date
    ends: date
    segment: int
    revision: int
    regulation: str
    edition: str
    rule_hash: str
    outcome: str
    score: float | None
    organisation_rating: str | None
    group_key: str | None
    unit_id: UUID
    unit_name: str
    appraiser_id: UUID | None
    appraiser_name: str | None
    state: OutcomeState
    set_at: datetime | None
    delivered_at: datetime | None
    objection_until: date | None
    # When the person accepted or objected, and when the decision made it final; None while neither happened.
    answered_at: datetime | None
    final_at: datetime | None


@dataclass(frozen=True)
class PartView:
    """One segment behind an outcome: its days, who rated it, what it came to under its own rule, and how.

    `receipt` is None where the outcome was made elsewhere: in the closed period `source_period`, or outside.
    """

    number: int
    starts: date
    ends: date
    cause: str
    appraiser_name: str | None
    unit_name: str
    outcome: str
    score: float | None
    description: dict[str, Any]
    source_period: str | None
    receipt: Receipt | None
    corrected: bool = False


@dataclass(frozen=True)
class ReceiptView:
    """An outcome with every input and step behind it; `description` is the rule's text as it stood.

    `parts` are the segments that it was combined of, or that went before it; then the items of a combined outcome's
    receipt are the segments, by their numbers.
    """

    outcome: OutcomeView
    receipt: Receipt
    description: dict[str, Any]
    parts: tuple[PartView, ...] = ()


@dataclass(frozen=True)
class RatingView:
    """What the appraiser has judged so far; `inputs` is None where nothing is rated yet."""

    person_id: UUID
    inputs: dict[str, Any] | None
    rated_at: datetime | None


def periods(session: Session) -> list[PeriodView]:
    """Every period of the agency, newest first."""
    rows = session.scalars(select(Period).order_by(Period.ends.desc(), Period.starts)).all()
    return [_period(row) for row in rows]


def period_by_code(session: Session, code: str) -> PeriodView:
    """The period, or `NotFound`."""
    row = session.scalar(select(Period).where(Period.code == code))
    if row is None:
        raise NotFound("period_unknown", "There is no period {code} here.", code=code)
    return _period(row)


def _period(row: Period) -> PeriodView:
    return PeriodView(row.id, row.code, row.kind, row.starts, row.ends, row.state, row.segmented)


def ratings(
    session: Session, period_id: UUID, people: list[UUID], segment: int | None = None
) -> dict[UUID, RatingView]:
    """Person id → rating in the period, for those of `people` who are rated; the last segment's unless one is named."""
    query = select(Rating.person_id, Rating.inputs, Rating.rated_at).where(
        Rating.period_id == period_id, Rating.person_id.in_(people)
    )
    if segment is not None:
        query = query.where(Rating.segment == segment)
    rows = session.execute(query.order_by(Rating.segment))
    return {row.person_id: RatingView(row.person_id, row.inputs, row.rated_at) for row in rows}


def history(session: Session, person_id: UUID) -> list[OutcomeView]:
    """The person's outcomes that are set, newest period first, over every regulation."""
    clock = legal_clock(session)
    events = _events(session, person_id)
    rows = session.execute(_outcomes(person_id).order_by(Period.ends.desc(), Period.starts)).all()
    calendar = _calendar_for(session, rows)
    newest: dict[tuple[UUID, int], OutcomeView] = {}
    for row in rows:
        newest.setdefault((row.Outcome.period_id, row.Outcome.segment), _view(row, events, clock, calendar))
    return list(newest.values())


def latest_outcome(session: Session, person_id: UUID, code: str) -> OutcomeView | None:
    """The newest revision that is set of one period (the last segment), or None."""
    row = session.execute(_outcomes(person_id).where(Period.code == code).limit(1)).first()
    if row is None:
        return None
    return _view(row, _events(session, person_id), legal_clock(session), _calendar_for(session, [row]))


def receipt(session: Session, person_id: UUID, code: str) -> ReceiptView:
    """How the outcome came about, step by step with articles, as stored when it was set; or `NotFound`."""
    outcome = latest_outcome(session, person_id, code)
    if outcome is None:
        raise NotFound("outcome_unknown", "There is no outcome of this person for {code}.", code=code)
    steps = session.execute(
        select(OutcomeSteps).where(
            OutcomeSteps.period_id == outcome.period_id,
            OutcomeSteps.person_id == person_id,
            OutcomeSteps.segment == outcome.segment,
            OutcomeSteps.revision == outcome.revision,
        )
    ).scalar_one()
    text = session.execute(select(RuleText).where(RuleText.hash == outcome.rule_hash)).scalar_one()
    description = stored_description(text.description, outcome.segment)
    made = _receipt(description, steps.inputs, steps.numbers, steps.codes, steps.items)
    parts = _parts(session, outcome) if outcome.segment != 1 else ()
    return ReceiptView(outcome, _titled(made, parts), description, parts)


def _titled(made: Receipt, parts: tuple[PartView, ...]) -> Receipt:
    """A combined receipt whose parts' regulations read as titles, not as codes."""
    titles = {part.description["code"]: part.description["title"] for part in parts}
    lines = (
        replace(line, value_label=titles[str(line.value)])
        if line.step == "regulation" and str(line.value) in titles
        else line
        for line in made.lines
    )
    return replace(made, lines=tuple(lines)) if titles else made


def _receipt(
    description: dict[str, Any],
    inputs: dict[str, Any],
    numbers: list[float | None],
    codes: list[str | None],
    items: list[Any] | None,
) -> Receipt:
    return receipt_from_steps(description, {**inputs, **step_values(description, numbers, codes)}, items or [])


def _parts(session: Session, outcome: OutcomeView) -> tuple[PartView, ...]:
    """The newest results of the segments, up to the outcome's own revision; one statement."""
    appraiser = select(Person.name).where(Person.id == SegmentOutcome.appraiser_id).correlate(SegmentOutcome)
    source = select(Period.code).where(Period.id == SegmentOutcome.source_period_id).correlate(SegmentOutcome)
    rows = session.execute(
        select(
            SegmentOutcome,
            Segment,
            RuleText.description,
            Unit.name.label("unit_name"),
            appraiser.scalar_subquery().label("appraiser_name"),
            source.scalar_subquery().label("source_period"),
        )
        .join(
            Segment,
            (Segment.period_id == SegmentOutcome.period_id)
            & (Segment.person_id == SegmentOutcome.person_id)
            & (Segment.number == SegmentOutcome.segment),
        )
        .join(RuleText, RuleText.id == SegmentOutcome.rule_id)
        .join(Unit, Unit.id == SegmentOutcome.unit_id)
        .where(
            SegmentOutcome.period_id == outcome.period_id,
            SegmentOutcome.person_id == outcome.person_id,
            SegmentOutcome.revision <= outcome.revision,
        )
        .order_by(SegmentOutcome.segment, SegmentOutcome.revision.desc())
    )
    newest: dict[int, PartView] = {}
    for row in rows:
        newest.setdefault(row.SegmentOutcome.segment, _part(row))
    return tuple(newest.values())


def _part(row: Row[Any]) -> PartView:
    found, segment, description = row.SegmentOutcome, row.Segment, row.description
    own = found.numbers is not None
    return PartView(
        number=found.segment,
        starts=segment.starts,
        ends=segment.ends,
        cause=segment.cause,
        appraiser_name=row.appraiser_name,
        unit_name=row.unit_name,
        outcome=found.outcome,
        score=found.score,
        description=description,
        source_period=row.source_period,
        receipt=_receipt(description, found.inputs, found.numbers, found.codes, found.items) if own else None,
        corrected=found.revision > 1,
    )


def step_values(
    description: dict[str, Any], numbers: list[float | None], codes: list[str | None]
) -> dict[str, float | str | None]:
    """Person step name → stored value; the two arrays hold numbers and codes, each in the order of the steps."""
    values: dict[str, float | str | None] = {}
    numeric, coded = iter(numbers), iter(codes)
    for step in description["person_steps"]:
        values[step["name"]] = next(numeric) if step["kind"] == "number" else next(coded)
    return values


def _outcomes(person_id: UUID) -> Select[Any]:
    appraiser = select(Person.name).where(Person.id == Outcome.appraiser_id).correlate(Outcome).scalar_subquery()
    return (
        select(
            Outcome,
            OutcomeBatch,
            Period,
            RuleText.regulation,
            RuleText.edition,
            RuleText.hash,
            RuleText.description["objection"].label("objection"),
            Unit.name.label("unit_name"),
            appraiser.label("appraiser_name"),
        )
        .join(OutcomeBatch, OutcomeBatch.id == Outcome.batch_id)
        .join(Period, Period.id == Outcome.period_id)
        .join(Unit, Unit.id == Outcome.unit_id)
        .join(RuleText, RuleText.id == OutcomeBatch.rule_id)
        .where(Outcome.person_id == person_id, OutcomeBatch.state == "set")
        .order_by(Outcome.segment.desc(), Outcome.revision.desc())
    )


def _events(session: Session, person_id: UUID) -> dict[tuple[UUID, int, int], dict[str, datetime]]:
    rows = session.execute(
        select(
            OutcomeEvent.period_id,
            OutcomeEvent.segment,
            OutcomeEvent.revision,
            func.jsonb_object_agg(OutcomeEvent.state, OutcomeEvent.at),
        )
        .where(OutcomeEvent.person_id == person_id)
        .group_by(OutcomeEvent.period_id, OutcomeEvent.segment, OutcomeEvent.revision)
    )
    return {
        (period, segment, revision): {state: datetime.fromisoformat(at) for state, at in happened.items()}
        for period, segment, revision, happened in rows
    }


def _view(
    row: Row[Any], events: dict[tuple[UUID, int, int], dict[str, datetime]], clock: LegalClock, calendar: OfficeCalendar
) -> OutcomeView:
    outcome, batch, period = row.Outcome, row.OutcomeBatch, row.Period
    until = clock.until(batch.delivered_at, row.objection, calendar) if batch.delivered_at else None
    happened = events.get((outcome.period_id, outcome.segment, outcome.revision), {})
    state = outcome_state(
        batch.state,
        batch.delivered_at,
        frozenset(happened),
        until is not None and clock.today() > until,
    )
    return OutcomeView(
        person_id=outcome.person_id,
        period_id=period.id,
        period_code=period.code,
        starts=period.starts,
        ends=period.ends,
        segment=outcome.segment,
        revision=outcome.revision,
        regulation=row.regulation,
        edition=row.edition,
        rule_hash=row.hash,
        outcome=outcome.outcome,
        score=outcome.score,
        organisation_rating=outcome.organisation_rating,
        group_key=outcome.group_key,
        unit_id=outcome.unit_id,
        unit_name=row.unit_name,
        appraiser_id=outcome.appraiser_id,
        appraiser_name=row.appraiser_name,
        state=state,
        set_at=batch.set_at,
        delivered_at=batch.delivered_at,
        objection_until=until,
        answered_at=happened.get(OutcomeState.ACCEPTED) or happened.get(OutcomeState.OBJECTED),
        final_at=happened.get(OutcomeState.FINAL),
    )


def _calendar_for(session: Session, rows: Sequence[Row[Any]]) -> OfficeCalendar:
    """The agency's calendar, read only where some window is counted in working days."""
    counted = any((row.objection or {}).get("kind") == DayKind.WORKING for row in rows)
    return office_calendar(session) if counted else NATIONAL
