"""Outages that an agency records: what they take of days does not count towards a deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.clock import now
from selaras.followup.rulebooks import answering
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.regulation import Registry
from selaras.tenancy.legal_clock import legal_clock
from selaras.tenancy.models import Outage, PlatformOutage
from selaras.tenancy.outages import STEP, check_outage, outage_rule

SHOWN = 100


@dataclass(frozen=True)
class OutageView:
    """A recorded outage; `by_operator` where the operator recorded it for the agency or for everybody."""

    id: UUID
    starts: datetime
    ends: datetime
    reason: str
    least_minutes: int
    by_operator: bool
    at: datetime


def record_outage(
    session: Session, actor: Actor, registry: Registry, starts: datetime, ends: datetime, reason: str
) -> UUID:
    """Record when the system was out of reach for the agency; it cannot be taken back. Needs CLOSE_PERIOD for all."""
    actor.require_whole(Permission.CLOSE_PERIOD)
    check_outage(starts, ends, reason)
    day = legal_clock(session).day_of(starts)
    least, basis = outage_rule(answering(session, registry, STEP, day))
    row = Outage(
        starts=starts,
        ends=ends,
        reason=reason.strip(),
        least_minutes=least,
        basis=basis,
        account_id=actor.account_id,
        at=now(),
    )
    session.add(row)
    session.flush()
    payload = {"from": starts.isoformat(), "to": ends.isoformat(), "minutes": least}
    record(session, actor, "outage.record", f"outage:{row.id}", {**payload, "reason": salted(session, row.reason)})
    return row.id


def outages(session: Session, actor: Actor) -> tuple[OutageView, ...]:
    """The newest outages of this agency, its own and the operator's; two statements."""
    actor.require(Permission.SEE_AGENCY)
    own = session.scalars(select(Outage).order_by(Outage.starts.desc()).limit(SHOWN))
    told = session.scalars(
        select(PlatformOutage)
        .where((PlatformOutage.tenant_id == actor.tenant_id) | PlatformOutage.tenant_id.is_(None))
        .order_by(PlatformOutage.starts.desc())
        .limit(SHOWN)
    )
    found = [OutageView(one.id, one.starts, one.ends, one.reason, one.least_minutes, False, one.at) for one in own]
    found += [
        OutageView(one.id, one.starts, one.ends, one.reason_text, one.least_minutes, True, one.at) for one in told
    ]
    return tuple(sorted(found, key=lambda one: one.starts, reverse=True))


def days_lost(session: Session) -> tuple[date, ...]:
    """The days that do not count here, the newest first."""
    return tuple(sorted(legal_clock(session).lost, reverse=True))
