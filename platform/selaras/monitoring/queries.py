"""Reads: a person's progress and the feedback they received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.monitoring.models import Feedback, Progress
from selaras.organisation.models import Person
from selaras.planning.models import ItemMeasure, Plan, PlanItem


@dataclass(frozen=True)
class ProgressView:
    """What was reached on one aspect of an item by a day; `actual` in `measure` units."""

    progress_id: UUID
    item_id: UUID
    item_code: str
    item_title: str
    aspect: str
    on_day: date
    actual: Decimal
    measure: str | None
    note: str | None
    evidence: str | None


@dataclass(frozen=True)
class FeedbackView:
    """A word on a result or a behaviour; `relation` (superior, peer, subordinate, service_user) is the giver's.

    Of a service user `giver_id` is None and `giver_name` the label that they wrote, or nothing.
    """

    feedback_id: UUID
    giver_id: UUID | None
    giver_name: str
    relation: str
    item_id: UUID | None
    item_title: str | None
    behaviour: str | None
    on_day: date
    content: str
    reported: bool = False
    tone: str | None = None


def progress_for(session: Session, person_id: UUID, starts: date, ends: date) -> list[ProgressView]:
    """The person's progress from `starts` to `ends` (both included), newest first."""
    rows = session.execute(
        select(Progress, PlanItem.code, PlanItem.title, ItemMeasure.measure)
        .join(PlanItem, PlanItem.id == Progress.item_id)
        .join(Plan, Plan.id == PlanItem.plan_id)
        .outerjoin(ItemMeasure, (ItemMeasure.item_id == Progress.item_id) & (ItemMeasure.aspect == Progress.aspect))
        .where(Plan.person_id == person_id, Progress.on_day.between(starts, ends))
        .order_by(Progress.on_day.desc(), PlanItem.code, Progress.aspect)
    )
    return [
        ProgressView(
            row.id, row.item_id, code, title, row.aspect, row.on_day, row.actual, measure, row.note, row.evidence
        )
        for row, code, title, measure in rows
    ]


def feedback_for(session: Session, person_id: UUID, starts: date, ends: date) -> list[FeedbackView]:
    """The feedback that the person received from `starts` to `ends` (both included), newest first."""
    rows = session.execute(
        select(Feedback, Person.name, PlanItem.title)
        .outerjoin(Person, Person.id == Feedback.giver_id)
        .outerjoin(PlanItem, PlanItem.id == Feedback.item_id)
        .where(Feedback.person_id == person_id, Feedback.on_day.between(starts, ends), Feedback.removed_at.is_(None))
        .order_by(Feedback.on_day.desc(), Feedback.id)
    )
    return [
        FeedbackView(
            row.id,
            row.giver_id,
            name or row.giver_label or "",
            row.relation,
            row.item_id,
            title,
            row.behaviour,
            row.on_day,
            row.content,
            row.reported_at is not None,
            row.tone,
        )
        for row, name, title in rows
    ]
