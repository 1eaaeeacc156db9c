"""How an agency's messages travel: sender, quiet hours, digest and gateway; its own choice, or the defaults."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record, salted
from selaras.channels.models import ChannelSetting
from selaras.channels.rules import Channel, Mode, Quiet
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Fault, Invalid
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.tenancy.queries import agency

LONGEST_NAME, LONGEST_URL, SHORTEST_SECRET, LONGEST_SECRET = 80, 300, 16, 200


@dataclass(frozen=True)
class ChannelSettings:
    """The agency's choices, without its secret. `sender_name` None: the agency's own name."""

    sender_name: str | None = None
    email_mode: str = Mode.EACH.value
    quiet_from: time = time(18)
    quiet_until: time = time(7)
    digest_at: time = time(7, 30)
    working_days: bool = True
    gateway_url: str | None = None

    def quiet(self, zone: str) -> Quiet:
        """The same as what decides when a message may go."""
        return Quiet(self.quiet_from, self.quiet_until, self.digest_at, self.working_days, ZoneInfo(zone))


@dataclass(frozen=True)
class Gateway:
    """Where messages for messengers are posted, and what signs them."""

    url: str
    secret: bytes


DEFAULTS = ChannelSettings()
_NAMES = tuple(ChannelSettings.__dataclass_fields__)


def settings_of(session: Session) -> ChannelSettings:
    """The agency's settings of today."""
    row = session.scalar(select(ChannelSetting))
    return ChannelSettings(**{name: getattr(row, name) for name in _NAMES}) if row else DEFAULTS


def channels_on(chosen: ChannelSettings, *, mail: bool) -> list[str]:
    """The channels that can be used: e-mail where the instance has a mail server, messengers with a gateway."""
    found = [Channel.EMAIL.value] if mail else []
    return [*found, Channel.MESSENGER.value] if chosen.gateway_url else found


def gateway_of(session: Session, vault: Vault) -> Gateway | None:
    """The agency's gateway with its secret, or None where there is none."""
    row = session.scalar(select(ChannelSetting))
    if row is None or row.gateway_url is None or row.gateway_secret is None:
        return None
    return Gateway(row.gateway_url, vault.open(row.gateway_secret, *_context(session)))


def set_channels(
    session: Session, actor: Actor, vault: Vault, egress: Egress, wanted: ChannelSettings, secret: str = ""
) -> None:
    """Choose; needs MANAGE_CHANNELS. Without a `secret` the one that is kept stays, for the same gateway only."""
    actor.require_whole(Permission.MANAGE_CHANNELS)
    wanted = replace(wanted, sender_name=(wanted.sender_name or "").strip() or None)
    wanted = replace(wanted, gateway_url=(wanted.gateway_url or "").strip() or None)
    held = session.scalar(select(ChannelSetting))
    kept = held.gateway_secret if held and held.gateway_url == wanted.gateway_url and not secret else None
    _refuse(wanted, secret, kept=kept is not None)
    if wanted.gateway_url:
        egress.check(wanted.gateway_url)
    sealed = vault.seal(secret.encode(), *_context(session)) if wanted.gateway_url and secret else kept
    values = {name: getattr(wanted, name) for name in _NAMES}
    values |= {"gateway_secret": sealed, "changed_at": now(), "changed_by": actor.account_id}
    statement = insert(ChannelSetting).values(tenant_id=tenant_of(session), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    record(session, actor, "channels.set", "channels", _told(session, wanted, new_secret=bool(secret)))


def _refuse(wanted: ChannelSettings, secret: str, *, kept: bool) -> None:
    faults = []
    if wanted.sender_name and (len(wanted.sender_name) > LONGEST_NAME or not wanted.sender_name.isprintable()):
        faults.append(
            Fault("channel_sender", "Write it in at most {most} characters.", field="sender_name", most=LONGEST_NAME)
        )
    if wanted.email_mode not in list(Mode):
        faults.append(Fault("channel_mode", "Choose one of the ways that are offered.", field="email_mode"))
    if wanted.gateway_url and len(wanted.gateway_url) > LONGEST_URL:
        faults.append(Fault("channel_url", "The address is too long.", field="gateway_url"))
    if wanted.gateway_url and not kept and not SHORTEST_SECRET <= len(secret) <= LONGEST_SECRET:
        least, most = SHORTEST_SECRET, LONGEST_SECRET
        faults.append(
            Fault(
                "channel_secret", "Enter {least} to {most} characters.", field="gateway_secret", least=least, most=most
            )
        )
    if faults:
        raise Invalid("channels_unusable", "Some of this cannot be used; nothing was changed.", faults=faults)


def _told(session: Session, wanted: ChannelSettings, *, new_secret: bool) -> dict[str, object]:
    told: dict[str, object] = {
        "email_mode": wanted.email_mode,
        "quiet_from": wanted.quiet_from.isoformat("minutes"),
        "quiet_until": wanted.quiet_until.isoformat("minutes"),
        "digest_at": wanted.digest_at.isoformat("minutes"),
        "working_days": wanted.working_days,
        "new_secret": new_secret,
    }
    if wanted.gateway_url:
        told["gateway"] = salted(session, wanted.gateway_url)
    return told


def _context(session: Session) -> tuple[str, str]:
    return (str(agency(session, tenant_of(session)).uuid), "channel_gateway")
