"""`selaras web` as a process of its own: serves, refuses a port that is taken, stops when asked."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from factories.ports import free_port
from factories.site import Site


@contextmanager
def serving(site: Site, port: int) -> Iterator[subprocess.Popen[bytes]]:
    chosen = site.settings
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "SELARAS_APP_DATABASE_URL": chosen.app_database_url,
        "SELARAS_REDIS_URL": chosen.redis_url,
        "SELARAS_SECRET_KEY": chosen.secret_key,
        "SELARAS_ENCRYPTION_KEYS": chosen.encryption_keys,
        "SELARAS_WEB_ADDRESS": f"127.0.0.1:{port}",
        "SELARAS_FILES": str(chosen.files),
    }
    program = Path(sys.executable).with_name("selaras")
    process = subprocess.Popen([program, "web"], env=environment, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.kill() if process.poll() is None else None
        process.wait()
        process.stderr.close()


def ask(port: int, host: str, path: str) -> int:
    """libc does not resolve x.localhost, so clients connect to the address and name the host themselves."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        return connection.getresponse().status
    finally:
        connection.close()


def test_it_serves_and_stops_when_asked(site: Site) -> None:
    port = free_port()
    with serving(site, port) as process:
        deadline = time.monotonic() + 90
        while True:
            try:
                assert ask(port, site.closed.host, "/sign-in") == 200
                break
            except OSError:
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline
                time.sleep(0.1)
        assert ask(port, "elsewhere.localhost", "/sign-in") == 404
        assert ask(port, site.closed.host, "/people") == 303
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


def test_a_port_that_is_taken_is_refused_in_words(site: Site) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with serving(site, port) as process:
            assert process.wait(90) == 2
            said = process.stderr.read().decode()
    assert f"Cannot listen at 127.0.0.1:{port}: something listens there already" in said
    assert "SELARAS_WEB_ADDRESS" in said
