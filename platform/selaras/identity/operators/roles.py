"""What operators may do, and the roles that carry it."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class OperatorPermission(StrEnum):
    """What an operator may do; every view of the console declares one, or says `public`."""

    SEE_AGENCIES = "see_agencies"
    SEE_ROLLOUTS = "see_rollouts"
    MOVE_ROLLOUTS = "move_rollouts"
    GIVE_SUPPORT = "give_support"
    RECORD_OUTAGES = "record_outages"
    MANAGE_OPERATORS = "manage_operators"
    SEE_JOURNAL = "see_journal"


class OperatorRole(StrEnum):
    """The offices at the console. None of them carries another's: who manages operators gives no support thereby."""

    OBSERVER = "observer"
    ROLLOUT = "rollout"
    SUPPORT = "support"
    ADMINISTRATOR = "administrator"


_OBSERVER = frozenset({OperatorPermission.SEE_AGENCIES, OperatorPermission.SEE_ROLLOUTS})

PERMISSIONS: dict[OperatorRole, frozenset[OperatorPermission]] = {
    OperatorRole.OBSERVER: _OBSERVER,
    OperatorRole.ROLLOUT: _OBSERVER | {OperatorPermission.MOVE_ROLLOUTS},
    OperatorRole.SUPPORT: _OBSERVER | {OperatorPermission.GIVE_SUPPORT, OperatorPermission.RECORD_OUTAGES},
    OperatorRole.ADMINISTRATOR: _OBSERVER | {OperatorPermission.MANAGE_OPERATORS, OperatorPermission.SEE_JOURNAL},
}


def permissions_of(roles: Iterable[str]) -> frozenset[OperatorPermission]:
    """Every permission of some roles; an unknown role carries none."""
    known = {role.value: held for role, held in PERMISSIONS.items()}
    return frozenset().union(*(known.get(role, frozenset()) for role in roles))
