"""What a person chose about each channel, and where they are reached there."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.channels.addresses import ADDRESS, MODE, PEOPLE
from selaras.channels.models import ChannelChoice
from selaras.channels.rules import Channel, Mode
from selaras.db.session import tenant_of
from selaras.errors import Fault, Invalid

_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")


@dataclass(frozen=True)
class Choice:
    """One channel of one person: `mode` as it counts today. `trouble`: the code with which the address was refused."""

    channel: Channel
    mode: Mode
    address: str | None
    trouble: str | None
    trouble_at: datetime | None


_OWN = text(
    f"""
    SELECT c.channel, {MODE} AS mode, {ADDRESS} AS address,
           CASE WHEN choice.trouble_address = {ADDRESS} THEN choice.trouble END AS trouble, choice.trouble_at
    FROM unnest(CAST(:channels AS text[])) AS c(channel)
    {PEOPLE.format(person=":person")}
    ORDER BY c.channel
    """  # noqa: S608  # our own texts
)


def choices_of(session: Session, person_id: UUID, channels: Sequence[str], email_mode: str) -> list[Choice]:
    """The person's choice of each of these channels; empty for somebody without an account."""
    values = {"tenant": tenant_of(session), "person": person_id, "channels": list(channels), "email_mode": email_mode}
    return [
        Choice(Channel(row.channel), Mode(row.mode), row.address, row.trouble, row.trouble_at if row.trouble else None)
        for row in session.execute(_OWN, values)
    ]


def choose(session: Session, person_id: UUID, modes: Mapping[str, str], number: str | None = None) -> None:
    """Choose for oneself. `number`: where messengers reach the person; None leaves it, empty takes it away."""
    wanted = "".join(number.split()).replace("-", "") if number is not None else None
    if wanted and wanted.startswith("0"):
        wanted = f"+62{wanted[1:]}"
    _refuse(modes, wanted)
    for channel in Channel:
        values: dict[str, object] = {"mode": modes[channel.value]} if channel.value in modes else {}
        if channel is Channel.MESSENGER and wanted is not None:
            values |= {"address": wanted or None}
        if values:
            _keep(session, person_id, channel, values)


def opt_out(session: Session, person_id: UUID, channel: Channel) -> None:
    """Nothing more on this channel."""
    _keep(session, person_id, channel, {"mode": Mode.OFF.value})


def try_again(session: Session, person_id: UUID, channel: Channel) -> None:
    """The person says that the address is right: it is tried again."""
    _keep(session, person_id, channel, {"trouble": None, "trouble_address": None, "trouble_at": None})


def _refuse(modes: Mapping[str, str], number: str | None) -> None:
    faults = [
        Fault("channel_mode", "Choose one of the ways that are offered.", field=channel)
        for channel, mode in modes.items()
        if mode not in list(Mode)
    ]
    if number and not _NUMBER.fullmatch(number):
        faults.append(Fault("channel_number", "Write a number such as +628123456789.", field="number"))
    if modes.get(Channel.MESSENGER.value, "off") != "off" and number == "":
        faults.append(Fault("channel_number_missing", "Write the number on which you are reached.", field="number"))
    if faults:
        raise Invalid("channels_unusable", "Some of this cannot be used; nothing was changed.", faults=faults)


def _keep(session: Session, person_id: UUID, channel: Channel, values: dict[str, object]) -> None:
    key = {"tenant_id": tenant_of(session), "person_id": person_id, "channel": channel.value}
    statement = insert(ChannelChoice).values(**key, **values)
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=values))
