"""Servers of their own for the tests about servers: roles belong to a whole server, and these tests break things."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from selaras.servers.postgres import Postgres, embedded_postgres

Runner = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    with embedded_postgres(tmp_path_factory.mktemp("server"), durable=False) as running:
        yield running


@pytest.fixture
def program() -> Iterator[Runner]:
    """Start a Python text as a process of its own and read its first line; killed at the end of the test."""
    started: list[subprocess.Popen[str]] = []

    def start(text: str, *arguments: object) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(text), *map(str, arguments)], stdout=subprocess.PIPE, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def is_running(pid: int) -> bool:
    """Whether the process does anything still (a zombie does not)."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def wait_gone(*pids: int, seconds: float = 90) -> None:
    """Fail if one of the processes still runs after so long."""
    deadline = time.monotonic() + seconds
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline, f"still running: {[pid for pid in pids if is_running(pid)]}"
        time.sleep(0.05)


@pytest.fixture
def gone() -> Callable[..., None]:
    return wait_gone


@pytest.fixture
def kill() -> Callable[[int], None]:
    def send(pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    return send
