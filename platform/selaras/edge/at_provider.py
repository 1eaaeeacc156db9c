"""The browser's half of a sign-in at a provider: its cookie, and the addresses to which the provider sends it back."""

from __future__ import annotations

import secrets

from flask import Response, redirect, request

from selaras.edge.context import process
from selaras.edge.signing_in import cookie_name, set_cookie
from selaras.identity.oidc.flow import MINUTES_10, Flow
from selaras.identity.oidc.party import Party

COOKIE = "signing_in"


def flow() -> Flow:
    """Sign-ins under way of this process's agencies, or of the console."""
    return Flow(process().redis, process().egress, process().cookies)


def own_url(path: str) -> str:
    """An address of this host as other servers must call it; the host was found to be an agency's."""
    scheme = "https" if process().settings.tls else request.scheme
    return f"{scheme}://{request.host}{path}"


def browser() -> str:
    """The secret of this browser's sign-in; empty when it has none."""
    return request.cookies.get(cookie_name(COOKIE), "")


def leave_for(party: Party, path: str, **more: object) -> Response:
    """Send the browser to the provider, to come back to `path`; several tabs of one browser may be under way."""
    mine = browser() or secrets.token_urlsafe(32)
    there = flow().begin(party, redirect_uri=own_url(path), browser=mine, **more)  # type: ignore[arg-type]  # as begin says
    response = redirect(there, 303)
    assert isinstance(response, Response)
    response.headers["Cache-Control"] = "no-store"
    set_cookie(response, COOKIE, mine, seconds=MINUTES_10)
    return response


def forget(response: Response) -> None:
    """The sign-in is over: its cookie goes."""
    response.delete_cookie(cookie_name(COOKIE), path="/", secure=process().settings.tls)
