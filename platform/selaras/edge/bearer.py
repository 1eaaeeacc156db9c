"""Requests of machines: a token in the header `Authorization: Bearer` instead of a cookie, by RFC 6750."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from flask import Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from selaras.edge.context import agency, has_agency, process
from selaras.edge.signing_in import actor_of_account
from selaras.errors import Refused, Unauthenticated
from selaras.identity import clients
from selaras.identity.access_tokens import PREFIX, AccessTokens
from selaras.identity.actor import Actor, Inspected, Within
from selaras.identity.scopes import carried_by, scopes_for

log = logging.getLogger("selaras.edge")

API, SCIM, OAUTH = "/api/v1/", "/scim/v2", "/oauth/"


def is_for_machines() -> bool:
    """Whether a token may be shown at this address."""
    return has_agency() and request.path.startswith((API, SCIM))


def speaks_json(path: str) -> bool:
    """Whether refusals at this address are for programs, and told as problem+json."""
    return path.startswith((API, SCIM, OAUTH))


def shown() -> str | None:
    """The token of this request ("" for an empty one), or None where none was shown; never one in the address."""
    given = request.authorization if is_for_machines() else None
    return (given.token or "") if given is not None and given.type == "bearer" else None


def cookies_count() -> bool:
    """Whether a session cookie means anything: not beside a token, and not where only machines come."""
    return shown() is None and not (has_agency() and request.path.startswith((SCIM, OAUTH)))


def actor_of_token(session: Session, token: str) -> Actor:
    """The client behind a token of this agency, with what its scopes (and its owner's rights) carry today.

    `Unauthenticated`, always in the same words, for a token that is unknown here, expired, revoked or its owner's end.
    """
    found, scopes = _exchanged(session, token) if token.startswith(PREFIX) else _presented(session, token)
    if found is None:
        raise _invalid()
    permissions = carried_by(scopes)
    within: tuple[Within, ...] = ()
    inspection: Inspected | None = None
    if found.owner_id is not None:
        owner = actor_of_account(session, found.owner_id)
        if owner is None:
            raise _invalid()
        permissions &= owner.permissions
        within, inspection = owner.within, owner.inspection
    used(found.id, found.last_used_at)
    g.client_scopes = frozenset(scopes)
    return Actor(
        agency().tenant_id,
        None,
        found.name,
        frozenset({"client"}),
        permissions,
        client_id=found.id,
        within=within,
        inspection=inspection,
    )


def _presented(session: Session, token: str) -> tuple[clients.Presented | None, frozenset[str]]:
    """A service token: a secret that is shown as it is."""
    found = clients.presented(session, token, "token")
    return (found, frozenset(found.scopes)) if found and found.holds else (None, frozenset())


def _exchanged(session: Session, token: str) -> tuple[clients.Client | None, frozenset[str]]:
    """An access token: what it was given for, of a client that was not revoked since."""
    granted = AccessTokens(process().redis).read(agency().uuid, token)
    found = clients.find(session, granted.client_id) if granted else None
    if granted is None or found is None or found.revoked_at is not None:
        return None, frozenset()
    return found, frozenset(granted.scopes) & frozenset(found.scopes)


def used(client_id: UUID, last_used_at: datetime | None) -> None:
    """Remember to note that a client was here, unless that was noted a moment ago."""
    if not clients.use_is_noted(last_used_at):
        g.client_used = client_id


def note_use() -> None:
    """Once the request is over, and whatever became of it: the client was here."""
    used = g.pop("client_used", None)
    if used is None:
        return
    try:
        with process().database.tenant(agency().tenant_id) as session:
            clients.note_use(session, used)
    except DBAPIError:
        # What was asked for is done or refused by now; it is not undone because a date could not be written.
        log.warning("the use of a client could not be noted", exc_info=True)


def is_client() -> bool:
    """Whether a token stands behind this request."""
    return "client_scopes" in g


def scope_missing(needed: Iterable[object]) -> Refused:
    """The refusal of a client whose scopes do not carry what the view needs."""
    wanted = scopes_for(needed)
    if g.client_scopes & set(wanted):
        return Refused("owner_may_not", "This token's owner may not do this any more, so the token may not either.")
    if not wanted:
        return not_for_clients()
    g.bearer_error = f'error="insufficient_scope", scope="{" ".join(wanted)}"'
    return Refused(
        "scope_missing",
        "This token may not do this: it needs one of the scopes {scopes}. Ask whoever manages your agency's clients.",
        scopes=", ".join(wanted),
    )


def not_for_clients() -> Refused:
    """The refusal of what only a person may do."""
    return Refused("not_for_clients", "No token may do this: somebody must sign in and answer for it.")


def challenge(response: Response) -> Response:
    """Say by RFC 6750 what is wanted where a machine was refused."""
    error = g.get("bearer_error", "")
    if is_for_machines() and (response.status_code == 401 or (error and response.status_code == 403)):
        response.headers["WWW-Authenticate"] = f'Bearer realm="{agency().slug}"{", " if error else ""}{error}'
    return response


def _invalid() -> Unauthenticated:
    g.bearer_error = 'error="invalid_token"'
    return Unauthenticated(
        "client_token_invalid",
        "This token is not valid here: it is wrong, has expired or was revoked. Ask whoever manages your agency's "
        "clients for a new one.",
    )
