"""Running the processes of an instance side by side: started in order, restarted after a crash, stopped in reverse."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

from selaras.servers.spawn import spawn

GRACE = 5.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0
LOG_LIMIT = 10 * 2**20
TICK = 0.1
HEAD_START = 1.0


@dataclass(frozen=True)
class Service:
    """One command to keep running. `command[0]` is an absolute path; `environment` is added to our own."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)


class _Child:
    """A service's process and its history of crashes."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.crashes = 0
        self.due = 0.0


class Supervisor:
    """Keeps services running for as long as this process lives, and not a moment longer, even if it is killed.

    Each service runs in a process group of its own under a small guard, so that its own children go with it. Output
    goes to `logs/NAME.log`, or with a prefix to `say` where no folder is given.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        logs: Path | None = None,
        say: Callable[[str], None] = print,
        grace: float = GRACE,
    ) -> None:
        self._children = [_Child(service) for service in services]
        self._logs = logs
        self._say = say
        self._grace = grace
        self._asked = threading.Event()

    def start(self, *names: str) -> None:
        """Start every service, in order; or those of these names, and `run` starts the others."""
        for child in self._children:
            if not names or child.service.name in names:
                self._launch(child)

    def run(self) -> None:
        """Watch until Ctrl-C, SIGTERM or `ask_to_stop`, then stop; starts what was not started yet."""
        with self._signals():
            try:
                for child in self._children:
                    if child.process is None:
                        self._launch(child)
                while not self._asked.wait(TICK):
                    self.watch()
            finally:
                self.stop()

    def watch(self) -> None:
        """Look once: a service that ended is started again, after a pause that doubles with each crash in a row."""
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if child.due and now >= child.due:
                    self._launch(child)
            elif child.process.poll() is not None:
                self._note_crash(child, now)

    def ask_to_stop(self) -> None:
        """Make `run` return; may be called from a signal handler or another thread."""
        self._asked.set()

    def stop(self) -> None:
        """Stop every service, the last one first; each has `grace` seconds, then its whole group is killed."""
        children = [child for child in reversed(self._children) if child.process is not None]
        for child in children:
            assert child.process is not None
            child.process.terminate()
            # One that is slow does not hold up the others for longer than this.
            _wait(child.process, HEAD_START)
        for child in children:
            assert child.process is not None
            if not _wait(child.process, self._grace + 1):
                child.process.kill()
                child.process.wait()
        for child in self._children:
            child.process = None
            child.due = 0.0

    def pids(self) -> dict[str, int]:
        """Service name -> process number of its guard, of those that run now."""
        return {child.service.name: child.process.pid for child in self._children if child.process is not None}

    def _launch(self, child: _Child) -> None:
        service = child.service
        environment = os.environ | dict(service.environment)
        with self._output(service.name) as output:
            child.process = spawn(service.command, guard_for=self._grace, output=output, environment=environment)
        child.started = time.monotonic()
        child.due = 0.0
        if child.process.stdout is not None:
            threading.Thread(target=self._repeat, args=(service.name, child.process.stdout), daemon=True).start()

    def _note_crash(self, child: _Child, now: float) -> None:
        assert child.process is not None
        child.crashes = 1 if now - child.started > STEADY_AFTER else child.crashes + 1
        pause = min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (child.crashes - 1))
        self._say(f"{child.service.name}: ended with status {child.process.returncode}, starts again in {pause:g} s")
        child.process = None
        child.due = now + pause

    @contextmanager
    def _output(self, name: str) -> Iterator[IO[bytes] | int]:
        if self._logs is None:
            yield subprocess.PIPE
            return
        self._logs.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._logs / f"{name}.log"
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as file:
            yield file

    def _repeat(self, name: str, stream: IO[bytes]) -> None:
        with stream:
            for line in stream:
                self._say(f"{name} | {line.decode(errors='replace').rstrip()}")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Only the main thread may set handlers; elsewhere `ask_to_stop` is the way."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def ask(_number: int, _frame: FrameType | None) -> None:
            self.ask_to_stop()

        before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _wait(process: subprocess.Popen[bytes], seconds: float) -> bool:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True
