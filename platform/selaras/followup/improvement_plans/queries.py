"""Reads: one improvement plan, what follows each result of a period, and how many results nothing follows, by unit."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session, aliased

from selaras.db.session import tenant_of
from selaras.evaluation.queries import PeriodView
from selaras.followup.improvement_plans.models import ImprovementAction, ImprovementPlan
from selaras.followup.improvement_plans.rules import Follows
from selaras.organisation.models import Person

# What follows the newest result of each person that is set, in the order in which it is asked: a result that the rule
# says is to be improved needs an improvement plan (or the path of PP 30/2019); another one of a year leads on to the
# next plan, one of a shorter period to a talk.
STATES: Final = """
    WITH result AS (
        SELECT DISTINCT ON (o.person_id) o.person_id, o.unit_id, b.delivered_at, o.period_id, EXISTS (
            SELECT FROM selaras.rule_text t, jsonb_array_elements(t.description -> 'consequences') said
            WHERE t.id = b.rule_id AND said ->> 'outcome' = o.outcome AND said ->> 'code' = 'improvement'
        ) AS improve
        FROM selaras.outcome o
        JOIN selaras.outcome_batch b ON b.tenant_id = :tenant AND b.id = o.batch_id AND b.state = 'set'
        WHERE o.tenant_id = :tenant AND o.period_id = :period {only}
        ORDER BY o.person_id, o.segment DESC, o.revision DESC
    )
    SELECT result.person_id, result.unit_id, result.delivered_at, CASE
        WHEN plan.closed_on IS NOT NULL THEN 'improved'
        WHEN plan.id IS NOT NULL AND EXISTS (
            SELECT FROM selaras.improvement_action a WHERE a.tenant_id = :tenant AND a.plan_id = plan.id
             AND a.done_on IS NULL AND a.until < CAST(:day AS date)) THEN 'improving_late'
        WHEN plan.id IS NOT NULL THEN 'improving'
        WHEN result.improve AND EXISTS (
            SELECT FROM selaras.proposal p
            JOIN selaras.improvement_case c ON c.tenant_id = :tenant AND c.proposal_id = p.id
            WHERE p.tenant_id = :tenant AND p.person_id = result.person_id AND p.period_id = result.period_id
        ) THEN 'formal'
        WHEN result.improve THEN 'improve_missing'
        WHEN :kind = 'year' AND EXISTS (
            SELECT FROM selaras.plan next WHERE next.tenant_id = :tenant AND next.person_id = result.person_id
             AND next.year = :next AND next.state <> 'draft') THEN 'led_on'
        WHEN :kind = 'year' THEN 'next_missing'
        WHEN EXISTS (
            SELECT FROM selaras.result_talk talk WHERE talk.tenant_id = :tenant AND talk.person_id = result.person_id
             AND talk.period_id = result.period_id) THEN 'talked'
        ELSE 'talk_missing' END AS state
    FROM result
    LEFT JOIN selaras.improvement_plan plan
      ON plan.tenant_id = :tenant AND plan.period_id = result.period_id AND plan.person_id = result.person_id
"""
_ONE = text(STATES.format(only="AND o.person_id = :person"))
_BY_UNIT = text(
    f"""
    SELECT unit.id, unit.name, found.state, count(*)
    FROM ({STATES.format(only="")}) found
    JOIN selaras.unit unit ON unit.tenant_id = :tenant AND unit.id = found.unit_id
    WHERE CAST(:units AS uuid[]) IS NULL OR found.unit_id = ANY(CAST(:units AS uuid[]))
    GROUP BY unit.id, unit.name, found.state ORDER BY unit.name, unit.id
    """  # noqa: S608  # a query of ours
)


@dataclass(frozen=True)
class ActionView:
    """One step, and by whom and until when it is done."""

    id: UUID
    what: str
    until: date
    responsible_id: UUID
    responsible_name: str
    done_on: date | None


@dataclass(frozen=True)
class ImprovementPlanView:
    """The plan as it stands; `version` is what has to be said when it is written again."""

    id: UUID
    analysis: str
    written_by: UUID
    writer_name: str
    edited_at: datetime
    version: str
    closed_on: date | None
    came_of: str | None
    actions: tuple[ActionView, ...]


@dataclass(frozen=True)
class UnitLine:
    """One unit's people with a result, by what follows it; `nothing`: how many results nothing follows yet."""

    unit_id: UUID
    unit_name: str
    counts: Mapping[Follows, int]

    @property
    def people(self) -> int:
        """Everybody with a result."""
        return sum(self.counts.values())

    @property
    def nothing(self) -> int:
        """Results that end with a number so far."""
        return sum(n for state, n in self.counts.items() if state.is_missing)

    def of(self, *states: str) -> int:
        """How many are in one of some states."""
        return sum(self.counts.get(Follows(one), 0) for one in states)


def improvement_plan(session: Session, person_id: UUID, period_id: UUID) -> ImprovementPlanView | None:
    """The improvement plan about a person's result; None where none is written."""
    row = session.execute(
        select(ImprovementPlan, Person.name)
        .join(Person, Person.id == ImprovementPlan.written_by)
        .where(ImprovementPlan.person_id == person_id, ImprovementPlan.period_id == period_id)
    ).one_or_none()
    if row is None:
        return None
    responsible = aliased(Person)
    actions = session.execute(
        select(ImprovementAction, responsible.name)
        .join(responsible, responsible.id == ImprovementAction.responsible_id)
        .where(ImprovementAction.plan_id == row[0].id)
        .order_by(ImprovementAction.place)
    )
    made = tuple(
        ActionView(one.id, one.what, one.until, one.responsible_id, name, one.done_on) for one, name in actions
    )
    plan = row[0]
    return ImprovementPlanView(
        plan.id,
        plan.analysis,
        plan.written_by,
        row[1],
        plan.edited_at,
        plan.edited_at.isoformat(),
        plan.closed_on,
        plan.came_of,
        made,
    )


def what_follows(session: Session, person_id: UUID, period: PeriodView, day: date) -> Follows | None:
    """What follows one person's result of a period; None where no result is set."""
    row = session.execute(_ONE, {**_values(session, period, day), "person": person_id}).one_or_none()
    return Follows(row.state) if row else None


def follow_figures(
    session: Session, period: PeriodView, day: date, within: Collection[UUID] | None = None
) -> list[UnitLine]:
    """Every unit with results of the period (`within`: of these), by name, in one statement."""
    units = None if within is None else list(within)
    found: dict[UUID, tuple[str, dict[Follows, int]]] = {}
    for unit_id, name, state, n in session.execute(_BY_UNIT, {**_values(session, period, day), "units": units}):
        found.setdefault(unit_id, (name, {}))[1][Follows(state)] = n
    return [UnitLine(unit_id, name, counts) for unit_id, (name, counts) in found.items()]


def _values(session: Session, period: PeriodView, day: date) -> dict[str, object]:
    values = {"tenant": tenant_of(session), "period": period.id, "kind": period.kind}
    return {**values, "next": period.ends.year + 1, "day": day}
