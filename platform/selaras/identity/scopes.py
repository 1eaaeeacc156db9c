"""Scopes of machine clients: the few words in which a token says what it is for, each a set of permissions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from selaras.identity.permissions import Permission


class Scope(StrEnum):
    """What a token may be for. Nothing that a person must answer for (rating, deciding, agreeing) is among them."""

    AGENCY_READ = "agency:read"
    PEOPLE_READ = "people:read"
    REMUNERATION_READ = "remuneration:read"
    FOLLOWUP_READ = "followup:read"
    IMPORT = "import"
    SCIM = "scim"


_CARRIED: dict[Scope, frozenset[Permission]] = {
    Scope.AGENCY_READ: frozenset({Permission.SEE_AGENCY}),
    Scope.PEOPLE_READ: frozenset({Permission.SEE_PEOPLE}),
    Scope.REMUNERATION_READ: frozenset({Permission.SEE_REMUNERATION}),
    Scope.FOLLOWUP_READ: frozenset({Permission.SEE_FOLLOWUP}),
    Scope.IMPORT: frozenset({Permission.IMPORT}),
    Scope.SCIM: frozenset({Permission.PROVISION}),
}


def carried_by(scopes: Iterable[str]) -> frozenset[Permission]:
    """Every permission of some scopes; an unknown scope carries none."""
    known = {scope.value: held for scope, held in _CARRIED.items()}
    return frozenset().union(*(known.get(scope, frozenset()) for scope in scopes))


def scopes_within(permissions: Iterable[Permission]) -> list[Scope]:
    """The scopes that carry nothing beyond these permissions: those that their holder may give a client."""
    held = frozenset(permissions)
    return [scope for scope in Scope if _CARRIED[scope] <= held]


def scopes_for(needed: Iterable[object]) -> list[Scope]:
    """The scopes that carry at least one of these permissions."""
    wanted = frozenset(needed)
    return [scope for scope in Scope if _CARRIED[scope] & wanted]
