"""Requests of machines: a token in the header `Authorization: Bearer` instead of a cookie, by RFC 6750."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from uuid import UUID

from flask import Response, g, request
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from selaras.edge.context import agency, has_agency, process
from selaras.edge.signing_in import actor_of_account
from selaras.errors import Refused, Unauthenticated
from selaras.identity import clients
from selaras.identity.actor import Actor
from selaras.identity.scopes import carried_by, scopes_for

log = logging.getLogger("selaras.edge")

API, SCIM = "/api/v1/", "/scim/v2"


def is_for_machines() -> bool:
    """Whether a token may be shown at this address."""
    return has_agency() and request.path.startswith((API, SCIM))


def shown() -> str | None:
    """The token of this request ("" for an empty one), or None where none was shown; never one in the address."""
    given = request.authorization if is_for_machines() else None
    return (given.token or "") if given is not None and given.type == "bearer" else None


def cookies_count() -> bool:
    """Whether a session cookie means anything: beside a token it is ignored, and for SCIM there is none at all."""
    return shown() is None and not (is_for_machines() and request.path.startswith(SCIM))


def actor_of_token(session: Session, token: str) -> Actor:
    """The client behind a token of this agency, with what its scopes (and its owner's rights) carry today.

    `Unauthenticated`, always in the same words, for a token that is unknown here, expired, revoked or its owner's end.
    """
    found = clients.presented(session, token, "token")
    if found is None or not found.holds:
        raise _invalid()
    return acting(
        session, found.id, found.name, found.scopes, found.owner_id, noted=clients.use_is_noted(found.last_used_at)
    )


def acting(
    session: Session, client_id: UUID, name: str, scopes: Iterable[str], owner_id: UUID | None, *, noted: bool
) -> Actor:
    """A client as the actor of this request; with an owner it may no more than that account may today."""
    permissions = carried_by(scopes)
    if owner_id is not None:
        owner = actor_of_account(session, owner_id)
        if owner is None:
            raise _invalid()
        permissions &= owner.permissions
    if not noted:
        g.client_used = client_id
    g.client_scopes = frozenset(scopes)
    return Actor(agency().tenant_id, None, name, frozenset({"client"}), permissions, client_id=client_id)


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
        return Refused("not_for_clients", "No token may do this: somebody must sign in and answer for it.")
    g.bearer_error = f'error="insufficient_scope", scope="{" ".join(wanted)}"'
    return Refused(
        "scope_missing",
        "This token may not do this: it needs one of the scopes {scopes}. Ask whoever manages your agency's clients.",
        scopes=", ".join(wanted),
    )


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
