"""Survey campaigns: who is asked about whom stands in one table, sealed answers in another that names nobody.

Nothing here records when somebody answered, or that they did: see docs/survey-threat-model.md before adding a column.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Float, Index, LargeBinary, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, within

_CAMPAIGN = "survey_campaign"


class SurveyCampaign(TenantModel):
    """One survey of a period: the subjects are the people of a unit and those below it, or everybody's (no unit).

    `terms` is the questionnaire as the regulation declared it on the day it was opened. `public_key` seals answers;
    `private_key` opens them, locked by a phrase that only the agency has, and once more by the server's own key;
    `token_key` (under the server's key) makes the places of ballots. All keys go when the campaign is closed.
    """

    __tablename__ = _CAMPAIGN

    period_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    opens: Mapped[date]
    closes: Mapped[date]
    moderated: Mapped[bool]
    state: Mapped[str] = mapped_column(server_default="draft")
    terms: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    seed: Mapped[str | None]
    public_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    private_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    token_key: Mapped[bytes | None] = mapped_column(LargeBinary)
    asked: Mapped[int | None]
    answered: Mapped[int | None]
    closed_on: Mapped[date | None]

    __table_args__ = (
        within("period_id", "period"),
        within("unit_id", "unit"),
        CheckConstraint("state IN ('draft', 'open', 'closing', 'closed', 'withdrawn')", name="state"),
        CheckConstraint("opens <= closes", name="order"),
        Index("ix_survey_campaign_period", "tenant_id", "period_id"),
    )


class SurveySubject(TenantTable):
    """Whom a campaign asks about. One campaign in a period: two could be subtracted from each other.

    `inputs` are the person columns that the close has frozen; a column without enough answers is there, and empty.
    """

    __tablename__ = "survey_subject"

    period_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    campaign_id: Mapped[UUID]
    inputs: Mapped[dict[str, Any] | None]

    __table_args__ = (within("campaign_id", _CAMPAIGN), Index("ix_survey_subject_campaign", "tenant_id", "campaign_id"))


class SurveyInvitation(TenantTable):
    """Who is asked about whom. It does not say whether they answered."""

    __tablename__ = "survey_invitation"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    rater_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-8)
    perspective: Mapped[str]

    __table_args__ = (
        within("campaign_id", _CAMPAIGN),
        Index("ix_survey_invitation_rater", "tenant_id", "rater_id"),
        Index("ix_survey_invitation_subject", "tenant_id", "campaign_id", "subject_id"),
        CheckConstraint("rater_id <> subject_id", name="not_oneself"),
        CheckConstraint("perspective IN ('superior', 'peers', 'subordinates')", name="perspective"),
    )


class SurveyConflict(TenantModel):
    """Two people who are not asked about each other in a campaign, and why: named, or parties to a running objection.

    Between parties the superior is asked all the same, as there is no other, and the answer is marked.
    """

    __tablename__ = "survey_conflict"

    campaign_id: Mapped[UUID]
    one_id: Mapped[UUID]
    other_id: Mapped[UUID]
    reason: Mapped[str]
    origin: Mapped[str] = mapped_column(server_default="named")

    __table_args__ = (
        within("campaign_id", _CAMPAIGN),
        within("one_id", "person"),
        within("other_id", "person"),
        UniqueConstraint("tenant_id", "campaign_id", "one_id", "other_id"),
        CheckConstraint("one_id <> other_id", name="two"),
        CheckConstraint("origin IN ('named', 'objection')", name="origin"),
    )


class SurveyBallot(TenantTable):
    """One sealed answer. `id` is a place worked out with the campaign's token key; `sealed` has the same length in all.

    Whom it is about, from which perspective, and what was answered are within the seal.
    """

    __tablename__ = "survey_ballot"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (within("campaign_id", _CAMPAIGN),)


class SurveyOpening(TenantTable):
    """The campaign's private key between the order to close and the close, under the server's key. Not logged.

    The table is unlogged: it reaches no write-ahead log, no replica and no base backup, and is empty after a crash of
    the database; the phrase is then asked for again.
    """

    __tablename__ = "survey_opening"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    key: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012  # how SQLAlchemy takes it


class SurveyResult(TenantTable):
    """How many were asked from one perspective, and what became of it; `answered` only where it may be shown.

    `disputed`: the superior, who is known by name, was a party to an objection of the subject when it was opened.
    """

    __tablename__ = "survey_result"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    perspective: Mapped[str] = mapped_column(primary_key=True, sort_order=-8)
    asked: Mapped[int]
    state: Mapped[str]
    answered: Mapped[int | None]
    disputed: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        within("campaign_id", _CAMPAIGN),
        CheckConstraint("state IN ('asked', 'too_few_asked', 'too_few_answers', 'shown')", name="state"),
        CheckConstraint("(state = 'shown') = (answered IS NOT NULL)", name="answered"),
    )


class SurveyFigure(TenantTable):
    """The mean of one behaviour from one perspective, of enough answers; there is no row of fewer."""

    __tablename__ = "survey_figure"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    person_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-9)
    perspective: Mapped[str] = mapped_column(primary_key=True, sort_order=-8)
    behaviour: Mapped[str] = mapped_column(primary_key=True, sort_order=-7)
    answers: Mapped[int] = mapped_column(SmallInteger)
    mean: Mapped[float] = mapped_column(Float)
    spread: Mapped[str]

    __table_args__ = (
        within("campaign_id", _CAMPAIGN),
        CheckConstraint("spread IN ('close', 'apart', 'far')", name="spread"),
    )


class SurveyComment(TenantTable):
    """One comment, of a perspective with enough answers; no other answer of its writer hangs on it. `id` is random."""

    __tablename__ = "survey_comment"

    campaign_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"), sort_order=-9)
    person_id: Mapped[UUID]
    perspective: Mapped[str]
    content: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="shown")

    __table_args__ = (
        within("campaign_id", _CAMPAIGN),
        Index("ix_survey_comment_person", "tenant_id", "campaign_id", "person_id"),
        CheckConstraint("state IN ('waiting', 'shown', 'withheld')", name="state"),
    )
