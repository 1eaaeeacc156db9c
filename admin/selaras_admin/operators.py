"""Who is signed in at the console, with what they may do there today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import cast
from uuid import UUID

from sqlalchemy.orm import Session

from selaras.clock import today
from selaras.edge.context import actor, visitor
from selaras.identity.operators.queries import operator
from selaras.identity.operators.roles import OperatorPermission
from selaras.identity.operators.service import Doer, at_console
from selaras.identity.support.asking import Asker

__all__ = ["REALM", "ZONE", "Operator", "OperatorPermission", "asker", "day", "doer", "me", "operator_of", "present"]

REALM = UUID("7f1d0b52-6f2c-5d0e-9c5b-0c0a5e1a7001")
"""Where an operator's sign-in is worth something; no agency has this uuid, and the console's keys have a prefix."""
ZONE = "Asia/Jakarta"


@dataclass(frozen=True)
class Operator:
    """Somebody who runs the hosted instance. Holds nothing at any agency."""

    id: UUID
    name: str
    permissions: frozenset[OperatorPermission]
    roles: frozenset[str]


def operator_of(session: Session, account_id: UUID) -> Operator | None:
    """The operator whom a session belongs to, with the roles of today; None once they are removed."""
    found = operator(session, account_id, day())
    if found is None or not found.active:
        return None
    return Operator(found.id, found.name, found.permissions, found.roles)


def present() -> Operator | None:
    """Who is signed in at the console, if anybody."""
    return cast("Operator | None", visitor())


def me() -> Operator:
    """Who is signed in, or `Unauthenticated`."""
    return cast(Operator, actor())


def doer() -> Doer:
    """Who is signed in, as the operators' journal names them."""
    return at_console(me().id)


def asker() -> Asker:
    """Who is signed in, as they ask for support access."""
    return Asker(me().id, me().name)


def day() -> date:
    """Today at the operators'; an agency's own day follows its zone."""
    return today(ZONE)
