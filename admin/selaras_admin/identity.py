"""Signing in at the operators' provider and coming back, signing out here and there; and the language."""

from __future__ import annotations

from flask import Response, g, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import at_provider, forms, signing_in
from selaras.edge.access import public
from selaras.edge.context import process, visitor
from selaras.errors import DomainError, Invalid
from selaras.identity.oidc import logout
from selaras.identity.oidc.flow import Returned
from selaras.identity.oidc.party import Told
from selaras.identity.operators.signing_in import operator_for
from selaras.identity.refusals import SignInRefused
from selaras.identity.sessions import Proof
from selaras.translations import LANGUAGES
from selaras.web.identity import YEAR
from selaras.web.pages import render, see
from selaras_admin import provider, refusing
from selaras_admin.operators import REALM
from selaras_admin.pages import console

CALLBACK = "/sign-in/callback"


@console.get("/sign-in")
@public
def sign_in() -> BaseResponse:
    """The way to sign in as an operator."""
    if visitor() is not None:
        return see("web.home")
    return _page(next_=forms.own_address(request.args.get("next", "")))


@console.get("/sign-in/provider")
@public
def leave_for_provider() -> Response:
    """Leave for the provider; a link and no form, because the browser is led away from this host."""
    _refuse_unconfigured()
    try:
        return at_provider.leave_for(provider.party(), CALLBACK, next_=forms.own_address(request.args.get("next", "")))
    except SignInRefused as refused:
        refusing.record(refused)
        return _page(refusing.told(refused))


@console.get(CALLBACK)
@public
def sign_in_callback() -> Response:
    """Back from the provider: whoever it names is signed in, with the second factor, or nobody, with a reason."""
    _refuse_unconfigured()
    given = request.args
    returned = Returned(given.get("code", ""), given.get("state", ""), given.get("iss", ""), given.get("error", ""))
    try:
        flow = at_provider.flow()
        begun = flow.take(REALM, returned.state, at_provider.browser())
        there = provider.party()
        told = flow.finish(there, begun, returned)
        with process().database.platform() as session:
            operator_id = operator_for(session, there, told, process().settings.operator_claim)
    except SignInRefused as refused:
        refusing.record(refused)
        return _page(refusing.told(refused))
    response = _on(begun.next)
    signing_in.start(response, operator_id, _proof(told))
    at_provider.forget(response)
    response.headers["Cache-Control"] = "no-store"
    return response


@console.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    """End the session here and on the server; a link leads to the end of the one at the provider."""
    held, there = signing_in.held_session(), ""
    if held is not None and held.proof.provider_id is not None:
        there = _end_there(held.proof)
    # The page is drawn as for nobody already.
    g.pop("actor", None)
    response = render("console/signed_out.html", there=there) if there else see("web.sign_in", "signed-out")
    assert isinstance(response, Response)
    signing_in.end(response)
    return response


@console.post("/sign-out/back-channel")
@public
def sign_out_back_channel() -> Response:
    """The provider tells us, server to server, that a session is over; by its signed token alone it is believed."""
    _refuse_unconfigured()
    try:
        there = provider.party()
        ended = logout.told(
            there, at_provider.flow().keys, process().redis, request.form.get("logout_token", ""), process().cookies
        )
    except SignInRefused as refused:
        refusing.record(refused)
        return _answer(400, '{"error": "invalid_request"}')
    process().sessions.end_at_provider(REALM, there.provider_id, session=ended.session, subject=ended.subject)
    return _answer(200, "{}")


@console.post("/language")
@public
def language() -> BaseResponse:
    """Read on in another language; kept for a year in this browser."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise Invalid("language_unknown", "There is no language {language} here.", language=wanted[:20])
    response = _on(request.form.get("next", ""))
    signing_in.set_cookie(response, "language", wanted, seconds=YEAR)
    return response


def _page(error: DomainError | None = None, next_: str = "") -> Response:
    response = render(
        "console/sign_in.html",
        error.status if error else 200,
        ready=provider.configured(process().settings),
        next=next_,
        error=error,
    )
    if error:
        at_provider.forget(response)
    return response


def _refuse_unconfigured() -> None:
    if not provider.configured(process().settings):
        raise NotFound


def _proof(told: Told) -> Proof:
    return Proof(
        method="oidc",
        provider_id=provider.provider_id(),
        subject=told.subject,
        provider_session=told.provider_session,
        acr=told.acr,
        amr=told.amr,
        id_token=told.id_token,
        until=told.until,
    )


def _end_there(proof: Proof) -> str:
    """Where the provider ends its session; empty where it cannot, or is another one by now."""
    if not provider.configured(process().settings) or proof.provider_id != provider.provider_id():
        return ""
    try:
        there = provider.party()
    except SignInRefused:
        return ""
    back_to = at_provider.own_url(url_for("web.sign_in"))
    return logout.address(there, id_token=proof.id_token, back_to=back_to, state="")


def _answer(status: int, body: str) -> Response:
    response = Response(body, status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def _on(address: str) -> Response:
    response = redirect(forms.own_address(address) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    return response
