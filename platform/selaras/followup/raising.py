"""What was reached last year as a raised target for this year's plan: proposed with its arithmetic, never stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from uuid import UUID

import polars as pl
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.followup.rulebooks import answering
from selaras.monitoring.models import Progress
from selaras.organisation.queries import person
from selaras.planning.models import PlanItem
from selaras.planning.queries import ItemView, MeasureView, PlanView, last_day, plan
from selaras.regulation import Registry, Rules
from selaras.tenancy.outages import basis

STEP = "raised_target"
_LESS_IS_BETTER = frozenset({"waktu", "biaya"})  # time and cost: more of them is no higher target
_SHARES = frozenset({"%", "persen"})
_WHOLE = Decimal(100)
_PLACES = Decimal("0.01")


@dataclass(frozen=True)
class RaisedTarget:
    """One target that was reached: `before` × (1 + `share` %) = `worked`, and from it what is `proposed`.

    `state`: `open` while the plan is a draft without it, then `taken`, `changed` (raised otherwise) or `declined`;
    `planned` is what the plan says now.
    """

    item_id: UUID
    title: str
    section: str | None
    aspect: str
    indicator: str | None
    measure: str | None
    before: Decimal
    reached: Decimal
    share: Decimal
    worked: Decimal
    proposed: Decimal
    planned: Decimal | None
    state: str
    article: str
    certainty: str
    regulation: str


def raised_targets(session: Session, registry: Registry, person_id: UUID, year: int) -> tuple[RaisedTarget, ...]:
    """What the agreed plan of the year before `year` speaks for; none where no rulebook covers the person."""
    before = plan(session, person_id, year - 1)
    if before is None or before.state != "agreed":
        return ()
    ends = last_day(year - 1, before)
    rules = _rules(session, registry, person_id, ends)
    if rules is None:
        return ()
    held = list(_reached(before, _newest(session, before.plan_id, ends)))
    now = plan(session, person_id, year)
    answers = _asked(rules, [(one.target or Decimal(0), reached) for _, one, reached in held])
    lines = (_line(rules, now, *one, worked) for one, worked in zip(held, answers, strict=True) if worked is not None)
    return tuple(one for one in lines if one.proposed > one.before)


def _rules(session: Session, registry: Registry, person_id: UUID, on: date) -> Rules | None:
    employment = person(session, person_id, on).line.employment
    covered = "pns" if employment == "cpns" else employment
    return answering(session, registry, STEP, on, covered) if covered else None


def _newest(session: Session, plan_id: UUID, ends: date) -> dict[tuple[UUID, str], Decimal]:
    """The last that was reported of each aspect by the day on which the plan ended."""
    rows = session.execute(
        select(Progress.item_id, Progress.aspect, Progress.actual)
        .join(PlanItem, PlanItem.id == Progress.item_id)
        .where(PlanItem.plan_id == plan_id, Progress.on_day <= ends)
        .order_by(Progress.on_day)
    )
    return {(row.item_id, row.aspect): row.actual for row in rows}


def _reached(
    view: PlanView, newest: dict[tuple[UUID, str], Decimal]
) -> Iterator[tuple[ItemView, MeasureView, Decimal]]:
    for item in view.items:
        for one in item.measures if item.stopped_on is None else ():
            reached = one.actual if one.actual is not None else newest.get((item.item_id, one.aspect))
            if one.target and one.target > 0 and reached is not None and one.aspect not in _LESS_IS_BETTER:
                yield item, one, reached


def _asked(rules: Rules, pairs: list[tuple[Decimal, Decimal]]) -> list[float | None]:
    """What the rulebook answers for each pair of target and result, in one question; None: not reached."""
    if not pairs:
        return []
    frame = pl.DataFrame(
        [
            {"person": f"{n:05d}", "target_before": float(target), "target_reached": float(reached)}
            for n, (target, reached) in enumerate(pairs)
        ]
    )
    return rules.appraise(frame).person_steps.sort("person")[STEP].to_list()


def _line(
    rules: Rules, now: PlanView | None, item: ItemView, one: MeasureView, reached: Decimal, answer: float
) -> RaisedTarget:
    assert one.target is not None
    share = Decimal(str(rules.values.target_raise))
    proposed = _fitting(_rounded(Decimal(str(round(answer, 6)))), one, reached)
    planned, source = _planned(now, item, one), basis(rules, "target_raise")
    return RaisedTarget(
        item_id=item.item_id,
        title=item.title,
        section=item.section,
        aspect=one.aspect,
        indicator=one.indicator,
        measure=one.measure,
        before=one.target,
        reached=reached,
        share=share,
        worked=_rounded(one.target * (1 + share / 100)),
        proposed=proposed,
        planned=planned,
        state=_state(planned, one.target, proposed, final=now is not None and now.state != "draft"),
        article=str(source["article"]),
        certainty=str(source["certainty"]),
        regulation=rules.code,
    )


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_PLACES, ROUND_HALF_UP)


def _fitting(answer: Decimal, one: MeasureView, reached: Decimal) -> Decimal:
    """Of whole things a whole number; of a share that stayed within the whole, no more than the whole."""
    assert one.target is not None
    if (one.measure or "").strip().casefold() in _SHARES:
        return min(answer, _WHOLE) if reached <= _WHOLE else answer
    whole = one.target == one.target.to_integral_value() and reached == reached.to_integral_value()
    return answer.to_integral_value(ROUND_CEILING) if whole else answer


def _planned(now: PlanView | None, item: ItemView, one: MeasureView) -> Decimal | None:
    """The target of the same aspect of the result with the same words, of the same indicator first."""
    same = [
        measure
        for found in (now.items if now else ())
        if found.stopped_on is None and same_words(found.title, item.title)
        for measure in found.measures
        if measure.aspect == one.aspect
    ]
    same.sort(key=lambda found: not same_words(found.indicator, one.indicator))
    return same[0].target if same else None


def same_words(one: str | None, other: str | None) -> bool:
    """Whether two titles say the same but for capitals and spaces."""
    return " ".join((one or "").split()).casefold() == " ".join((other or "").split()).casefold()


def _state(planned: Decimal | None, before: Decimal, proposed: Decimal, *, final: bool) -> str:
    if planned is not None and planned >= proposed:
        return "taken"
    if planned is not None and planned > before:
        return "changed"
    return "declined" if final else "open"
