"""Machine clients and their secrets: made, changed over, withdrawn and found again; only hashes of secrets are kept.

A secret is 256 bits of chance, so one round of SHA-256 hides it: there is nothing to guess, unlike with a password,
and a slow hash would only cost every request its time.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, or_, select, update
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.identity.actor import Actor
from selaras.identity.models import ServiceClient, ServiceSecret
from selaras.identity.permissions import Permission
from selaras.identity.scopes import Scope, scopes_within

KINDS = {"token": "slr_", "oauth": "sls_"}
MOST_DAYS = 366
OVERLAP_DAYS = 7
MOST_OVERLAP_DAYS = 30
USE_NOTED_EVERY = timedelta(minutes=1)
_LONGEST_NAME = 80


@dataclass(frozen=True)
class Secret:
    """A secret that holds until `expires_at`; `hint` is its last four signs."""

    hint: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True)
class Client:
    """A client as its managers see it, with its secrets that still hold, the newest first."""

    id: UUID
    name: str
    kind: str
    scopes: tuple[str, ...]
    owner_id: UUID | None
    created_by: UUID | None
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None
    secrets: tuple[Secret, ...]

    @property
    def expires_at(self) -> datetime | None:
        """When the last of its secrets ends; None where none holds any more."""
        return max((one.expires_at for one in self.secrets), default=None)

    @property
    def usable(self) -> bool:
        """Whether it can be used now."""
        return self.revoked_at is None and bool(self.secrets)


@dataclass(frozen=True)
class Shown:
    """A secret in the one moment in which it is shown."""

    client_id: UUID
    secret: str
    expires_at: datetime


@dataclass(frozen=True)
class Presented:
    """The client behind a secret that was shown, and whether that secret is still worth anything."""

    id: UUID
    name: str
    kind: str
    scopes: tuple[str, ...]
    owner_id: UUID | None
    last_used_at: datetime | None
    expires_at: datetime
    revoked_at: datetime | None

    @property
    def holds(self) -> bool:
        """Neither expired nor revoked."""
        return self.revoked_at is None and self.expires_at > now()


def create(
    session: Session, actor: Actor, name: str, kind: str, scopes: Sequence[str], *, days: int, owned: bool = False
) -> Shown:
    """A new client whose secret holds for `days`; `owned`: it ends with the rights of whoever makes it.

    `Invalid` for a name, kind, scope or number of days that cannot be; `Refused` for a scope beyond the actor's rights.
    """
    actor.require(Permission.MANAGE_CLIENTS)
    name, chosen = " ".join(name.split()), _chosen(scopes)
    if not name or len(name) > _LONGEST_NAME:
        raise Invalid("client_name", "Give the client a name of 1 to {most} signs.", most=_LONGEST_NAME, field="name")
    if kind not in KINDS:
        raise Invalid(
            "client_kind", "“{kind}” is no kind of client; known are: {known}.", kind=kind[:20], known=", ".join(KINDS)
        )
    _refuse_beyond(actor, chosen)
    client = ServiceClient(
        name=name,
        kind=kind,
        scopes=chosen,
        owner_id=actor.account_id if owned else None,
        created_by=actor.account_id,
        created_at=now(),
    )
    session.add(client)
    session.flush()
    shown = _add_secret(session, actor, client, days)
    told = {"kind": kind, "scopes": chosen, "until": shown.expires_at, "owned": owned}
    record(session, actor, "client.create", f"client:{client.id}", told)
    return shown


def rotate(session: Session, actor: Actor, client_id: UUID, *, days: int, overlap_days: int = OVERLAP_DAYS) -> Shown:
    """A further secret; the one before holds for `overlap_days` more, any older one ends now.

    `Refused` for a client that may more than the actor: the new secret would hand those rights over.
    """
    actor.require(Permission.MANAGE_CLIENTS)
    client = _standing(session, client_id)
    _refuse_beyond(actor, client.scopes)
    if not 0 <= overlap_days <= MOST_OVERLAP_DAYS:
        raise Invalid(
            "client_overlap",
            "The old secret may hold for 0 to {most} days more.",
            most=MOST_OVERLAP_DAYS,
            field="overlap_days",
        )
    _shorten(session, client_id, overlap_days)
    shown = _add_secret(session, actor, client, days)
    told = {"until": shown.expires_at, "overlap_days": overlap_days}
    record(session, actor, "client.rotate", f"client:{client_id}", told)
    return shown


def revoke(session: Session, actor: Actor, client_id: UUID) -> None:
    """End a client for good, with all of its secrets; ending it twice changes nothing."""
    actor.require(Permission.MANAGE_CLIENTS)
    client = _row(session, client_id)
    if client.revoked_at is None:
        _end(session, actor, client)


def revoke_owned(session: Session, actor: Actor, account_id: UUID) -> int:
    """End every client that belongs to an account, as when its holder leaves; how many there were."""
    owned = session.scalars(
        select(ServiceClient).where(ServiceClient.owner_id == account_id, ServiceClient.revoked_at.is_(None))
    ).all()
    for client in owned:
        _end(session, actor, client)
    return len(owned)


def clients(session: Session) -> list[Client]:
    """Every client of the agency, those in use first, then by name."""
    rows = session.scalars(
        select(ServiceClient).order_by(
            ServiceClient.revoked_at.is_not(None), ServiceClient.name, ServiceClient.created_at
        )
    ).all()
    held: dict[UUID, list[Secret]] = {row.id: [] for row in rows}
    alive = select(ServiceSecret).where(ServiceSecret.expires_at > now()).order_by(ServiceSecret.created_at.desc())
    for one in session.scalars(alive):
        held[one.client_id].append(Secret(one.hint, one.created_at, one.expires_at))
    return [_view(row, held[row.id]) for row in rows]


def client(session: Session, client_id: UUID) -> Client:
    """One client of the agency, else `NotFound`."""
    found = find(session, client_id)
    if found is None:
        raise _unknown()
    return found


def find(session: Session, client_id: UUID) -> Client | None:
    """One client of the agency, or None."""
    row = session.scalar(select(ServiceClient).where(ServiceClient.id == client_id))
    if row is None:
        return None
    alive = (
        select(ServiceSecret)
        .where(ServiceSecret.client_id == client_id, ServiceSecret.expires_at > now())
        .order_by(ServiceSecret.created_at.desc())
    )
    return _view(row, [Secret(one.hint, one.created_at, one.expires_at) for one in session.scalars(alive)])


def presented(session: Session, secret: str, kind: str) -> Presented | None:
    """The client of this agency whose secret was shown, whether or not it still holds; None for a secret of nobody."""
    found: Row[ServiceClient, datetime] | None = session.execute(
        select(ServiceClient, ServiceSecret.expires_at)
        .join(
            ServiceSecret,
            (ServiceSecret.tenant_id == ServiceClient.tenant_id) & (ServiceSecret.client_id == ServiceClient.id),
        )
        .where(ServiceSecret.hash == hash_of(secret), ServiceClient.kind == kind)
    ).one_or_none()
    if found is None:
        return None
    row, expires = found
    return Presented(
        row.id, row.name, row.kind, tuple(row.scopes), row.owner_id, row.last_used_at, expires, row.revoked_at
    )


def note_use(session: Session, client_id: UUID) -> None:
    """Remember that a client was here, at most once a minute, and without waiting for another request that does so."""
    moment = now()
    stale = or_(ServiceClient.last_used_at.is_(None), ServiceClient.last_used_at < moment - USE_NOTED_EVERY)
    free = (
        select(ServiceClient.id)
        .where(ServiceClient.tenant_id == tenant_of(session), ServiceClient.id == client_id, stale)
        .with_for_update(skip_locked=True)
    )
    session.execute(
        update(ServiceClient)
        .where(ServiceClient.id.in_(free.scalar_subquery()))
        .values(last_used_at=moment)
        .execution_options(synchronize_session=False)
    )


def use_is_noted(last_used_at: datetime | None) -> bool:
    """Whether the last use is fresh enough to be left as it is."""
    return last_used_at is not None and now() - last_used_at < USE_NOTED_EVERY


def hash_of(secret: str) -> str:
    """By what a secret is found again."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def _chosen(scopes: Sequence[str]) -> list[str]:
    unknown = [scope for scope in scopes if scope not in list(Scope)]
    if unknown or not scopes:
        raise Invalid(
            "client_scopes",
            "Choose at least one of the scopes {known}; “{scope}” is none.",
            known=", ".join(Scope),
            scope=unknown[0][:40] if unknown else "",
            field="scopes",
        )
    return [scope.value for scope in Scope if scope in scopes]


