"""Supervised processes: restarted after a crash, stopped with their children, never left behind."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from selaras.servers.supervise import Service, Supervisor

from .conftest import Runner

# Ignores SIGTERM and has a child that does so too; both note their numbers.
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
os.fork()
with open(sys.argv[1], "a") as file:
    file.write(f"{os.getpid()}\\n")
time.sleep(600)
"""
WAITING = "import sys, time; print('hello from', sys.argv[1], flush=True); time.sleep(600)"

PARENT = f"""
import sys
from pathlib import Path
from selaras.servers.supervise import Service, Supervisor
services = [Service(name, [sys.executable, "-c", {STUBBORN!r}, sys.argv[1]]) for name in ("web", "worker")]
supervisor = Supervisor(services, logs=Path(sys.argv[2]), grace=0.5)
supervisor.start()
print("started", flush=True)
supervisor.run()
print("stopped", flush=True)
"""


def _until(check: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _numbers(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_the_parent(
    tmp_path: Path, program: Runner, gone: Callable[..., None], number: signal.Signals
) -> None:
    noted = tmp_path / "numbers"
    parent = program(PARENT, noted, tmp_path / "logs")
    _until(lambda: len(_numbers(noted)) == 4)
    parent.send_signal(number)
    gone(*_numbers(noted))
    if number != signal.SIGKILL:
        assert parent.wait(60) == 0


def test_a_crashed_service_starts_again_after_a_pause(tmp_path: Path) -> None:
    said: list[str] = []
    file = tmp_path / "starts"
    crash = f"open({str(file)!r}, 'a').write('x'); raise SystemExit(3)"
    supervisor = Supervisor([Service("crashing", [sys.executable, "-c", crash])], logs=tmp_path, say=said.append)
    runner = threading.Thread(target=supervisor.run)
    runner.start()
    _until(lambda: file.exists() and len(file.read_text()) >= 2)
    supervisor.ask_to_stop()
    runner.join(60)
    assert not runner.is_alive()
    assert said[0] == "crashing: ended with status 3, starts again in 0.5 s"
    assert "starts again in 1 s" in "".join(said[1:2]) or len(said) == 1


def test_a_killed_service_is_another_process_afterwards(tmp_path: Path, kill: Callable[[int], None]) -> None:
    noted = tmp_path / "numbers"
    command = [
        sys.executable,
        "-c",
        f"import os, time; open({str(noted)!r}, 'a').write(str(os.getpid()) + chr(10)); time.sleep(600)",
    ]
    supervisor = Supervisor([Service("web", command)], logs=tmp_path, say=lambda _: None)
    supervisor.start()
    try:
        _until(lambda: len(_numbers(noted)) == 1)
        kill(_numbers(noted)[0])

        def again() -> bool:
            supervisor.watch()
            return len(_numbers(noted)) == 2

        _until(again)
        assert supervisor.pids().keys() == {"web"}
    finally:
        supervisor.stop()
    assert supervisor.pids() == {}


def test_output_goes_to_a_log_file_per_service(tmp_path: Path) -> None:
    services = [Service(name, [sys.executable, "-c", WAITING, name]) for name in ("web", "worker")]
    supervisor = Supervisor(services, logs=tmp_path / "logs")
    supervisor.start()
    try:
        for name in ("web", "worker"):
            log = tmp_path / "logs" / f"{name}.log"
            _until(lambda log=log: log.exists() and "hello" in log.read_text())
            assert log.read_text() == f"hello from {name}\n"
    finally:
        supervisor.stop()


def test_without_a_folder_output_is_said_with_the_name_before_it() -> None:
    said: list[str] = []
    supervisor = Supervisor([Service("web", [sys.executable, "-c", WAITING, "web"])], say=said.append)
    supervisor.start()
    try:
        _until(lambda: "web | hello from web" in said)
    finally:
        supervisor.stop()


def test_the_environment_of_a_service_is_added_to_ours(tmp_path: Path) -> None:
    show = "import os, time; print(os.environ['SHOWN'], 'PATH' in os.environ, flush=True); time.sleep(600)"
    supervisor = Supervisor([Service("web", [sys.executable, "-c", show], {"SHOWN": "yes"})], logs=tmp_path)
    supervisor.start()
    try:
        _until(lambda: (tmp_path / "web.log").read_text() == "yes True\n")
    finally:
        supervisor.stop()


def test_services_stop_last_started_first(tmp_path: Path) -> None:
    file = tmp_path / "order"
    text = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        f"    open({str(file)!r}, 'a').write(sys.argv[1] + ' '); sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True); time.sleep(600)\n"
    )
    names = ("dispatcher", "worker", "web")
    supervisor = Supervisor([Service(name, [sys.executable, "-c", text, name]) for name in names], logs=tmp_path)
    supervisor.start()
    _until(lambda: all("up" in (tmp_path / f"{name}.log").read_text() for name in names))
    began = time.monotonic()
    supervisor.stop()
    assert file.read_text().split() == ["web", "worker", "dispatcher"]
    assert time.monotonic() - began < 5


def test_a_command_that_does_not_exist_is_reported_not_hidden(tmp_path: Path) -> None:
    said: list[str] = []
    supervisor = Supervisor([Service("web", ["/no/such/program"])], logs=tmp_path, say=said.append)
    supervisor.start()
    try:

        def noticed() -> bool:
            supervisor.watch()
            return bool(said)

        _until(noticed)
        assert said[0].startswith("web: ended with status 127")
        assert "/no/such/program: No such file" in (tmp_path / "web.log").read_text()
    finally:
        supervisor.stop()
