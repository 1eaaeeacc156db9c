"""Going round the agencies, a few at a time, to seal what they have written."""

from __future__ import annotations

import math
import time

from sqlalchemy import text

from selaras.audit.sealing import seal
from selaras.db.session import Database

EVERY = 60.0


class SealRounds:
    """Called about once a second; every agency's turn comes once in `every` seconds, so no second does it all."""

    def __init__(self, database: Database, every: float = EVERY) -> None:
        self._database = database
        self._every = every
        self._due: list[int] = []
        self._share = 0
        self._began = -math.inf

    def __call__(self) -> None:
        """Seal the next few agencies."""
        if not self._due and time.monotonic() - self._began >= self._every:
            self._begin()
        for tenant_id in self._due[: self._share]:
            with self._database.tenant(tenant_id) as session:
                seal(session)
        del self._due[: self._share]

    def _begin(self) -> None:
        self._began = time.monotonic()
        with self._database.platform() as session:
            self._due = list(session.execute(text("SELECT tenant_id FROM selaras.agency ORDER BY tenant_id")).scalars())
        self._share = max(1, math.ceil(len(self._due) / max(self._every, 1.0)))
