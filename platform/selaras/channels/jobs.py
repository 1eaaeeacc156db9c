"""Sending what is due: claimed and kept first, handed over outside any transaction, then written down."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from selaras.channels.carriers import AddressRefused, Carrier, NotNow
from selaras.channels.composing import Words, Writer, home_of
from selaras.channels.gateway import Messenger
from selaras.channels.mail import Mail
from selaras.channels.rules import Channel
from selaras.channels.sending import Outgoing, claim, postponed, refused, sent
from selaras.channels.settings import gateway_of, settings_of
from selaras.clock import now
from selaras.config import Settings
from selaras.identity.egress import Egress
from selaras.identity.vault import Vault
from selaras.jobs.context import Handler, JobContext
from selaras.tenancy.queries import agency

KIND = "deliver"


@dataclass
class _Round:
    """One job: its writer and carriers, and the channels that were found away."""

    context: JobContext
    writer: Writer
    carriers: dict[Channel, Carrier]
    email_mode: str
    away: dict[Channel, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)


def deliver(settings: Settings, words: Words) -> Handler:
    """The handler of this process, with the instance's mail server and the way out to gateways."""

    def run(context: JobContext) -> dict[str, Any]:
        """Send until nothing is due; what cannot go now waits for its next turn."""
        with context.transaction() as session:
            round_ = _prepare(context, session, settings, words)
        if round_ is None:
            return {}
        try:
            while _batch(round_):
                pass
        finally:
            for carrier in round_.carriers.values():
                carrier.close()
        return dict(round_.counts)

    return run


def _prepare(context: JobContext, session: Session, settings: Settings, words: Words) -> _Round | None:
    whose, chosen = agency(session, context.tenant_id), settings_of(session)
    home = home_of(session, context.tenant_id, settings)
    if home is None:
        return None
    carriers: dict[Channel, Carrier] = {}
    if settings.smtp_host:
        carriers[Channel.EMAIL] = Mail(settings, chosen.sender_name or whose.name)
    gateway = gateway_of(session, Vault(settings.require("encryption_keys"))) if chosen.gateway_url else None
    if gateway:
        carriers[Channel.MESSENGER] = Messenger(gateway, Egress.of(settings))
    writer = Writer(whose.name, whose.uuid, home, settings.require("secret_key"), words)
    return _Round(context, writer, carriers, chosen.email_mode)


def _batch(held: _Round) -> int:
    """The next people whose messages are due; returns how many there were."""
    claimed = now()
    with held.context.transaction() as session:
        found = claim(session, held.email_mode, claimed)
    for one in found:
        ended = _send(held, one)
        # A short transaction each: what was handed over is written down before the next is, whatever happens then.
        with held.context.database.tenant(held.context.tenant_id) as session:
            ended(session, claimed)
    return len(found)


def _send(held: _Round, one: Outgoing) -> Callable[[Session, datetime], None]:
    away, carrier = held.away.get(one.channel), held.carriers.get(one.channel)
    if away or carrier is None:
        return _postponed(held, one, away or "channel_off")
    try:
        carrier.carry(held.writer.letter(one))
    except AddressRefused as error:
        code = error.code
        held.counts["refused"] = held.counts.get("refused", 0) + 1
        return lambda session, claimed: refused(session, one, claimed, now(), code)
    except NotNow as error:
        if error.all_of_them:
            held.away[one.channel] = error.code
        return _postponed(held, one, error.code)
    held.counts["sent"] = held.counts.get("sent", 0) + 1
    return lambda session, claimed: sent(session, one, claimed, now())


def _postponed(held: _Round, one: Outgoing, code: str) -> Callable[[Session, datetime], None]:
    held.counts["postponed"] = held.counts.get("postponed", 0) + 1
    return lambda session, claimed: postponed(session, one, claimed, now(), code)
