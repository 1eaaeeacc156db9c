"""From notices to deliveries, set-based: who is told along which channel, and when; each notice is looked at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.calendar.queries import office_calendar
from selaras.channels.addresses import MODE, PEOPLE, SOUND
from selaras.channels.rules import at_once, next_digest
from selaras.channels.settings import ChannelSettings
from selaras.db.session import tenant_of

AT_ONCE = 5_000
STALE = timedelta(days=3)
"""What was told longer ago stays on the page: a mail server that is set up later is not flooded with old messages."""

_SETTLE = text(
    f"""
    WITH fresh AS (
        SELECT person_id, code, subject_id, created_at FROM selaras.notice
        WHERE tenant_id = :tenant AND settled_at IS NULL ORDER BY created_at LIMIT :most FOR UPDATE SKIP LOCKED
    ), settled AS (
        UPDATE selaras.notice n SET settled_at = :now FROM fresh f
        WHERE n.tenant_id = :tenant AND n.person_id = f.person_id AND n.code = f.code AND n.subject_id = f.subject_id
        RETURNING 1
    ), made AS (
        INSERT INTO selaras.delivery (tenant_id, person_id, channel, code, subject_id, told_at, mode, due_at)
        SELECT :tenant, f.person_id, c.channel, f.code, f.subject_id, f.created_at, {MODE},
               CASE {MODE} WHEN 'daily' THEN CAST(:digest AS timestamptz) ELSE CAST(:at_once AS timestamptz) END
        FROM fresh f CROSS JOIN unnest(CAST(:channels AS text[])) AS c(channel)
        {PEOPLE.format(person="f.person_id")}
        WHERE a.active AND f.created_at > :since AND {MODE} <> 'off' AND {SOUND}
        ON CONFLICT DO NOTHING RETURNING 1
    )
    SELECT (SELECT count(*) FROM settled) AS looked, (SELECT count(*) FROM made) AS made
    """  # noqa: S608  # our own texts
)
_DUE = text(
    """
    SELECT EXISTS (SELECT FROM selaras.delivery WHERE tenant_id = :tenant AND due_at <= :now
                   AND (state = 'waiting' OR state = 'sending' AND claimed_at < :lost))
       AND NOT EXISTS (SELECT FROM selaras.job WHERE tenant_id = :tenant AND kind = :kind
                       AND state IN ('waiting', 'running'))
    """
)
LOST = timedelta(minutes=15)


def settle(session: Session, chosen: ChannelSettings, zone: str, channels: Sequence[str], moment: datetime) -> int:
    """Look at the next notices that nobody looked at; returns how many deliveries they made."""
    quiet = replace(chosen.quiet(zone), calendar=office_calendar(session))
    values = {
        "tenant": tenant_of(session),
        "now": moment,
        "most": AT_ONCE,
        "since": moment - STALE,
        "channels": list(channels),
        "email_mode": chosen.email_mode,
        "at_once": at_once(moment, quiet),
        "digest": next_digest(moment, quiet),
    }
    return int(session.execute(_SETTLE, values).one().made)


def is_due(session: Session, kind: str, moment: datetime) -> bool:
    """Whether something waits to be sent now and no job is at it."""
    values = {"tenant": tenant_of(session), "now": moment, "lost": moment - LOST, "kind": kind}
    return bool(session.execute(_DUE, values).scalar_one())
