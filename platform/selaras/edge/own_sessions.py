"""Sessions as pages and API list and end them; each ending by somebody is an entry of the ledger."""

from __future__ import annotations

from uuid import UUID

from selaras.audit.service import record
from selaras.db.session import once_kept
from selaras.edge.bearer import not_for_clients
from selaras.edge.context import actor, agency, day, instance, process, realm, session
from selaras.edge.signing_in import token
from selaras.errors import NotFound
from selaras.identity.queries import account
from selaras.identity.sessions import Held, key_of


def mine() -> list[Held]:
    """The sessions of whoever asks, the newest first."""
    return process().sessions.of_account(realm(), _own())


def of_account(account_id: UUID) -> list[Held]:
    """The sessions of an account, for whoever manages accounts; `NotFound` for an account of nobody here."""
    if account(session(), account_id, day()) is None:
        raise NotFound("account_unknown", "There is no such account here.")
    return process().sessions.of_account(realm(), account_id)


def this_key() -> str:
    """The name of the session that asks."""
    given = token()
    return key_of(given) if given else ""


def end_one(key: str) -> None:
    """End one of one's own sessions; `NotFound` where it is none of them."""
    own, here, sessions = _own(), realm(), process().sessions
    if key not in {held.key for held in sessions.of_account(here, own)}:
        raise NotFound("session_not_yours", "This session is over already, or it is not yours.")
    record(session(), actor(), "session.end", f"account:{own}", {"sessions": 1})
    once_kept(session(), lambda: _done(sessions.end_one(here, own, key)))


def end_others() -> None:
    """End every session of one's own but the one that asks."""
    own, here, sessions, given = _own(), realm(), process().sessions, token() or ""
    others = len([held for held in sessions.of_account(here, own) if held.key != key_of(given)])
    if others:
        record(session(), actor(), "session.end", f"account:{own}", {"sessions": others})
        once_kept(session(), lambda: _done(sessions.end_others(here, own, given)))


def end_all(account_id: UUID) -> None:
    """End every session of an account; `NotFound` for an account of nobody here."""
    here, sessions = realm(), process().sessions
    many = len(of_account(account_id))
    record(session(), actor(), "session.end", f"account:{account_id}", {"sessions": many})
    once_kept(session(), lambda: _done(sessions.end_all(here, account_id)))


def limits_changed() -> None:
    """Once they are kept, read the agency's limits anew."""
    tenant, limits = agency().tenant_id, instance().limits
    once_kept(session(), lambda: limits.forget(tenant))


def _own() -> UUID:
    found = actor().account_id
    if found is None:
        raise not_for_clients()
    return found


def _done(_: int | bool) -> None:
    """How many there were is in the ledger already."""
