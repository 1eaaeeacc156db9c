"""The bell that wakes the dispatcher: PostgreSQL's NOTIFY, rung at commit. It carries nothing, the rows say it all."""

from __future__ import annotations

from types import TracebackType
from typing import Self

import psycopg

CHANNEL = "selaras_jobs"


class Bell:
    """A connection of its own that listens; whoever waits on it looks at the rows afterwards, rung or not."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True, application_name="selaras bell")
        self._connection.execute(f"LISTEN {CHANNEL}")

    def wait(self, seconds: float) -> bool:
        """Until the bell rings (True), or so many seconds have passed."""
        rung = False
        for _ in self._connection.notifies(timeout=seconds, stop_after=1):
            rung = True
        return rung

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()
