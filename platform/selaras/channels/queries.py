"""How messages fared: an agency's figures of the last days, without any person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.db.session import tenant_of

DAYS = 7


@dataclass(frozen=True)
class Fared:
    """How many notices of one channel ended, or stand, in one state."""

    channel: str
    state: str
    notices: int


@dataclass(frozen=True)
class ChannelFigures:
    """The last seven days by channel and state, and how many people's addresses are refused today."""

    fared: list[Fared]
    refused_addresses: int
    without_address: int


_FARED = text(
    """
    SELECT channel, state, count(*) AS notices FROM selaras.delivery
    WHERE tenant_id = :tenant AND (ended_at IS NULL OR ended_at > :since)
    GROUP BY channel, state ORDER BY channel, state
    """
)
_ADDRESSES = text(
    """
    SELECT (SELECT count(*) FROM selaras.channel_choice WHERE tenant_id = :tenant AND trouble IS NOT NULL) AS refused,
           (SELECT count(*) FROM selaras.person p
            JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = p.account_id AND a.active
            WHERE p.tenant_id = :tenant AND a.emails = '[]') AS missing
    """
)


def figures(session: Session, moment: datetime) -> ChannelFigures:
    """How messages fared in the days before `moment`."""
    tenant = {"tenant": tenant_of(session)}
    rows = session.execute(_FARED, tenant | {"since": moment - timedelta(days=DAYS)})
    fared = [Fared(row.channel, row.state, row.notices) for row in rows]
    counted = session.execute(_ADDRESSES, tenant).one()
    return ChannelFigures(fared, counted.refused, counted.missing)
