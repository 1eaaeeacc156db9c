"""Valkey (the Redis protocol) from a package, run for one home folder over a Unix socket."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis

from selaras.errors import Unavailable
from selaras.servers import folders as places
from selaras.servers import ownership
from selaras.servers.binaries import valkey_binary
from selaras.servers.folders import Folders
from selaras.servers.spawn import spawn

SOCKET = "valkey.sock"
START_WAIT = 30.0
OLD_SERVER_WAIT = 15.0
STOP_WAIT = 20.0


@dataclass(frozen=True)
class Valkey:
    """A running embedded server: `url` (`unix://…?db=0`) is what `redis.Redis.from_url` takes."""

    url: str
    pid: int
    owned: bool

    def database(self, number: int) -> str:
        """The URL of another of the sixteen databases (0-15)."""
        return self.url.rsplit("=", 1)[0] + f"={number}"


@contextmanager
def embedded_valkey(home: Path, *, durable: bool = True) -> Iterator[Valkey]:
    """The home's Valkey, started if nobody runs it yet; the process that started it stops it (see `ownership`).

    What was answered survives `kill -9` (append-only file, on disk within a second); `durable=False` keeps nothing.
    Raises `Unavailable` or `Misconfigured` in words.
    """
    folders = places.make(home, "valkey")
    starter = _Starter(folders, durable)
    part = ownership.Part("Valkey", starter.start, starter.join, starter.stop, starter.ended)
    with ownership.shared(folders.root, part) as server:
        yield server


class _Starter:
    """Starts, joins and stops the server of one folder."""

    def __init__(self, folders: Folders, durable: bool) -> None:
        self.folders = folders
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Valkey:
        """Start as the owner, after every process of an earlier server is gone: two would spoil one file."""
        folders = self.folders
        if not ownership.free_again(folders.process_lock, OLD_SERVER_WAIT):
            raise Unavailable(
                "embedded_queue_stuck",
                "An earlier Valkey of {folder} is still running. End it (process {pid}) and start again.",
                folder=str(folders.root),
                pid=places.read_state(folders).get("pid", "?"),
            )
        sockets = places.socket_folder(folders, SOCKET)
        folders.state.unlink(missing_ok=True)
        folders.data.mkdir(mode=0o700, exist_ok=True)
        with folders.log.open("wb") as log:
            self.process = spawn(self._command(sockets), lock=folders.process_lock, output=log)
        server = Valkey(_url(sockets), self.process.pid, owned=True)
        # Before it answers: if we are killed here, the next one finds the process number and the folder.
        places.write_state(folders, socket_folder=str(sockets), pid=server.pid)
        self._wait_until_ready(server)
        return server

    def join(self) -> Valkey | None:
        """Another process's server, if it answers."""
        state = places.read_state(self.folders)
        if not state:
            return None
        server = Valkey(_url(Path(state["socket_folder"])), int(state["pid"]), owned=False)
        return server if _answers(server.url) else None

    def ended(self) -> int | None:
        """The exit status of the server that was started, None while it runs."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        """Shut down; the append-only file is synced."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_WAIT)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        sockets = places.read_state(self.folders).get("socket_folder")
        if sockets:
            places.drop_socket_folder(self.folders, Path(sockets))
        self.folders.state.unlink(missing_ok=True)

    def _command(self, sockets: Path) -> list[str]:
        appending = ("yes", "--appendfsync", "everysec") if self.durable else ("no",)
        return [
            str(valkey_binary()),
            *("--port", "0", "--unixsocket", str(sockets / SOCKET), "--unixsocketperm", "700"),
            *("--dir", str(self.folders.data), "--save", "", "--appendonly", *appending),
            *("--daemonize", "no", "--maxmemory-policy", "noeviction"),
        ]

    def _wait_until_ready(self, server: Valkey) -> None:
        assert self.process is not None
        deadline = time.monotonic() + START_WAIT
        while time.monotonic() < deadline and self.process.poll() is None:
            if _answers(server.url):
                return
            time.sleep(0.01)
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        raise Unavailable(
            "embedded_queue_failed",
            "{program} did not start in {folder}. Its last words:\n{words}\nMend the cause, or set SELARAS_REDIS_URL "
            "to a server of your own.",
            program="valkey-server",
            folder=str(self.folders.root),
            words=places.last_lines(self.folders.log) or "(none)",
        )


def _url(sockets: Path) -> str:
    return f"unix://{quote(str(sockets / SOCKET))}?db=0"


def _answers(url: str) -> bool:
    client = redis.Redis.from_url(url, socket_timeout=5)
    try:
        return bool(client.ping())
    except redis.exceptions.RedisError:
        return False
    finally:
        client.close()
