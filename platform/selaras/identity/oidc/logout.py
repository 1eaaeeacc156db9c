"""The end of a session at both sides: asked for by us (RP-initiated), or told by the provider (back-channel)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

import redis
from authlib.oidc.core import IDToken

from selaras.clock import now
from selaras.errors import DomainError
from selaras.identity.oidc.keys import KeyStore
from selaras.identity.oidc.party import Party
from selaras.identity.oidc.verification import LEEWAY, MOST_SUBJECT, issued_by, refused, signed
from selaras.identity.refusals import Reason, SignInRefused

EVENT = "http://schemas.openid.net/event/backchannel-logout"
MINUTES_5 = 300


@dataclass(frozen=True)
class Ended:
    """What the provider says is over: one of its sessions, or all of one subject."""

    session: str | None
    subject: str | None


class _LogoutToken(IDToken):  # type: ignore[misc]  # Authlib carries no types
    """A logout token needs no subject, and no end: many providers give none."""

    ESSENTIAL_CLAIMS = ("iss", "aud", "iat")


def address(party: Party, *, id_token: str | None, back_to: str, state: str) -> str:
    """Where to send the browser so that the session ends at the provider too; empty where that is not offered."""
    there = party.published.end_session_endpoint
    if not there:
        return ""
    asked = {"id_token_hint": id_token or "", "client_id": party.client_id}
    asked |= {"post_logout_redirect_uri": back_to, "state": state}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{there}{'&' if urlsplit(there).query else '?'}{query}"


def told(party: Party, keys: KeyStore, connection: redis.Redis, token: str, prefix: str = "selaras") -> Ended:
    """What a logout token ends, believed once. `SignInRefused` for one of somebody else, old, or seen before."""
    try:
        header, claims = signed(party, keys, token)
    except SignInRefused:
        raise
    except DomainError:
        raise refused(party, Reason.PROVIDER_UNREACHABLE) from None
    issued_by(party, header, claims, _LogoutToken)
    session, subject = _whose(party, header, claims)
    jti = hashlib.sha256(claims["jti"].encode()).hexdigest()
    seen = f"{prefix}:{party.realm}:logout:{party.provider_id}:{jti}"
    if not connection.set(seen, 1, nx=True, ex=MINUTES_5 + 2 * LEEWAY):
        raise refused(party, Reason.TOKEN_REPLAYED)
    return Ended(session, subject)


def _whose(party: Party, header: dict[str, Any], claims: dict[str, Any]) -> tuple[str | None, str | None]:
    events, session, subject = claims.get("events"), claims.get("sid"), claims.get("sub")
    kind = str(header.get("typ") or "jwt").lower().removeprefix("application/")
    named = [one for one in (session, subject) if one is not None]
    sound = (
        kind in ("jwt", "logout+jwt")
        and isinstance(events, dict)
        and isinstance(events.get(EVENT), dict)
        and isinstance(claims.get("jti"), str)
        and bool(named)
        and all(isinstance(one, str) and 0 < len(one) <= MOST_SUBJECT for one in named)
    )
    if not sound or "nonce" in claims:
        # With a nonce it is an ID token, which somebody might pass off as a logout token.
        raise refused(party, Reason.CLAIM_MALFORMED)
    if now().timestamp() - claims["iat"] > MINUTES_5 + LEEWAY:
        raise refused(party, Reason.TOKEN_EXPIRED)
    return session, subject
