"""The dispatcher's round of the agencies: what was told is settled onto channels, what is due put into the post."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.channels.jobs import KIND
from selaras.channels.settings import channels_on, settings_of
from selaras.channels.settling import is_due, settle
from selaras.clock import now
from selaras.identity.actor import system
from selaras.jobs.service import enqueue

EVERY = 30.0


def post(session: Session, tenant_id: int, zone: str, *, mail: bool) -> int:
    """One agency's turn; returns how many deliveries were made. Nothing while no channel can be used."""
    chosen = settings_of(session)
    channels = channels_on(chosen, mail=mail)
    if not channels:
        return 0
    moment = now()
    made = settle(session, chosen, zone, channels, moment)
    if is_due(session, KIND, moment):
        enqueue(session, system(tenant_id), KIND, {})
    return made
