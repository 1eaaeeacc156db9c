"""Endpoints: sessions of one's own and of an account, and the agency's limits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_sessions as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge import own_sessions
from selaras.edge.access import needs
from selaras.edge.browsers import browser_in_words
from selaras.edge.context import actor, session
from selaras.identity.access_limits import limits_of, set_limits
from selaras.identity.permissions import Permission
from selaras.identity.sessions import Held

endpoints = endpoints_of("sessions", "Sessions, and limits of access")


@endpoints.route("/sessions")
@needs(*Permission)
@endpoints.response(200, schema_of(shapes.OpenSessions))
def list_sessions() -> Response:
    """One's own sessions."""
    return encoded(_shown(own_sessions.mine()))


@endpoints.route("/sessions", methods=["DELETE"])
@needs(*Permission)
@endpoints.response(204)
def end_other_sessions() -> Response:
    """End every session of one's own but the one that asks."""
    own_sessions.end_others()
    return Response(status=204)


@endpoints.route("/sessions/<key>", methods=["DELETE"])
@needs(*Permission)
@endpoints.response(204)
def end_session(key: str) -> Response:
    """End one of one's own sessions."""
    own_sessions.end_one(key)
    return Response(status=204)


@endpoints.route("/accounts/<uuid:account_id>/sessions")
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.OpenSessions))
def list_account_sessions(account_id: UUID) -> Response:
    """The sessions of an account."""
    return encoded(_shown(own_sessions.of_account(account_id)))


@endpoints.route("/accounts/<uuid:account_id>/sessions", methods=["DELETE"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(204)
def end_account_sessions(account_id: UUID) -> Response:
    """End every session of an account."""
    own_sessions.end_all(account_id)
    return Response(status=204)


@endpoints.route("/access-limits")
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.response(200, schema_of(shapes.AccessLimits))
def show_access_limits() -> Response:
    """How long sessions last here, and how much callers may ask in a minute."""
    return encoded(asdict(limits_of(session())))


@endpoints.route("/access-limits", methods=["PUT"])
@needs(Permission.MANAGE_SIGN_IN)
@endpoints.arguments(schema_of(shapes.AccessLimits))
@endpoints.response(200, schema_of(shapes.AccessLimits))
def put_access_limits(body: dict[str, Any]) -> Response:
    """Set them; they count within seconds, also for sessions that are under way."""
    changed = set_limits(session(), actor(), body)
    own_sessions.limits_changed()
    return encoded(asdict(changed))


def _shown(found: Iterable[Held]) -> shapes.OpenSessions:
    this = own_sessions.this_key()
    return shapes.OpenSessions(
        [
            shapes.OpenSession(
                held.key,
                held.signed_in.since,
                held.seen,
                held.signed_in.until,
                held.signed_in.address,
                browser_in_words(held.signed_in.agent),
                held.signed_in.method,
                held.signed_in.proof.acr,
                held.key == this,
            )
            for held in found
        ]
    )
