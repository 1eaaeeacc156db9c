"""The Flask application with one transaction per request: an answer below 400 commits, all else rolls back."""

from __future__ import annotations

from contextlib import AbstractContextManager

from flask import Flask, g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from selaras.db.refusals import in_words
from selaras.edge import access, bearer, forms, signing_in, support
from selaras.edge.context import agency, process
from selaras.identity.sessions import SignedIn

FIRST_REFUSAL = 400


class Application(Flask):
    """Flask whose views run signed in, permitted and within one transaction of the agency."""

    def dispatch_request(self) -> ResponseReturnValue:
        """A routing error, an asset and a refusal never open a transaction; a commit that fails is an error page."""
        if request.routing_exception is not None or request.endpoint in self.config["WITHOUT_TRANSACTION"]:
            return super().dispatch_request()
        with in_words():
            try:
                answer = self._within_transaction()
            finally:
                bearer.note_use()
        for action in g.get("after_commit", ()):
            action()
        return answer

    def transaction(self) -> AbstractContextManager[Session]:
        """The transaction that this request runs in."""
        return process().database.tenant(agency().tenant_id)

    def acting(self, session: Session, held: SignedIn) -> object | None:
        """Whoever the session belongs to, with what they may do today."""
        return support.acting(session, held) if held.proof.support_id else signing_in.actor_of(session, held)

    def _within_transaction(self) -> ResponseReturnValue:
        token = bearer.shown()
        held = signing_in.held_session() if bearer.cookies_count() else None
        with self.transaction() as session:
            g.transaction = session
            try:
                if token is not None:
                    g.actor = bearer.actor_of_token(session, token)
                else:
                    g.actor = self.acting(session, held) if held else None
                if bearer.cookies_count():
                    forms.refuse_foreign()
                access.guard()
                support.guard()
                answer = self.make_response(support.witnessed(super().dispatch_request()))
                if answer.status_code >= FIRST_REFUSAL:
                    # A page that says what went wrong returns like any other; nothing that its view wrote may stay.
                    session.rollback()
                    g.pop("after_commit", None)
                return answer
            finally:
                del g.transaction
