"""Endpoints: machine clients of the agency and their secrets."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_clients as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, session
from selaras.identity import clients as service
from selaras.identity.permissions import Permission

endpoints = endpoints_of("clients", "Machine clients and their secrets")


@endpoints.route("/clients")
@needs(Permission.MANAGE_CLIENTS)
@endpoints.response(200, schema_of(shapes.ServiceClients))
def list_clients() -> Response:
    """Every client of the agency, with its secrets that still hold and its last use."""
    return encoded(shapes.ServiceClients([_shown(one) for one in service.clients(session())]))


@endpoints.route("/clients", methods=["POST"])
@needs(Permission.MANAGE_CLIENTS)
@endpoints.arguments(schema_of(shapes.ClientRequest))
@endpoints.response(201, schema_of(shapes.NewSecret))
def create_client(body: dict[str, Any]) -> Response:
    """Make a client with no more than one's own rights; its secret is told once."""
    made = service.create(
        session(), actor(), body["name"], body["kind"], body["scopes"], days=body["days"], owned=body["owned"]
    )
    return _secret(made)


@endpoints.route("/clients/<uuid:client_id>")
@needs(Permission.MANAGE_CLIENTS)
@endpoints.response(200, schema_of(shapes.ServiceClient))
def show_client(client_id: UUID) -> Response:
    """One client."""
    return encoded(_shown(service.client(session(), client_id)))


@endpoints.route("/clients/<uuid:client_id>/secrets", methods=["POST"])
@needs(Permission.MANAGE_CLIENTS)
@endpoints.arguments(schema_of(shapes.SecretRequest))
@endpoints.response(201, schema_of(shapes.NewSecret))
def rotate_client(body: dict[str, Any], client_id: UUID) -> Response:
    """A further secret, told once; older ones than the present end at once."""
    made = service.rotate(session(), actor(), client_id, days=body["days"], overlap_days=body["overlap_days"])
    return _secret(made)


@endpoints.route("/clients/<uuid:client_id>", methods=["DELETE"])
@needs(Permission.MANAGE_CLIENTS)
@endpoints.response(204)
def revoke_client(client_id: UUID) -> Response:
    """End a client for good; ending it twice changes nothing."""
    service.revoke(session(), actor(), client_id)
    return Response(status=204)


def _secret(made: service.Shown) -> Response:
    response = encoded(shapes.NewSecret(made.client_id, made.secret, made.expires_at), 201)
    response.headers["Cache-Control"] = "no-store"
    return response


def _shown(one: service.Client) -> shapes.ServiceClient:
    secrets = [shapes.ClientSecret(held.hint, held.created_at, held.expires_at) for held in one.secrets]
    return shapes.ServiceClient(
        one.id,
        one.name,
        one.kind,
        list(one.scopes),
        one.owner_id,
        one.created_by,
        one.created_at,
        one.last_used_at,
        one.revoked_at,
        secrets,
    )
