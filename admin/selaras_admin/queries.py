"""Reads of the console across agencies: the platform's own tables and the summaries, never a tenant table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import Range, distinct_on
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.closing.models import CloseSummary, OutcomeSummary
from selaras.db.tables import sides
from selaras.evaluation.wording import Word, outcome_word, outcome_words
from selaras.tenancy.models import AgencySuccession, Region, RegulationAssignment, RuleText
from selaras.tenancy.queries import AgencyView, Successor, list_agencies
from selaras.tenancy.regions import provinces
from selaras_admin.rules import suppressed


@dataclass(frozen=True)
class CloseView:
    """A close of a period in figures. People, units and checks are counts; pay in rupiah; `set_at` in UTC."""

    period_code: str
    regulation: str
    people: int
    evaluated: int
    units: int
    breaches: int
    overrides: int
    pay_base: Decimal
    pay_amount: Decimal
    seconds: float
    set_at: datetime

    @property
    def pay_share(self) -> Decimal | None:
        """What is paid in percent of the base; None where nothing is based on the results."""
        return 100 * self.pay_amount / self.pay_base if self.pay_base else None


@dataclass(frozen=True)
class AgencyLine:
    """An agency in the list: what it is, what it follows today in its own zone, who carries on, its last close."""

    agency: AgencyView
    region: str | None
    regulation: str | None
    successors: tuple[Successor, ...]
    predecessors: tuple[Successor, ...]
    last: CloseView | None


@dataclass(frozen=True)
class RegionLine:
    """A province: how many governments it has, how many agencies are here, how many of them closed the period."""

    code: str | None
    name: str
    governments: int
    agencies: int
    closed: int


@dataclass(frozen=True)
class Cell:
    """An outcome and how many people had it; None where that is too few to show. `length`: percent of the longest."""

    word: Word
    people: int | None
    share: float | None
    length: float


@dataclass(frozen=True)
class Sight:
    """What the role of this console may read: tables behind walls, summaries, the platform's own."""

    role: str
    walled: int
    readable: tuple[str, ...]
    summaries: int
    platform: int


_CLOSE = (
    CloseSummary.period_code,
    CloseSummary.regulation,
    CloseSummary.people,
    CloseSummary.evaluated,
    CloseSummary.units,
    CloseSummary.breaches,
    CloseSummary.overrides,
    CloseSummary.pay_base,
    CloseSummary.pay_amount,
    CloseSummary.seconds,
    CloseSummary.set_at,
)
# A year that is entered late does not hide the quarter that is closed now.
_LATEST = (func.left(CloseSummary.period_code, 4).desc(), CloseSummary.set_at.desc(), CloseSummary.period_code.desc())


def overview(session: Session) -> tuple[AgencyLine, ...]:
    """Every agency, in order of its name, in five statements however many there are."""
    agencies = sorted(list_agencies(session), key=lambda one: one.name.casefold())
    regions = {row.code: row.name for row in session.execute(select(Region.code, Region.name))}
    followed = _followed_today(session, agencies)
    after, before = _successions(session, {one.tenant_id: one for one in agencies})
    last = _last_closes(session)
    return tuple(
        AgencyLine(
            agency=one,
            region=regions.get(one.region_code or ""),
            regulation=followed.get(one.tenant_id),
            successors=tuple(after.get(one.tenant_id, ())),
            predecessors=tuple(before.get(one.tenant_id, ())),
            last=last.get(one.tenant_id),
        )
        for one in agencies
    )


def region_name(session: Session, code: str | None) -> str | None:
    """The name of a region, or None for a national agency."""
    return session.scalar(select(Region.name).where(Region.code == code)) if code else None


def closed_periods(session: Session) -> tuple[str, ...]:
    """The codes of every period that any agency has closed, the newest first."""
    return tuple(session.scalars(select(CloseSummary.period_code).distinct().order_by(CloseSummary.period_code.desc())))


def by_region(session: Session, period_code: str) -> tuple[RegionLine, ...]:
    """Every province in order of its code, then the national agencies; agencies that have ended are not counted."""
    working = [one for one in list_agencies(session) if one.status != "ended"]
    closed = set(session.scalars(select(CloseSummary.tenant_id).where(CloseSummary.period_code == period_code)))
    lines = [_region_line(one.code, one.name, 1 + one.regencies + one.cities, working, closed) for one in provinces()]
    return (*lines, _region_line(None, "", 0, working, closed))


def closes(session: Session, tenant_id: int) -> tuple[CloseView, ...]:
    """Every close of an agency, the newest period first."""
    rows = session.execute(select(*_CLOSE).where(CloseSummary.tenant_id == tenant_id).order_by(*_LATEST))
    return tuple(CloseView(*row) for row in rows)


