"""Endpoints: granted roles, and who may do what and why."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from selaras.api import shapes_roles as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.edge.access import needs
from selaras.edge.context import actor, day, session
from selaras.edge.signing_in import authority
from selaras.errors import NotFound
from selaras.identity import approving
from selaras.identity.permissions import Permission, ScopeKind
from selaras.identity.roles import Granting, Scope, role_of
from selaras.organisation import granting
from selaras.organisation.why import Reason, explain, holders

endpoints = endpoints_of("roles", "Granted roles, and who may do what and why")


@endpoints.route("/roles")
@needs(Permission.SEE_ACCESS)
@endpoints.arguments(schema_of(shapes.GrantsQuery), location="query")
@endpoints.response(200, schema_of(shapes.GrantedRoles))
def list_granted_roles(query: dict[str, Any]) -> Response:
    """Granted roles that hold today or later, with who granted them and why."""
    role = role_of(query["role"]) if query["role"] else None
    account = query["account_id"]
    if account is not None and not granting.account_reached(session(), actor(), Permission.SEE_ACCESS, account, day()):
        raise NotFound("account_unknown", "There is no such account here.")
    found = granting.grants(session(), actor(), day(), account_id=account, role=role, past=query["past"])
    return encoded(shapes.GrantedRoles([_shown(one) for one in found]))


@endpoints.route("/roles", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(shapes.GrantRequest))
@endpoints.response(201, schema_of(shapes.GrantedRole))
@endpoints.alt_response(202, schema=schema_of(shapes.RoleRequest))
def grant_role(body: dict[str, Any]) -> Response:
    """Grant a role to somebody else, with a reason; never to oneself.

    202 where somebody is to be an administrator and another administrator has been asked to agree.
    """
    wanted = Granting(
        account_id=body["account_id"],
        role=role_of(body["role"]),
        reason=body["reason"],
        since=body["since"] or day(),
        until=body["until"],
        scope=_scope(body),
    )
    made = granting.grant_or_ask(session(), actor(), wanted, day())
    if made.grant_id is None:
        return encoded(next(_request(one) for one in approving.requests(session()) if one.id == made.request_id), 202)
    return encoded(_one(made.grant_id, body["account_id"]), 201)


@endpoints.route("/role-requests")
@needs(Permission.GRANT_ROLES)
@endpoints.response(200, schema_of(shapes.RoleRequests))
def list_role_requests() -> Response:
    """Requests that somebody be made an administrator: those that wait first."""
    actor().require_whole(Permission.GRANT_ROLES)
    return encoded(shapes.RoleRequests([_request(one) for one in approving.requests(session())]))


@endpoints.route("/role-requests/<uuid:request_id>/approval", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.response(204)
def approve_role(request_id: UUID) -> Response:
    """Agree as a second administrator: neither the one who asked, nor the one whom it is about."""
    granting.approve(session(), actor(), request_id, day())
    return Response(status=204)


@endpoints.route("/role-requests/<uuid:request_id>/refusal", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(shapes.RevocationRequest))
@endpoints.response(204)
def refuse_role(body: dict[str, Any], request_id: UUID) -> Response:
    """Say no, with a reason; whoever asked takes the request back so."""
    granting.refuse(session(), actor(), request_id, body["reason"])
    return Response(status=204)


@endpoints.route("/roles/<uuid:grant_id>/revocation", methods=["POST"])
@needs(Permission.GRANT_ROLES)
@endpoints.arguments(schema_of(shapes.RevocationRequest))
@endpoints.response(204)
def revoke_role(body: dict[str, Any], grant_id: UUID) -> Response:
    """Take a role back from today on; never one's own, nor the last administrator's."""
    granting.revoke(session(), actor(), grant_id, body["reason"], day())
    return Response(status=204)


@endpoints.route("/accounts/<uuid:account_id>/access")
@needs(*Permission)
@endpoints.response(200, schema_of(shapes.Access))
def show_access(account_id: UUID) -> Response:
    """What an account may do today and why: one's own, and others' for whoever may see who may do what."""
    found = explain(session(), actor(), account_id, day(), authority(session()))
    permissions = [
        shapes.HeldPermission(permission.value, [_because(one) for one in reasons])
        for permission, reasons in found.permissions.items()
    ]
    return encoded(shapes.Access(found.account_id, found.name, found.active, found.person_id, permissions))


@endpoints.route("/permissions/<permission>/holders")
@needs(Permission.SEE_ACCESS)
@endpoints.response(200, schema_of(shapes.PermissionHolders))
def list_holders(permission: str) -> Response:
    """Who may do a thing today."""
    if permission not in list(Permission):
        raise NotFound("permission_unknown", "There is no such permission.")
    found = holders(session(), actor(), Permission(permission), day())
    granted = [_shown(one) for one in found.granted]
    return encoded(shapes.PermissionHolders(permission, granted, found.employees, found.appraisers))


def _scope(body: dict[str, Any]) -> Scope:
    if body["unit_id"] is not None:
        return Scope(ScopeKind.UNIT, body["unit_id"])
    if body["calibration_id"] is not None:
        return Scope(ScopeKind.CALIBRATION, body["calibration_id"])
    return Scope()


def _one(grant_id: UUID, account_id: UUID) -> shapes.GrantedRole:
    session().flush()
    found = granting.grants(session(), actor(), day(), account_id=account_id)
    return next(_shown(one) for one in found if one.id == grant_id)


def _request(one: approving.RequestLine) -> shapes.RoleRequest:
    return shapes.RoleRequest(**vars(one))


def _shown(one: granting.GrantView) -> shapes.GrantedRole:
    return shapes.GrantedRole(**{**vars(one), "reach": one.reach.value})


def _because(one: Reason) -> shapes.HeldBecause:
    return shapes.HeldBecause(one.role, _shown(one.grant) if one.grant else None, one.people, one.acting)
