"""SCIM 2.0 at /scim/v2: the library speaks the protocol, the agency's accounts are what it is about."""

from __future__ import annotations

from http import HTTPStatus

import msgspec
from flask import Blueprint, Response, request
from scim2_models import Error, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import SCIM_MEDIA_TYPE, ScimResponse

from selaras.edge import refusing
from selaras.edge.access import needs, public
from selaras.edge.context import actor, day, process, session
from selaras.edge.errors import problem_of
from selaras.identity.permissions import Permission
from selaras.organisation.provisioning.resources import service
from selaras.organisation.provisioning.storage import AgencyStorage

PREFIX = "/scim/v2"
_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]

scim = Blueprint("scim", __name__, url_prefix=PREFIX)


@scim.get("/ServiceProviderConfig")
@public
def service_provider_config() -> Response:
    """What this server can; the same for everybody, so no token is needed (RFC 7643, section 5)."""
    asked = _asked("/ServiceProviderConfig")
    return _answer(service().service_provider_config(asked.url, asked.query))


@scim.route("/", methods=_METHODS, defaults={"path": ""})
@scim.route("/<path:path>", methods=_METHODS)
@needs(Permission.PROVISION)
def serve(path: str) -> Response:
    """Users, groups, discovery, search and bulk, within the agency of the host and the transaction of the request."""
    storage = AgencyStorage(session(), process().sessions, actor(), day())
    return _answer(ScimHandler(service(), storage).handle(_asked(f"/{path}")))


@scim.errorhandler(SCIMException)
def refused(error: SCIMException) -> Response:
    """What the protocol refuses; by now the transaction has rolled back."""
    return _answer(service().error_response(error))


@scim.errorhandler(Exception)
def failed(error: Exception) -> Response:
    """Every other refusal, with our own code at the beginning of its sentence."""
    refusing.note(error)
    problem = problem_of(error)
    kind = "uniqueness" if problem.code == "database.duplicate" else None
    said = Error(status=problem.status, scim_type=kind, detail=f"{problem.code}: {problem.detail}")
    return _answer(ScimResponse(HTTPStatus(problem.status), said.model_dump()))


def _asked(path: str) -> ScimRequest:
    return ScimRequest(
        method=request.method,
        base_url=f"{request.host_url.rstrip('/')}{PREFIX}",
        path=path.removesuffix(".scim"),
        query=request.args.to_dict(),
        headers=list(request.headers.items()),
        body=request.get_data(),
    )


def _answer(said: ScimResponse) -> Response:
    body = b"" if said.body is None else msgspec.json.encode(said.body)
    response = Response(body, said.status, mimetype=SCIM_MEDIA_TYPE)
    for name, value in said.headers.items():
        if name != "Content-Type":
            response.headers[name] = value
    return response
