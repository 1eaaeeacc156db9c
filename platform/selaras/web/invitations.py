"""Invitations of holders of public offices: made, sent anew, taken back; accepted by signing in."""

from __future__ import annotations

from uuid import UUID

from flask import Response, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from selaras.channels import inviting as mailing
from selaras.edge import at_provider
from selaras.edge.access import needs, public
from selaras.edge.context import actor, day, process, session, visitor
from selaras.edge.fields import day_of_field, whole_of_field
from selaras.errors import Conflict, Invalid, NotFound, Refused
from selaras.identity.directory import grantable_to_groups
from selaras.identity.permissions import Permission
from selaras.identity.provider_queries import ways
from selaras.organisation import inviting
from selaras.organisation.queries import units
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

Refusal = Invalid | Refused | Conflict | NotFound


@pages.get("/accounts/invitations")
@needs(Permission.MANAGE_ACCOUNTS)
def invitations() -> Response:
    """Every invitation, and the form for another."""
    return _list()


@pages.post("/accounts/invitations")
@needs(Permission.MANAGE_ACCOUNTS)
def invite() -> BaseResponse:
    """Invite somebody; the link stands on this answer and nowhere else."""
    try:
        wanted = _wanted()
        if wanted.by_mail:
            mailing.refuse_without_mail(process().settings)
        made = inviting.invite(session(), actor(), wanted, day())
    except (Invalid, Refused, Conflict, NotFound) as error:
        return _list(error)
    return _handed_over(made, by_mail=wanted.by_mail)


@pages.post("/accounts/invitations/<uuid:invitation_id>/link")
@needs(Permission.MANAGE_ACCOUNTS)
def send_invitation_anew(invitation_id: UUID) -> BaseResponse:
    """A new link; the one before is worth nothing."""
    try:
        by_mail = request.form.get("by_mail") == "true"
        if by_mail:
            mailing.refuse_without_mail(process().settings)
        made = inviting.send_anew(session(), actor(), invitation_id, by_mail=by_mail)
    except (Conflict, Invalid) as error:
        return _list(error)
    return _handed_over(made, by_mail=by_mail)


@pages.post("/accounts/invitations/<uuid:invitation_id>/revocation")
@needs(Permission.MANAGE_ACCOUNTS)
def revoke_invitation(invitation_id: UUID) -> BaseResponse:
    """Take an invitation back."""
    try:
        inviting.revoke(session(), process().sessions, actor(), invitation_id)
    except Conflict as error:
        return _list(error)
    return see("web.invitations", "invitation-revoked")


@pages.get("/invitations/<token>")
@public
def invitation(token: str) -> BaseResponse:
    """What the link opens: who is invited as what, and the way to the agency's own provider."""
    if visitor() is not None:
        return see("web.home")
    found = inviting.shown(session(), token)
    response = render(
        "invitation.html", 200 if found else 404, invitation=found, ways=ways(session()), next=request.path
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _wanted() -> inviting.Wanted:
    form = request.form
    try:
        unit_id = UUID(form["unit"]) if form.get("unit") else None
    except ValueError as error:
        raise Invalid("unit_choice", "Choose a unit from the list.", field="unit") from error
    return inviting.Wanted(
        form.get("name", ""),
        form.get("title", ""),
        unit_id,
        form.get("email", "").strip()[:250],
        tuple(form.getlist("roles")),
        day_of_field(form.get("until", ""), "until"),
        whole_of_field(form.get("days", str(inviting.DAYS)), "days"),
        form.get("by_mail") == "true",
    )


def _list(error: Refusal | None = None) -> Response:
    return render(
        "invitations.html",
        error.status if error else 200,
        active="web.accounts",
        invitations=inviting.invitations(session()),
        units=units(session(), day()),
        roles=grantable_to_groups(),
        days=inviting.DAYS,
        most=inviting.MOST_DAYS,
        mails=bool(process().settings.smtp_host),
        form=request.form,
        chosen=request.form.getlist("roles"),
        error=error,
    )


def _handed_over(made: inviting.Invited, *, by_mail: bool) -> BaseResponse:
    """The link goes by mail and is shown to nobody, or stands on this answer and nowhere else."""
    if not by_mail:
        return _link(made)
    mailing.post(session(), actor(), process().vault, made)
    return see("web.invitations", "invitation-mailed")


def _link(made: inviting.Invited) -> Response:
    address = at_provider.own_url(url_for("web.invitation", token=made.token))
    response = render("invitation_link.html", 201, active="web.accounts", address=address, made=made)
    response.headers["Cache-Control"] = "no-store"
    return response
