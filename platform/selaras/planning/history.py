"""The versions of a plan: what was agreed when, by whom and why, and how two of them differ."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from selaras.clock import now
from selaras.organisation.models import Person
from selaras.planning.drafts import (
    AnnexDraft,
    ExpectationDraft,
    ItemDraft,
    MeasureDraft,
    PlanDraft,
    StrategyDraft,
)
from selaras.planning.models import (
    Assignment,
    Goal,
    ItemMeasure,
    ItemStrategy,
    Plan,
    PlanAmendment,
    PlanAnnex,
    PlanExpectation,
    PlanItem,
    PlanVersion,
)

_TEXTS = ("title", "section", "perspective", "origin", "expectation")
_REFERENCES = ("parent_item_id", "goal_id", "assignment_id")
_MEASURE = ("indicator", "target", "measure", "manual")


@dataclass(frozen=True)
class FieldChange:
    """One field that says something else: `name` is a code of ours, `part` a code of the form (aspect, stage …)."""

    name: str
    part: str | None
    before: str
    after: str


@dataclass(frozen=True)
class Difference:
    """What became of one result (`code`), or of the plan around them (None): added, stopped or changed."""

    kind: str
    code: str | None
    title: str
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class VersionView:
    """One agreed version, with how it differs from the one before (the first: from nothing)."""

    number: int
    agreed_at: datetime
    agreed_by: str | None
    reason: str | None
    draft: PlanDraft
    differences: tuple[Difference, ...]


def packed(draft: PlanDraft) -> dict[str, Any]:
    """A draft as JSON keeps it."""
    made: dict[str, Any] = msgspec.to_builtins(draft)
    return made


def unpacked(content: Mapping[str, Any]) -> PlanDraft:
    """A draft out of JSON."""
    return msgspec.convert(content, PlanDraft, strict=False)


def is_amended(session: Session, plan_id: UUID) -> bool:
    """Whether an amendment of the plan is on its way."""
    rows = select(PlanAmendment.id).where(
        PlanAmendment.plan_id == plan_id, PlanAmendment.state.in_(("draft", "submitted"))
    )
    return session.scalar(rows) is not None


def keep_version(session: Session, plan: Plan, reason: str | None, by: UUID | None, at: datetime | None = None) -> int:
    """Keep the plan as it stands now, as its next version; returns the number."""
    last = session.scalar(select(func.max(PlanVersion.number)).where(PlanVersion.plan_id == plan.id)) or 0
    made = PlanVersion(
        plan_id=plan.id,
        number=last + 1,
        content=packed(as_it_stands(session, plan)),
        agreed_at=at or now(),
        agreed_by=by,
        reason=reason,
    )
    session.add(made)
    session.flush()
    return last + 1


def versions(session: Session, plan_id: UUID) -> list[VersionView]:
    """Every agreed version, the newest first."""
    rows = session.execute(
        select(PlanVersion, Person.name)
        .outerjoin(Person, Person.id == PlanVersion.agreed_by)
        .where(PlanVersion.plan_id == plan_id)
        .order_by(PlanVersion.number)
    ).all()
    if not rows:
        return []
    drafts = [unpacked(row.content) for row, _ in rows]
    names = names_in(session, drafts)
    changes = [(), *(tuple(differences(old, new, names)) for old, new in pairwise(drafts))]
    found = [
        VersionView(row.number, row.agreed_at, name, row.reason, draft, change)
        for (row, name), draft, change in zip(rows, drafts, changes, strict=True)
    ]
    return found[::-1]


def names_in(session: Session, drafts: Sequence[PlanDraft]) -> dict[UUID, str]:
    """What the ids in some drafts stand for: superiors' results, goals and assignments; three statements."""
    items = [item for draft in drafts for item in draft.items]
    found: dict[UUID, str] = {}
    for name, table, said in (
        ("parent_item_id", PlanItem, PlanItem.title),
        ("goal_id", Goal, Goal.title),
        ("assignment_id", Assignment, Assignment.task),
    ):
        ids = {getattr(item, name) for item in items} - {None}
        rows = session.execute(select(table.id, said).where(table.id.in_(ids))) if ids else ()
        found |= {row[0]: row[1] for row in rows}
    return found


def differences(before: PlanDraft, after: PlanDraft, names: Mapping[UUID, str]) -> Iterator[Difference]:
    """What `after` adds, stops and changes, result by result, and around them; in the order of the codes."""
    old, new = ({item.code: item for item in draft.items} for draft in (before, after))
    for code in sorted({*old, *new}):
        if code not in old:
            yield Difference("added", code, new[code].title, tuple(_fields(ItemDraft(code, ""), new[code], names)))
        elif code not in new:
            yield Difference("stopped", code, old[code].title)
        elif found := tuple(_fields(old[code], new[code], names)):
            yield Difference("changed", code, new[code].title, found)
    around = tuple(_around(before, after))
    if around:
        yield Difference("changed", None, "", around)


