"""Who may sign in at the demo's identity providers: the offices of each agency, and its people by their number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.demo.offices import OFFICES, user_name
from selaras.demo.providers.beside import Guest
from selaras.demo.stage import Stage
from selaras.organisation.offered import offered
from selaras.tenancy.packs import Pack
from selaras.tenancy.queries import AgencyView, agency_by_slug

# More people than this are not told to a provider: it holds them all in memory and reads them at every start.
MOST = 400

# By turns somebody with a team and somebody without, so that a part of the people shows both sides.
_PEOPLE = text(
    """
    WITH known AS (
        SELECT a.subject, a.name, a.id, EXISTS (
            SELECT 1 FROM selaras.reporting_line line WHERE line.tenant_id = :tenant AND line.superior_id = p.id
        ) AS has_team
        FROM selaras.person p
        JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = p.account_id AND a.active
        WHERE p.tenant_id = :tenant
    ), ordered AS (
        SELECT *, row_number() OVER (PARTITION BY has_team ORDER BY subject) AS place FROM known
    )
    SELECT subject, name, count(*) OVER () AS everybody FROM ordered ORDER BY place, has_team DESC LIMIT :most
    """
)
_ACCOUNT = text(
    """
    SELECT a.subject FROM selaras.person p JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = p.account_id
    WHERE p.tenant_id = :tenant AND p.id = :person
    """
)


@dataclass(frozen=True)
class Invited:
    """A guest of a provider, and what a visitor of the demo is told about it."""

    guest: Guest
    uuid: UUID
    everybody: int
    appraiser: str | None
    employee: str | None


def invited(stage: Stage, pack: Pack, port: int) -> Invited:
    """One agency of the demo, reached at `port`, with whoever may sign in there."""
    with stage.app.platform() as session:
        known = agency_by_slug(session, pack.slug)
    with stage.app.tenant(known.tenant_id) as session:
        pair = _pair(session, known)
        rows = session.execute(_PEOPLE, {"tenant": known.tenant_id, "most": MOST}).all()
        named = {row.subject: row.name for row in rows} | dict(pair)
    offices = [(user_name(key, pack.slug), f"{name} {pack.short_name}") for key, name, _ in OFFICES]
    assert pack.demo is not None, "only agencies with a demo are played"
    origin = f"http://{pack.hosts[0]}:{port}"
    guest = Guest(pack.slug, pack.short_name, pack.demo.provider, origin, (*offices, *named.items()))
    numbers = [one for one, _ in pair] + [None, None]
    return Invited(guest, known.uuid, rows[0].everybody if rows else 0, numbers[0], numbers[1])


def _pair(session: Session, here: AgencyView) -> list[tuple[str, str]]:
    """Somebody with a team and somebody of that team, on the agency's last day where it has ended."""
    day = here.ended_on - timedelta(days=1) if here.ended_on else today(here.time_zone)
    found = []
    for one in offered(session, day):
        named = {"tenant": tenant_of(session), "person": one.person_id}
        subject = session.execute(_ACCOUNT, named).scalar_one_or_none()
        if subject is not None:
            found.append((subject, one.name))
    return found
