"""The operators' identity provider: a client by settings, never without a second factor; what it publishes, kept."""

from __future__ import annotations

from uuid import UUID, uuid5

import msgspec

from selaras.config import Settings, variable
from selaras.edge.context import process
from selaras.errors import DomainError, Misconfigured
from selaras.identity.oidc import published
from selaras.identity.oidc.party import Party
from selaras.identity.oidc.published import Published
from selaras.identity.refusals import Reason, SignInRefused
from selaras_admin.operators import REALM

KEPT_SECONDS = 600
LOGGED_OUT = "/sign-in"


def configured(chosen: Settings) -> bool:
    """Whether operators can sign in; `Misconfigured` for a provider without a client or without a second factor."""
    if not chosen.operator_issuer:
        return False
    chosen.require("operator_client_id")
    if not levels(chosen.operator_acr) and not levels(chosen.operator_amr):
        raise Misconfigured(
            "operator_second_factor_missing",
            "Operators sign in with a second factor, always: set {acr} to the levels (acr) of the provider that count "
            "as one, or {amr} to the methods (amr) that must have been used, such as otp.",
            acr=variable("operator_acr"),
            amr=variable("operator_amr"),
        )
    return True


def levels(text: str) -> tuple[str, ...]:
    """The values of a setting, separated by commas."""
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def provider_id() -> UUID:
    """How sessions and the journal name the provider: another issuer is another one."""
    return uuid5(REALM, process().settings.operator_issuer)


def party() -> Party:
    """This console as a client of the provider. `SignInRefused` while that is away, or calls itself otherwise."""
    chosen = process().settings
    return Party(
        realm=REALM,
        provider_id=provider_id(),
        client_id=chosen.operator_client_id,
        client_secret=chosen.operator_client_secret,
        published=_published(),
        acr_values=levels(chosen.operator_acr),
        amr_values=levels(chosen.operator_amr),
        wanted_claims=(chosen.operator_claim,),
    )


def _published() -> Published:
    """Kept for ten minutes, so that a page of sign-in does not ask the provider each time."""
    chosen, redis = process().settings, process().redis
    name = f"{process().cookies}:{REALM}:provider:{provider_id()}:published"
    kept = redis.get(name)
    if isinstance(kept, bytes):
        return msgspec.json.decode(kept, type=Published)
    subject = f"provider:{provider_id()}"
    try:
        found = published.fetch(process().egress, chosen.operator_issuer).published
    except DomainError:
        raise SignInRefused(Reason.PROVIDER_UNREACHABLE, subject=subject) from None
    if found.issuer != chosen.operator_issuer:
        raise SignInRefused(Reason.ISSUER_MISMATCH, subject=subject)
    redis.set(name, msgspec.json.encode(found), ex=KEPT_SECONDS)
    return found
