"""Commands: an agency's identity providers, from the first draft through check and test to switched on and retired."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.errors import Conflict, Invalid
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.models import IdentityProvider
from selaras.identity.oidc import checks, published
from selaras.identity.oidc.party import Party, Told
from selaras.identity.provider_queries import agency_of, party_of, sealing
from selaras.identity.renewing import keep, locked, look, noted
from selaras.identity.vault import Vault

MOST_TEXT = 300
# What an active provider may be told anew without another test: none of it decides whose account a sign-in opens.
_SMALL = frozenset({"name", "position", "just_in_time", "client_secret"})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What an agency enters about a provider. `client_secret` None keeps the one there is; empty: a public client."""

    name: Mapping[str, str]
    issuer: str
    client_id: str
    client_secret: str | None = None
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    number_claim: str = "preferred_username"
    name_claim: str = "name"
    email_claim: str = "email"
    acr_values: tuple[str, ...] = ()
    amr_values: tuple[str, ...] = ()
    max_age: int | None = None
    just_in_time: bool = False
    position: int | None = None


def register(session: Session, actor: Actor, vault: Vault, wanted: Wanted) -> UUID:
    """A new provider, as a draft, behind those there are. `Invalid` names the field that cannot be used."""
    _refuse_unusable(wanted)
    last = session.scalar(select(func.max(IdentityProvider.position)))
    row = IdentityProvider(position=(last or 0) + 1)
    _enter(row, wanted)
    session.add(row)
    session.flush()
    _seal(session, row, vault, wanted)
    noted(session, actor, "provider.register", row)
    return row.id


def change(session: Session, actor: Actor, vault: Vault, provider_id: UUID, wanted: Wanted) -> None:
    """Enter it anew. What decides whose account is opened cannot change while it is active; a draft is checked again.

    `Conflict` for an active provider (name, order, secret and just-in-time may change) and for a retired one.
    """
    _refuse_unusable(wanted)
    row = locked(session, provider_id)
    before = _entered(row)
    _enter(row, wanted)
    changed = {name for name, value in _entered(row).items() if before[name] != value}
    if wanted.client_secret is not None:
        changed.add("client_secret")
        _seal(session, row, vault, wanted)
    if row.state == "retired" or (row.state == "active" and changed - _SMALL):
        raise Conflict(
            "provider.in_use",
            "“{name}” is in use or retired; {fields} can no longer be changed. Add a second provider with the new "
            "values, test it, switch it on, and retire this one.",
            name=row.name.get("id", ""),
            fields=", ".join(sorted(changed - _SMALL)) or "–",
        )
    if changed - {"name", "position", "just_in_time"}:
        row.state, row.tested = ("active" if row.state == "active" else "draft"), None
    if changed - _SMALL:
        row.published, row.checks, row.checked_at = None, [], None
    row.changed_at = now()
    session.flush()
    noted(session, actor, "provider.change", row, changed=sorted(changed))


def check(session: Session, actor: Actor, vault: Vault, egress: Egress, provider_id: UUID) -> list[checks.Check]:
    """Fetch what the provider publishes, look at all of it, and keep what was found.

    Where it is switched on, what decides whose word is believed is put before the administrator first (`renewing`).
    """
    row = locked(session, provider_id)
    fetched, found = look(egress, row.issuer, party_of(session, vault, row, None))
    keep(row, fetched, found)
    session.flush()
    bad = [one.code for one in found if one.state == checks.BAD]
    noted(session, actor, "provider.check", row, bad=bad)
    return found


def testable(session: Session, vault: Vault, provider_id: UUID) -> Party:
    """The provider for a test sign-in; `Conflict` before its checks have passed."""
    row = locked(session, provider_id)
    if row.published is None or not checks.passed(_checks(row)) or row.state == "retired":
        raise Conflict(
            "provider.unchecked",
            "“{name}” cannot be tried yet: check it first, and put right what the check calls wrong.",
            name=row.name.get("id", ""),
        )
    return party_of(session, vault, row, published.read(row.published))


def tested(session: Session, actor: Actor, provider_id: UUID, told: Told, account_id: UUID | None) -> bool:
    """Keep what a test sign-in came to: it succeeds when the claims name an account. No value of a claim is kept."""
    row = locked(session, provider_id)
    row.tested = {"success": account_id is not None, "algorithm": told.algorithm, "acr": told.acr}
    row.tested_at, row.tested_by = now(), actor.account_id
    if account_id is not None and row.state == "draft":
        row.state = "tested"
    session.flush()
    noted(session, actor, "provider.test", row, success=account_id is not None, algorithm=told.algorithm)
    return account_id is not None


