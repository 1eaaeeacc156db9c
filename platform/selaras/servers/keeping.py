"""Embedded servers that fall are started again: same data, same socket, and it is said on the console."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from selaras.errors import DomainError
from selaras.servers import ownership

TICK = 0.2
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0
"""Seconds after which a server that was started again counts as steady: its next fall is its first."""


@contextmanager
def kept_alive(say: Callable[[str], None] | None = None) -> Iterator[None]:
    """Watch the servers that this process owns until the block ends. `say` tells of a fall; to standard error."""
    keeper = _Keeper(say or _to_console)
    thread = threading.Thread(target=keeper.run, name="selaras-keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.leaving.set()
        thread.join()


class _Keeper:
    """Looks several times a second; between attempts to start one server lies a pause that doubles."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.leaving = threading.Event()
        self._say = say
        self._falls: dict[Path, int] = {}
        self._due: dict[Path, float] = {}
        self._began: dict[Path, float] = {}

    def run(self) -> None:
        while not self.leaving.wait(TICK):
            for folder, (name, status) in ownership.fallen().items():
                self._see(folder, name, status)

    def _see(self, folder: Path, name: str, status: int) -> None:
        now = time.monotonic()
        if folder not in self._due:
            self._note_fall(folder, now)
            pause = self._due[folder] - now
            self._say(f"{name}: ended with status {status}, starts again in {pause:.1f} s")
        elif now >= self._due[folder]:
            self._start(folder, name, now)

    def _note_fall(self, folder: Path, now: float) -> None:
        steady = now - self._began.get(folder, now) > STEADY_AFTER
        falls = self._falls[folder] = 0 if steady else self._falls.get(folder, -1) + 1
        self._due[folder] = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2**falls)

    def _start(self, folder: Path, name: str, now: float) -> None:
        try:
            ownership.revive(folder)
        except (DomainError, OSError) as error:
            self._note_fall(folder, now)
            self._say(f"{name}: {error}")
            return
        self._began[folder] = time.monotonic()
        del self._due[folder]
        self._say(f"{name}: runs again")


def _to_console(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()
