"""Progress, the log of one's work with its evidence, and continuous feedback."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within
from selaras.monitoring.survey import models as survey

__all__ = ["Feedback", "Progress", "survey"]


class Progress(TenantModel):
    """What was reached on an item's aspect by a day, in the measure's unit, with a pointer to the evidence."""

    __tablename__ = "progress"

    item_id: Mapped[UUID]
    aspect: Mapped[str]
    on_day: Mapped[date]
    actual: Mapped[Decimal] = mapped_column(Numeric)
    note: Mapped[str | None]
    evidence: Mapped[str | None]

    __table_args__ = (within("item_id", "plan_item"), UniqueConstraint("tenant_id", "item_id", "aspect", "on_day"))


class Activity(TenantModel):
    """One line of a person's log: what was done on a day, for which result, and how much of it, in `measure` units.

    `request_key` is why a form that is sent twice, or a file that is imported twice, makes one line. `version` counts
    changes; what stood before is kept (`activity_version`).
    """

    __tablename__ = "activity"

    person_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    on_day: Mapped[date]
    starts: Mapped[time | None]
    ends: Mapped[time | None]
    content: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]
    source: Mapped[str]
    request_key: Mapped[str]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("item_id", "plan_item"),
        UniqueConstraint("tenant_id", "person_id", "request_key"),
        Index("ix_activity_person", "tenant_id", "person_id", "on_day"),
        Index("ix_activity_item", "tenant_id", "item_id", "on_day"),
        CheckConstraint("source IN ('page', 'api', 'import')", name="source"),
        CheckConstraint("starts <= ends", name="hours"),
    )


class ActivityVersion(TenantModel):
    """What a line of the log said before it was changed."""

    __tablename__ = "activity_version"

    activity_id: Mapped[UUID]
    version: Mapped[int]
    item_id: Mapped[UUID | None]
    on_day: Mapped[date]
    content: Mapped[str]
    amount: Mapped[Decimal | None] = mapped_column(Numeric)
    measure: Mapped[str | None]
    until: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (within("activity_id", "activity"), UniqueConstraint("tenant_id", "activity_id", "version"))


class Evidence(TenantModel):
    """A piece of evidence (bukti dukung) of a line of the log: a kept file or the address of a page.

    A file is shown once it was looked at (`ready`); without an answer of the scanner it is `quarantined`.
    """

    __tablename__ = "evidence"

    activity_id: Mapped[UUID]
    file_id: Mapped[UUID | None]
    url: Mapped[str | None]
    state: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("activity_id", "activity"),
        within("file_id", "stored_file"),
        Index("ix_evidence_activity", "tenant_id", "activity_id"),
        Index("ix_evidence_waiting", "tenant_id", "made_at", postgresql_where=text("state = 'quarantined'")),
        CheckConstraint("state IN ('ready', 'quarantined')", name="state"),
        CheckConstraint("(file_id IS NULL) <> (url IS NULL)", name="one_kind"),
    )


class Feedback(TenantModel):
    """A word from a superior, peer or subordinate, or by a link from somebody served; on one result or one behaviour.

    `tone`: praise, or a concern (something to improve), where the giver said so. Of somebody served only a
    `giver_label` is known. What the person or the appraiser reported (`reported_at`) stands
    until it is decided about; `removed_at`: it is shown to nobody any more.
    """

    __tablename__ = "feedback"

    person_id: Mapped[UUID]
    giver_id: Mapped[UUID | None]
    giver_label: Mapped[str | None]
    link_id: Mapped[UUID | None]
    relation: Mapped[str]
    item_id: Mapped[UUID | None]
    behaviour: Mapped[str | None]
    on_day: Mapped[date]
    content: Mapped[str]
    tone: Mapped[str | None]
    reported_at: Mapped[datetime | None]
    report: Mapped[str | None]
    removed_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("giver_id", "person"),
        within("item_id", "plan_item"),
        within("link_id", "feedback_link"),
        Index("ix_feedback_person", "tenant_id", "person_id"),
        Index(
            "ix_feedback_reported",
            "tenant_id",
            "reported_at",
            postgresql_where=text("reported_at IS NOT NULL AND removed_at IS NULL"),
        ),
        CheckConstraint("relation IN ('superior', 'peer', 'subordinate', 'service_user')", name="relation"),
        CheckConstraint("(relation = 'service_user') = (giver_id IS NULL)", name="giver"),
        CheckConstraint("tone IN ('praise', 'concern')", name="tone"),
        CheckConstraint("person_id <> giver_id", name="not_oneself"),
    )


class FeedbackRequest(TenantModel):
    """Somebody was asked for a word about a person: by the person, or by whoever appraises them."""

    __tablename__ = "feedback_request"

    person_id: Mapped[UUID]
    giver_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    item_id: Mapped[UUID | None]
    behaviour: Mapped[str | None]
    note: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    answered_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("giver_id", "person"),
        within("asked_by", "person"),
        within("item_id", "plan_item"),
        Index("ix_feedback_request_giver", "tenant_id", "giver_id"),
        Index("ix_feedback_request_person", "tenant_id", "person_id"),
        CheckConstraint("person_id <> giver_id", name="not_oneself"),
    )


class FeedbackLink(TenantModel):
    """A link by which people who were served say something without an account: a random token, kept as its hash.

    `label` names the service, never a person. It may be used `uses` times, until it expires or is taken back.
    """

    __tablename__ = "feedback_link"

    person_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    label: Mapped[str]
    token_hash: Mapped[str]
    uses: Mapped[int]
    used: Mapped[int] = mapped_column(server_default=text("0"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("item_id", "plan_item"),
        UniqueConstraint("tenant_id", "token_hash"),
        Index("ix_feedback_link_person", "tenant_id", "person_id"),
        CheckConstraint("used <= uses", name="uses"),
    )


class Coaching(TenantModel):
    """A talk of guidance (bimbingan kinerja) or counselling (konseling kinerja), as whoever held it recorded it.

    It is read by the two alone; a guidance talk also by whoever appraises the person later. The person acknowledges
    it, with words of their own if they want. `follow_up_on` is the day agreed for looking at it again.
    """

    __tablename__ = "coaching"

    kind: Mapped[str]
    person_id: Mapped[UUID]
    coach_id: Mapped[UUID]
    item_id: Mapped[UUID | None]
    on_day: Mapped[date]
    cause: Mapped[str]
    content: Mapped[str]
    agreed: Mapped[str | None]
    follow_up_on: Mapped[date | None]
    followed_up_at: Mapped[datetime | None]
    follow_up: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("person_id", "person"),
        within("coach_id", "person"),
        within("item_id", "plan_item"),
        Index("ix_coaching_person", "tenant_id", "person_id"),
        Index("ix_coaching_coach", "tenant_id", "coach_id"),
        Index(
            "ix_coaching_follow_up",
            "tenant_id",
            "follow_up_on",
            postgresql_where=text("follow_up_on IS NOT NULL AND followed_up_at IS NULL"),
        ),
        CheckConstraint("kind IN ('guidance', 'counselling')", name="kind"),
        CheckConstraint("cause IN ('progress_lags', 'asked', 'behaviour', 'personal', 'other')", name="cause"),
        CheckConstraint("person_id <> coach_id", name="not_oneself"),
    )


class CalendarFeed(TenantTable):
    """A person's private calendar address: a random token, kept as its hash; a new one makes the old one worthless."""

    __tablename__ = "calendar_feed"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    token_hash: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    read_at: Mapped[datetime | None]

    __table_args__ = (within("person_id", "person"), UniqueConstraint("tenant_id", "token_hash"))


class ActionStep(TenantModel):
    """A step of the action plan (rencana aksi) of a period: what is done for a result, what it delivers, until when."""

    __tablename__ = "action_step"

    item_id: Mapped[UUID]
    period_code: Mapped[str]
    place: Mapped[int]
    content: Mapped[str]
    target: Mapped[str | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]

    __table_args__ = (
        within("item_id", "plan_item"),
        UniqueConstraint("tenant_id", "item_id", "period_code", "place"),
    )
