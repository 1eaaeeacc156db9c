"""One server per folder: the process that starts it owns it, every other one shares it.

The server lives as long as its owner: it stops when the owner leaves, and also when the owner is killed. Those who
share it leave without effect. There is no "last one out": a server that may outlive its parent is an orphan some day.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

from selaras.errors import Unavailable

T = TypeVar("T")

WAIT = 60.0
PAUSE = 0.02
OWNER_LOCK = "owner.lock"


@dataclass(frozen=True)
class Part(Generic[T]):
    """How one kind of server is started, joined and stopped; `join` answers None while it cannot be reached.

    `ended` answers None while the server that `start` started runs, else its exit status.
    """

    name: str
    start: Callable[[], T]
    join: Callable[[], T | None]
    stop: Callable[[], None]
    ended: Callable[[], int | None]


class _Held:
    """What this process holds of one folder; `lock` is the owner's, None for one who shares."""

    def __init__(self, value: Any, part: Part[Any], lock: IO[bytes] | None) -> None:
        self.value = value
        self.part = part
        self.lock = lock
        self.users = 1


_HELD: dict[tuple[int, Path], _Held] = {}
_GUARD = threading.Lock()


@contextmanager
def shared(folder: Path, part: Part[T]) -> Iterator[T]:
    """The folder's server, started and owned by this process or another process's; `Unavailable` after a minute."""
    key = (os.getpid(), folder)
    with _GUARD:
        held = _HELD.get(key)
        if held is None:
            held = _HELD[key] = _own_or_join(folder, part)
        else:
            held.users += 1
    try:
        yield held.value
    finally:
        with _GUARD:
            _leave(key)


def fallen() -> dict[Path, tuple[str, int]]:
    """Folder → name and exit status of every server that this process owns and that has ended by itself."""
    with _GUARD:
        owned = [(key, held) for key, held in _HELD.items() if key[0] == os.getpid() and held.lock is not None]
        ends = [(key[1], held.part.name, held.part.ended()) for key, held in owned]
    return {folder: (name, status) for folder, name, status in ends if status is not None}


def revive(folder: Path) -> None:
    """Start a fallen server again on its data and its socket; nothing where it was left or runs meanwhile."""
    with _GUARD:
        held = _HELD.get((os.getpid(), folder))
        if held is not None and held.lock is not None and held.part.ended() is not None:
            held.value = held.part.start()


def _leave(key: tuple[int, Path]) -> None:
    held = _HELD[key]
    held.users -= 1
    if held.users:
        return
    del _HELD[key]
    if held.lock is None:
        return
    try:
        held.part.stop()
    finally:
        held.lock.close()


def _own_or_join(folder: Path, part: Part[T]) -> _Held:
    deadline = time.monotonic() + WAIT
    while time.monotonic() < deadline:
        lock = _try_lock(folder / OWNER_LOCK)
        if lock is not None:
            return _Held(_start(part, lock), part, lock)
        value = part.join()
        if value is not None:
            return _Held(value, part, None)
        time.sleep(PAUSE)
    raise Unavailable(
        "embedded_server_unreachable",
        "The {server} in {folder} belongs to a running process, but did not answer for {seconds:.0f} seconds. "
        "Stop that process (its number is in {lock}) and start again.",
        server=part.name,
        folder=str(folder),
        seconds=WAIT,
        lock=str(folder / OWNER_LOCK),
    )


def _start(part: Part[T], lock: IO[bytes]) -> T:
    try:
        return part.start()
    except BaseException:
        lock.close()
        raise


def _try_lock(path: Path) -> IO[bytes] | None:
    """A record lock: it belongs to this process alone, a forked child does not keep it alive."""
    file = path.open("r+b" if path.exists() else "w+b")
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.truncate(0)
    file.write(str(os.getpid()).encode())
    file.flush()
    return file


def free_again(path: Path, seconds: float) -> bool:
    """Whether the processes of an earlier server (see `launch.hold`) are gone, waiting for up to so long."""
    deadline = time.monotonic() + seconds
    with path.open("ab") as file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                if time.monotonic() > deadline:
                    return False
                time.sleep(PAUSE)
            else:
                return True
