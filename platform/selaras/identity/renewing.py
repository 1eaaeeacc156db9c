"""Renewing what a provider publishes: what decides whose word is believed is put before an administrator first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.errors import Conflict, NotFound
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.models import IdentityProvider
from selaras.identity.oidc import changes, checks, published
from selaras.identity.oidc.party import Party
from selaras.identity.oidc.published import Fetched
from selaras.identity.provider_queries import party_of
from selaras.identity.vault import Vault


@dataclass(frozen=True)
class Due:
    """A provider that is switched on, and what is needed to ask it: nothing is asked within a transaction."""

    provider_id: UUID
    issuer: str
    party: Party


def due(session: Session, vault: Vault) -> list[Due]:
    """Every provider that people sign in by."""
    rows = session.scalars(select(IdentityProvider).where(IdentityProvider.state == "active"))
    return [Due(row.id, row.issuer, party_of(session, vault, row, None)) for row in rows]


def look(egress: Egress, issuer: str, party: Party) -> tuple[Fetched | None, list[checks.Check]]:
    """Fetch what an issuer publishes and look at all of it."""
    fetched, found = checks.look(egress, issuer)
    if fetched is not None:
        found = checks.all_of(egress, issuer, replace(party, published=fetched.published), fetched.skew)
    return fetched, found


def renew(session: Session, actor: Actor, one: Due, fetched: Fetched | None, found: list[checks.Check]) -> str:
    """Keep what a round found; the ledger hears of it where something is different. Returns what it came to.

    `same`, `taken` (a change that decides nothing), `held` (it waits for an administrator), `away`, `gone` (no longer
    switched on).
    """
    row = locked(session, one.provider_id)
    if row.state != "active" or row.issuer != one.issuer:
        return "gone"
    before = (row.proposed, row.away_since is None)
    came_to, names = keep(row, fetched, found)
    session.flush()
    if came_to == "taken" or (row.proposed, row.away_since is None) != before:
        noted(session, actor, "provider.renew", row, came_to=came_to, changed=names)
    return came_to


def keep(row: IdentityProvider, fetched: Fetched | None, found: list[checks.Check]) -> tuple[str, list[str]]:
    """What was fetched and found, on the row: taken over, or held until an administrator has read what changed."""
    row.checks, row.checked_at = msgspec.to_builtins(found), now()
    if fetched is None:
        row.away_since = row.away_since or now()
        return "away", []
    row.away_since = None
    new = published.plain(fetched.published)
    if row.published is None or row.state == "draft":
        row.published, row.proposed, row.proposed_at = new, None, None
        return "taken", []
    different = changes.between(published.read(row.published), fetched.published)
    names = [one.name for one in different]
    if row.state == "active" and any(one.decisive for one in different):
        if row.proposed is None or published.read(row.proposed) != fetched.published:
            row.proposed, row.proposed_at = new, now()
        return "held", names
    row.proposed, row.proposed_at = None, None
    if not different or not checks.passed(found):
        return "same", []
    if any(one.decisive for one in different):
        # It was tried against something else.
        row.state, row.tested = "draft", None
    row.published = new
    return "taken", names


def adopt(session: Session, actor: Actor, provider_id: UUID) -> None:
    """Take over what the provider publishes now. `Conflict` where nothing waits, and where a check calls it wrong.

    Another issuer is another provider: it is entered, tested and switched on beside this one.
    """
    row = locked(session, provider_id)
    if row.proposed is None or row.published is None or row.state != "active":
        raise Conflict("provider.nothing_proposed", "Nothing that the provider publishes waits for you; look again.")
    new = published.read(row.proposed)
    if new.issuer != row.issuer or not checks.passed(msgspec.convert(row.checks, type=list[checks.Check])):
        raise Conflict(
            "provider.proposed_wrong",
            "What “{name}” publishes now cannot be taken over: the check calls something in it wrong. Put that right "
            "at the provider and check again; for another issuer add a second provider.",
            name=row.name.get("id", ""),
        )
    names = [one.name for one in changes.between(published.read(row.published), new)]
    row.published, row.proposed, row.proposed_at = row.proposed, None, None
    session.flush()
    noted(session, actor, "provider.adopt", row, changed=names)


def locked(session: Session, provider_id: UUID) -> IdentityProvider:
    """A provider of this agency for a change, else `NotFound`."""
    row = session.scalar(select(IdentityProvider).where(IdentityProvider.id == provider_id).with_for_update())
    if row is None:
        raise NotFound("provider.unknown", "There is no such provider here.")
    return row


def noted(session: Session, actor: Actor, action: str, row: IdentityProvider, **facts: object) -> None:
    """An entry of the ledger about a provider, with the state that it is in now."""
    record(session, actor, action, f"provider:{row.id}", {"state": row.state, **facts})
