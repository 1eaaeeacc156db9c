"""Calibration meetings: seats, the people who are spoken of, every event, and what was recommended at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within


class CalibrationMeeting(TenantModel):
    """A meeting about the ratings of one period. `last` is the number of its newest event.

    `group_keys`: the ranking groups on the agenda, empty for all; `unit_id`: only people of this unit and those below.
    `effect` and `quorum_percent` are the regulation's, as they stood when it was opened. `blind`: names and sex are
    hidden until the lock. `pay_shown`: after it, the performance manager sees what the moves would mean in pay.
    `others`: each judged unit with its rating and the outcomes of its people who are not spoken of; `lamps`: the
    distribution of all after the event `last`, as everybody in the room sees it.
    """

    __tablename__ = "calibration_meeting"
    app_may = "SELECT, INSERT, UPDATE"

    period_id: Mapped[UUID]
    name: Mapped[str]
    group_keys: Mapped[list[Any]]
    unit_id: Mapped[UUID | None]
    blind: Mapped[bool] = mapped_column(server_default=text("false"))
    pay_shown: Mapped[bool] = mapped_column(server_default=text("false"))
    starts_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="preparing")
    effect: Mapped[str | None]
    quorum_percent: Mapped[int | None] = mapped_column(SmallInteger)
    rule_id: Mapped[int | None]
    last: Mapped[int] = mapped_column(server_default=text("0"))
    others: Mapped[list[Any] | None]
    lamps: Mapped[list[Any] | None]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    opened_at: Mapped[datetime | None]
    locked_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    minutes_id: Mapped[UUID | None]

    __table_args__ = (
        within("period_id", "period"),
        within("unit_id", "unit"),
        within("created_by", "account"),
        within("minutes_id", "stored_file"),
        CheckConstraint("state IN ('preparing', 'open', 'locked', 'closed', 'cancelled')", name="state"),
        CheckConstraint("effect IN ('recommends', 'decides')", name="effect"),
        CheckConstraint("(state IN ('open', 'locked', 'closed')) <= (opened_at IS NOT NULL)", name="opened"),
        Index("ix_calibration_meeting_period", "tenant_id", "period_id"),
    )


class CalibrationSeat(TenantTable):
    """Who sits in a meeting and as what; `seen_at`: when they were last heard of, for the quorum."""

    __tablename__ = "calibration_seat"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    role: Mapped[str]
    seen_at: Mapped[datetime | None]

    __table_args__ = (
        within("meeting_id", "calibration_meeting"),
        within("person_id", "person"),
        CheckConstraint("role IN ('chair', 'member', 'facilitator', 'note_taker')", name="role"),
        Index(
            "uq_calibration_seat_chair",
            "tenant_id",
            "meeting_id",
            unique=True,
            postgresql_where=text("role = 'chair'"),
        ),
        Index("ix_calibration_seat_person", "tenant_id", "person_id"),
    )


class CalibrationCase(TenantTable):
    """Somebody who is spoken of: where they stood when the meeting opened, and where they stand now.

    `number` names them in a blind meeting. `judged_unit_id` is the unit whose distribution counts them. What changes
    (`outcome_now`, `held`, `discussed`, `proposal`) follows from the events: `changed` is the last that touched it.
    """

    __tablename__ = "calibration_case"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    period_id: Mapped[UUID]
    number: Mapped[int]
    group_key: Mapped[str]
    unit_id: Mapped[UUID]
    judged_unit_id: Mapped[UUID | None]
    appraiser_id: Mapped[UUID | None]
    superior_id: Mapped[UUID | None]
    rated_at: Mapped[datetime]
    outcome: Mapped[str]
    score: Mapped[float | None] = mapped_column(Float)
    outcome_now: Mapped[str]
    held: Mapped[bool] = mapped_column(server_default=text("false"))
    discussed: Mapped[bool] = mapped_column(server_default=text("false"))
    proposal: Mapped[int | None]
    changed: Mapped[int] = mapped_column(server_default=text("0"))

    __table_args__ = (
        within("meeting_id", "calibration_meeting"),
        within("person_id", "person"),
        within("period_id", "period"),
        Index("ix_calibration_case_person", "tenant_id", "period_id", "person_id"),
        UniqueConstraint("tenant_id", "meeting_id", "number", name="uq_calibration_case_number"),
    )


class CalibrationEvent(TenantTable):
    """One thing that happened in a meeting, in the order of `number`. Appended only; the state is what they replay to.

    `key` is the sender's own: the same sent twice is kept once. `answers`: the number of the proposal it is about.
    """

    __tablename__ = "calibration_event"
    app_may = "SELECT, INSERT"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-8)
    kind: Mapped[str]
    by_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    from_outcome: Mapped[str | None]
    to_outcome: Mapped[str | None]
    reason_code: Mapped[str | None]
    text: Mapped[str | None]
    answers: Mapped[int | None]
    key: Mapped[UUID]
    at: Mapped[datetime]

    __table_args__ = (
        within("meeting_id", "calibration_meeting"),
        within("by_id", "person"),
        within("person_id", "person"),
        UniqueConstraint("tenant_id", "meeting_id", "key", name="uq_calibration_event_key"),
        CheckConstraint("number > 0", name="number"),
    )


class CalibrationResult(TenantTable):
    """Whose outcome a meeting wants changed, by which proposal of it, and what the appraiser answered."""

    __tablename__ = "calibration_result"
    app_may = "SELECT, INSERT, UPDATE"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    appraiser_id: Mapped[UUID | None]
    from_outcome: Mapped[str]
    to_outcome: Mapped[str]
    proposal: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="waiting")
    reason: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        within("meeting_id", "calibration_meeting"),
        within("person_id", "person"),
        within("answered_by", "account"),
        CheckConstraint("state IN ('waiting', 'accepted', 'refused', 'decided')", name="state"),
        CheckConstraint("state <> 'refused' OR length(btrim(reason)) >= 20", name="reason"),
        CheckConstraint("from_outcome <> to_outcome", name="moved"),
        Index("ix_calibration_result_appraiser", "tenant_id", "appraiser_id"),
    )


class CalibrationWarning(TenantTable):
    """What the outcomes of a meeting are asked about, as found at its lock, and the chair's answer."""

    __tablename__ = "calibration_warning"
    app_may = "SELECT, INSERT, UPDATE"

    meeting_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    number: Mapped[int] = mapped_column(primary_key=True, sort_order=-8)
    code: Mapped[str]
    kind: Mapped[str]
    figures: Mapped[dict[str, Any]]
    answer: Mapped[str | None]
    answered_by: Mapped[UUID | None]
    answered_at: Mapped[datetime | None]

    __table_args__ = (
        within("meeting_id", "calibration_meeting"),
        within("answered_by", "person"),
        UniqueConstraint("tenant_id", "meeting_id", "code", name="uq_calibration_warning_code"),
        CheckConstraint("kind IN ('trait', 'turns', 'lowered_twice')", name="kind"),
        CheckConstraint("answer IS NULL OR length(btrim(answer)) >= 20", name="answer"),
    )
