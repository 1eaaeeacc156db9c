"""Signing in at the agency's own provider and coming back; signing out there too; being told that it is over."""

from __future__ import annotations

import hashlib
import secrets
from uuid import UUID

from flask import Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from selaras.audit.service import record
from selaras.edge import at_provider, forms, signing_in
from selaras.edge.access import public
from selaras.edge.context import agency, day, process, realm, session, visitor
from selaras.edge.refusing import record_refusal
from selaras.errors import DomainError
from selaras.identity.actor import system
from selaras.identity.oidc import logout
from selaras.identity.oidc.flow import Returned, UnderWay
from selaras.identity.oidc.party import Party, Told
from selaras.identity.provider_queries import party, provider
from selaras.identity.refusals import Reason, SignInRefused
from selaras.identity.sessions import Proof
from selaras.organisation.signing_in import accept_invitation, account_for
from selaras.web import provider_test
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

CALLBACK = "/sign-in/callback"
INVITATION = "/invitations"
# These wait for another server: a transaction of their own is opened before and after, none while they wait.
WAITING = frozenset({"web.sign_in_callback", "web.sign_out_back_channel"})
_MINUTES_10 = 600


@pages.get("/sign-in/with/<uuid:provider_id>")
@public
def sign_in_with(provider_id: UUID) -> BaseResponse:
    """Leave for a provider; a link and no form, because the browser is led away from this host."""
    if visitor() is not None:
        return see("web.home")
    found = party(session(), process().vault, provider_id, "active")
    if found is None:
        raise SignInRefused(Reason.PROVIDER_INACTIVE, subject=f"provider:{provider_id}")
    return at_provider.leave_for(found, CALLBACK, next_=forms.own_address(request.args.get("next", "")))


@pages.get(CALLBACK)
@public
def sign_in_callback() -> BaseResponse:
    """Back from the provider: whoever it names is signed in, or nobody, with a reason."""
    given = request.args
    returned = Returned(given.get("code", ""), given.get("state", ""), given.get("iss", ""), given.get("error", ""))
    begun = at_provider.flow().take(realm(), returned.state, at_provider.browser())
    if begun.purpose == provider_test.PURPOSE:
        return provider_test.come_back(begun, returned)
    there = _party(begun.provider_id, "active")
    if there is None:
        raise SignInRefused(Reason.PROVIDER_INACTIVE, subject=f"provider:{begun.provider_id}")
    told = at_provider.flow().finish(there, begun, returned)
    with process().database.tenant(agency().tenant_id) as found:
        view, token = provider(found, begun.provider_id), _invited(begun.next)
        if token:
            account_id = accept_invitation(found, view, told, token, day())
        else:
            account_id = account_for(found, view, told, day())
    return _signed_in(begun, told, account_id)


@pages.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    """End the session here and on the server, and lead the browser to its end at the provider where that is offered."""
    held, there = signing_in.held_session(), ""
    if held is not None and held.proof.provider_id is not None:
        there = _end_there(held.proof)
    response = render("signed_out.html", there=there) if there else see("web.sign_in", "signed-out")
    assert isinstance(response, Response)
    g.pop("actor", None)
    signing_in.end(response)
    return response


@pages.get("/sign-out/done")
@public
def signed_out() -> BaseResponse:
    """Back from the provider's own sign-out; whether it was one of ours is told by the state."""
    known = process().redis.getdel(_leaving(request.args.get("state", "")))
    return see("web.sign_in", "signed-out-everywhere" if known else "signed-out")


@pages.post("/sign-out/back-channel/<uuid:provider_id>")
@public
def sign_out_back_channel(provider_id: UUID) -> Response:
    """A provider tells us, server to server, that one of its sessions is over; by its token alone it is believed."""
    try:
        there = _party(provider_id, "active", "retired")
        if there is None:
            raise SignInRefused(Reason.PROVIDER_INACTIVE, subject=f"provider:{provider_id}")
        token = request.form.get("logout_token", "")
        ended = logout.told(there, at_provider.flow().keys, process().redis, token)
    except SignInRefused as refused:
        record_refusal(refused.reason, refused.subject, refused.facts)
        return _answer(400, '{"error": "invalid_request"}')
    count = process().sessions.end_at_provider(realm(), provider_id, session=ended.session, subject=ended.subject)
    if count:
        with process().database.tenant(agency().tenant_id) as found:
            facts = {"sessions": count}
            record(found, system(agency().tenant_id), "session.ended_by_provider", f"provider:{provider_id}", facts)
    return _answer(200, "{}")


def _invited(address: str) -> str:
    """The token of the invitation that a sign-in was begun from; empty for an ordinary one."""
    path = f"{INVITATION}/"
    return address.removeprefix(path) if address.startswith(path) else ""


def _answer(status: int, body: str) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _party(provider_id: UUID, *states: str) -> Party | None:
    with process().database.tenant(agency().tenant_id) as found:
        return party(found, process().vault, provider_id, *states)


def _signed_in(begun: UnderWay, told: Told, account_id: UUID) -> Response:
    response = redirect(forms.own_address(begun.next) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    proof = Proof(
        method="oidc",
        provider_id=begun.provider_id,
        subject=told.subject,
        provider_session=told.provider_session,
        acr=told.acr,
        amr=told.amr,
        id_token=told.id_token,
        until=told.until,
    )
    signing_in.start(response, account_id, proof)
    at_provider.forget(response)
    response.headers["Cache-Control"] = "no-store"
    return response


def _end_there(proof: Proof) -> str:
    """Where the provider ends its session; empty where it cannot, or its secret does not open: we sign out anyway."""
    assert proof.provider_id is not None
    try:
        there = party(session(), process().vault, proof.provider_id, "active", "retired")
    except DomainError:
        return ""
    if there is None:
        return ""
    state = secrets.token_urlsafe(24)
    process().redis.set(_leaving(state), 1, ex=_MINUTES_10)
    back_to = at_provider.own_url(url_for("web.signed_out"))
    return logout.address(there, id_token=proof.id_token, back_to=back_to, state=state)


def _leaving(state: str) -> str:
    return f"selaras:{realm()}:signing-out:{hashlib.sha256(state.encode('utf-8', 'replace')).hexdigest()}"
