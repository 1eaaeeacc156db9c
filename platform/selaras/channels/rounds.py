"""The dispatcher's round of the agencies: what was told is settled onto channels, what is due put into the post."""

from __future__ import annotations

import math
import time

from sqlalchemy import text
from sqlalchemy.orm import Session

from selaras.channels.jobs import KIND
from selaras.channels.settings import channels_on, settings_of
from selaras.channels.settling import is_due, settle
from selaras.clock import now
from selaras.db.session import Database
from selaras.identity.actor import system
from selaras.jobs.service import enqueue

EVERY = 30.0


class ChannelRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second does it all."""

    def __init__(self, database: Database, *, mail: bool, every: float = EVERY) -> None:
        self._database = database
        self._mail = mail
        self._every = every
        self._due: list[tuple[int, str]] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Look at the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id, zone in self._due[: self._share]:
            with self._database.tenant(tenant_id) as session:
                post(session, tenant_id, zone, mail=self._mail)
        del self._due[: self._share]

    def _begin(self) -> None:
        self._began = time.monotonic()
        query = text("SELECT tenant_id, time_zone FROM selaras.agency WHERE status = 'active' ORDER BY tenant_id")
        with self._database.platform() as session:
            self._due = [(row.tenant_id, row.time_zone) for row in session.execute(query)]
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))


def post(session: Session, tenant_id: int, zone: str, *, mail: bool) -> int:
    """One agency's turn; returns how many deliveries were made. Nothing while no channel can be used."""
    chosen = settings_of(session)
    channels = channels_on(chosen, mail=mail)
    if not channels:
        return 0
    moment = now()
    made = settle(session, chosen, zone, channels, moment)
    if is_due(session, KIND, moment):
        enqueue(session, system(tenant_id), KIND, {})
    return made
