"""A message in words: mail names what it is about, a messenger's text says nothing but that something is there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.channels.carriers import Letter
from selaras.channels.rules import Channel
from selaras.channels.sending import Outgoing, Said
from selaras.config import Settings
from selaras.notices.words import SOMETHING_NEW, TITLES
from selaras.tenancy.models import AgencyHost

Words = Callable[[str], str]


def _(text: str) -> str:
    """Marks a msgid for the catalogue; the worker translates it."""
    return text


_SEVERAL = _("{count} new messages in Selaras")
_OPENING = _("There is something for you in Selaras:")
_LAST_DAY = _("last day {day}")
_READ = _("Read it here:")
_WHY = _("{agency} sends this because you have an account there. You choose what is sent, and when, under “Messages”:")
_STOP = _("To get no more of these mails:")


@dataclass(frozen=True)
class Writer:
    """Writes for one agency: its name, the address of its pages, and the key that signs the way out."""

    agency: str
    agency_uuid: UUID
    home: str
    secret_key: str
    words: Words

    def letter(self, one: Outgoing) -> Letter:
        """What is sent for some notices."""
        stop = f"{self.home}/messages/opt-out/{opt_out_token(self.secret_key, self.agency_uuid, one)}"
        if one.channel is Channel.MESSENGER:
            return Letter(one.id, one.address, "", f"{self.words(SOMETHING_NEW)}: {self.home}/messages", stop)
        titles = list(dict.fromkeys(self._title(said) for said in one.said))
        subject = titles[0] if len(titles) == 1 else self.words(_SEVERAL).format(count=len(titles))
        return Letter(one.id, one.address, subject, self._body(titles, stop), stop)

    def _title(self, said: Said) -> str:
        title = self.words(TITLES.get(said.code, SOMETHING_NEW))
        period, due = said.params.get("period"), said.params.get("due")
        named = f"{title} ({period})" if period else title
        return f"{named} · {self.words(_LAST_DAY).format(day=due)}" if due else named

    def _body(self, titles: list[str], stop: str) -> str:
        lines = [self.words(_OPENING), "", *(f"- {title}" for title in titles), ""]
        lines += [self.words(_READ), f"{self.home}/messages", "", "-- "]
        lines += [self.words(_WHY).format(agency=self.agency), f"{self.home}/messages"]
        return "\n".join([*lines, self.words(_STOP), stop, ""])


def opt_out_token(secret_key: str, agency: UUID, one: Outgoing) -> str:
    """Names person and channel, signed; it does one thing: it switches that channel off."""
    return str(_serializer(secret_key).dumps([agency.hex, one.person_id.hex, one.channel.value]))


def opted_out(secret_key: str, agency: UUID, token: str) -> tuple[UUID, Channel] | None:
    """Whom and which channel a token names, or None for one that is not of this agency, or not ours."""
    try:
        whose, person, channel = _serializer(secret_key).loads(token)
        return (UUID(person), Channel(channel)) if whose == agency.hex else None
    except (BadSignature, ValueError, TypeError):
        return None


def home_of(session: Session, tenant_id: int, settings: Settings) -> str | None:
    """The address of an agency's pages, or None while it has no host."""
    host = session.scalar(select(AgencyHost.host).where(AgencyHost.tenant_id == tenant_id).order_by(AgencyHost.host))
    if host is None:
        return None
    if settings.tls:
        return f"https://{host}"
    return f"http://{host}:{settings.web_address.rpartition(':')[2]}"


def _serializer(secret_key: str) -> URLSafeSerializer:
    return URLSafeSerializer(secret_key, salt="opt-out")
