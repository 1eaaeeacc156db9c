"""Reads: the role and result matrix of a leader, and a person's own part in it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from selaras.organisation.models import Person
from selaras.planning.models import Plan, PlanItem, ResultShare


@dataclass(frozen=True)
class ShareView:
    """What one member does for one of the leader's results: a `share` of it in percent, or an `output` of their own."""

    item_id: UUID
    item_code: str
    item_title: str
    leader_id: UUID
    leader_name: str
    person_id: UUID
    person_name: str
    kind: str
    share: Decimal | None
    output: str | None


def matrix(session: Session, leader_id: UUID, year: int) -> list[ShareView]:
    """The cells of a leader's matrix, by result and member."""
    return _shares(session, Plan.person_id == leader_id, year)


def shares_of(session: Session, person_id: UUID, year: int) -> list[ShareView]:
    """What a person does for leaders' results, by result."""
    return _shares(session, ResultShare.person_id == person_id, year)


def _shares(session: Session, whose: ColumnElement[bool], year: int) -> list[ShareView]:
    member, leader = aliased(Person), aliased(Person)
    rows = session.execute(
        select(ResultShare, PlanItem.code, PlanItem.title, leader.id, leader.name, member.name)
        .join(PlanItem, PlanItem.id == ResultShare.item_id)
        .join(Plan, Plan.id == PlanItem.plan_id)
        .join(leader, leader.id == Plan.person_id)
        .join(member, member.id == ResultShare.person_id)
        .where(whose, Plan.year == year)
        .order_by(leader.name, PlanItem.code, member.name, member.id)
    )
    return [
        ShareView(row.item_id, code, title, above, above_name, row.person_id, name, row.kind, row.share, row.output)
        for row, code, title, above, above_name, name in rows
    ]
