"""The ways to sign in, and the language."""

from __future__ import annotations

from flask import Response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from selaras.edge import forms, signing_in
from selaras.edge.access import public
from selaras.edge.context import session, visitor
from selaras.errors import Invalid
from selaras.identity.provider_queries import ways
from selaras.translations import LANGUAGES
from selaras.web.blueprint import pages
from selaras.web.pages import render, see

YEAR = 365 * 24 * 3600


@pages.get("/sign-in")
@public
def sign_in() -> BaseResponse:
    """The ways to sign in at this agency."""
    if visitor() is not None:
        return see("web.home")
    return render("sign_in.html", ways=ways(session()), next=forms.own_address(request.args.get("next", "")))


@pages.post("/language")
@public
def language() -> BaseResponse:
    """Read on in another language; kept for a year in this browser."""
    wanted = request.form.get("language", "")
    if wanted not in LANGUAGES:
        raise Invalid("language_unknown", "There is no language {language} here.", language=wanted[:20])
    response = redirect(forms.own_address(request.form.get("next", "")) or url_for("web.home"), 303)
    assert isinstance(response, Response)
    signing_in.set_cookie(response, "language", wanted, seconds=YEAR)
    return response
