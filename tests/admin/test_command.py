"""`selaras console`: found by the core without being named there, served by its own process, stopped when asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from factories.ports import free_port

from selaras.cli import COMMANDS

PROGRAM = Path(sys.executable).with_name("selaras")


def _environment(chosen, **changes: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "SELARAS_CONSOLE_DATABASE_URL": chosen.console_database_url,
        "SELARAS_REDIS_URL": chosen.redis_url,
        "SELARAS_SECRET_KEY": chosen.secret_key,
        "SELARAS_ENCRYPTION_KEYS": chosen.encryption_keys,
        **changes,
    }


@contextmanager
def _running(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([PROGRAM, "console"], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _get(port: int, host: str, path: str = "/sign-in") -> tuple[int, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Host": host})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode()
    connection.close()
    return found


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        assert process.poll() is None, process.communicate()[0].decode()
        try:
            _get(port, "console.localhost")
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the console did not answer")


def test_it_serves_its_own_host_and_stops_when_asked(console_settings):
    assert "console" not in COMMANDS
    port = free_port()
    environment = _environment(console_settings, SELARAS_CONSOLE_ADDRESS=f"127.0.0.1:{port}")
    with _running(environment) as process:
        _wait(port, process)
        status, page = _get(port, "console.localhost")
        assert status == 200
        assert "SELARAS_OPERATOR_ISSUER" in page
        assert _get(port, "sidoarjo.localhost")[0] == 404
        assert _get(port, "console.localhost", "/")[0] == 303
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_role_that_bypasses_the_walls_is_one_sentence_and_exit_two(console_settings, urls):
    done = subprocess.run(
        [PROGRAM, "console"],
        env=_environment(console_settings, SELARAS_CONSOLE_DATABASE_URL=urls.migrator),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("selaras: Refusing to start as database role selaras_migrator")
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_setting_is_named(console_settings):
    environment = _environment(console_settings)
    del environment["SELARAS_CONSOLE_DATABASE_URL"]
    done = subprocess.run(
        [PROGRAM, "console"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2
    assert "SELARAS_CONSOLE_DATABASE_URL" in done.stderr


def test_a_provider_without_a_second_factor_is_one_sentence(console_settings):
    environment = _environment(
        console_settings, SELARAS_OPERATOR_ISSUER="https://idp.example", SELARAS_OPERATOR_CLIENT_ID="console"
    )
    done = subprocess.run(
        [PROGRAM, "console"], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 2
    assert "SELARAS_OPERATOR_ACR" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
