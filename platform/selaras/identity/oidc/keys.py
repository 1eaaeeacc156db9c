"""The keys that a provider signs with: kept for a while, and fetched anew when a token names one that is not known."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import msgspec
import redis
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

from selaras.errors import DomainError, Unavailable
from selaras.identity.egress import Egress
from selaras.identity.oidc.party import Party

KEPT_SECONDS = 3600
REFETCH_SECONDS = 30
LEAST_RSA_BITS = 2048
# Asymmetric ones only: neither `none` nor a secret that a client shares.
ALGORITHMS: Mapping[str, str] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "RSA"),
    **dict.fromkeys(("ES256", "ES384", "ES512"), "EC"),
    **dict.fromkeys(("EdDSA", "Ed25519"), "OKP"),
}
_KINDS: Mapping[str, type[RSAKey | ECKey | OKPKey]] = {"RSA": RSAKey, "EC": ECKey, "OKP": OKPKey}


class KeyStore:
    """Published keys of every provider, kept in Redis behind the realm's uuid."""

    def __init__(self, connection: redis.Redis, egress: Egress, prefix: str = "selaras") -> None:
        self._redis = connection
        self._egress = egress
        self._prefix = prefix

    def suitable(self, party: Party, header: Mapping[str, Any]) -> list[Key]:
        """The keys that may have signed a token with this header; fetched anew, once in a while, if none is known."""
        found = usable(self._kept(party), header)
        if not found and self._may_refetch(party):
            found = usable(self.refresh(party), header)
        return found

    def refresh(self, party: Party) -> list[dict[str, Any]]:
        """Fetch the keys now and keep them."""
        keys = fetch(self._egress, party.published.jwks_uri)
        self._redis.set(self._name(party, "keys"), msgspec.json.encode(keys), ex=KEPT_SECONDS)
        return keys

    def _kept(self, party: Party) -> list[dict[str, Any]]:
        text = self._redis.get(self._name(party, "keys"))
        if isinstance(text, bytes):
            return msgspec.json.decode(text, type=list[dict[str, Any]])
        return self.refresh(party)

    def _may_refetch(self, party: Party) -> bool:
        # A flood of tokens with invented key ids is not passed on to the provider.
        return bool(self._redis.set(self._name(party, "refetched"), 1, nx=True, ex=REFETCH_SECONDS))

    def _name(self, party: Party, what: str) -> str:
        return f"{self._prefix}:{party.realm}:provider:{party.provider_id}:{what}"


def fetch(egress: Egress, address: str) -> list[dict[str, Any]]:
    """The keys published at an address, as they are. `Unavailable` where there is no key set."""
    answer = egress.send("GET", address)
    try:
        found: object = msgspec.json.decode(answer.body)
        keys = found.get("keys") if isinstance(found, dict) and answer.status == 200 else None  # OK
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        keys = None
    if not isinstance(keys, list):
        raise Unavailable("keys_malformed", "There is no set of keys at {address}.", address=address)
    return [key for key in keys if isinstance(key, dict)]


def usable(keys: list[dict[str, Any]], header: Mapping[str, Any]) -> list[Key]:
    """The keys of the header's algorithm and, where it names one, of its key id."""
    kind, kid = ALGORITHMS.get(str(header.get("alg"))), header.get("kid")
    named = [key for key in keys if kid is None or key.get("kid") == kid]
    found = [read(key) for key in named if key.get("kty") == kind and key.get("alg") in (None, header.get("alg"))]
    return [key for key in found if key is not None]


def read(key: Mapping[str, Any]) -> Key | None:
    """A published key; None for one that is not for signatures, is malformed, or too short to be trusted."""
    kind = _KINDS.get(str(key.get("kty")))
    if kind is None or key.get("use", "sig") != "sig" or not _long_enough(key):
        return None
    try:
        # The private half has no business here, even where a provider publishes it by mistake.
        return kind.import_key({name: key[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in key})
    except (JoseError, DomainError, ValueError, TypeError):
        return None


def _long_enough(key: Mapping[str, Any]) -> bool:
    if key.get("kty") != "RSA":
        return True
    try:
        text = str(key.get("n", ""))
        number = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).lstrip(b"\0")
    except (binascii.Error, ValueError):
        return False
    return int.from_bytes(number, "big").bit_length() >= LEAST_RSA_BITS
