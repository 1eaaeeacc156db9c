"""Endpoints: delegations, who acts for whom and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import Response

from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.identity.permissions import Permission
from selaras.organisation import delegation

endpoints = endpoints_of("delegations", "Who acts for whom: Plt, Plh and mandates")


@dataclass(frozen=True)
class DelegationRequest:
    """A plt acts in a unit's vacant post; a plh or a mandate is for a principal. `until`: the first day without it."""

    kind: str
    delegate_id: UUID
    basis: str
    since: date
    until: date
    principal_id: UUID | None = None
    unit_id: UUID | None = None


@dataclass(frozen=True)
class DelegationShown:
    """Somebody who acts for another on the days `[since, until)`, by the letter `basis`."""

    id: UUID
    kind: str
    delegate_id: UUID
    delegate_name: str
    principal_id: UUID | None
    principal_name: str | None
    unit_id: UUID | None
    unit_name: str | None
    basis: str
    since: date | None
    until: date | None
    granted_by: str | None
    granted_at: datetime
    revoked_at: datetime | None
    revocation: str | None


@dataclass(frozen=True)
class Delegations:
    """Delegations, the newest first."""

    items: list[DelegationShown]


@dataclass(frozen=True)
class DelegationEnd:
    """Why it ends before its time."""

    reason: str


@endpoints.route("/delegations")
@needs(Permission.SEE_ACCESS)
@endpoints.response(200, schema_of(Delegations))
def list_delegations() -> Response:
    """Who acts, acted or will act for whom."""
    found = delegation.delegations(session(), actor())
    return encoded(Delegations([DelegationShown(**vars(one)) for one in found]))


@endpoints.route("/delegations", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(DelegationRequest))
@endpoints.response(201, schema_of(DelegationShown))
def post_delegation(body: dict[str, Any]) -> Response:
    """Let somebody act for another, from a day to a day; it ends by itself."""
    made = delegation.delegate(session(), actor(), delegation.Delegating(**body), day())
    found = delegation.delegations(session(), actor())
    return encoded(next(DelegationShown(**vars(one)) for one in found if one.id == made), 201)


@endpoints.route("/delegations/<uuid:delegation_id>/revocation", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(DelegationEnd))
@endpoints.response(204)
def end_delegation(body: dict[str, Any], delegation_id: UUID) -> Response:
    """End a delegation today."""
    delegation.revoke(session(), actor(), delegation_id, body["reason"], day())
    return Response(status=204)
