"""Endpoints: invitations of holders of public offices, who have no NIP."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, url_for

from selaras.api import shapes_invitations as shapes
from selaras.api.documented import endpoints_of
from selaras.api.encoding import encoded
from selaras.api.schemas import schema_of
from selaras.channels import inviting as mailing
from selaras.edge import at_provider
from selaras.edge.access import needs
from selaras.edge.context import actor, day, process, session
from selaras.identity.permissions import Permission
from selaras.organisation import inviting

endpoints = endpoints_of("invitations", "Invitations of appraisers without a NIP")


@endpoints.route("/invitations")
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(200, schema_of(shapes.Invitations))
def list_invitations() -> Response:
    """Every invitation, the newest first; never its link."""
    return encoded(shapes.Invitations([shapes.Invitation(**vars(one)) for one in inviting.invitations(session())]))


@endpoints.route("/invitations", methods=["POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.arguments(schema_of(shapes.InvitationRequest))
@endpoints.response(201, schema_of(shapes.InvitationMade))
def create_invitation(body: dict[str, Any]) -> Response:
    """Invite somebody. `link` is told in this answer only, and not at all where it goes by mail."""
    if body["by_mail"]:
        mailing.refuse_without_mail(process().settings)
    given = {**body, "roles": tuple(body["roles"] or ())}
    made = inviting.invite(session(), actor(), inviting.Wanted(**given), day())
    return _handed_over(made, by_mail=body["by_mail"])


@endpoints.route("/invitations/<uuid:invitation_id>/link", methods=["POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.arguments(schema_of(shapes.LinkRequest))
@endpoints.response(201, schema_of(shapes.InvitationMade))
def send_invitation_anew(body: dict[str, Any], invitation_id: UUID) -> Response:
    """A new link; the one before is worth nothing. Refused once the invitation was accepted."""
    if body["by_mail"]:
        mailing.refuse_without_mail(process().settings)
    made = inviting.send_anew(session(), actor(), invitation_id, body["days"], by_mail=body["by_mail"])
    return _handed_over(made, by_mail=body["by_mail"])


@endpoints.route("/invitations/<uuid:invitation_id>/revocation", methods=["POST"])
@needs(Permission.MANAGE_ACCOUNTS)
@endpoints.response(204)
def revoke_invitation(invitation_id: UUID) -> Response:
    """Take the link back; the office stays."""
    inviting.revoke(session(), process().sessions, actor(), invitation_id)
    return Response(status=204)


def _handed_over(made: inviting.Invited, *, by_mail: bool) -> Response:
    if by_mail:
        mailing.post(session(), actor(), process().vault, made)
    link = None if by_mail else at_provider.own_url(url_for("web.invitation", token=made.token))
    told = shapes.InvitationMade(made.id, made.account_id, made.person_id, made.expires_at, link)
    response = encoded(told, 201)
    response.headers["Cache-Control"] = "no-store"
    return response