def distributions(session: Session, tenant_id: int, listed: Iterable[CloseView]) -> dict[str, tuple[Cell, ...]]:
    """Period → its outcomes from the best to the worst, in its rule's words; small cells hidden, none if all are."""
    rows = session.execute(
        select(OutcomeSummary.period_code, OutcomeSummary.outcome, func.sum(OutcomeSummary.people).label("people"))
        .where(OutcomeSummary.tenant_id == tenant_id)
        .group_by(OutcomeSummary.period_code, OutcomeSummary.outcome)
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row.period_code, {})[row.outcome] = int(row.people)
    texts = _rule_texts(session, {one.regulation for one in listed})
    return {
        one.period_code: _cells(texts.get(one.regulation), counts[one.period_code])
        for one in listed
        if one.period_code in counts
    }


def sight(session: Session) -> Sight:
    """What the database lets this console's role read, asked of the database itself."""
    rows = session.execute(
        text(
            "SELECT current_user AS role, c.relname AS name, "
            "has_table_privilege(c.oid, 'SELECT') OR has_any_column_privilege(c.oid, 'SELECT') AS may "
            "FROM pg_class c WHERE c.relnamespace = to_regnamespace('selaras') AND c.relkind IN ('r', 'p')"
        )
    ).all()
    declared = {name: str(getattr(model, "side", "tenant")) for name, model in sides().items()}
    side = {row.name: declared.get(row.name, "tenant") for row in rows}
    return Sight(
        role=rows[0].role,
        walled=sum(one == "tenant" for one in side.values()),
        readable=tuple(sorted(row.name for row in rows if row.may and side[row.name] == "tenant")),
        summaries=sum(one == "summary" for one in side.values()),
        platform=sum(one == "platform" for one in side.values()),
    )


def _followed_today(session: Session, agencies: Iterable[AgencyView]) -> dict[int, str]:
    days = {one.tenant_id: today(one.time_zone) for one in agencies}
    if not days:
        return {}
    around = Range(min(days.values()), max(days.values()), bounds="[]")
    rows = session.execute(
        select(RegulationAssignment.tenant_id, RegulationAssignment.regulation, RegulationAssignment.during).where(
            RegulationAssignment.during.overlaps(around)
        )
    )
    return {row.tenant_id: row.regulation for row in rows if _holds(row.during, days.get(row.tenant_id))}


def _holds(during: Range[date], day: date | None) -> bool:
    return day is not None and during.contains(day)


def _successions(
    session: Session, agencies: Mapping[int, AgencyView]
) -> tuple[dict[int, list[Successor]], dict[int, list[Successor]]]:
    after: dict[int, list[Successor]] = {}
    before: dict[int, list[Successor]] = {}
    for row in session.scalars(select(AgencySuccession).order_by(AgencySuccession.effective)):
        former, later = agencies[row.predecessor_id], agencies[row.successor_id]
        after.setdefault(former.tenant_id, []).append(_link(later, row))
        before.setdefault(later.tenant_id, []).append(_link(former, row))
    return after, before


def _link(other: AgencyView, row: AgencySuccession) -> Successor:
    return Successor(other.tenant_id, other.uuid, other.slug, other.name, row.effective, row.legal_basis, row.certainty)


def _last_closes(session: Session) -> dict[int, CloseView]:
    rows = session.execute(
        select(CloseSummary.tenant_id, *_CLOSE)
        .ext(distinct_on(CloseSummary.tenant_id))
        .order_by(CloseSummary.tenant_id, *_LATEST)
    )
    return {row[0]: CloseView(*tuple(row)[1:]) for row in rows}


def _region_line(
    code: str | None, name: str, governments: int, working: Iterable[AgencyView], closed: set[int]
) -> RegionLine:
    here = [one for one in working if (one.region_code or "")[:2] == (code or "")]
    return RegionLine(code, name, governments, len(here), sum(one.tenant_id in closed for one in here))


def _rule_texts(session: Session, regulations: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(RuleText.regulation, RuleText.description)
        .where(RuleText.regulation.in_(tuple(regulations)))
        .ext(distinct_on(RuleText.regulation))
        .order_by(RuleText.regulation, RuleText.id.desc())
    )
    return {row.regulation: row.description for row in rows}


def _cells(rule: Mapping[str, Any] | None, counts: Mapping[str, int]) -> tuple[Cell, ...]:
    words = outcome_words(rule) if rule else []
    known = {word.code for word in words}
    words += [outcome_word(rule, code) for code in sorted(set(counts) - known)]
    shown = suppressed({word.code: counts.get(word.code, 0) for word in words})
    if all(people is None for people in shown.values()):
        return ()
    total, longest = sum(counts.values()), max([1, *(people for people in shown.values() if people)])
    return tuple(
        Cell(word, people, None if people is None else 100 * people / total, 100 * (people or 0) / longest)
        for word in words
        for people in [shown[word.code]]
    )
