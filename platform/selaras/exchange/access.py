"""Who may import what: accounts are the administrator's, everything else whoever imports data."""

from __future__ import annotations

from selaras.exchange.layouts import Kind
from selaras.identity.actor import Actor
from selaras.identity.permissions import Permission


def refuse_kind(actor: Actor, kind: Kind) -> None:
    """Return if the actor may import a kind, else `Refused`; accounts are those of the whole agency."""
    if kind is Kind.ACCOUNTS:
        actor.require_whole(Permission.MANAGE_ACCOUNTS)
    else:
        actor.require(Permission.IMPORT)


def kinds_for(actor: Actor) -> list[Kind]:
    """The kinds that somebody may import, and whose imports they may see."""
    accounts = actor.holds_whole(Permission.MANAGE_ACCOUNTS)
    return [kind for kind in Kind if (accounts if kind is Kind.ACCOUNTS else Permission.IMPORT in actor.permissions)]
