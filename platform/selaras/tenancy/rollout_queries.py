"""Reads about rollouts: what is rolled out where, how far each agency is, and who moved it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.errors import NotFound
from selaras.tenancy.models import Agency, Rollout, RolloutEvent, RolloutMember


@dataclass(frozen=True)
class Member:
    """An agency within a rollout. `stage`: prepare, pilot, live or rolled_back."""

    tenant_id: int
    uuid: UUID
    slug: str
    name: str
    stage: str


@dataclass(frozen=True)
class Move:
    """Who moved which agency (its slug) from which stage to which, when (UTC) and why."""

    slug: str
    before: str | None
    after: str
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class RolloutView:
    """A rollout. `goal`: regulation or feature; `subject`: its code or name."""

    id: UUID
    goal: str
    subject: str
    edition: str | None
    region_code: str | None
    effective: date
    reason: str
    created_at: datetime
    members: tuple[Member, ...]

    @property
    def stages(self) -> dict[str, int]:
        """How many agencies have reached which stage."""
        return {stage: sum(1 for one in self.members if one.stage == stage) for stage in STAGES}


STAGES = ("prepare", "pilot", "live", "rolled_back")


def rollouts(session: Session) -> tuple[RolloutView, ...]:
    """All rollouts, the newest first, in two statements however many there are."""
    found = session.scalars(select(Rollout).order_by(Rollout.id.desc())).all()
    return _views(session, found)


def rollout(session: Session, rollout_id: UUID) -> RolloutView:
    """The rollout with this id; NotFound if there is none."""
    views = _views(session, session.scalars(select(Rollout).where(Rollout.id == rollout_id)).all())
    if not views:
        raise NotFound(
            "rollout.unknown", "There is no rollout {rollout}. “selaras rollout list” shows them.", rollout=rollout_id
        )
    return views[0]


def moves(session: Session, rollout_id: UUID) -> tuple[Move, ...]:
    """Everything that happened in a rollout, in order."""
    rows = session.execute(
        select(
            Agency.slug,
            RolloutEvent.from_stage,
            RolloutEvent.to_stage,
            RolloutEvent.actor,
            RolloutEvent.reason_text,
            RolloutEvent.at,
        )
        .join(Agency, Agency.tenant_id == RolloutEvent.tenant_id)
        .where(RolloutEvent.rollout_id == rollout_id)
        .order_by(RolloutEvent.id)
    )
    return tuple(Move(*row) for row in rows)


def _views(session: Session, found: Sequence[Rollout]) -> tuple[RolloutView, ...]:
    members = _members(session, (one.id for one in found))
    return tuple(
        RolloutView(
            one.id,
            one.goal,
            one.subject,
            one.edition,
            one.region_code,
            one.effective,
            one.reason_text,
            one.created_at,
            tuple(members.get(one.id, ())),
        )
        for one in found
    )


def _members(session: Session, ids: Iterable[UUID]) -> dict[UUID, list[Member]]:
    rows = session.execute(
        select(RolloutMember.rollout_id, Agency.tenant_id, Agency.uuid, Agency.slug, Agency.name, RolloutMember.stage)
        .join(Agency, Agency.tenant_id == RolloutMember.tenant_id)
        .where(RolloutMember.rollout_id.in_(tuple(ids)))
        .order_by(Agency.slug)
    )
    found: dict[UUID, list[Member]] = {}
    for row in rows:
        member = Member(row.tenant_id, row.uuid, row.slug, row.name, row.stage)
        found.setdefault(row.rollout_id, []).append(member)
    return found