def _fields(old: ItemDraft, new: ItemDraft, names: Mapping[UUID, str]) -> Iterator[FieldChange]:
    for name in _TEXTS:
        yield from _change(name, None, getattr(old, name), getattr(new, name))
    for name in _REFERENCES:
        said = [names.get(getattr(one, name), "?") if getattr(one, name) else None for one in (old, new)]
        yield from _change(name, None, *said)
    yield from _measures(old, new)
    yield from _grouped("strategy", _lines((one.stage, one.content) for one in old.strategy), new)
    besides = (old.detail or {}, new.detail or {})
    for name in dict.fromkeys((*besides[0], *besides[1])) if new.detail is not None else ():
        yield from _change("detail", name, besides[0].get(name), besides[1].get(name))


def _measures(old: ItemDraft, new: ItemDraft) -> Iterator[FieldChange]:
    before, after = ({one.aspect: one for one in item.measures} for item in (old, new))
    for aspect in dict.fromkeys((*before, *after)):
        empty = MeasureDraft(aspect)
        for name in _MEASURE:
            values = [getattr(found.get(aspect, empty), name) for found in (before, after)]
            yield from _change(name, aspect, *values)


def _grouped(name: str, before: Mapping[str, str], new: ItemDraft) -> Iterator[FieldChange]:
    after = _lines((one.stage, one.content) for one in new.strategy)
    for code in dict.fromkeys((*before, *after)):
        yield from _change(name, code, before.get(code), after.get(code))


def _around(before: PlanDraft, after: PlanDraft) -> Iterator[FieldChange]:
    yield from _change("model", None, before.model, after.model)
    yield from _change("variant", None, before.variant, after.variant)
    for name, pairs in (
        ("annex", [_lines((one.kind, one.content) for one in draft.annexes) for draft in (before, after)]),
        ("behaviour", [_lines((one.behaviour, one.content) for one in d.expectations) for d in (before, after)]),
    ):
        for code in dict.fromkeys((*pairs[0], *pairs[1])):
            yield from _change(name, code, pairs[0].get(code), pairs[1].get(code))


def _change(name: str, part: str | None, before: object, after: object) -> Iterator[FieldChange]:
    old, new = ("" if one is None else str(one) for one in (before, after))
    if old != new:
        yield FieldChange(name, part, old, new)


def _lines(pairs: Any) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for code, content in pairs:
        found.setdefault(code, []).append(content)
    return {code: "\n".join(lines) for code, lines in found.items()}


def as_it_stands(session: Session, plan: Plan) -> PlanDraft:
    """A stored plan as a draft, read row by row of its tables, without what was stopped."""
    items = session.scalars(
        select(PlanItem)
        .where(PlanItem.plan_id == plan.id, PlanItem.stopped_on.is_(None))
        .order_by(PlanItem.kind.desc(), PlanItem.code)
    ).all()
    ids = [item.id for item in items]
    measures = _by_item(session, select(ItemMeasure).where(ItemMeasure.item_id.in_(ids)).order_by(ItemMeasure.aspect))
    lines = _by_item(
        session,
        select(ItemStrategy).where(ItemStrategy.item_id.in_(ids)).order_by(ItemStrategy.stage, ItemStrategy.place),
    )
    annexes = session.scalars(
        select(PlanAnnex).where(PlanAnnex.plan_id == plan.id).order_by(PlanAnnex.kind, PlanAnnex.place)
    )
    expected = session.scalars(
        select(PlanExpectation).where(PlanExpectation.plan_id == plan.id).order_by(PlanExpectation.behaviour)
    )
    return PlanDraft(
        model=plan.model,
        variant=plan.variant,
        items=tuple(_item(item, measures.get(item.id, []), lines.get(item.id, [])) for item in items),
        annexes=tuple(AnnexDraft(one.kind, one.content) for one in annexes),
        expectations=tuple(ExpectationDraft(one.behaviour, one.content) for one in expected),
    )


def _by_item(session: Session, statement: Any) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {}
    for row in session.scalars(statement):
        found.setdefault(row.item_id, []).append(row)
    return found


def _item(item: PlanItem, measures: Sequence[ItemMeasure], lines: Sequence[ItemStrategy]) -> ItemDraft:
    return ItemDraft(
        code=item.code,
        **{name: getattr(item, name) for name in (*_TEXTS, *_REFERENCES)},
        measures=tuple(
            MeasureDraft(one.aspect, one.indicator, one.target, one.measure, one.manual) for one in measures
        ),
        strategy=tuple(StrategyDraft(one.stage, one.content) for one in lines),
        detail=dict(item.detail) or None,
    )
