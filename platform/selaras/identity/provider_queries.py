"""Reads: an agency's identity providers, what retiring one would cost, and a provider as one side of a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.db.session import tenant_of
from selaras.errors import NotFound
from selaras.identity.models import IdentityProvider
from selaras.identity.oidc import changes, published
from selaras.identity.oidc.changes import Change
from selaras.identity.oidc.checks import Check
from selaras.identity.oidc.party import Party
from selaras.identity.oidc.published import Published
from selaras.identity.vault import Vault
from selaras.tenancy.queries import agency


@dataclass(frozen=True, kw_only=True)
class ProviderView:
    """A provider as it may be shown: whether there is a secret, never the secret."""

    id: UUID
    position: int
    name: Mapping[str, str]
    issuer: str
    client_id: str
    has_secret: bool
    scopes: tuple[str, ...]
    number_claim: str
    name_claim: str
    email_claim: str
    acr_values: tuple[str, ...]
    amr_values: tuple[str, ...]
    max_age: int | None
    just_in_time: bool
    state: str
    checks: tuple[Check, ...]
    checked_at: datetime | None
    tested: Mapping[str, Any] | None
    tested_at: datetime | None
    tested_by: UUID | None
    away_since: datetime | None
    proposed: tuple[Change, ...]
    proposed_at: datetime | None


@dataclass(frozen=True)
class Way:
    """A way to sign in, as the sign-in page offers it."""

    id: UUID
    name: Mapping[str, str]


@dataclass(frozen=True)
class LockedOut:
    """Who has signed in by one provider and by no other that is active; and what the others hold."""

    people: int
    names: tuple[str, ...]
    others: int
    admins: int


NOTHING = Published(issuer="", authorization_endpoint="", token_endpoint="", jwks_uri="")  # no secret
# Whoever is linked here and at no other active provider; administrators that are linked at another one.
_LOCKED_OUT = text(
    """
    WITH other AS (
        SELECT id FROM selaras.identity_provider WHERE tenant_id = :tenant AND state = 'active' AND id <> :provider
    ), elsewhere AS (
        SELECT DISTINCT l.account_id FROM selaras.account_link l JOIN other o ON o.id = l.provider_id
        WHERE l.tenant_id = :tenant
    ), lost AS (
        SELECT a.name FROM selaras.account_link l
        JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = l.account_id AND a.active
        WHERE l.tenant_id = :tenant AND l.provider_id = :provider
          AND l.account_id NOT IN (SELECT account_id FROM elsewhere)
    )
    SELECT (SELECT count(*) FROM lost) AS people,
           ARRAY(SELECT name FROM lost ORDER BY name LIMIT 10) AS names,
           (SELECT count(*) FROM other) AS others,
           (SELECT count(*) FROM elsewhere e
            JOIN selaras.account a ON a.tenant_id = :tenant AND a.id = e.account_id AND a.active
            WHERE EXISTS (SELECT 1 FROM selaras.role_grant g WHERE g.tenant_id = :tenant AND g.account_id = a.id
                AND g.role = 'agency_admin' AND g.unit_id IS NULL AND g.during @> CAST(:day AS date))) AS admins
    """
)


def provider(session: Session, provider_id: UUID) -> ProviderView:
    """One provider of this agency, else `NotFound`."""
    row = session.scalar(select(IdentityProvider).where(IdentityProvider.id == provider_id))
    if row is None:
        raise NotFound("provider.unknown", "There is no such provider here.")
    return _view(row)


def providers(session: Session) -> list[ProviderView]:
    """Every provider, in the order of the sign-in page; retired ones last."""
    rows = session.scalars(select(IdentityProvider).order_by(IdentityProvider.position, IdentityProvider.id))
    return sorted(map(_view, rows), key=lambda one: one.state == "retired")


def ways(session: Session) -> list[Way]:
    """The active providers, as the sign-in page offers them."""
    rows = session.execute(
        select(IdentityProvider.id, IdentityProvider.name)
        .where(IdentityProvider.state == "active")
        .order_by(IdentityProvider.position, IdentityProvider.id)
    )
    return [Way(row.id, row.name) for row in rows]


def party(session: Session, vault: Vault, provider_id: UUID, *states: str) -> Party | None:
    """A provider as one side of a sign-in; None for one that is unknown here or in none of the states."""
    row = session.scalar(select(IdentityProvider).where(IdentityProvider.id == provider_id))
    if row is None or row.state not in states or row.published is None:
        return None
    return party_of(session, vault, row, published.read(row.published))


def party_of(session: Session, vault: Vault, row: IdentityProvider, said: Published | None) -> Party:
    """The same, with the metadata given; None: it is about to be fetched."""
    whose, sealed = agency_of(session), row.client_secret
    secret = vault.open(sealed, *sealing(whose, row.id)).decode() if sealed else ""
    return Party(
        realm=whose,
        provider_id=row.id,
        client_id=row.client_id,
        client_secret=secret,
        published=said or NOTHING,
        scopes=tuple(row.scopes),
        acr_values=tuple(row.acr_values),
        amr_values=tuple(row.amr_values),
        max_age=row.max_age,
        wanted_claims=tuple(dict.fromkeys((row.number_claim, row.name_claim, row.email_claim))),
    )


def locked_out(session: Session, provider_id: UUID) -> LockedOut:
    """What retiring a provider would cost today."""
    tenant = tenant_of(session)
    day = today(agency(session, tenant).time_zone)
    row = session.execute(_LOCKED_OUT, {"tenant": tenant, "provider": provider_id, "day": day}).one()
    return LockedOut(row.people, tuple(row.names), row.others, row.admins)


def sealing(whose: UUID, provider_id: UUID) -> tuple[str, ...]:
    """What a provider's secret is bound to."""
    return (str(whose), "identity_provider.client_secret", str(provider_id))


def agency_of(session: Session) -> UUID:
    """The agency's uuid."""
    return agency(session, tenant_of(session)).uuid


def _view(row: IdentityProvider) -> ProviderView:
    return ProviderView(
        id=row.id,
        position=row.position,
        name=row.name,
        issuer=row.issuer,
        client_id=row.client_id,
        has_secret=row.client_secret is not None,
        scopes=tuple(row.scopes),
        number_claim=row.number_claim,
        name_claim=row.name_claim,
        email_claim=row.email_claim,
        acr_values=tuple(row.acr_values),
        amr_values=tuple(row.amr_values),
        max_age=row.max_age,
        just_in_time=row.just_in_time,
        state=row.state,
        checks=tuple(msgspec.convert(row.checks, type=list[Check])),
        checked_at=row.checked_at,
        tested=row.tested,
        tested_at=row.tested_at,
        tested_by=row.tested_by,
        away_since=row.away_since,
        proposed=_proposed(row),
        proposed_at=row.proposed_at,
    )


def _proposed(row: IdentityProvider) -> tuple[Change, ...]:
    if row.proposed is None or row.published is None:
        return ()
    return tuple(changes.between(published.read(row.published), published.read(row.proposed)))
