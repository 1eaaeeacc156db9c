"""Scopes of machine clients: the few words in which a token says what it is for, each a set of permissions."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from selaras.identity.permissions import Permission


class Scope(StrEnum):
    """What a token may be for. Nothing that a person must answer for (rating, deciding, agreeing) is among them."""

    AGENCY_READ = "agency:read"
    PEOPLE_READ = "people:read"
    RESULTS_READ = "results:read"
    REMUNERATION_READ = "remuneration:read"
    FOLLOWUP_READ = "followup:read"
    IMPORT = "import"
    SCIM = "scim"


_CARRIED: dict[Scope, frozenset[Permission]] = {
    Scope.AGENCY_READ: frozenset({Permission.SEE_AGENCY}),
    Scope.PEOPLE_READ: frozenset({Permission.SEE_PEOPLE}),
    Scope.RESULTS_READ: frozenset({Permission.SEE_PEOPLE, Permission.SEE_RESULTS}),
    Scope.REMUNERATION_READ: frozenset({Permission.SEE_PEOPLE, Permission.SEE_REMUNERATION}),
    Scope.FOLLOWUP_READ: frozenset({Permission.SEE_FOLLOWUP}),
    Scope.IMPORT: frozenset({Permission.IMPORT}),
    Scope.SCIM: frozenset({Permission.PROVISION}),
}


IN_WORDS: dict[Scope, str] = {
    Scope.AGENCY_READ: "read the agency's figures and periods",
    Scope.PEOPLE_READ: "read people, posts and superiors",
    Scope.RESULTS_READ: "read people's plans and results",
    Scope.REMUNERATION_READ: "read the effect of results on pay",
    Scope.FOLLOWUP_READ: "read what follows results",
    Scope.IMPORT: "import data",
    Scope.SCIM: "provision accounts (SCIM)",
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
