"""The platform's own tables: regions, agencies, hosts, regulations by date, rollouts; and an agency's own choices."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Sequence, text
from sqlalchemy.dialects.postgresql import DATERANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import PlatformModel, TenantModel, dated, metadata, one_at_a_time, within
from selaras.tenancy import ticket_models  # noqa: F401  # its tables belong to the metadata

agency_number = Sequence("agency_number", metadata=metadata)


class Region(PlatformModel):
    """A province, regency or city by its Kemendagri code."""

    __tablename__ = "region"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("selaras.region.code"))
    bkn_code: Mapped[str | None]


class Agency(PlatformModel):
    """A tenant. `tenant_id` is local to this server; the uuid is what leaves it."""

    __tablename__ = "agency"
    reason = "the list of tenants itself; public facts about an agency, nothing about a person"

    tenant_id: Mapped[int] = mapped_column(primary_key=True, server_default=agency_number.next_value())
    uuid: Mapped[UUID] = mapped_column(unique=True, server_default=text("uuidv7()"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short_name: Mapped[str]
    kind: Mapped[str]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("selaras.region.code"))
    bkn_code: Mapped[str | None]
    time_zone: Mapped[str]
    pack: Mapped[str | None]
    status: Mapped[str] = mapped_column(server_default="preparing")
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ended_on: Mapped[date | None]

    __table_args__ = (
        CheckConstraint("kind IN ('ministry', 'agency', 'province', 'regency', 'city')", name="kind"),
        CheckConstraint("status IN ('preparing', 'active', 'suspended', 'ended')", name="status"),
    )


class AgencyHost(PlatformModel):
    """A host name by which exactly one agency is reached; custom domains are further rows."""

    __tablename__ = "agency_host"
    reason = "the host decides the tenant, so it is read before any tenant is known"

    host: Mapped[str] = mapped_column(primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"), index=True)

    __table_args__ = (CheckConstraint("host = lower(host)", name="lower"),)


class AgencySuccession(PlatformModel):
    """An agency that was split or merged: who carries on, from when, by which act."""

    __tablename__ = "agency_succession"

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"), primary_key=True)
    effective: Mapped[date]
    legal_basis: Mapped[str]
    certainty: Mapped[str]


class RegulationAssignment(PlatformModel):
    """Which regulation (and edition) an agency follows from when; never two on one day."""

    __tablename__ = "regulation_assignment"
    reason = "set by the operator across agencies; says nothing about a person"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    regulation: Mapped[str]
    edition: Mapped[str | None]
    during: Mapped[Range[date]] = mapped_column(DATERANGE)
    rollout_id: Mapped[UUID | None] = mapped_column(ForeignKey("selaras.rollout.id"))
    reason_text: Mapped[str]

    __table_args__ = (
        ExcludeConstraint(("tenant_id", "="), ("during", "&&"), using="gist", name="one_regulation_a_day"),
    )


class FeatureAssignment(PlatformModel):
    """A feature that is switched on for an agency from a day on."""

    __tablename__ = "feature_assignment"
    reason = "set by the operator across agencies; says nothing about a person"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    feature: Mapped[str]
    during: Mapped[Range[date]] = mapped_column(DATERANGE)
    rollout_id: Mapped[UUID | None] = mapped_column(ForeignKey("selaras.rollout.id"))

    __table_args__ = (
        ExcludeConstraint(
            ("tenant_id", "="), ("feature", "="), ("during", "&&"), using="gist", name="one_feature_a_day"
        ),
    )


class Rollout(PlatformModel):
    """A goal (a regulation or a feature, from a day on) for the agencies of a region."""

    __tablename__ = "rollout"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    goal: Mapped[str]
    subject: Mapped[str]
    edition: Mapped[str | None]
    region_code: Mapped[str | None] = mapped_column(ForeignKey("selaras.region.code"))
    effective: Mapped[date]
    reason_text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (CheckConstraint("goal IN ('regulation', 'feature')", name="goal"),)


class RolloutMember(PlatformModel):
    """An agency within a rollout, the stage it has reached, and what it followed before it went live."""

    __tablename__ = "rollout_member"
    reason = "set by the operator across agencies; says nothing about a person"

    rollout_id: Mapped[UUID] = mapped_column(ForeignKey("selaras.rollout.id"), primary_key=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"), primary_key=True)
    stage: Mapped[str]
    before: Mapped[list[Any] | None]

    __table_args__ = (CheckConstraint("stage IN ('prepare', 'pilot', 'live', 'rolled_back')", name="stage"),)


class RolloutEvent(PlatformModel):
    """Who moved which agency from which stage to which, when and why. Appended, never changed."""

    __tablename__ = "rollout_event"
    console_may = "SELECT, INSERT"
    reason = "set by the operator across agencies; says nothing about a person"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    rollout_id: Mapped[UUID] = mapped_column(ForeignKey("selaras.rollout.id"), index=True)
    tenant_id: Mapped[int] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    actor: Mapped[str]
    reason_text: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RuleText(PlatformModel):
    """A rule as it stood: regulation, edition, content hash, and the words of its steps. Never changed."""

    __tablename__ = "rule_text"
    app_may = "SELECT, INSERT"
    console_may = "SELECT"

    id: Mapped[int] = mapped_column(
        primary_key=True, server_default=Sequence("rule_number", metadata=metadata).next_value()
    )
    hash: Mapped[str] = mapped_column(unique=True)
    regulation: Mapped[str]
    edition: Mapped[str]
    description: Mapped[dict[str, Any]]


class RulebookChoice(TenantModel):
    """What the agency chose for what a regulation leaves open, from a day on, with the reason."""

    __tablename__ = "rulebook_choice"

    regulation: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    reason: Mapped[str]
    account_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("account_id", "account"),
        one_at_a_time("regulation", name="one_rulebook_choice_a_day"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )


class Outage(TenantModel):
    """When the system was out of reach for the agency, as it recorded itself: what is lost of days does not count.

    `least_minutes`: how much of a day must be lost for it not to count, by the rulebook at the time (`basis`).
    """

    __tablename__ = "outage"
    app_may = "SELECT, INSERT"

    starts: Mapped[datetime]
    ends: Mapped[datetime]
    reason: Mapped[str]
    least_minutes: Mapped[int]
    basis: Mapped[dict[str, Any]]
    account_id: Mapped[UUID | None]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        within("account_id", "account"),
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("length(btrim(reason)) >= 20", name="reason"),
    )


class PlatformOutage(PlatformModel):
    """As `Outage`, recorded by an operator: for one agency, or for all of them. Appended only."""

    __tablename__ = "platform_outage"
    console_may = "SELECT, INSERT"
    reason = "recorded by the operator across agencies; says nothing about a person"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    tenant_id: Mapped[int | None] = mapped_column(ForeignKey("selaras.agency.tenant_id"))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    reason_text: Mapped[str]
    least_minutes: Mapped[int]
    basis: Mapped[dict[str, Any]]
    operator_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))

    __table_args__ = (
        CheckConstraint("starts < ends", name="order"),
        CheckConstraint("length(btrim(reason_text)) >= 20", name="reason_text"),
    )
