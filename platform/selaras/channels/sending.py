"""Deliveries that are due: claimed together for each person, and what became of them written down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.channels.addresses import ADDRESS, MODE, PEOPLE
from selaras.channels.rules import Channel, again_at
from selaras.channels.settling import LOST
from selaras.db.session import tenant_of

PEOPLE_AT_ONCE = 100


@dataclass(frozen=True)
class Said:
    """One notice in a message: its code and parameters, to be worded."""

    code: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Outgoing:
    """What goes to one person along one channel, as one message. `id` is the same when the same is tried again."""

    id: UUID
    person_id: UUID
    channel: Channel
    address: str
    attempts: int
    said: tuple[Said, ...]


_LOST = text(
    "UPDATE selaras.delivery SET state = 'unsure', ended_at = :now"
    " WHERE tenant_id = :tenant AND state = 'sending' AND claimed_at < :lost"
)
_CLAIM = text(
    """
    WITH whom AS (
        SELECT person_id, channel FROM selaras.delivery
        WHERE tenant_id = :tenant AND state = 'waiting' AND due_at <= :now
        GROUP BY person_id, channel ORDER BY min(due_at) LIMIT :most
    ), due AS (
        SELECT d.person_id, d.channel, d.code, d.subject_id, d.told_at FROM selaras.delivery d
        JOIN whom USING (person_id, channel)
        WHERE d.tenant_id = :tenant AND d.state = 'waiting' AND d.due_at <= :now FOR UPDATE OF d SKIP LOCKED
    )
    UPDATE selaras.delivery d SET state = 'sending', claimed_at = :now, attempts = d.attempts + 1 FROM due
    WHERE d.tenant_id = :tenant AND d.person_id = due.person_id AND d.channel = due.channel AND d.code = due.code
      AND d.subject_id = due.subject_id AND d.told_at = due.told_at
    """
)
# What was read on the page meanwhile, or is not wanted any more, or has nowhere to go, is not sent.
_PASS = text(
    f"""
    UPDATE selaras.delivery d SET state = CASE WHEN n.read_at IS NULL THEN 'off' ELSE 'read' END, ended_at = :now
    FROM (SELECT unnest(CAST(:channels AS text[])) AS channel) c
    JOIN selaras.delivery same ON same.tenant_id = :tenant AND same.channel = c.channel
     AND same.state = 'sending' AND same.claimed_at = :now
    LEFT JOIN selaras.notice n ON n.tenant_id = :tenant AND n.person_id = same.person_id AND n.code = same.code
     AND n.subject_id = same.subject_id
    {PEOPLE.format(person="same.person_id")}
    WHERE d.tenant_id = :tenant AND d.person_id = same.person_id AND d.channel = same.channel AND d.code = same.code
      AND d.subject_id = same.subject_id AND d.told_at = same.told_at
      AND (n.person_id IS NULL OR n.read_at IS NOT NULL OR n.created_at <> d.told_at
           OR NOT a.active OR {MODE} = 'off' OR {ADDRESS} IS NULL)
    """  # noqa: S608  # our own texts
)
_CLAIMED = text(
    f"""
    SELECT d.person_id, d.channel, d.code, d.subject_id, d.told_at, d.attempts, n.params, {ADDRESS} AS address
    FROM selaras.delivery d CROSS JOIN LATERAL (SELECT d.channel) AS c(channel)
    JOIN selaras.notice n ON n.tenant_id = :tenant AND n.person_id = d.person_id AND n.code = d.code
     AND n.subject_id = d.subject_id
    {PEOPLE.format(person="d.person_id")}
    WHERE d.tenant_id = :tenant AND d.state = 'sending' AND d.claimed_at = :now
    ORDER BY d.person_id, d.channel, d.told_at, d.code, d.subject_id
    """  # noqa: S608  # our own texts
)
_OWN = "tenant_id = :tenant AND person_id = :person AND channel = :channel AND state = 'sending' AND claimed_at = :now"
_END = text(f"UPDATE selaras.delivery SET state = :state, trouble = :trouble, ended_at = :at WHERE {_OWN}")  # noqa: S608  # ours
_AGAIN = text(f"UPDATE selaras.delivery SET state = 'waiting', trouble = :trouble, due_at = :due WHERE {_OWN}")  # noqa: S608  # ours
_TROUBLE = text(
    """
    INSERT INTO selaras.channel_choice (tenant_id, person_id, channel, trouble, trouble_address, trouble_at)
    VALUES (:tenant, :person, :channel, :trouble, :address, :at)
    ON CONFLICT (tenant_id, person_id, channel) DO UPDATE
    SET trouble = excluded.trouble, trouble_address = excluded.trouble_address, trouble_at = excluded.trouble_at
    """
)


def claim(session: Session, email_mode: str, moment: datetime) -> list[Outgoing]:
    """The next messages that are due at `moment`, which marks the claim; kept before anything is sent.

    What an earlier run claimed and never ended is not sent again: nobody knows whether it went.
    """
    tenant = {"tenant": tenant_of(session), "now": moment, "lost": moment - LOST, "most": PEOPLE_AT_ONCE}
    session.execute(_LOST, tenant)
    session.execute(_CLAIM, tenant)
    values = tenant | {"email_mode": email_mode, "channels": [one.value for one in Channel]}
    session.execute(_PASS, values)
    rows = session.execute(_CLAIMED, values).all()
    return [_outgoing(tenant_of(session), list(group)) for _, group in groupby(rows, lambda row: row[:2])]


def sent(session: Session, one: Outgoing, claimed: datetime, at: datetime) -> None:
    """It was taken by the next server."""
    session.execute(_END, _values(session, one, claimed) | {"state": "sent", "trouble": None, "at": at})


def refused(session: Session, one: Outgoing, claimed: datetime, at: datetime, trouble: str) -> None:
    """The address is not taken: nothing more goes there until it changes, and its person is told on their page."""
    values = _values(session, one, claimed)
    session.execute(_END, values | {"state": "refused", "trouble": trouble, "at": at})
    session.execute(_TROUBLE, values | {"trouble": trouble, "address": one.address, "at": at})


def postponed(session: Session, one: Outgoing, claimed: datetime, at: datetime, trouble: str) -> None:
    """It could not go now; it is tried again later, and given up after a day or so."""
    due = again_at(at, one.attempts)
    values = _values(session, one, claimed) | {"trouble": trouble}
    if due is None:
        session.execute(_END, values | {"state": "failed", "at": at})
    else:
        session.execute(_AGAIN, values | {"due": due})


def _values(session: Session, one: Outgoing, claimed: datetime) -> dict[str, object]:
    return {"tenant": tenant_of(session), "person": one.person_id, "channel": one.channel.value, "now": claimed}


def _outgoing(tenant: int, rows: Sequence[Any]) -> Outgoing:
    first = rows[0]
    parts = [f"{row.code}:{row.subject_id}:{row.told_at.isoformat()}" for row in rows]
    key = f"selaras:{tenant}:{first.person_id}:{first.channel}:{'|'.join(parts)}"
    said = tuple(Said(row.code, row.params) for row in rows)
    attempts = max(row.attempts for row in rows)
    return Outgoing(uuid5(NAMESPACE_URL, key), first.person_id, Channel(first.channel), first.address, attempts, said)
