"""Reads of remuneration: one person's line, and the sum of a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from selaras.evaluation.models import Outcome
from selaras.evaluation.queries import OutcomeView
from selaras.followup.models import Remuneration, RemunerationTable
from selaras.followup.service import scheme_of
from selaras.regulation.kit import PayLine

_KEY = ("tenant_id", "period_id", "person_id", "segment", "revision")


@dataclass(frozen=True)
class RemunerationView:
    """Percent of the base, both in rupiah a month, and the months `[pays_from, pays_to]` in which it is paid.

    `lines`: how the amount came about, by the steps of the scheme that it was worked out by.
    """

    kind: str
    shape: str
    table: str
    version: int
    source: str
    certainty: str
    percent: Decimal
    base: Decimal
    amount: Decimal
    pays_from: date
    pays_to: date
    lines: tuple[PayLine, ...]


def remuneration(session: Session, person_id: UUID, period_id: UUID, ends: date) -> RemunerationView | None:
    """What the newest outcome of a period (whose last day is `ends`) does to the person's pay; None without a table."""
    row = session.execute(
        select(Remuneration, RemunerationTable, Outcome.outcome)
        .join(RemunerationTable, RemunerationTable.id == Remuneration.table_id)
        .join(Outcome, and_(*(getattr(Outcome, name) == getattr(Remuneration, name) for name in _KEY)))
        .where(Remuneration.person_id == person_id, Remuneration.period_id == period_id)
        .order_by(Remuneration.segment.desc(), Remuneration.revision.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    paid, table, outcome = row
    facts = {"outcome": outcome, "base": float(paid.base), **(paid.facts or {})}
    pays_from, pays_to = effective_months(table.effect, ends)
    return RemunerationView(
        kind=table.kind,
        shape=table.shape,
        table=table.name,
        version=table.version,
        source=table.source,
        certainty=table.certainty,
        percent=paid.percent,
        base=paid.base,
        amount=paid.amount,
        pays_from=pays_from,
        pays_to=pays_to,
        lines=scheme_of(table).explain(facts),
    )


@dataclass(frozen=True)
class PayDifference:
    """What a correction does to somebody's pay: rupiah a month before and after, in the months that are paid by it."""

    kind: str
    before: Decimal
    after: Decimal
    pays_from: date
    pays_to: date

    @property
    def monthly(self) -> Decimal:
        """Rupiah a month more (or less)."""
        return self.after - self.before

    @property
    def months(self) -> int:
        """How many months are paid by it."""
        return (self.pays_to.year - self.pays_from.year) * 12 + self.pays_to.month - self.pays_from.month + 1

    @property
    def whole(self) -> Decimal:
        """Rupiah over all of these months."""
        return self.monthly * self.months


def pay_difference(session: Session, outcome: OutcomeView, before: int, after: int) -> PayDifference | None:
    """The difference between two revisions of a result, as both were worked out; None where one has no line."""
    rows = session.execute(
        select(Remuneration.revision, Remuneration.amount, RemunerationTable.effect, RemunerationTable.kind)
        .join(RemunerationTable, RemunerationTable.id == Remuneration.table_id)
        .where(
            Remuneration.person_id == outcome.person_id,
            Remuneration.period_id == outcome.period_id,
            Remuneration.segment == outcome.segment,
            Remuneration.revision.in_((before, after)),
        )
    ).all()
    paid = {row.revision: row for row in rows}
    if before not in paid or after not in paid:
        return None
    pays_from, pays_to = effective_months(paid[after].effect, outcome.ends)
    return PayDifference(paid[after].kind, paid[before].amount, paid[after].amount, pays_from, pays_to)


def effective_months(effect: str, ends: date) -> tuple[date, date]:
    """First and last month (as their first days) that a period ending on `ends` pays: next quarter, month or year."""
    length = {"next_quarter": 3, "next_month": 1, "next_year": 12}[effect]
    first = _month_after(ends, 1)
    return first, _month_after(ends, length)


def _month_after(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)
