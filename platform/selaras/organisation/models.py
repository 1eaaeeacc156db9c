"""Units, positions, people, their numbers and appointments, and who appraises whom since when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, literal_column, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from selaras.db.base import TenantModel, TenantTable, dated, one_at_a_time, within
from selaras.organisation import letterhead_models  # noqa: F401  # its table is found through this module
from selaras.organisation.helpdesk import models as helpdesk  # noqa: F401  # tables are found through this module


class Unit(TenantModel):
    """An organisational unit (unor). `source_id` is its key in the national system."""

    __tablename__ = "unit"

    source_id: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str | None]
    head_title: Mapped[str | None]

    __table_args__ = (UniqueConstraint("tenant_id", "source_id"),)


class UnitPlacement(TenantModel):
    """Where a unit stands in the tree and who leads it, dated; the top unit has no parent.

    `leader_source_id` is the leader's national person id: units arrive before their people, and an acting
    leader's own post may lie in another unit.
    """

    __tablename__ = "unit_placement"

    unit_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    leader_source_id: Mapped[str | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("unit_id", "unit"),
        within("parent_id", "unit"),
        one_at_a_time("unit_id", name="one_place_a_day"),
        Index("ix_unit_placement_parent", "tenant_id", "parent_id"),
    )


class Position(TenantModel):
    """A post in a unit: kind (jpt, administrator, pengawas, jf, pelaksana), level, job class.

    Level and class are part of its key: a post that is graded anew is another post, so no past day changes.
    """

    __tablename__ = "position"

    unit_id: Mapped[UUID]
    title: Mapped[str]
    kind: Mapped[str]
    level: Mapped[str | None]
    job_class: Mapped[int | None]
    is_head: Mapped[bool]

    __table_args__ = (
        within("unit_id", "unit"),
        UniqueConstraint(
            "tenant_id",
            "unit_id",
            "title",
            "kind",
            "level",
            "job_class",
            "is_head",
            name="uq_position_post",
            postgresql_nulls_not_distinct=True,
        ),
        CheckConstraint("kind IN ('jpt', 'administrator', 'pengawas', 'jf', 'pelaksana')", name="kind"),
    )


class Person(TenantModel):
    """A civil servant at this agency. `source_id` is the national person id, which outlives every NIP."""

    __tablename__ = "person"

    source_id: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]
    birth_date: Mapped[date | None]
    sex: Mapped[str | None]
    account_id: Mapped[UUID | None]
    left_on: Mapped[date | None]

    __table_args__ = (
        UniqueConstraint("tenant_id", "source_id"),
        UniqueConstraint("tenant_id", "account_id"),
        within("account_id", "account"),
        Index(
            "ix_person_search_name",
            "tenant_id",
            "search_name",
            "id",
            postgresql_ops={"search_name": "text_pattern_ops"},
        ),
        CheckConstraint("sex IN ('M', 'F')", name="sex"),
    )


class PersonNumber(TenantModel):
    """A NIP or NI PPPK, dated: a new contract brings a new number to the same person."""

    __tablename__ = "person_number"

    person_id: Mapped[UUID]
    number: Mapped[str]
    kind: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("person_id", "person"),
        # As a number, not as text: entries of this index cost half.
        ExcludeConstraint(
            ("tenant_id", "="),
            (literal_column("(number::bigint)"), "="),
            ("during", "&&"),
            using="gist",
            name="one_holder_a_day",
        ),
        CheckConstraint("number ~ '^[0-9]{18}$'", name="number"),
        one_at_a_time("person_id", name="one_number_a_day"),
        Index("ix_person_number_person", "tenant_id", "person_id"),
        Index("ix_person_number_number", "tenant_id", "number", postgresql_ops={"number": "text_pattern_ops"}),
        CheckConstraint("kind IN ('nip', 'ni_pppk')", name="kind"),
    )


class Appointment(TenantModel):
    """A person in a position, dated; `kind` is definitive, or acting (plt, plh) beside a definitive one."""

    __tablename__ = "appointment"

    person_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    position_id: Mapped[UUID]
    employment: Mapped[str]
    rank: Mapped[str | None]
    legal_status: Mapped[str | None]
    kind: Mapped[str] = mapped_column(server_default="definitive")
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("person_id", "person"),
        within("unit_id", "unit"),
        within("position_id", "position"),
        one_at_a_time("person_id", name="one_definitive_post_a_day", where="kind = 'definitive'"),
        Index("ix_appointment_unit", "tenant_id", "unit_id"),
        Index("ix_appointment_person", "tenant_id", "person_id"),
        CheckConstraint("employment IN ('pns', 'cpns', 'pppk', 'pppk_paruh_waktu')", name="employment"),
        CheckConstraint("kind IN ('definitive', 'plt', 'plh')", name="kind"),
    )


class ReportingLine(TenantModel):
    """Who appraises a person on the days of `during`; `origin` says where that was read from."""

    __tablename__ = "reporting_line"

    person_id: Mapped[UUID]
    superior_id: Mapped[UUID]
    origin: Mapped[str]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("person_id", "person"),
        within("superior_id", "person"),
        one_at_a_time("person_id", name="one_superior_a_day"),
        Index("ix_reporting_line_superior", "tenant_id", "superior_id"),
        Index("ix_reporting_line_person", "tenant_id", "person_id"),
        CheckConstraint("person_id <> superior_id", name="not_oneself"),
        CheckConstraint("origin IN ('unit_head', 'stated')", name="origin"),
    )


class PublicOffice(TenantModel):
    """An office of somebody without a NIP (minister, governor, regent, mayor), dated; `unit_id`: the unit they lead."""

    __tablename__ = "public_office"

    person_id: Mapped[UUID]
    title: Mapped[str]
    unit_id: Mapped[UUID | None]
    during: Mapped[Range[date]] = dated()

    __table_args__ = (
        within("person_id", "person"),
        within("unit_id", "unit"),
        one_at_a_time("person_id", name="one_office_a_day"),
        one_at_a_time("unit_id", name="one_holder_of_a_unit_a_day", where="unit_id IS NOT NULL"),
    )


class Invitation(TenantModel):
    """A way in for the holder of such an office: used once, at the agency's own provider; the token only as a hash.

    `mail_to`: the address to which the link goes by mail, and the only one whose owner may accept it then.
    """

    __tablename__ = "invitation"

    account_id: Mapped[UUID]
    token_hash: Mapped[str]
    created_by: Mapped[UUID | None]
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    mail_to: Mapped[str | None]
    mailed_at: Mapped[datetime | None]
    mail_trouble: Mapped[str | None]

    __table_args__ = (
        within("account_id", "account"),
        within("created_by", "account"),
        UniqueConstraint("tenant_id", "account_id"),
        UniqueConstraint("tenant_id", "token_hash"),
    )


class Inspection(TenantModel):
    """An audit that somebody announced: why, and until when; `ended_at` where it was ended before."""

    __tablename__ = "inspection"

    account_id: Mapped[UUID]
    reason: Mapped[str]
    opened_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        within("account_id", "account"),
        Index("ix_inspection_account", "tenant_id", "account_id"),
    )


class InspectionView(TenantModel):
    """Somebody who was looked at in an audit, on a page or at an endpoint (`place`)."""

    __tablename__ = "inspection_view"

    inspection_id: Mapped[UUID]
    person_id: Mapped[UUID]
    place: Mapped[str]
    at: Mapped[datetime]

    __table_args__ = (
        within("inspection_id", "inspection"),
        within("person_id", "person"),
        Index("ix_inspection_view_inspection", "tenant_id", "inspection_id"),
        Index("ix_inspection_view_person", "tenant_id", "person_id"),
    )


class Delegation(TenantModel):
    """Somebody who acts for another on the days of `during`: in the vacant post of a unit (plt), or for a person.

    `basis` is the letter that says so.
    """

    __tablename__ = "delegation"

    kind: Mapped[str]
    delegate_id: Mapped[UUID]
    principal_id: Mapped[UUID | None]
    unit_id: Mapped[UUID | None]
    basis: Mapped[str]
    during: Mapped[Range[date]] = dated()
    granted_by: Mapped[UUID | None]
    granted_at: Mapped[datetime]
    revoked_by: Mapped[UUID | None]
    revoked_at: Mapped[datetime | None]
    revocation: Mapped[str | None]

    __table_args__ = (
        within("delegate_id", "person"),
        within("principal_id", "person"),
        within("unit_id", "unit"),
        within("granted_by", "account"),
        within("revoked_by", "account"),
        one_at_a_time("principal_id", name="one_plh_a_day", where="kind = 'plh'"),
        one_at_a_time("unit_id", name="one_plt_a_day", where="kind = 'plt'"),
        Index("ix_delegation_delegate", "tenant_id", "delegate_id"),
        CheckConstraint("kind IN ('plt', 'plh', 'mandate')", name="kind"),
        CheckConstraint("(kind = 'plt') = (unit_id IS NOT NULL)", name="unit"),
        CheckConstraint("(unit_id IS NULL) = (principal_id IS NOT NULL)", name="principal"),
        CheckConstraint("delegate_id <> principal_id", name="not_oneself"),
    )


class SuperiorProposal(TenantModel):
    """An employee says that somebody else is their superior since a day; `present_id`: who is recorded then."""

    __tablename__ = "superior_proposal"

    person_id: Mapped[UUID]
    proposed_id: Mapped[UUID]
    present_id: Mapped[UUID | None]
    effective_on: Mapped[date]
    reason: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    made_at: Mapped[datetime]
    made_on: Mapped[date]
    expires_on: Mapped[date]
    settled_at: Mapped[datetime | None]

    __table_args__ = (
        within("person_id", "person"),
        within("proposed_id", "person"),
        within("present_id", "person"),
        Index(
            "uq_superior_proposal_open", "tenant_id", "person_id", unique=True, postgresql_where=text("state = 'open'")
        ),
        Index("ix_superior_proposal_proposed", "tenant_id", "proposed_id"),
        CheckConstraint("state IN ('open', 'done', 'refused', 'withdrawn', 'expired')", name="state"),
        CheckConstraint("person_id <> proposed_id", name="not_oneself"),
    )


class SuperiorAnswer(TenantTable):
    """The answer of one `party` (proposed, present) to a proposal; `given_as`: oneself, or manager in their place."""

    __tablename__ = "superior_answer"

    proposal_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-10)
    party: Mapped[str] = mapped_column(primary_key=True, sort_order=-9)
    agrees: Mapped[bool]
    reason: Mapped[str | None]
    given_by: Mapped[UUID]
    given_as: Mapped[str]
    given_at: Mapped[datetime]

    __table_args__ = (
        within("proposal_id", "superior_proposal"),
        within("given_by", "account"),
        UniqueConstraint("tenant_id", "proposal_id", "given_by"),
        CheckConstraint("party IN ('proposed', 'present')", name="party"),
        CheckConstraint("given_as IN ('oneself', 'manager')", name="given_as"),
        CheckConstraint("agrees OR reason IS NOT NULL", name="reason"),
    )
