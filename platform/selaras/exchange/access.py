"""Who may import what: accounts the administrator, one's own log everybody, everything else whoever imports data."""

from __future__ import annotations

from selaras.exchange.layouts import Kind
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission


def refuse_kind(actor: Actor, kind: Kind) -> None:
    """Return if the actor may import a kind, else `Refused`; accounts are those of the whole agency.

    A daily log of one's own is brought by whoever has a plan; its loader looks at whose rows there are.
    """
    if kind is Kind.ACCOUNTS:
        actor.require_whole(Permission.MANAGE_ACCOUNTS)
    elif kind is not Kind.DAILY_LOG or actor.person_id is None or Permission.PLAN_OWN not in actor.permissions:
        actor.require(Permission.IMPORT)


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds that somebody may import, and whose imports they may see."""
    accounts = actor.holds_whole(Permission.MANAGE_ACCOUNTS)
    return [kind for kind in Kind if (accounts if kind is Kind.ACCOUNTS else Permission.IMPORT in actor.permissions)]
