"""Whether a token may be believed: who signed it, for whom, when, and in answer to what."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from authlib.oidc.core import CodeIDToken
from joserfc import jws
from joserfc.errors import ClaimError, ExpiredTokenError, JoseError, MissingClaimError
from joserfc.util import urlsafe_b64decode

from selaras.clock import now
from selaras.identity.oidc.keys import ALGORITHMS, KeyStore
from selaras.identity.oidc.party import Party
from selaras.identity.refusals import Reason, SignInRefused

LEEWAY = 60
MOST_SUBJECT = 255
MOST_TOKEN = 32 * 1024
_BY_CLAIM = {
    "iss": Reason.ISSUER_MISMATCH,
    "aud": Reason.AUDIENCE_MISMATCH,
    "azp": Reason.AUDIENCE_MISMATCH,
    "nonce": Reason.NONCE_MISMATCH,
    "at_hash": Reason.ACCESS_TOKEN_MISMATCH,
    "iat": Reason.TOKEN_FROM_FUTURE,
    "nbf": Reason.TOKEN_FROM_FUTURE,
    "auth_time": Reason.SIGN_IN_TOO_OLD,
}


def signed(party: Party, keys: KeyStore, token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a token that one of the provider's keys has signed; nothing else of it was checked."""
    header = _header(party, token)
    candidates = keys.suitable(party, header)
    if not candidates:
        raise refused(party, Reason.KEY_UNKNOWN)
    for key in candidates:
        try:
            found = jws.deserialize_compact(token, key, algorithms=[header["alg"]])
            claims = msgspec.json.decode(found.payload or b"", type=dict[str, Any])
        except JoseError:
            continue
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise refused(party, Reason.ANSWER_MALFORMED) from None
        return header, claims
    raise refused(party, Reason.SIGNATURE_INVALID)


def id_token(party: Party, keys: KeyStore, token: str, *, nonce: str, access_token: str) -> dict[str, Any]:
    """The claims of an ID token that answers this very sign-in, else `SignInRefused` with the reason."""
    header, claims = signed(party, keys, token)
    _believe(
        party, header, claims, {"nonce": nonce, "access_token": access_token, "max_age": party.max_age}, CodeIDToken
    )
    subject = claims["sub"]
    if not subject or len(subject) > MOST_SUBJECT:
        raise refused(party, Reason.CLAIM_MALFORMED)
    _strong_enough(party, claims)
    return claims


def issued_by(party: Party, header: Mapping[str, Any], claims: Mapping[str, Any], kind: type[CodeIDToken]) -> None:
    """Refuse a token of another issuer, for another audience, or of another time."""
    _believe(party, header, claims, {}, kind)


def until(party: Party, claims: Mapping[str, Any]) -> datetime | None:
    """When the provider says that the session ends: its own end of it, or so long after it last asked."""
    found = []
    told, asked = claims.get("session_expiry"), claims.get("auth_time")
    if _is_time(told):
        found.append(_moment(told))
    if party.max_age is not None and _is_time(asked):
        found.append(_moment(asked) + timedelta(seconds=party.max_age))
    return min(found, default=None)


def refused(party: Party, reason: Reason, **facts: object) -> SignInRefused:
    """The refusal of what this provider said."""
    return SignInRefused(reason, subject=party.subject, **facts)


def _header(party: Party, token: str) -> dict[str, Any]:
    try:
        text = urlsafe_b64decode(token.encode("ascii").split(b".", 1)[0]) if len(token) <= MOST_TOKEN else b""
        header = msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, binascii.Error, ValueError, RecursionError):
        raise refused(party, Reason.ANSWER_MALFORMED) from None
    known = party.published.id_token_signing_alg_values_supported
    if header.get("alg") not in ALGORITHMS or header["alg"] not in known:
        raise refused(party, Reason.ALGORITHM_REFUSED)
    return header


def _believe(
    party: Party,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    params: dict[str, Any],
    kind: type[CodeIDToken],
) -> None:
    # RFC 9864's name of EdDSA is one that the hash of the access token does not know by.
    named = {**header, "alg": "EdDSA" if header["alg"] == "Ed25519" else header["alg"]}
    options = {
        "iss": {"essential": True, "value": party.published.issuer},
        "aud": {"essential": True, "value": party.client_id},
    }
    try:
        kind(dict(claims), named, options, {"client_id": party.client_id, **params}).validate(
            now=int(now().timestamp()), leeway=LEEWAY
        )
    except ExpiredTokenError:
        raise refused(party, Reason.TOKEN_EXPIRED) from None
    except ClaimError as error:
        raise refused(party, _reason(error)) from None
    except (TypeError, ValueError, AttributeError):
        raise refused(party, Reason.CLAIM_MALFORMED) from None


def _reason(error: ClaimError) -> Reason:
    claim = str(error.claim).split(",")[0]
    missing = Reason.CLAIM_MISSING if isinstance(error, MissingClaimError) else Reason.CLAIM_MALFORMED
    if claim in ("iat", "nbf") and isinstance(error, MissingClaimError):
        return missing
    return _BY_CLAIM.get(claim, missing)


def _strong_enough(party: Party, claims: Mapping[str, Any]) -> None:
    if party.acr_values and claims.get("acr") not in party.acr_values:
        raise refused(party, Reason.ACR_INSUFFICIENT)
    if not set(party.amr_values) <= set(map(str, claims.get("amr") or ())):
        raise refused(party, Reason.ACR_INSUFFICIENT)
    asked = claims.get("auth_time")
    if (
        party.max_age is not None
        and _is_time(asked)
        and now() - _moment(asked) > timedelta(seconds=party.max_age + LEEWAY)
    ):
        raise refused(party, Reason.SIGN_IN_TOO_OLD)


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 1e11


def _moment(value: Any) -> datetime:
    return datetime.fromtimestamp(value, UTC)


def algorithm_of(token: str) -> str:
    """The algorithm that a token, verified before, is signed with."""
    header = msgspec.json.decode(urlsafe_b64decode(token.encode("ascii").split(b".", 1)[0]), type=dict[str, Any])
    return str(header["alg"])