def _refuse_beyond(actor: Actor, scopes: Sequence[str]) -> None:
    beyond = [scope for scope in scopes if scope not in scopes_within(actor.permissions)]
    if beyond:
        raise Refused(
            "client_beyond_own",
            "A client never gets more than whoever makes it may do: you do not hold what {scopes} stands for. Ask "
            "somebody who does.",
            scopes=", ".join(beyond),
        )


def _add_secret(session: Session, actor: Actor, client: ServiceClient, days: int) -> Shown:
    if not 1 <= days <= MOST_DAYS:
        raise Invalid("client_days", "A secret holds for 1 to {most} days.", most=MOST_DAYS, field="days")
    secret, moment = KINDS[client.kind] + secrets.token_urlsafe(32), now()
    kept = ServiceSecret(
        client_id=client.id,
        hash=hash_of(secret),
        hint=secret[-4:],
        created_by=actor.account_id,
        created_at=moment,
        expires_at=moment + timedelta(days=days),
    )
    session.add(kept)
    session.flush()
    return Shown(client.id, secret, kept.expires_at)


def _shorten(session: Session, client_id: UUID, overlap_days: int) -> None:
    """The newest secret holds for some days more, no longer than it would have; older ones end."""
    moment = now()
    alive = session.scalars(
        select(ServiceSecret)
        .where(ServiceSecret.client_id == client_id, ServiceSecret.expires_at > moment)
        .order_by(ServiceSecret.created_at.desc())
        .with_for_update()
    ).all()
    for place, one in enumerate(alive):
        end = moment + timedelta(days=overlap_days) if place == 0 else moment
        one.expires_at = min(one.expires_at, end)


def _end(session: Session, actor: Actor, client: ServiceClient) -> None:
    client.revoked_at, client.revoked_by = now(), actor.account_id
    session.flush()
    record(session, actor, "client.revoke", f"client:{client.id}", {})


def _row(session: Session, client_id: UUID) -> ServiceClient:
    row = session.scalar(select(ServiceClient).where(ServiceClient.id == client_id))
    if row is None:
        raise _unknown()
    return row


def _standing(session: Session, client_id: UUID) -> ServiceClient:
    # Locked: two changes at once would leave three secrets.
    row = session.scalar(select(ServiceClient).where(ServiceClient.id == client_id).with_for_update())
    if row is None:
        raise _unknown()
    if row.revoked_at is not None:
        raise Conflict("client_revoked", "This client was revoked and stays so. Make a new one.")
    return row


def _unknown() -> NotFound:
    return NotFound("client_unknown", "There is no such client here.")


def _view(row: ServiceClient, alive: Sequence[Secret]) -> Client:
    return Client(
        row.id,
        row.name,
        row.kind,
        tuple(row.scopes),
        row.owner_id,
        row.created_by,
        row.created_at,
        row.last_used_at,
        row.revoked_at,
        () if row.revoked_at else tuple(alive),
    )
