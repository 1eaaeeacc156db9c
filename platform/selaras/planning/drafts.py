"""A plan as somebody writes it, before it is judged and stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class MeasureDraft:
    """One aspect of an item: what is promised, in `measure` units, and how its indicator is counted (`manual`)."""

    aspect: str
    indicator: str | None = None
    target: Decimal | None = None
    measure: str | None = None
    manual: str | None = None


@dataclass(frozen=True)
class StrategyDraft:
    """One line of how a result is to be reached."""

    stage: str
    content: str


@dataclass(frozen=True)
class ItemDraft:
    """A planned result. `section` is a code of the form; `parent_item_id` the superior's result that it serves.

    `detail`: what the form asks besides, by the names of its columns; None says nothing of it, what is there stays.
    """

    code: str
    title: str
    section: str | None = None
    perspective: str | None = None
    origin: str | None = None
    expectation: str | None = None
    parent_item_id: UUID | None = None
    goal_id: UUID | None = None
    assignment_id: UUID | None = None
    measures: tuple[MeasureDraft, ...] = ()
    strategy: tuple[StrategyDraft, ...] = ()
    detail: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class AnnexDraft:
    """One line of an annex."""

    kind: str
    content: str


@dataclass(frozen=True)
class ExpectationDraft:
    """What the leader expects in one behaviour."""

    behaviour: str
    content: str


@dataclass(frozen=True)
class PlanDraft:
    """A whole plan. Without a `variant` the form is the one that the holder's kind of post gets."""

    model: str | None = None
    variant: str | None = None
    items: tuple[ItemDraft, ...] = ()
    annexes: tuple[AnnexDraft, ...] = ()
    expectations: tuple[ExpectationDraft, ...] = ()


@dataclass(frozen=True)
class Holder:
    """What the form asks of whoever the plan is for: their post, and whether somebody appraises them."""

    post_kind: str | None
    is_head: bool
    has_superior: bool
