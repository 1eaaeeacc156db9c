"""Reads: periods, a person's history, one outcome with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from selaras.calendar.days import DayKind, add_days
from selaras.clock import today
from selaras.errors import NotFound
from selaras.evaluation.models import (
    Outcome,
    OutcomeBatch,
    OutcomeEvent,
    OutcomeSteps,
    Period,
    Rating,
)
from selaras.evaluation.rules import OutcomeState, outcome_state
from selaras.organisation.models import Person, Unit
from selaras.regulation.receipt import Receipt, receipt_from_steps
from selaras.tenancy.models import Agency, RuleText


@dataclass(frozen=True)
class PeriodView:
    """A period of this agency; `starts` and `ends` are both included; `state` is open, closing or closed."""

    id: UUID
    code: str
    kind: str
    starts: date
    ends: date
    state: str


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


@dataclass(frozen=True)
class ReceiptView:
    """An outcome with every input and step behind it; `description` is the rule's text as it stood."""

    outcome: OutcomeView
    receipt: Receipt
    description: dict[str, Any]


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
    return PeriodView(row.id, row.code, row.kind, row.starts, row.ends, row.state)


def ratings(session: Session, period_id: UUID, people: list[UUID]) -> dict[UUID, RatingView]:
    """Person id → rating in the period, for those of `people` who are rated."""
    rows = session.execute(
        select(Rating.person_id, Rating.inputs, Rating.rated_at).where(
            Rating.period_id == period_id, Rating.person_id.in_(people)
        )
    )
    return {row.person_id: RatingView(row.person_id, row.inputs, row.rated_at) for row in rows}


def history(session: Session, person_id: UUID) -> list[OutcomeView]:
    """The person's outcomes that are set, newest period first, over every regulation."""
    zone = _zone(session)
    events = _events(session, person_id)
    rows = session.execute(_outcomes(person_id).order_by(Period.ends.desc(), Period.starts)).all()
    newest: dict[tuple[UUID, int], OutcomeView] = {}
    for row in rows:
        newest.setdefault((row.Outcome.period_id, row.Outcome.segment), _view(row, events, zone))
    return list(newest.values())


def latest_outcome(session: Session, person_id: UUID, code: str) -> OutcomeView | None:
    """The newest revision that is set of one period (the last segment), or None."""
    row = session.execute(_outcomes(person_id).where(Period.code == code).limit(1)).first()
    return _view(row, _events(session, person_id), _zone(session)) if row else None


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
    person = {**steps.inputs, **step_values(text.description, steps.numbers, steps.codes)}
    items = steps.items or []
    return ReceiptView(outcome, receipt_from_steps(text.description, person, items), text.description)


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


def _events(session: Session, person_id: UUID) -> dict[tuple[UUID, int, int], frozenset[str]]:
    rows = session.execute(
        select(OutcomeEvent.period_id, OutcomeEvent.segment, OutcomeEvent.revision, func.array_agg(OutcomeEvent.state))
        .where(OutcomeEvent.person_id == person_id)
        .group_by(OutcomeEvent.period_id, OutcomeEvent.segment, OutcomeEvent.revision)
    )
    return {(period, segment, revision): frozenset(states) for period, segment, revision, states in rows}


def _zone(session: Session) -> str:
    return session.execute(select(Agency.time_zone).where(Agency.tenant_id == session.info["tenant"])).scalar_one()


def _view(row: Row[Any], events: dict[tuple[UUID, int, int], frozenset[str]], zone: str) -> OutcomeView:
    outcome, batch, period = row.Outcome, row.OutcomeBatch, row.Period
    until = objection_until(batch.delivered_at, row.objection, zone)
    state = outcome_state(
        batch.state,
        batch.delivered_at,
        events.get((outcome.period_id, outcome.segment, outcome.revision), frozenset()),
        until is not None and today(zone) > until,
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
    )


def objection_until(delivered_at: datetime | None, window: dict[str, Any], zone: str) -> date | None:
    """The last day on which an objection is in time, in the agency's zone; None before delivery."""
    if delivered_at is None:
        return None
    return add_days(delivered_at.astimezone(ZoneInfo(zone)).date(), int(window["days"]), DayKind(window["kind"]))