def switch_on(session: Session, actor: Actor, provider_id: UUID) -> None:
    """People sign in by it from now on. `Conflict` before a test has succeeded, and for one that was retired.

    An operator on the server itself (the system) may switch one on untested, since nobody can try an agency's first;
    the ledger says that it was not tested.
    """
    row = locked(session, provider_id)
    if row.state == "active":
        return
    first = actor.account_id is None and actor.reference == "system" and checks.passed(_checks(row))
    if row.state != "tested" and not (first and row.state == "draft" and row.published is not None):
        raise Conflict(
            "provider.untested",
            "“{name}” cannot be switched on: a test sign-in must succeed first.",
            name=row.name.get("id", ""),
        )
    row.state, row.retired_at = "active", None
    session.flush()
    noted(session, actor, "provider.switch_on", row, tested=bool(row.tested and row.tested["success"]))


def reseal(session: Session, actor: Actor, vault: Vault) -> int:
    """Seal every secret with the newest key; how many were sealed with an older one."""
    whose, count = agency_of(session), 0
    rows = session.scalars(select(IdentityProvider).where(IdentityProvider.client_secret.is_not(None)))
    for row in rows:
        if row.client_secret and vault.needs_rotation(row.client_secret):
            plain = vault.open(row.client_secret, *sealing(whose, row.id))
            row.client_secret = vault.seal(plain, *sealing(whose, row.id))
            count += 1
    session.flush()
    if count:
        record(session, actor, "provider.reseal", "providers", {"secrets": count})
    return count


def reorder(session: Session, actor: Actor, provider_ids: list[UUID]) -> None:
    """The order on the sign-in page: these first, as listed."""
    for place, provider_id in enumerate(provider_ids, 1):
        session.execute(update(IdentityProvider).where(IdentityProvider.id == provider_id).values(position=place))
    record(session, actor, "provider.reorder", "providers", {"order": provider_ids})


def _enter(row: IdentityProvider, wanted: Wanted) -> None:
    for name, value in _plain(wanted).items():
        setattr(row, name, value)


def _plain(wanted: Wanted) -> dict[str, Any]:
    found = {one.name: getattr(wanted, one.name) for one in fields(wanted) if one.name != "client_secret"}
    found["name"] = {language: text.strip() for language, text in wanted.name.items() if text.strip()}
    for name, value in found.items():
        found[name] = list(value) if isinstance(value, tuple) else value.strip() if isinstance(value, str) else value
    if wanted.position is None:
        del found["position"]
    return found


def _entered(row: IdentityProvider) -> dict[str, Any]:
    return {one.name: getattr(row, one.name) for one in fields(Wanted) if one.name != "client_secret"}


def _seal(session: Session, row: IdentityProvider, vault: Vault, wanted: Wanted) -> None:
    secret = (wanted.client_secret or "").strip().encode()
    row.client_secret = vault.seal(secret, *sealing(agency_of(session), row.id)) if secret else None


def _checks(row: IdentityProvider) -> list[checks.Check]:
    return msgspec.convert(row.checks, type=list[checks.Check])


def _refuse_unusable(wanted: Wanted) -> None:
    for name in ("issuer", "client_id", "number_claim", "name_claim", "email_claim"):
        text = getattr(wanted, name).strip()
        if not text or len(text) > MOST_TEXT or not text.isprintable():
            raise _unusable(name)
    if not wanted.name.get("id", "").strip() or any(len(text) > 80 for text in wanted.name.values()):
        raise _unusable("name")
    if not wanted.issuer.strip().startswith(("https://", "http://")) or "?" in wanted.issuer or "#" in wanted.issuer:
        raise _unusable("issuer")
    if wanted.max_age is not None and not 300 <= wanted.max_age <= 30 * 24 * 3600:  # 5 minutes, a month
        raise _unusable("max_age")
    for name in ("scopes", "acr_values", "amr_values"):
        if any(not one.isascii() or not one.isprintable() or " " in one for one in getattr(wanted, name)):
            raise _unusable(name)


def _unusable(field: str) -> Invalid:
    return Invalid(
        "provider.field",
        "The field “{field}” cannot be used as it is: it is empty, too long, or not in the form that its hint names.",
        field=field,
    )
