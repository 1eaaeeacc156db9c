"""One side of a sign-in: a client at a provider, with what the agency asks of it; and what came of a sign-in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from selaras.identity.oidc.published import Published


@dataclass(frozen=True, kw_only=True)
class Party:
    """A client of a realm (an agency, the console) at a provider. Without a secret it is a public client with PKCE.

    `acr_values`: one of them must be confirmed; `amr_values`: each of them; `max_age`: how many seconds after the
    provider asked for a password or factor a session may go on; `wanted_claims`: what is looked up in the userinfo
    where the token lacks it.
    """

    realm: UUID
    provider_id: UUID
    client_id: str
    published: Published
    client_secret: str = field(default="", repr=False)
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    acr_values: tuple[str, ...] = ()
    amr_values: tuple[str, ...] = ()
    max_age: int | None = None
    wanted_claims: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """How the ledger names the provider."""
        return f"provider:{self.provider_id}"

    @property
    def auth_method(self) -> str:
        """How the client shows its secret at the token endpoint."""
        if not self.client_secret:
            return "none"
        known = self.published.token_endpoint_auth_methods_supported
        basic = "client_secret_basic" in known or "client_secret_post" not in known
        return "client_secret_basic" if basic else "client_secret_post"


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a provider said of whoever signed in, verified. `claims`: the token's, completed by the userinfo."""

    claims: Mapping[str, object]
    subject: str
    id_token: str = field(repr=False)
    algorithm: str
    provider_session: str | None
    acr: str | None
    amr: tuple[str, ...]
    until: datetime | None

    def text(self, claim: str) -> str:
        """A claim as text, by its name or its path (`a.b`); empty where it is missing or no text or number."""
        found = claim_of(self.claims, claim)
        return str(found).strip() if isinstance(found, str | int) and not isinstance(found, bool) else ""


def claim_of(claims: Mapping[str, object], name: str) -> object:
    """A claim by its name, or by its path through nested ones; None where it is missing."""
    if name in claims:
        return claims[name]
    first, _, rest = name.partition(".")
    inner = claims.get(first)
    return claim_of(inner, rest) if rest and isinstance(inner, Mapping) else None
