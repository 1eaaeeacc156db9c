"""What the API says of messages and of the ways on which they travel."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow.validate import Length, OneOf

from selaras.channels.rules import Mode


def _mode(default: str | None) -> Any:
    return field(default=default, metadata={"validate": OneOf([one.value for one in Mode])})


@dataclass(frozen=True)
class NoticeShown:
    """One message: what it is about (`code`, `params`), since when, and when it was read."""

    code: str
    subject_id: UUID
    params: dict[str, Any]
    created_at: datetime
    read_at: datetime | None


@dataclass(frozen=True)
class Notices:
    """Messages, the newest first, a hundred at most."""

    items: list[NoticeShown]


@dataclass(frozen=True)
class OwnChannel:
    """`channel` is email or messenger, `mode` each, daily or off; `trouble`: the code of the address's refusal."""

    channel: str
    mode: str
    address: str | None
    trouble: str | None
    trouble_at: datetime | None


@dataclass(frozen=True)
class OwnChannels:
    """The channels that can be used here."""

    items: list[OwnChannel]


@dataclass(frozen=True)
class ChannelChoices:
    """What is left out stays. `number`: where messengers reach one; empty takes it away."""

    email: str | None = _mode(None)
    messenger: str | None = _mode(None)
    number: str | None = field(default=None, metadata={"validate": Length(max=30)})


@dataclass(frozen=True)
class ChannelFigure:
    """How many notices of a channel ended, or stand, in a state."""

    channel: str
    state: str
    notices: int


@dataclass(frozen=True)
class ChannelSettings:
    """How messages travel; times of day in the agency's own zone, as 07:30."""

    sender_name: str | None
    email_mode: str
    quiet_from: str
    quiet_until: str
    digest_at: str
    working_days: bool
    gateway_url: str | None
    fared: list[ChannelFigure]
    refused_addresses: int
    without_address: int


@dataclass(frozen=True)
class ChannelSettingsRequest:
    """What is left out goes back to its default; `gateway_secret` signs what is sent to the gateway."""

    sender_name: str | None = None
    email_mode: str = _mode("each")
    quiet_from: str = "18:00"
    quiet_until: str = "07:00"
    digest_at: str = "07:30"
    working_days: bool = True
    gateway_url: str | None = None
    gateway_secret: str | None = None
