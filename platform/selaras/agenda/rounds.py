"""The dispatcher's rounds of the agencies: reminders once on each of its days, and what has ended or was answered."""

from __future__ import annotations

from sqlalchemy.orm import Session

from selaras.evaluation.locking import tell_ended
from selaras.identity.actor import system
from selaras.jobs.rounds import ask_daily
from selaras.organisation.helpdesk.telling import count_tickets, tell_answers

KIND = "remind"
EVERY = 900.0
DESK_EVERY = 300.0


def ask(session: Session, tenant_id: int, zone: str) -> bool:
    """Put today's reminders of an agency into the post, unless they are there; whether that was done."""
    return ask_daily(session, system(tenant_id), zone, KIND)


def desk(session: Session, _tenant_id: int, zone: str) -> None:
    """Tell an agency's people what closed by itself and what the operator answered; count its tickets."""
    tell_ended(session)
    tell_answers(session)
    count_tickets(session, zone)
