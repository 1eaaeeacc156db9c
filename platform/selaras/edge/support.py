"""Whoever may only look: no change, no file, no interface for programs; and each page support sees is recorded."""

from __future__ import annotations

import re

from flask import current_app, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from selaras.audit.rules import code
from selaras.audit.service import salted
from selaras.edge import access
from selaras.edge.context import process, realm, session, visitor
from selaras.edge.signing_in import token
from selaras.errors import Refused
from selaras.identity.actor import Actor
from selaras.identity.sessions import SignedIn
from selaras.identity.support import answering
from selaras.identity.support.queries import own_access

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# What changes nothing behind the wall but one's own session.
ALLOWED = frozenset({"web.sign_out", "web.language", "web.leave_support", "web.enter_support"})
_PLACE = re.compile(r"<[^>]+>")


def acting(transaction: Session, held: SignedIn) -> Actor:
    """The operator behind a support session; one that is over is ended here, in the middle of whatever it was doing."""
    assert held.proof.support_id is not None
    try:
        found = answering.acting(transaction, held.proof.support_id)
    except Refused:
        process().sessions.end(realm(), token() or "")
        raise
    # Kept for the banner, which also stands on pages of errors, after the transaction is over.
    g.support_access = own_access(transaction, held.proof.support_id)
    return found


def guard() -> None:
    """Refuse every change to whoever may only look, and everything but pages to support."""
    actor = _onlooker()
    if actor is None:
        return
    if request.method not in SAFE and request.endpoint not in ALLOWED:
        raise Refused(
            "read_only", "You can look at everything here and change nothing. Ask the agency's own people to do it."
        )
    if actor.support_id and request.path.startswith("/api/") and not access.is_public():
        raise Refused("read_only_pages", "Support access opens the pages only, not the interface for programs.")


def witnessed(answer: ResponseReturnValue) -> ResponseReturnValue:
    """The answer, if whoever may only look may have it; what support is shown is written down before it is shown."""
    actor = _onlooker()
    if actor is None:
        return answer
    response = current_app.make_response(answer)
    if response.headers.get("Content-Disposition", "").startswith("attachment"):
        raise Refused("read_only_file", "Files do not leave the agency this way. Look at the pages instead.")
    if actor.support_id and request.method in SAFE and not access.is_public() and response.status_code < 400:
        _write_down(actor)
    return response


def _onlooker() -> Actor | None:
    found = visitor()
    return found if isinstance(found, Actor) and found.read_only else None


def _write_down(actor: Actor) -> None:
    shown = _PLACE.sub("…", request.url_rule.rule if request.url_rule else request.path)
    answering.witness(session(), actor, request.endpoint or "", shown, _ids())


def _ids() -> dict[str, object]:
    """Which things were asked for; a word that is no code, and whatever was searched for, as a salted hash."""
    found: dict[str, object] = {name: _coded(str(value)) for name, value in (request.view_args or {}).items()}
    if request.query_string:
        found["query"] = salted(session(), request.query_string.decode("utf-8", "replace"))
    return found


def _coded(value: str) -> str:
    try:
        return code(value, "an address")
    except ValueError:
        return salted(session(), value)
