"""How the API is described: errors as problem+json, its own description reachable by everybody."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from http import HTTPStatus
from typing import Any

from flask import Request
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from selaras.api.schemas import schema_of
from selaras.api.shapes import Problem
from selaras.edge.access import declared, public
from selaras.identity.scopes import IN_WORDS, scopes_for

SESSION = (
    "The session of somebody who signed in on the pages (without TLS the cookie is `selaras_session`). Changes carry "
    "the `form_token` of `/api/v1/me` in the header `X-Form-Token`."
)
SERVICE = "A service token of a machine client, in the header `Authorization`. It may what its scopes say."
OAUTH = "A client's secret, exchanged for a token of 15 minutes at the agency's own host (RFC 6749, 4.4)."
PROBLEM = "application/problem+json"
_REFUSALS = {status.name: status.phrase for status in HTTPStatus if status >= 400} | {"DEFAULT_ERROR": "Any refusal"}


class DocumentedApi(Api):  # type: ignore[misc]  # flask_smorest is not typed
    """flask-smorest, with errors left to the edge (one mapping for pages and API) and described as RFC 9457."""

    ERROR_SCHEMA = schema_of(Problem)

    def describe_keys(self) -> None:
        """How callers show who they are."""
        scheme, scopes = self.spec.components.security_scheme, {one.value: words for one, words in IN_WORDS.items()}
        scheme("session", {"type": "apiKey", "in": "cookie", "name": "__Host-selaras_session", "description": SESSION})
        scheme("service_token", {"type": "http", "scheme": "bearer", "description": SERVICE})
        flow = {"tokenUrl": "/oauth/token", "scopes": scopes}
        scheme("oauth2", {"type": "oauth2", "flows": {"clientCredentials": flow}, "description": OAUTH})

    def _register_responses(self) -> None:
        """Refusals are described with the type they have; without this they would share the type of answers."""
        for name, phrase in _REFUSALS.items():
            answer: dict[str, Any] = {"description": phrase, "content": {PROBLEM: {"schema": self.ERROR_SCHEMA}}}
            self.spec.components.response(name, answer, lazy=True)

    def _register_error_handlers(self) -> None:
        """The edge answers every error."""

    @public
    def _openapi_json(self) -> Any:
        return super()._openapi_json()


class _Parser(FlaskParser):
    """Reads a body as JSON; Python refuses a number of thousands of digits, and that is the sender's mistake."""

    def load_json(self, req: Request, schema: Any) -> Any:
        try:
            return super().load_json(req, schema)
        except ValueError as error:
            raise BadRequest from error


class _Endpoints(Blueprint):  # type: ignore[misc]  # flask_smorest is not typed
    ARGUMENTS_PARSER = _Parser()

    def route(self, rule: str, **options: Any) -> Callable[[Any], Any]:
        """A route whose description says by which keys it opens: a session, or a token with one of its scopes."""
        add = super().route(rule, **options)

        def described(view: Any) -> Any:
            needed = declared(view)
            return add(self.doc(security=_keys(needed))(view) if needed else view)

        return described


def _keys(needed: frozenset[StrEnum]) -> list[dict[str, list[str]]]:
    scopes = scopes_for(needed)
    keys: list[dict[str, list[str]]] = [{"session": []}]
    if scopes:
        keys += [{"service_token": []}, *({"oauth2": [scope.value]} for scope in scopes)]
    return keys


def endpoints_of(capability: str, description: str) -> Blueprint:
    """The blueprint of one capability."""
    return _Endpoints(f"api_{capability}", __name__, url_prefix="/api/v1", description=description)
