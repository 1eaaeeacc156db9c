"""How an agency stands to a national system, where a result is on its way there, and when it is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

ATTEMPTS = 6
_FIRST_PAUSE = timedelta(minutes=2)


class Mode(StrEnum):
    """Which of the two is the source: Selaras (induk), the other (pendamping); or files are carried (berkas)."""

    PRIMARY = "primary"
    COMPANION = "companion"
    FILES = "files"


class When(StrEnum):
    """From when on a result is told: as soon as it is set (ditetapkan), or once it is final."""

    SET = "set"
    FINAL = "final"


class State(StrEnum):
    """Where one result is on its way.

    `new`: not looked at yet; `faulty`: something is in the way; `ready`: it goes next; `sending`: it is on its way, or
    was when a worker died; `sent`; `rejected`: the other side will not take it; `unwanted`: it takes none of such.
    """

    NEW = "new"
    FAULTY = "faulty"
    READY = "ready"
    SENDING = "sending"
    SENT = "sent"
    REJECTED = "rejected"
    UNWANTED = "unwanted"


def again_at(moment: datetime, attempts: int) -> datetime:
    """When to try again what could not be told for a reason of the other side's: later and later, a day at most."""
    pause: timedelta = _FIRST_PAUSE * 4 ** (min(attempts, ATTEMPTS) - 1)
    return moment + min(pause, timedelta(days=1))
