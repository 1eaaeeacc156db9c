"""Proof that a change was asked for by a page of this very host: a signed token, and the browser's own word."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Response, current_app, g, request
from itsdangerous import BadSignature, URLSafeSerializer

from selaras.edge import bearer
from selaras.edge.context import process, realm
from selaras.edge.signing_in import cookie_name, set_cookie, token
from selaras.errors import Refused

FIELD = "form_token"
HEADER = "X-Form-Token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
View = TypeVar("View", bound=Callable[..., Any])
_UNBOUND = "selaras_unbound"


def form_token() -> str:
    """A token for the forms of this page; bound to the session (or, before sign-in, a cookie) and to the realm.

    Every page has another one, so that compression gives nothing away about it. A machine with a token needs none.
    """
    if not bearer.cookies_count():
        return ""
    return str(_serializer().dumps([secrets.token_urlsafe(9), _bound_to()]))


def unbound(view: View) -> View:
    """The view takes a form from anywhere: it does nothing but what the secret token in its own address names."""
    setattr(view, _UNBOUND, True)
    return view


def refuse_foreign() -> None:
    """Refuse a change that does not come from a form or script of this host."""
    if request.method in SAFE or hasattr(current_app.view_functions.get(request.endpoint or ""), _UNBOUND):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none") or _other_origin():
        raise _refused()
    given = request.headers.get(HEADER) or request.form.get(FIELD) or ""
    try:
        _, bound = _serializer().loads(given)
    except (BadSignature, ValueError, TypeError):
        raise _refused() from None
    if not hmac.compare_digest(str(bound), _bound_to()):
        raise _refused()


def own_address(address: str) -> str:
    """An address within this host, or nothing: nobody is sent elsewhere after signing in."""
    inside = address.startswith("/") and not address.startswith(("//", "/\\")) and _netloc(address) == ""
    return address if inside and address.isprintable() and "\\" not in address else ""


def keep_form_cookie(response: Response) -> Response:
    """Send the cookie that a form before sign-in is bound to, if one was needed."""
    made = g.get("form_cookie")
    if made:
        set_cookie(response, "form", made)
    return response


def _bound_to() -> str:
    held = token()
    if held is None or g.get("actor") is None:
        held = g.get("form_cookie") or request.cookies.get(cookie_name("form"))
    if held is None:
        held = g.form_cookie = secrets.token_urlsafe(24)
    return hashlib.sha256(f"{realm()}:{held}".encode()).hexdigest()


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(process().settings.secret_key, salt="form")


def _other_origin() -> bool:
    origin = request.headers.get("Origin")
    return origin is not None and _netloc(origin) != request.host


def _netloc(address: str) -> str | None:
    """The host part of an address; None for one that cannot be read at all."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _refused() -> Refused:
    return Refused(
        "form_foreign",
        "This form has expired or did not come from this page; nothing was changed. Go back, reload the page and "
        "send it again.",
    )
