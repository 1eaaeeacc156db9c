"""Who works at the console, and what they may see there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import cast
from uuid import UUID

from selaras.edge.context import visitor

REALM = UUID("7f1d0b52-6f2c-5d0e-9c5b-0c0a5e1a7001")
"""Where an operator's sign-in is worth something; no agency has this uuid, and the console's keys have a prefix."""


class OperatorPermission(StrEnum):
    """What an operator may do; every view of the console declares one, or says `public`."""

    SEE_AGENCIES = "see_agencies"
    SEE_ROLLOUTS = "see_rollouts"


@dataclass(frozen=True)
class Operator:
    """Somebody who runs the hosted instance. Holds nothing at any agency."""

    id: UUID
    name: str
    permissions: frozenset[OperatorPermission]
    roles: frozenset[str] = frozenset({"operator"})


DEVELOPMENT = Operator(UUID("7f1d0b52-6f2c-5d0e-9c5b-0c0a5e1a7002"), "Operator", frozenset(OperatorPermission))


def operator(account_id: UUID, *, development: bool) -> Operator | None:
    """The operator that a session belongs to; the development one only where development is allowed."""
    return DEVELOPMENT if development and account_id == DEVELOPMENT.id else None


def present() -> Operator | None:
    """Who is signed in at the console, if anybody."""
    return cast("Operator | None", visitor())
