"""What a provider publishes differently from before, and which of it decides whose word is believed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from selaras.identity.oidc.keys import ALGORITHMS
from selaras.identity.oidc.published import Published

_ADDRESSES = frozenset(
    {"authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"}
)


@dataclass(frozen=True)
class Change:
    """One member of the metadata, by the specification's name, before and after. `decisive`: never taken silently."""

    name: str
    before: str
    after: str
    decisive: bool


def between(before: Published, after: Published) -> list[Change]:
    """What differs, in the order of the metadata."""
    both = ((name, getattr(before, name), getattr(after, name)) for name in Published.__struct_fields__)
    different = ((name, old, new) for name, old, new in both if not _same(old, new))
    return [Change(name, _text(old), _text(new), _decides(name, old, new)) for name, old, new in different]


def _decides(name: str, old: object, new: object) -> bool:
    """Another issuer or host, a signature or protection that is offered no longer: less than what was tested."""
    if name in _ADDRESSES:
        return bool(old) and urlsplit(str(old))[:2] != urlsplit(str(new))[:2]
    if name == "id_token_signing_alg_values_supported":
        return bool(_set(old) & set(ALGORITHMS) - _set(new))
    if name == "code_challenge_methods_supported":
        return "S256" in _set(old) - _set(new)
    return name == "issuer" or (name == "authorization_response_iss_parameter_supported" and bool(old))


def _same(old: object, new: object) -> bool:
    return _set(old) == _set(new) if isinstance(old, tuple) else old == new


def _set(values: object) -> set[str]:
    return {str(one) for one in values} if isinstance(values, Iterable) and not isinstance(values, str) else set()


def _text(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "–"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) or "–"
