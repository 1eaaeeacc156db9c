"""The authorization code flow: to the provider with PKCE, state and nonce, and back with a code that is used once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

import httpx
import msgspec
import redis
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.client import OAuth2Client

from selaras.errors import DomainError
from selaras.identity.egress import Answer, Egress
from selaras.identity.oidc import verification
from selaras.identity.oidc.keys import KeyStore
from selaras.identity.oidc.party import Party, Told, claim_of
from selaras.identity.oidc.verification import refused
from selaras.identity.refusals import Reason, SignInRefused

MINUTES_10 = 600
MOST_STATE = 200


class UnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-in that was begun and not yet come back: kept under the hash of its state, bound to one browser."""

    realm: UUID
    provider_id: UUID
    nonce: str
    verifier: str
    redirect_uri: str
    browser: str
    purpose: str
    next: str = ""
    account_id: UUID | None = None


@dataclass(frozen=True)
class Returned:
    """What the browser brought back from the provider."""

    code: str = ""
    state: str = ""
    issuer: str = ""
    error: str = ""


class Flow:
    """Sign-ins of every realm in one Redis; a state is worth nothing at another realm, browser, or a second time."""

    def __init__(self, connection: redis.Redis, egress: Egress, prefix: str = "selaras") -> None:
        self._redis = connection
        self._egress = egress
        self._prefix = prefix
        self.keys = KeyStore(connection, egress, prefix)

    def begin(
        self,
        party: Party,
        *,
        redirect_uri: str,
        browser: str,
        purpose: str = "sign_in",
        next_: str = "",
        account_id: UUID | None = None,
    ) -> str:
        """The address to send the browser to. `browser` is the secret that its cookie holds."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        kept = UnderWay(
            realm=party.realm,
            provider_id=party.provider_id,
            nonce=nonce,
            verifier=verifier,
            redirect_uri=redirect_uri,
            browser=_hash(browser),
            purpose=purpose,
            next=next_,
            account_id=account_id,
        )
        self._redis.set(self._name(party.realm, state), msgspec.json.encode(kept), ex=MINUTES_10)
        asked = {"nonce": nonce, "acr_values": " ".join(party.acr_values), "max_age": party.max_age}
        address, _ = self._client(party, redirect_uri).create_authorization_url(
            party.published.authorization_endpoint,
            state=state,
            code_verifier=verifier,
            **{name: value for name, value in asked.items() if value not in ("", None)},
        )
        return str(address)

    def take(self, realm: UUID, state: str, browser: str) -> UnderWay:
        """The sign-in under way of a state, once; refused where it is unknown, used, or another browser's."""
        found = self._redis.getdel(self._name(realm, state)) if 0 < len(state) <= MOST_STATE else None
        if not isinstance(found, bytes):
            raise SignInRefused(Reason.STATE_UNKNOWN)
        kept = msgspec.json.decode(found, type=UnderWay)
        if kept.realm != realm or not hmac.compare_digest(kept.browser, _hash(browser)):
            raise SignInRefused(Reason.STATE_FOREIGN, subject=f"provider:{kept.provider_id}")
        return kept

    def finish(self, party: Party, begun: UnderWay, returned: Returned) -> Told:
        """Exchange the code and verify what comes back. `SignInRefused` with the reason for anything amiss."""
        self._refuse_mixed_up(party, returned)
        if returned.error or not returned.code:
            raise refused(party, Reason.DENIED, **_error_code(returned.error))
        token = self._exchange(party, begun, returned.code)
        access_token, text = token.get("access_token"), token.get("id_token")
        if not isinstance(text, str) or not isinstance(access_token, str):
            raise refused(party, Reason.ANSWER_MALFORMED)
        try:
            claims = verification.id_token(party, self.keys, text, nonce=begun.nonce, access_token=access_token)
            completed = self._completed(party, claims, access_token)
        except SignInRefused:
            raise
        except DomainError:
            raise refused(party, Reason.PROVIDER_UNREACHABLE) from None
        return _told(party, claims, completed, text)

    def _refuse_mixed_up(self, party: Party, returned: Returned) -> None:
        """RFC 9207: the answer names who gave it, so that no other provider's answer is taken for this one's."""
        must = party.published.authorization_response_iss_parameter_supported
        if (must or returned.issuer) and returned.issuer != party.published.issuer:
            raise refused(party, Reason.ISSUER_MISMATCH)

    def _exchange(self, party: Party, begun: UnderWay, code: str) -> Mapping[str, Any]:
        client = self._client(party, begun.redirect_uri)
        try:
            found: Mapping[str, Any] = client.fetch_token(
                party.published.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=begun.verifier,
            )
        except OAuth2Error as error:
            raise refused(party, Reason.CODE_REFUSED, **_error_code(str(error.error))) from None
        except (DomainError, httpx.HTTPStatusError):
            raise refused(party, Reason.PROVIDER_UNREACHABLE) from None
        except (ValueError, TypeError):
            raise refused(party, Reason.ANSWER_MALFORMED) from None
        return found

    def _completed(self, party: Party, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The claims, with those that are wanted and not in the token out of the userinfo."""
        missing = [name for name in party.wanted_claims if claim_of(claims, name) is None]
        if not missing or not party.published.userinfo_endpoint:
            return claims
        answer = self._egress.send(
            "GET", party.published.userinfo_endpoint, headers={"Authorization": f"Bearer {access_token}"}
        )
        try:
            more = msgspec.json.decode(answer.body, type=dict[str, Any]) if answer.status == 200 else {}
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise refused(party, Reason.ANSWER_MALFORMED) from None
        if not more:
            return claims
        if more.get("sub") != claims["sub"]:
            raise refused(party, Reason.SUBJECT_MISMATCH)
        return {**more, **claims}

    def _client(self, party: Party, redirect_uri: str) -> OAuth2Client:
        return OAuth2Client(
            _Way(self._egress),
            client_id=party.client_id,
            client_secret=party.client_secret or None,
            token_endpoint_auth_method=party.auth_method,
            scope=" ".join(dict.fromkeys(("openid", *party.scopes))),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )

    def _name(self, realm: UUID, state: str) -> str:
        return f"{self._prefix}:{realm}:signing-in:{_hash(state)}"


class _Way:
    """What the OAuth client needs of an HTTP session, over the guarded way out."""

    def __init__(self, egress: Egress) -> None:
        self._egress = egress

    def post(self, url: str, data: Mapping[str, str], headers: Mapping[str, str], auth: Any) -> _Response:
        address, given, body = auth.prepare("POST", url, dict(headers), urlencode(data))
        return _Response(url, self._egress.send("POST", address, headers=given, body=body))


@dataclass(frozen=True)
class _Response:
    url: str
    answer: Answer

    @property
    def status_code(self) -> int:
        return self.answer.status

    def json(self) -> object:
        return msgspec.json.decode(self.answer.body)

    def raise_for_status(self) -> None:
        httpx.Response(self.answer.status, request=httpx.Request("POST", self.url)).raise_for_status()


def _told(party: Party, claims: dict[str, Any], completed: dict[str, Any], text: str) -> Told:
    # Who, how strongly and until when is the signed token's word alone.
    session, acr, amr = claims.get("sid"), claims.get("acr"), claims.get("amr")
    return Told(
        claims=completed,
        subject=claims["sub"],
        id_token=text,
        algorithm=verification.algorithm_of(text),
        provider_session=session if isinstance(session, str) else None,
        acr=acr if isinstance(acr, str) else None,
        amr=tuple(map(str, amr)) if isinstance(amr, list) else (),
        until=verification.until(party, claims),
    )


def _error_code(error: str) -> dict[str, object]:
    """A provider's error code for the ledger, if it is a code at all."""
    short = error.isascii() and error.replace("_", "").isalpha() and len(error) < 60  # a code's length
    return {"error": error} if short else {}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
