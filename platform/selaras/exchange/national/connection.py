"""An agency's connection: entered, sealed, shown without its secrets, opened for a job, stopped and resumed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from selaras.audit.service import record
from selaras.clock import now
from selaras.db.session import tenant_of
from selaras.errors import Conflict, Fault, Invalid
from selaras.exchange.national.border import Endpoint, Field, Halted
from selaras.exchange.national.endpoints import endpoint
from selaras.exchange.national.models import NationalConnection
from selaras.exchange.national.rules import Mode, When
from selaras.identity.actor import Actor
from selaras.identity.egress import Egress
from selaras.identity.permissions import Permission
from selaras.identity.vault import Vault
from selaras.tenancy.queries import agency

LONGEST = 8_000
FASTEST = Decimal(50)


@dataclass(frozen=True)
class Wanted:
    """What somebody enters; an empty secret keeps the one that is held."""

    endpoint: str
    mode: str
    send_when: str
    per_second: Decimal
    entered: Mapping[str, str]


@dataclass(frozen=True)
class ConnectionView:
    """The connection without its secrets; `held` names those that are kept."""

    endpoint: str
    mode: Mode
    send_when: When
    per_second: Decimal
    entered: Mapping[str, str]
    held: frozenset[str]
    stopped: str | None
    said: str | None
    paused_until: datetime | None
    token_ends: datetime | None


@dataclass(frozen=True)
class Opened:
    """The connection as a job needs it, secrets and all; never shown, never logged."""

    endpoint: Endpoint
    settings: Mapping[str, str]
    per_second: Decimal


def connection(session: Session, vault: Vault) -> ConnectionView | None:
    """The agency's connection, or None."""
    row = session.scalar(select(NationalConnection))
    if row is None:
        return None
    secrets = _secrets(session, vault, row)
    ends = endpoint(row.endpoint).expires({**row.entered, **secrets})
    return ConnectionView(
        endpoint=row.endpoint,
        mode=Mode(row.mode),
        send_when=When(row.send_when),
        per_second=Decimal(str(row.per_second)),
        entered=row.entered,
        held=frozenset(secrets),
        stopped=row.stopped,
        said=row.said,
        paused_until=row.paused_until,
        token_ends=ends,
    )


def opened(session: Session, vault: Vault) -> Opened:
    """The connection to be used now; `Conflict` where there is none, or the agency's results do not go this way."""
    row = session.scalar(select(NationalConnection))
    if row is None or row.mode != Mode.PRIMARY:
        raise Conflict(
            "national_not_primary",
            "Results are not sent from here: the connection is not set up, or Selaras is not the source. Choose it in "
            "the settings of the connection.",
        )
    settings = {**row.entered, **_secrets(session, vault, row)}
    return Opened(endpoint(row.endpoint), settings, Decimal(str(row.per_second)))


def set_connection(session: Session, actor: Actor, vault: Vault, egress: Egress, wanted: Wanted) -> None:
    """Enter or change the connection; needs MANAGE_NATIONAL. What stopped it is forgotten: it is tried again."""
    actor.require_whole(Permission.MANAGE_NATIONAL)
    chosen = endpoint(wanted.endpoint)
    row = session.scalar(select(NationalConnection))
    kept = _secrets(session, vault, row) if row is not None and row.endpoint == chosen.code else {}
    given = {one.code: wanted.entered.get(one.code, "").strip() for one in chosen.fields}
    secrets = {one.code: given[one.code] or kept.get(one.code, "") for one in chosen.fields if one.secret}
    plain = {one.code: given[one.code] for one in chosen.fields if not one.secret}
    _refuse(chosen, wanted, {**plain, **secrets}, egress)
    held = {code: value for code, value in secrets.items() if value}
    values: dict[str, Any] = {
        "endpoint": chosen.code,
        "mode": wanted.mode,
        "send_when": wanted.send_when,
        "per_second": wanted.per_second,
        "entered": plain,
        "secrets": vault.seal(msgspec.json.encode(held), *_context(session)) if held else None,
        **_FREE,
        "changed_at": now(),
        "changed_by": actor.account_id,
    }
    statement = insert(NationalConnection).values(tenant_id=tenant_of(session), **values)
    session.execute(statement.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    told = {"endpoint": chosen.code, "mode": wanted.mode, "send_when": wanted.send_when}
    entered = sum(1 for code in secrets if given[code])
    record(session, actor, "national.connect", "national", {**told, "new_secrets": entered})


def stop(session: Session, halted: Halted) -> None:
    """Nothing more goes until it is tried again, or somebody has acted; the rest waits where it is."""
    values = {"stopped": halted.why.value, "said": halted.said or None, "paused_until": halted.until}
    session.execute(update(NationalConnection).values(**values))


def resume(session: Session) -> None:
    """It works again."""
    session.execute(update(NationalConnection).where(NationalConnection.stopped.is_not(None)).values(**_FREE))


_FREE: dict[str, Any] = {"stopped": None, "said": None, "paused_until": None}


def _refuse(chosen: Endpoint, wanted: Wanted, values: Mapping[str, str], egress: Egress) -> None:
    faults = []
    if wanted.mode not in list(Mode):
        faults.append(Fault("national_choice", "Choose one of the ways that are offered.", field="mode"))
    if wanted.send_when not in list(When):
        faults.append(Fault("national_choice", "Choose one of the ways that are offered.", field="send_when"))
    if not 0 < wanted.per_second <= FASTEST:
        faults.append(
            Fault("national_rate", "Enter a number above 0, and {most} at most.", field="per_second", most=int(FASTEST))
        )
    faults += [fault for one in chosen.fields if (fault := _fault_of(one, values[one.code], wanted.mode))]
    if faults:
        raise Invalid("national_unusable", "Some of this cannot be used; nothing was changed.", faults=faults)
    for one in chosen.fields:
        if one.address and values[one.code]:
            egress.check(values[one.code])


def _fault_of(one: Field, value: str, mode: str) -> Fault | None:
    if one.required and not value and mode == Mode.PRIMARY:
        return Fault("national_missing", "This is needed to be connected.", field=one.code)
    if len(value) > LONGEST or "\0" in value:
        return Fault("national_long", "This is too long or holds unreadable signs.", field=one.code)
    return None


def _secrets(session: Session, vault: Vault, row: NationalConnection) -> dict[str, str]:
    if row.secrets is None:
        return {}
    return msgspec.json.decode(vault.open(row.secrets, *_context(session)), type=dict[str, str])


def _context(session: Session) -> tuple[str, str]:
    return (str(agency(session, tenant_of(session)).uuid), "national_connection")
