"""What a provider publishes about itself (OpenID Discovery), fetched and read into one shape."""

from __future__ import annotations

from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import msgspec
from authlib.oidc.discovery import get_well_known_url

from selaras.clock import now
from selaras.errors import Unavailable
from selaras.identity.egress import Egress


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A provider's metadata, by the names that the specifications give; what it does not say is what they presume."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    response_types_supported: tuple[str, ...] = ("code",)
    id_token_signing_alg_values_supported: tuple[str, ...] = ("RS256",)
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    code_challenge_methods_supported: tuple[str, ...] = ()
    scopes_supported: tuple[str, ...] = ()
    claims_supported: tuple[str, ...] = ()
    acr_values_supported: tuple[str, ...] = ()
    authorization_response_iss_parameter_supported: bool = False
    backchannel_logout_supported: bool = False
    backchannel_logout_session_supported: bool = False


@dataclass(frozen=True)
class Fetched:
    """The metadata as just fetched, and by how many seconds the provider's clock is ahead of ours."""

    published: Published
    skew: float | None


def fetch(egress: Egress, issuer: str) -> Fetched:
    """Ask an issuer for its metadata. `Invalid` or `Unavailable` in words where that cannot be had."""
    answer = egress.send("GET", get_well_known_url(issuer, external=True))
    if answer.status != 200:  # OK
        raise Unavailable(
            "discovery_missing",
            "{issuer} publishes no OpenID metadata (it answered {status}). Check the issuer's address.",
            issuer=issuer,
            status=answer.status,
        )
    try:
        found = msgspec.json.decode(answer.body, type=Published)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Unavailable(
            "discovery_malformed",
            "What {issuer} publishes is no OpenID metadata with its endpoints. Check the issuer's address.",
            issuer=issuer,
        ) from None
    return Fetched(found, _skew(answer.headers.get("date", "")))


def read(stored: object) -> Published:
    """The metadata as it was kept."""
    return msgspec.convert(stored, type=Published)


def plain(published: Published) -> dict[str, object]:
    """The metadata as plain values, to be kept."""
    kept: dict[str, object] = msgspec.to_builtins(published)
    return kept


def _skew(date: str) -> float | None:
    try:
        told = parsedate_to_datetime(date)
    except (TypeError, ValueError):
        return None
    return (told - now()).total_seconds() if told.tzinfo else None
