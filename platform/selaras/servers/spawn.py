"""Starting a child process that cannot outlive this one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import IO, TypeVar

from selaras.servers import launch

T = TypeVar("T")
_KEEPERS: dict[int, SimpleQueue[Callable[[], None]]] = {}
_GUARD = threading.Lock()


def spawn(
    command: Sequence[str],
    *,
    death_signal: int = signal.SIGTERM,
    identity: str = "same",
    lock: Path | None = None,
    guard_for: float | None = None,
    output: IO[bytes] | int | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.Popen[bytes]:
    """Start a command (absolute path first) in a session of its own; it gets `death_signal` when this process dies.

    `identity`: `same`, `namespace` or `nobody` (see `launch`). `lock`: a file held while any process of it lives.
    `guard_for`: seconds between SIGTERM and SIGKILL for its whole process group, through a small guard process.
    """
    spec = {
        "parent": os.getpid(),
        "command": [str(part) for part in command],
        "death_signal": int(death_signal),
        "identity": identity,
        "lock": str(lock) if lock else "",
        "guard": guard_for is not None,
        "grace": guard_for or 0,
    }
    arguments = [sys.executable, "-I", "-S", launch.__file__, json.dumps(spec)]

    def start() -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603  # our own launcher, no shell
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=None if environment is None else dict(environment),
            start_new_session=True,
        )

    return _on_lasting_thread(start)


def _on_lasting_thread(work: Callable[[], T]) -> T:
    """Linux sends the death signal when the starting *thread* ends; this one lasts as long as the process."""
    done: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def task() -> None:
        try:
            done.put((work(), None))
        except BaseException as error:  # handed to the caller below
            done.put((None, error))

    _keeper().put(task)
    result, error = done.get()
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # None only together with an error


def _keeper() -> SimpleQueue[Callable[[], None]]:
    with _GUARD:
        tasks = _KEEPERS.get(os.getpid())
        if tasks is None:
            tasks = _KEEPERS[os.getpid()] = SimpleQueue()
            threading.Thread(target=_keep, args=(tasks,), name="selaras-spawn", daemon=True).start()
        return tasks


def _keep(tasks: SimpleQueue[Callable[[], None]]) -> None:
    while True:
        tasks.get()()
