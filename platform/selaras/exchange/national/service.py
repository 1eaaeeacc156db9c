"""What a person does about the national exchange: look again, and send now."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.exchange.national import doctor
from selaras.exchange.national.connection import opened, resume
from selaras.exchange.national.jobs import KIND
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.jobs.service import enqueue


def look_again(session: Session, actor: Actor, *, cause: str | None = None, item: UUID | None = None) -> int:
    """Let results be looked at anew, as after something was put right; returns how many. Needs MANAGE_NATIONAL."""
    actor.require_whole(Permission.MANAGE_NATIONAL)
    if item is not None:
        doctor.item_exists(session, item)
    number = doctor.look_again(session, now(), cause=cause, item=item)
    if number:
        record(session, actor, "national.again", "national", {"cause": cause or "any", "items": number})
        enqueue(session, actor, KIND, {})
    return number


def send_now(session: Session, actor: Actor, vault: Vault) -> UUID:
    """Ask for a round at once, also where the other side had stopped it; the job. Needs MANAGE_NATIONAL.

    `Conflict` where results are not sent from here.
    """
    actor.require_whole(Permission.MANAGE_NATIONAL)
    opened(session, vault)
    resume(session)
    record(session, actor, "national.send", "national", {"tenant": tenant_of(session)})
    return enqueue(session, actor, KIND, {})
