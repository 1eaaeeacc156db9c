"""The job that asks an agency's providers what they publish: outside any transaction, since they may be slow."""

from __future__ import annotations

from collections import Counter
from typing import Any

from selaras.config import Settings
from selaras.identity.actor import system
from selaras.identity.egress import Egress
from selaras.identity.renewing import due, look, renew
from selaras.identity.vault import Vault
from selaras.jobs.context import Handler, JobContext


def handler(settings: Settings) -> Handler:
    """The handler of this process, with its keys and its way out."""

    def run(context: JobContext) -> dict[str, Any]:
        """Every provider that is switched on, each kept in a transaction of its own; how many came to what."""
        vault, egress = Vault(settings.require("encryption_keys")), Egress.of(settings)
        with context.transaction() as session:
            waiting = due(session, vault)
        came_to: Counter[str] = Counter()
        for one in waiting:
            fetched, found = look(egress, one.issuer, one.party)
            with context.transaction() as session:
                came_to[renew(session, system(context.tenant_id), one, fetched, found)] += 1
        return dict(came_to)

    return run
