"""How long an agency's sessions last and how much its callers may ask: defaults, bounds, the agency's own choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Fault, Invalid
from selaras.identity.actor import Actor
from selaras.identity.models import AccessLimit
from selaras.identity.permissions import Permission
from selaras.identity.sessions import ABSOLUTE, IDLE, Span


@dataclass(frozen=True)
class AccessLimits:
    """Minutes of a session (idle, altogether); requests a minute of a session, a client, an address of nobody yet."""

    idle_minutes: int = int(IDLE.total_seconds() // 60)
    absolute_minutes: int = int(ABSOLUTE.total_seconds() // 60)
    session_requests: int = 300
    client_requests: int = 1200
    address_requests: int = 3000

    @property
    def span(self) -> Span:
        """How long a session lasts."""
        return Span.of_minutes(self.idle_minutes, self.absolute_minutes)


DEFAULTS = AccessLimits()
CONSOLE = replace(DEFAULTS, address_requests=300)
"""The console serves a handful of operators, never an office behind one address."""
# Lower ends leave room for ordinary work: below them an agency would lock itself out of the page that changes them.
BOUNDS: Mapping[str, tuple[int, int]] = {
    "idle_minutes": (5, 120),
    "absolute_minutes": (60, 1440),
    "session_requests": (60, 3000),
    "client_requests": (60, 12000),
    "address_requests": (300, 30000),
}


def limits_of(session: Session) -> AccessLimits:
    """The agency's limits of today."""
    row = session.scalar(select(AccessLimit).where(AccessLimit.tenant_id == tenant_of(session)))
    return AccessLimits(**{one.name: getattr(row, one.name) for one in fields(AccessLimits)}) if row else DEFAULTS


def set_limits(session: Session, actor: Actor, changes: Mapping[str, int]) -> AccessLimits:
    """Change some of the limits; needs MANAGE_SIGN_IN. `Invalid` names every one that lies outside its bounds."""
    actor.require(Permission.MANAGE_SIGN_IN)
    before = limits_of(session)
    after = replace(before, **changes)
    _refuse_outside(after)
    if after == before:
        return after
    values = {**asdict(after), "changed_at": now(), "changed_by": actor.account_id}
    statement = insert(AccessLimit).values(tenant_id=tenant_of(session), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    old, new = asdict(before), asdict(after)
    changed = {name: {"from": old[name], "to": new[name]} for name in new if new[name] != old[name]}
    record(session, actor, "access_limits.set", "access_limits", changed)
    return after


def _refuse_outside(limits: AccessLimits) -> None:
    faults = [
        Fault("limit_outside", "It takes {least} to {most}.", field=name, least=least, most=most)
        for name, (least, most) in BOUNDS.items()
        if not least <= getattr(limits, name) <= most
    ]
    if not faults and limits.idle_minutes > limits.absolute_minutes:
        faults = [Fault("limit_idle", "It cannot be longer than the whole session.", field="idle_minutes")]
    if faults:
        raise Invalid("limits_outside", "A limit lies outside its bounds; nothing was changed.", faults=faults)
