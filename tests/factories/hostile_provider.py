"""A real OpenID provider over HTTP with keys of its own, which answers rightly until it is told to answer wrongly.

For what no real product would issue: every answer can be bent by `orders` before it is signed or sent.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

Claims = dict[str, Any]


@dataclass
class Orders:
    """How to answer: `claims` and `header` bend the ID token, `token` the answer, `back` what the browser carries."""

    subject: str = "sub-1"
    more: Claims = field(default_factory=dict)
    userinfo: Claims | None = None
    metadata: Claims = field(default_factory=dict)
    claims: Callable[[Claims], Claims] = lambda claims: claims
    header: Callable[[Claims], Claims] = lambda header: header
    token: Callable[[Claims], Claims] = lambda token: token
    back: Callable[[dict[str, str]], dict[str, str]] = lambda back: back
    sign: Callable[[Claims, Claims], str] | None = None
    algorithm: str = "RS256"
    clock: float = 0


class HostileProvider:
    """Keys, codes and orders of one such provider; `asked` keeps every path that was requested."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://localhost:{port}"
        self.client_id, self.client_secret = f"client-{secrets.token_hex(4)}", secrets.token_urlsafe(16)
        self.orders = Orders()
        self.asked: list[str] = []
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: set[str] = set()
        self.keys: dict[str, Any] = {}
        self.rotate()

    def rotate(self) -> None:
        """New keys from now on; the old ones are published no longer."""
        parameters = {"kid": secrets.token_hex(4), "use": "sig"}
        self.keys = {
            "RSA": RSAKey.generate_key(2048, parameters),
            "EC": ECKey.generate_key("P-256", {**parameters, "kid": parameters["kid"] + "e"}),
            "OKP": OKPKey.generate_key("Ed25519", {**parameters, "kid": parameters["kid"] + "o"}),
        }

    def signer(self, algorithm: str) -> Any:
        return self.keys[{"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}[algorithm[:2]]]

    def signed(self, claims: Claims, header: Claims | None = None) -> str:
        """Any claims, signed rightly."""
        key = self.signer(self.orders.algorithm)
        head = self.orders.header({"alg": self.orders.algorithm, "kid": key.kid, **(header or {})})
        if self.orders.sign:
            return self.orders.sign(head, claims)
        return jws.serialize_compact(head, json.dumps(claims), key, algorithms=[head["alg"]])

    def metadata(self) -> Claims:
        at = self.issuer
        return {
            "issuer": at,
            "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{at}/userinfo",
            "end_session_endpoint": f"{at}/end",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "PS256", "EdDSA", "HS256", "none"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True,
            **self.orders.metadata,
        }

    def jwks(self) -> Claims:
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def authorize(self, query: dict[str, str]) -> str:
        """Where the browser is sent back to: nobody is asked for a password here."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        back = self.orders.back({"code": code, "state": query["state"], "iss": self.issuer})
        return f"{query['redirect_uri']}?{urlencode(back)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None or authorization != _basic(self.client_id, self.client_secret):
            return 400, {"error": "invalid_grant" if asked is None else "invalid_client"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if challenge.decode() != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens.add(access)
        return 200, self.orders.token(
            {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": 300,
                "id_token": self.id_token(asked, access),
            }
        )

    def id_token(self, asked: dict[str, str], access: str) -> str:
        at = time.time() + self.orders.clock
        half = hashlib.sha512 if self.orders.algorithm == "EdDSA" else hashlib.sha256
        digest = half(access.encode()).digest()
        claims = {
            "iss": self.issuer,
            "sub": self.orders.subject,
            "aud": self.client_id,
            "iat": int(at),
            "exp": int(at + 300),
            "auth_time": int(at),
            "nonce": asked["nonce"],
            "sid": f"session-of-{self.orders.subject}",
            "at_hash": base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode(),
            **self.orders.more,
        }
        return self.signed(self.orders.claims(claims))

    def logout_token(self, **changes: Any) -> str:
        at = time.time() + self.orders.clock
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "iat": int(at),
            "exp": int(at + 120),
            "jti": secrets.token_hex(8),
            "sub": self.orders.subject,
            "sid": f"session-of-{self.orders.subject}",
            "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        } | changes
        return self.signed({name: value for name, value in claims.items() if value is not None}, {"typ": "logout+jwt"})


def unsigned(header: Claims, claims: Claims) -> str:
    """A token without any signature (`alg=none`), whatever the header says."""
    return ".".join([*(_part(one) for one in ({**header, "alg": "none"}, claims)), ""])


def shared(secret: bytes) -> Callable[[Claims, Claims], str]:
    """A token signed as HS256 with bytes that both sides know, such as the published key itself."""

    def sign(header: Claims, claims: Claims) -> str:
        text = ".".join(_part(one) for one in ({**header, "alg": "HS256"}, claims))
        return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"

    return sign


def _part(values: Claims) -> str:
    return _encoded(json.dumps(values).encode())


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _basic(name: str, secret: str) -> str:
    return f"Basic {base64.b64encode(f'{name}:{secret}'.encode()).decode()}"


class _Handler(BaseHTTPRequestHandler):
    provider: HostileProvider

    def do_GET(self) -> None:
        there, one = urlsplit(self.path), self.provider
        one.asked.append(there.path)
        if there.path == "/authorize":
            self.send_response(302)
            self.send_header("Location", one.authorize(_flat(there.query)))
            self.end_headers()
        elif there.path == "/.well-known/openid-configuration":
            self._json(200, one.metadata())
        elif there.path == "/keys":
            self._json(200, one.jwks())
        elif there.path == "/userinfo":
            known = self.headers.get("Authorization", "").removeprefix("Bearer ") in one.tokens
            self._json(200 if known else 401, one.orders.userinfo or {"sub": one.orders.subject})
        else:
            self._json(404, {})

    def do_POST(self) -> None:
        self.provider.asked.append(self.path)
        form = _flat(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._json(*self.provider.token(form, self.headers.get("Authorization", "")))

    def _json(self, status: int, values: Claims) -> None:
        body = json.dumps(values).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


def _flat(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """Such a provider, answering on loopback until the block ends."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    made = HostileProvider(server.server_port)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"provider": made})
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
