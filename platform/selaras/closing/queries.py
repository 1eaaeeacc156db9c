"""Reads of a close: how far it is, what it found, what it came to."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from selaras.closing.models import Close, CloseStage
from selaras.closing.rules import Stage
from selaras.db.session import tenant_of
from selaras.evaluation.distribution import CheckView, checks
from selaras.evaluation.models import Outcome, OutcomeBatch, RankingGroup
from selaras.evaluation.queries import PeriodView, period_by_code, periods
from selaras.jobs.queries import job
from selaras.tenancy.models import RuleText


@dataclass(frozen=True)
class StageView:
    """A stage of a close: rows done so far, seconds spent, whether it is done."""

    stage: Stage
    done: bool
    rows: int
    seconds: float


@dataclass(frozen=True)
class GroupView:
    """A ranking group and how many people are comparable in it."""

    group_key: str
    people: int


@dataclass(frozen=True)
class Overview:
    """A period's quarter at a glance. `state`: none, running, blocked, set. Money in rupiah a month.

    `total` people will have an outcome, `appraised` have one so far; `counts`: outcome code → people.
    """

    period: PeriodView
    state: str
    regulation: str | None
    rule: dict[str, Any] | None
    stages: list[StageView]
    people: int
    total: int
    appraised: int
    counts: dict[str, int]
    checks: list[CheckView]
    groups: list[GroupView]
    pay_base: Decimal
    pay_amount: Decimal
    seconds: float
    started_at: datetime | None
    set_at: datetime | None
    document_id: UUID | None
    annex_id: UUID | None
    problem: dict[str, Any] | None
    # Results that a decided objection has corrected since: how many, and how many people each outcome has now. The
    # figures above stay those of the determination.
    corrected: int = 0
    counts_now: dict[str, int] = field(default_factory=dict)


def current_period(session: Session) -> PeriodView | None:
    """The period that the agency works on: the newest that is not closed, else the newest of all."""
    known = periods(session)
    return next((period for period in known if period.state != "closed"), known[0] if known else None)


def overview(session: Session, code: str, within: frozenset[UUID] | None = None) -> Overview:
    """Where the close of a period stands, or the empty overview before it is started. Constant statements.

    `within`: only figures of these units; then there are no ranking groups, amounts and documents of the whole agency.
    """
    period = period_by_code(session, code)
    close = session.scalar(select(Close).where(Close.period_id == period.id, Close.state != "withdrawn"))
    if close is None or close.batch_id is None:
        return _empty(period)
    batch, rule = session.execute(
        select(OutcomeBatch, RuleText)
        .join(RuleText, RuleText.id == OutcomeBatch.rule_id)
        .where(OutcomeBatch.id == close.batch_id)
    ).one()
    state, problem = _standing(session, close)
    stages = _stages(session, close.id)
    counts = _counts(session, close, within)
    moved = _corrected(session, close, within)
    made = Overview(
        period=period,
        state=state,
        regulation=rule.regulation,
        rule=rule.description,
        stages=stages,
        people=int(close.figures.get("people", 0)),
        total=int(close.figures.get("rated", 0)),
        appraised=sum(counts.values()),
        counts=counts,
        checks=checks(session, close.batch_id, period.id),
        groups=_groups(session, close.batch_id),
        pay_base=Decimal(close.figures.get("pay_base", 0)),
        pay_amount=Decimal(close.figures.get("pay_amount", 0)),
        seconds=sum(stage.seconds for stage in stages),
        started_at=close.started_at,
        set_at=batch.set_at,
        document_id=close.document_id,
        annex_id=close.annex_id,
        problem=problem,
        corrected=len(moved),
        counts_now=_now(counts, moved),
    )
    return made if within is None else _only(made, within)


def _only(whole: Overview, within: frozenset[UUID]) -> Overview:
    people, zero = sum(whole.counts.values()), Decimal(0)
    return replace(
        whole,
        people=people,
        total=people,
        checks=[one for one in whole.checks if one.unit_id in within],
        groups=[],
        pay_base=zero,
        pay_amount=zero,
        document_id=None,
        annex_id=None,
    )


def _standing(session: Session, close: Close) -> tuple[str, dict[str, Any] | None]:
    """State and problem; a close whose job was given up does not run any more, it waits to be resumed."""
    if close.state == "running" and close.job_id is not None:
        carried = job(session, close.job_id)
        if carried.state == "failed":
            return "blocked", carried.error
    return close.state, close.figures.get("problem")


def _empty(period: PeriodView) -> Overview:
    zero = Decimal(0)
    stages = [StageView(stage, False, 0, 0.0) for stage in Stage]
    return Overview(
        period, "none", None, None, stages, 0, 0, 0, {}, [], [], zero, zero, 0.0, None, None, None, None, None
    )


def _stages(session: Session, close_id: UUID) -> list[StageView]:
    rows = session.execute(
        select(
            CloseStage.stage,
            func.sum(CloseStage.rows).label("rows"),
            func.sum(CloseStage.seconds).label("seconds"),
            func.bool_or(~CloseStage.more).label("done"),
        )
        .where(CloseStage.close_id == close_id)
        .group_by(CloseStage.stage)
    )
    found = {row.stage: row for row in rows}
    return [
        StageView(stage, bool(row and row.done), int(row.rows) if row else 0, float(row.seconds) if row else 0.0)
        for stage in Stage
        for row in [found.get(stage.value)]
    ]


def _counts(session: Session, close: Close, within: frozenset[UUID] | None) -> dict[str, int]:
    query = (
        select(Outcome.outcome, func.count())
        .where(
            Outcome.tenant_id == tenant_of(session),
            Outcome.period_id == close.period_id,
            Outcome.batch_id == close.batch_id,
        )
        .group_by(Outcome.outcome)
    )
    if within is not None:
        query = query.where(Outcome.unit_id.in_(within))
    rows = session.execute(query)
    return {outcome: people for outcome, people in rows}


def _groups(session: Session, batch_id: UUID) -> list[GroupView]:
    rows = session.execute(
        select(RankingGroup.group_key, RankingGroup.people)
        .where(RankingGroup.batch_id == batch_id)
        .order_by(RankingGroup.group_key)
    )
    return [GroupView(row.group_key, row.people) for row in rows]


def _corrected(session: Session, close: Close, within: frozenset[UUID] | None) -> list[tuple[str, str]]:
    """The outcome as determined and as it is now, of each result that was corrected since."""
    first = aliased(Outcome)
    query = (
        select(Outcome.person_id, first.outcome.label("before"), Outcome.outcome.label("after"))
        .join(OutcomeBatch, OutcomeBatch.id == Outcome.batch_id)
        .join(
            first,
            (first.period_id == Outcome.period_id)
            & (first.person_id == Outcome.person_id)
            & (first.segment == Outcome.segment)
            & (first.batch_id == close.batch_id),
        )
        .where(
            OutcomeBatch.period_id == close.period_id, OutcomeBatch.id != close.batch_id, OutcomeBatch.state == "set"
        )
        .where(Outcome.period_id == close.period_id)
        .order_by(Outcome.person_id, Outcome.segment, Outcome.revision.desc())
        .ext(distinct_on(Outcome.person_id, Outcome.segment))
    )
    if within is not None:
        query = query.where(Outcome.unit_id.in_(within))
    return [(row.before, row.after) for row in session.execute(query)]


def _now(counts: dict[str, int], moved: list[tuple[str, str]]) -> dict[str, int]:
    now = Counter(counts)
    for before, after in moved:
        now[before] -= 1
        now[after] += 1
    return {outcome: people for outcome, people in now.items() if people}
