"""The token endpoint of each agency for machine clients: OAuth2 client credentials, by Authlib."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.flask_oauth2.requests import FlaskOAuth2Payload, FlaskOAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, OAuth2Request, list_to_scope, scope_to_list
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc8414 import AuthorizationServerMetadata
from flask import Blueprint, Flask, Response, after_this_request, request

from selaras.api.encoding import encoded
from selaras.edge import bearer
from selaras.edge.access import public
from selaras.edge.context import agency, process, session
from selaras.edge.refusing import record_refusal
from selaras.identity import clients
from selaras.identity.access_tokens import LIFE, AccessTokens, new_token
from selaras.identity.refusals import Reason
from selaras.identity.scopes import Scope

METHODS = ["client_secret_basic", "client_secret_post"]
endpoints = Blueprint("oauth", __name__)
# What RFC 6749 calls an error, and the ledger a reason.
_REFUSED = {"invalid_client": Reason.CLIENT_REFUSED, "invalid_scope": Reason.SCOPE_MISSING}


class OAuthClient(ClientMixin):  # type: ignore[misc]  # Authlib is not typed
    """A client as the token endpoint asks about it; one that does not exist is told like one with a wrong secret."""

    def __init__(self, client_id: str, found: clients.Client | None) -> None:
        self.client_id = client_id
        self.found = found

    def check_client_secret(self, client_secret: str) -> bool:
        """Whether it is one of this client's secrets that hold."""
        shown = clients.presented(session(), client_secret, "oauth")
        return bool(self.found and shown and shown.holds and shown.id == self.found.id)

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:  # noqa: ARG002  # Authlib's signature
        """How a client may show its secret."""
        return method in METHODS

    def check_grant_type(self, grant_type: str) -> bool:
        """No client acts for a person."""
        return grant_type == "client_credentials"

    def get_allowed_scope(self, scope: str | None) -> str | None:
        """The scopes asked for if the client has them all, else None; all of the client's where none was named."""
        held = list(self.found.scopes) if self.found else []
        wanted = scope_to_list(scope) or held
        return list_to_scope([one for one in held if one in wanted]) if set(wanted) <= set(held) else None


class Form(FlaskOAuth2Payload):  # type: ignore[misc]  # Authlib is not typed
    """What was sent in the body: nothing of a token request belongs into an address, where logs keep it."""

    @property
    def data(self) -> Any:
        """The form alone."""
        return self._request.form


class TokenRequest(FlaskOAuth2Request):  # type: ignore[misc]  # Authlib is not typed
    """A request for a token. Whether it must come by https is a setting of the instance, and not asked again here."""

    def __init__(self, asked: Any) -> None:
        OAuth2Request.__init__(
            self, method=asked.method, uri="https://" + asked.url.partition("://")[2], headers=asked.headers
        )
        self._request = asked
        self.payload = Form(asked)


class Server(AuthorizationServer):  # type: ignore[misc]  # Authlib is not typed
    """Authlib's server on our clients and our store of tokens, both of the agency that was asked."""

    def create_oauth2_request(self, request: Any) -> TokenRequest:  # noqa: ARG002  # Authlib's signature
        """The request of this moment."""
        return TokenRequest(_asked())

    def query_client(self, client_id: str) -> OAuthClient:
        """The client of this agency by its id, as far as it can be used."""
        return OAuthClient(client_id, _usable(client_id))

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        """Keep what is handed out."""
        found: clients.Client = request.client.found
        bearer.used(found.id, found.last_used_at)
        scopes = tuple(scope_to_list(request.client.get_allowed_scope(request.payload.scope)))
        _tokens().keep(token["access_token"], agency().uuid, found.id, scopes)


class Grant(ClientCredentialsGrant):  # type: ignore[misc]  # Authlib is not typed
    """The one way to a token."""

    TOKEN_ENDPOINT_AUTH_METHODS = METHODS


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib is not typed
    """A client gives a token back (RFC 7009); one of another client, or of nobody, is told like one that is over."""

    CLIENT_AUTH_METHODS = METHODS

    def authenticate_token(self, request: Any, client: OAuthClient) -> str | None:
        """The token, where it is this client's own."""
        self.check_params(request, client)
        token: str = request.form["token"]
        granted = _tokens().read(agency().uuid, token)
        own = granted and client.found and granted.client_id == client.found.id
        return token if own else None

    def revoke_token(self, token: str, request: Any) -> None:  # noqa: ARG002  # Authlib's signature
        """End it."""
        _tokens().end(agency().uuid, token)


server = Server()


def install(app: Flask) -> None:
    """Add the endpoints of this module."""
    server.register_token_generator(
        "default",
        BearerTokenGenerator(lambda **_: new_token(), expires_generator=lambda *_: int(LIFE.total_seconds())),
    )
    app.register_blueprint(endpoints)


server.register_grant(Grant)
server.register_endpoint(Revocation)


@endpoints.post("/oauth/token")
@public
def issue_token() -> Response:
    """A token of some minutes for a client that shows its secret (RFC 6749, 4.4)."""
    answer: Response = server.create_token_response()
    return _noted(answer)


@endpoints.post("/oauth/revocation")
@public
def revoke_token() -> Response:
    """Give a token back (RFC 7009)."""
    answer: Response = server.create_endpoint_response("revocation")
    return _noted(answer)


def _noted(answer: Response) -> Response:
    """The answer; a client that was refused goes into the ledger once this request's own transaction is over."""
    said = answer.get_json(silent=True) or {} if answer.status_code >= 400 else {}  # an error, by RFC 6749
    reason = _REFUSED.get(said.get("error", ""))

    def record(sent: Response) -> Response:
        if reason is not None:
            record_refusal(reason, "token", {})
        return sent

    after_this_request(record)
    return answer


@endpoints.get("/.well-known/oauth-authorization-server")
@public
def metadata() -> Response:
    """What this agency's token endpoint can do (RFC 8414)."""
    issuer = request.host_url.rstrip("/")
    told = AuthorizationServerMetadata(
        issuer=issuer,
        token_endpoint=f"{issuer}/oauth/token",
        token_endpoint_auth_methods_supported=METHODS,
        revocation_endpoint=f"{issuer}/oauth/revocation",
        revocation_endpoint_auth_methods_supported=METHODS,
        grant_types_supported=[Grant.GRANT_TYPE],
        response_types_supported=[],
        scopes_supported=[scope.value for scope in Scope],
        service_documentation=f"{issuer}/api/v1/",
    )
    return encoded(dict(told))


def _asked() -> Any:
    return request._get_current_object()  # type: ignore[attr-defined]  # Werkzeug's proxy, of which Authlib keeps the thing itself


def _usable(client_id: str) -> clients.Client | None:
    try:
        found = clients.find(session(), UUID(client_id))
    except ValueError:
        return None
    return found if found and found.kind == "oauth" and found.usable else None


def _tokens() -> AccessTokens:
    return AccessTokens(process().redis)
