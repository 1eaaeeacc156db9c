"""How the API is described: errors as problem+json, its own description reachable by everybody."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Request
from flask_smorest import Api, Blueprint
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from selaras.api.schemas import schema_of
from selaras.api.shapes import Problem
from selaras.edge.access import public

PROBLEM = "application/problem+json"
_REFUSALS = {status.name: status.phrase for status in HTTPStatus if status >= 400} | {"DEFAULT_ERROR": "Any refusal"}


class DocumentedApi(Api):  # type: ignore[misc]  # flask_smorest is not typed
    """flask-smorest, with errors left to the edge (one mapping for pages and API) and described as RFC 9457."""

    ERROR_SCHEMA = schema_of(Problem)

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


def endpoints_of(capability: str, description: str) -> Blueprint:
    """The blueprint of one capability."""
    return _Endpoints(f"api_{capability}", __name__, url_prefix="/api/v1", description=description)
