"""A trial of the connection: every step of a real one, and nothing is changed."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.exchange.national.border import Probed
from selaras.exchange.national.connection import opened, resume
from selaras.exchange.national.jobs import asking
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault


def probe(session: Session, actor: Actor, vault: Vault, egress: Egress) -> tuple[Probed, ...]:
    """The steps that were tried, the last of which may have failed; what had stopped the sending is forgotten if none.

    Needs MANAGE_NATIONAL; `Conflict` where there is no connection to try.
    """
    actor.require_whole(Permission.MANAGE_NATIONAL)
    held = opened(session, vault)
    steps = tuple(held.endpoint.dial(held.settings, asking(egress), now).probe())
    done = all(one.done for one in steps)
    if done:
        resume(session)
    record(session, actor, "national.trial", "national", {"steps": len(steps), "done": done})
    return steps
