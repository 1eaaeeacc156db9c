"""The embedded Valkey: shared, stopped, killed, and nothing that was answered is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from selaras.servers.valkey import embedded_valkey

from .conftest import Runner, is_running

OWNER = """
import sys, time, redis
from pathlib import Path
from selaras.servers.valkey import embedded_valkey
with embedded_valkey(Path(sys.argv[1])) as server:
    client = redis.Redis.from_url(server.url)
    for number in range(1000):
        client.rpush("kept", number)
    print(server.pid, flush=True)
    time.sleep(600)
"""


@contextmanager
def _client(url: str) -> Iterator[redis.Redis]:
    client = redis.Redis.from_url(url)
    try:
        yield client
    finally:
        client.close()


def _started(program: Runner, home: Path) -> tuple[int, Callable[[], None]]:
    owner = program(OWNER, home)
    assert owner.stdout is not None
    pid = int(owner.stdout.readline())

    def end() -> None:
        owner.kill()
        owner.wait()

    return pid, end


def test_another_process_shares_and_leaves_it_running(tmp_path: Path, program: Runner) -> None:
    pid, _ = _started(program, tmp_path)
    with embedded_valkey(tmp_path) as shared, _client(shared.url) as client:
        assert (shared.pid, shared.owned) == (pid, False)
        assert client.llen("kept") == 1000
    assert is_running(pid)


@pytest.mark.parametrize("also_the_server", [False, True], ids=["owner killed", "owner and server killed"])
def test_after_kill_no_orphan_and_nothing_lost(
    tmp_path: Path, program: Runner, gone: Callable[..., None], kill: Callable[[int], None], also_the_server: bool
) -> None:
    pid, end = _started(program, tmp_path)
    if also_the_server:
        kill(pid)
    end()
    with embedded_valkey(tmp_path) as again, _client(again.url) as client:
        assert again.owned
        gone(pid)
        assert client.llen("kept") == 1000


def test_stops_with_its_owner(tmp_path: Path, gone: Callable[..., None]) -> None:
    with embedded_valkey(tmp_path) as server:
        pid = server.pid
    gone(pid, seconds=1)


def test_not_durable_keeps_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with embedded_valkey(tmp_path, durable=False) as server, _client(server.url) as client:
            assert client.get("n") is None
            client.set("n", 1)


def test_several_databases_below_a_long_path_with_spaces(tmp_path: Path) -> None:
    home = tmp_path / "rumah kita" / ("x" * 120)
    with embedded_valkey(home) as server, _client(server.url) as first, _client(server.database(3)) as other:
        first.set("where", "first")
        assert other.get("where") is None
