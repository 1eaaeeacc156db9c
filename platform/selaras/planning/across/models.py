"""A grant of input across agencies: each agency has its own row under the same uuid, and sees its own alone."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import DATERANGE, Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, dated, within


class InputGrant(TenantModel):
    """Another agency's team leader may give input on one assignment of one person on the days of `during`.

    `id` is the same at both agencies. `part`: what this agency is in it; only the giving one knows the assignment, only
    the receiving one the leader as a person. `work`: the days of the assignment. `changed_at` is moved by each act of
    this side, `told_at` says up to which of them the other agency knows.
    """

    __tablename__ = "input_grant"

    part: Mapped[str]
    other_agency: Mapped[UUID]
    other_name: Mapped[str]
    assignment_id: Mapped[UUID | None]
    person_name: Mapped[str]
    task: Mapped[str]
    role: Mapped[str]
    work: Mapped[Range[date]] = mapped_column(DATERANGE)
    basis: Mapped[str]
    leader_number: Mapped[str]
    leader_id: Mapped[UUID | None]
    leader_name: Mapped[str | None]
    during: Mapped[Range[date]] = dated()
    offered_by: Mapped[UUID | None]
    offered_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]
    ended_by_side: Mapped[str | None]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]

    __table_args__ = (
        within("assignment_id", "assignment"),
        within("leader_id", "person"),
        within("offered_by", "account"),
        within("answered_by", "account"),
        within("ended_by", "account"),
        CheckConstraint("part IN ('giving', 'receiving')", name="part"),
        CheckConstraint("(part = 'giving') = (assignment_id IS NOT NULL)", name="assignment"),
        CheckConstraint("answer IN ('accepted', 'declined')", name="answer"),
        CheckConstraint("ended_by_side IN ('giving', 'receiving')", name="ended_by_side"),
        Index("ix_input_grant_assignment", "tenant_id", "assignment_id"),
        Index("ix_input_grant_leader", "tenant_id", "leader_id"),
    )


class GrantedInput(TenantModel):
    """What the other agency's leader says about the person in one period; `revision` grows when they write it anew.

    At the receiving agency it is what was written, `told_revision` the one that the other has judged, and `refusal` why
    it was not taken; at the giving agency it is what was taken last (`revision` 0: nothing), and what was judged last.
    """

    __tablename__ = "granted_input"

    grant_id: Mapped[UUID]
    period_code: Mapped[str]
    content: Mapped[str]
    given_on: Mapped[date]
    revision: Mapped[int]
    told_revision: Mapped[int] = mapped_column(server_default=text("0"))
    refusal: Mapped[str | None]

    __table_args__ = (
        within("grant_id", "input_grant"),
        UniqueConstraint("tenant_id", "grant_id", "period_code"),
    )
