"""The other way, for comparison: one person at a time through the ORM, and a commit for each."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from bench.ground import Ground
from selaras.db.session import Database, tenant_of
from selaras.evaluation.facts import Facts
from selaras.evaluation.groups import Grouping, group_of, ranking_groups
from selaras.evaluation.models import OrganisationRating, Outcome, OutcomeBatch, OutcomeSteps, Rating
from selaras.evaluation.queries import PeriodView, period_by_code
from selaras.followup.models import Remuneration, RemunerationTable
from selaras.notices.models import Notice
from selaras.organisation.models import Appointment, Position
from selaras.organisation.queries import superior_of
from selaras.regulation import Rules, load_registry
from selaras.tenancy.queries import agency, rules_on

GROUPING = Grouping(("post_kind",), 5)


@dataclass(frozen=True)
class Shared:
    """What is the same for everybody: read once, so that only the work per person is compared."""

    rules: Rules
    period: PeriodView
    batch_id: UUID
    groups: pl.Series
    table_id: UUID
    percents: Mapping[str, Any]
    bases: Mapping[str, Any]


@dataclass(frozen=True)
class Alone:
    """Milliseconds per person, of which the rule itself."""

    people: int
    per_person: float
    rule: float

    def scaled(self, people: int) -> float:
        """The seconds that so many people would take, by simple multiplication."""
        return self.per_person * people / 1000


def one_by_one(place: Ground, tenant: int, code: str) -> Alone:
    """Appraise everybody of an agency in turn and write the same rows that a close writes."""
    database = Database(place.app)
    try:
        with database.tenant(tenant) as session:
            shared = _shared(session, code)
            rated = list(session.scalars(select(Rating.person_id).where(Rating.period_id == shared.period.id)))
        begun, rule = time.perf_counter(), 0.0
        for person_id in rated:
            with database.tenant(tenant) as session:
                rule += _one(session, shared, person_id)
        spent = time.perf_counter() - begun
    finally:
        database.close()
    return Alone(len(rated), spent / len(rated) * 1000, rule / len(rated) * 1000)


def _shared(session: Session, code: str) -> Shared:
    period = period_by_code(session, code)
    rules = rules_on(session, agency(session, tenant_of(session)), period.ends, load_registry())
    batch = OutcomeBatch(period_id=period.id, rule_id=0)
    session.add(batch)
    session.flush()
    table = session.scalars(select(RemunerationTable)).one()
    sizes = Facts(session, period, rules).posts()
    formed = ranking_groups(sizes, GROUPING).get_column("group_key").unique()
    return Shared(rules, period, batch.id, formed, table.id, table.percents, table.bases)


def _one(session: Session, shared: Shared, person_id: UUID) -> float:
    """One person: read, appraise, add four rows; returns the seconds of the rule."""
    rating = session.scalars(
        select(Rating).where(Rating.period_id == shared.period.id, Rating.person_id == person_id)
    ).one()
    post, unit_id = _post(session, person_id, shared.period.ends)
    begun = time.perf_counter()
    appraised = shared.rules.appraise(pl.DataFrame([{"person": str(person_id), **rating.inputs}]))
    rule = time.perf_counter() - begun
    result, steps = appraised.outcomes.row(0, named=True), appraised.person_steps.row(0, named=True)
    key = {"person_id": person_id, "period_id": shared.period.id, "segment": rating.segment, "revision": 1}
    session.add(
        Outcome(
            **key,
            batch_id=shared.batch_id,
            unit_id=unit_id,
            appraiser_id=rating.appraiser_id or superior_of(session, person_id, shared.period.ends),
            outcome=result["outcome"],
            score=result["score"],
            organisation_rating=_organisation(session, shared, unit_id),
            group_key=pl.select(post_kind=pl.lit(post.kind)).select(group_of(GROUPING, shared.groups)).item(),
        )
    )
    session.add(_steps(shared, key, steps, rating))
    session.add(_paid(shared, key, post, result["outcome"]))
    told = {"person_id": person_id, "code": "outcome_delivered", "subject_id": shared.batch_id}
    session.add(Notice(**told, params={"period": shared.period.code}))
    return rule


def _organisation(session: Session, shared: Shared, unit_id: UUID) -> str:
    mine = (OrganisationRating.unit_id == unit_id, OrganisationRating.period_id == shared.period.id)
    return session.scalars(select(OrganisationRating).where(*mine)).one().rating


def _steps(shared: Shared, key: dict[str, Any], steps: Mapping[str, Any], rating: Rating) -> OutcomeSteps:
    numbers = [steps[step.name] for step in shared.rules.person_steps if step.kind == "number"]
    codes = [steps[step.name] for step in shared.rules.person_steps if step.kind == "code"]
    return OutcomeSteps(**key, numbers=numbers, codes=codes, inputs=rating.inputs, items=None)


def _post(session: Session, person_id: UUID, day: date) -> tuple[Position, UUID]:
    held = session.scalars(
        select(Appointment).where(
            Appointment.person_id == person_id, Appointment.kind == "definitive", Appointment.during.contains(day)
        )
    ).one()
    return session.scalars(select(Position).where(Position.id == held.position_id)).one(), held.unit_id


def _paid(shared: Shared, key: dict[str, Any], post: Position, outcome: str) -> Remuneration:
    percent, base = Decimal(str(shared.percents[outcome])), Decimal(str(shared.bases[str(post.job_class)]))
    amount = (base * percent / 100).quantize(Decimal(1), ROUND_HALF_UP)
    return Remuneration(**key, table_id=shared.table_id, percent=percent, base=base, amount=amount)
