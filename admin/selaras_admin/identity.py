"""Signing in and out at the console, and the language; the development sign-in is a blueprint of its own."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import demonstration, forms, signing_in
from selaras.edge.access import public
from selaras.edge.context import session, visitor
from selaras.errors import Invalid
from selaras.identity.operators.queries import operators
from selaras.identity.sessions import Proof
from selaras.translations import LANGUAGES
from selaras.web.identity import YEAR
from selaras.web.pages import render, see
from selaras_admin.operators import day
from selaras_admin.pages import console, development


@console.get("/sign-in")
@public
def sign_in() -> BaseResponse:
    """The ways to sign in as an operator."""
    if visitor() is not None:
        return see("web.home")
    target = forms.own_address(request.args.get("next", ""))
    shown = demonstration.asked_here()
    known = [one for one in operators(session(), day()) if one.active] if shown else []
    return render("console/sign_in.html", development=shown, operators=known, next=target)


@development.post("/sign-in/development")
@public
def develop() -> BaseResponse:
    """Be one of the operators, on this very machine only."""
    chosen = request.form.get("operator", "")
    known = [one for one in operators(session(), day()) if one.active and str(one.id) == chosen]
    if not demonstration.asked_here() or not known:
        raise NotFound
    response = _on(request.form.get("next", ""))
    signing_in.start(response, known[0].id, Proof(method="development"))
    return response


@console.post("/sign-out")
@public
def sign_out() -> BaseResponse:
    """End the session here and on the server."""
    response = see("web.sign_in", "signed-out")
    assert isinstance(response, Response)
    signing_in.end(response)
    return response


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


def _on(address: str) -> Response:
    response = redirect(forms.own_address(address) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    return response
