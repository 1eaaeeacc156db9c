"""PostgreSQL 18 from a package (or from the system), run for one home folder over a Unix socket."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from selaras.errors import Misconfigured, Unavailable
from selaras.servers import folders as places
from selaras.servers import launch, ownership
from selaras.servers.binaries import postgres_binaries
from selaras.servers.folders import Folders
from selaras.servers.spawn import spawn

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"
SUPERUSER = "postgres"
START_WAIT = 60.0
OLD_SERVER_WAIT = 15.0
STOP_WAIT = 60.0


@dataclass(frozen=True)
class Postgres:
    """A running embedded server.

    `admin_url` is the superuser's libpq URL (`postgresql://…`), for psycopg and `roles.prepare`; `sqlalchemy_url` the
    same as `postgresql+psycopg://…`. `owned` tells whether this process started it.
    """

    admin_url: str = field(repr=False)
    binaries: Path
    pid: int
    owned: bool
    data: Path

    @property
    def sqlalchemy_url(self) -> str:
        """The superuser's URL as SQLAlchemy wants it."""
        return self.admin_url.replace("postgresql://", "postgresql+psycopg://", 1)

    def binary(self, name: str) -> Path:
        """The path of a client program such as `pg_dump`; any user may run it, root too."""
        return self.binaries / name


@contextmanager
def embedded_postgres(home: Path, *, durable: bool = True) -> Iterator[Postgres]:
    """The home's PostgreSQL, started if nobody runs it yet; the process that started it stops it (see `ownership`).

    `durable=False` gives up safety against a power cut for speed: for tests only. It counts for the one who starts.
    Raises `Unavailable` or `Misconfigured` in words.
    """
    folders = places.make(home, "postgres")
    starter = _Starter(folders, durable)
    part = ownership.Part("PostgreSQL", starter.start, starter.join, starter.stop, starter.ended)
    with ownership.shared(folders.root, part) as server:
        yield server


class _Starter:
    """Starts, joins and stops the server of one folder."""

    def __init__(self, folders: Folders, durable: bool) -> None:
        self.folders = folders
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.sockets: Path | None = None

    def start(self) -> Postgres:
        """Start as the owner: an earlier server's processes are waited for, its data is used as it is."""
        folders = self.folders
        binaries = postgres_binaries()
        if not ownership.free_again(folders.process_lock, OLD_SERVER_WAIT):
            self._end_orphan()
        self.sockets = places.socket_folder(folders, SOCKET)
        folders.state.unlink(missing_ok=True)
        identity = _identity()
        if not (folders.data / "PG_VERSION").exists():
            self._create_cluster(binaries, identity)
        _check_version(folders, binaries)
        _hand_over(folders.data, identity)
        self._run(binaries, identity)
        assert self.process is not None
        places.write_state(folders, socket_folder=str(self.sockets), binaries=str(binaries), pid=self.process.pid)
        return self._server(self.sockets, binaries, self.process.pid, owned=True)

    def join(self) -> Postgres | None:
        """Another process's server, if it answers."""
        state = places.read_state(self.folders)
        if not state:
            return None
        server = self._server(Path(state["socket_folder"]), Path(state["binaries"]), int(state["pid"]), owned=False)
        try:
            psycopg.connect(server.admin_url, connect_timeout=5).close()
        except psycopg.OperationalError:
            return None
        return server

    def ended(self) -> int | None:
        """The exit status of the server that was started, None while it runs."""
        return None if self.process is None else self.process.poll()

    def stop(self) -> None:
        """Fast shutdown: sessions are ended, everything is written."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_WAIT)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        assert self.sockets is not None
        places.drop_socket_folder(self.folders, self.sockets)
        self.folders.state.unlink(missing_ok=True)

    def _server(self, sockets: Path, binaries: Path, pid: int, *, owned: bool) -> Postgres:
        password = places.secret(self.folders.root / "password")
        url = f"postgresql://{SUPERUSER}:{password}@/postgres?host={quote(str(sockets), safe='')}&port={PORT}"
        return Postgres(url, binaries, pid, owned, self.folders.data)

    def _create_cluster(self, binaries: Path, identity: str) -> None:
        """Made beside and renamed, so that an interrupted initdb leaves no half cluster."""
        draft = self.folders.root / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        password_file = self.folders.root / "password"
        places.secret(password_file)
        draft.mkdir(mode=0o700)
        _hand_over(draft, identity)
        command = [
            *(str(binaries / "initdb"), "--pgdata", str(draft), "--username", SUPERUSER, "--encoding=UTF8"),
            *("--locale-provider=builtin", "--locale=C.UTF-8", "--auth=scram-sha-256", "--no-instructions"),
            *("--pwfile", str(password_file)),
            *(() if self.durable else ("--no-sync",)),
        ]
        with self.folders.log.open("wb") as log:
            process = spawn(command, identity=identity, output=log, environment=_environment())
        if process.wait() != 0:
            raise self._failed("initdb")
        draft.replace(self.folders.data)

    def _run(self, binaries: Path, identity: str) -> None:
        assert self.sockets is not None
        command = [str(binaries / "postgres"), "-D", str(self.folders.data)]
        for name, value in _options(self.sockets, self.durable).items():
            command += ["-c", f"{name}={value}"]
        deadline = time.monotonic() + START_WAIT
        while time.monotonic() < deadline:
            with self.folders.log.open("wb") as log:
                self.process = spawn(
                    command,
                    death_signal=signal.SIGINT,
                    identity=identity,
                    lock=self.folders.process_lock,
                    output=log,
                    environment=_environment(),
                )
            if self._became_ready(deadline):
                return
            if self.process.poll() is None or not self._is_held_up():
                break
            time.sleep(0.1)
        self._give_up()
        raise self._failed("postgres")

    def _became_ready(self, deadline: float) -> bool:
        assert self.process is not None
        while time.monotonic() < deadline and self.process.poll() is None:
            if self._is_ready(self.process.pid):
                return True
            time.sleep(0.01)
        return False

    def _is_ready(self, pid: int) -> bool:
        try:
            lines = (self.folders.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"

    def _is_held_up(self) -> bool:
        """The last server was killed a moment ago and its shared memory is not free yet."""
        assert self.process is not None
        words = places.last_lines(self.folders.log)
        return self.process.returncode == launch.LOCKED or "shared memory block" in words or "postmaster.pid" in words

    def _give_up(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def _end_orphan(self) -> None:
        """An earlier server that did not notice its owner's death (outside Linux): ask it to stop."""
        try:
            pid = int((self.folders.data / "postmaster.pid").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            pid = 0
        if pid and str(self.folders.data) in _command_line(pid):
            os.kill(pid, signal.SIGINT)
        if not ownership.free_again(self.folders.process_lock, STOP_WAIT):
            raise Unavailable(
                "embedded_server_stuck",
                "An earlier PostgreSQL of {folder} is still running and did not stop. End it (process {pid}) and "
                "start again.",
                folder=str(self.folders.root),
                pid=pid or "?",
            )

    def _failed(self, program: str) -> Unavailable:
        return Unavailable(
            "embedded_server_failed",
            "{program} did not start in {folder}. Its last words:\n{words}\n"
            "Mend the cause, or set the database URLs to a PostgreSQL of your own (selaras database prepare).",
            program=program,
            folder=str(self.folders.root),
            words=places.last_lines(self.folders.log) or "(none)",
        )


def _command_line(pid: int) -> str:
    """A process number may have been given to somebody else since: look at what it runs."""
    found = subprocess.run(  # noqa: S603  # fixed program, a number
        ["/bin/ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return found.stdout


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    # English messages: `_is_held_up` reads them.
    return kept | {"LC_ALL": "C", "TZ": "UTC"}


def _options(sockets: Path, durable: bool) -> Mapping[str, str]:
    options = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": f'"{sockets}"',
        "unix_socket_permissions": "0700",
        "max_connections": "100",
        "shared_buffers": f"{_shared_buffers()}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "15min",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "dynamic_shared_memory_type": _dynamic_memory(),
    }
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return options


def _shared_buffers() -> int:
    """Megabytes: a thirty-second of the machine's memory, between 128 and 512."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(128, min(512, total // 32))


def _dynamic_memory() -> str:
    """Containers often have a /dev/shm too small for a parallel query."""
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108  # only its size is asked
    except OSError:
        return "mmap" if sys.platform == "linux" else "posix"
    return "posix" if shm.f_bsize * shm.f_blocks >= 256 * 2**20 else "mmap"


def _identity() -> str:
    """Whom the server runs as: PostgreSQL refuses root, and initdb a user without a name."""
    if os.geteuid() != 0 and _has_name(os.geteuid()):
        return "same"
    if sys.platform == "linux" and _namespaces_work():
        return "namespace"
    if os.geteuid() == 0:
        return "nobody"
    raise Misconfigured(
        "user_without_name",
        "User number {uid} has no name on this machine and PostgreSQL needs one. Run as a named user, or set the "
        "database URLs to a PostgreSQL of your own (selaras database prepare).",
        uid=os.geteuid(),
    )


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _namespaces_work() -> bool:
    return spawn([sys.executable, "-I", "-S", "-c", ""], identity="namespace", output=subprocess.DEVNULL).wait() == 0


def _hand_over(data: Path, identity: str) -> None:
    """The server must own its data; under another identity than last time the owner changes."""
    wanted = launch.unprivileged_uid() if identity == "nobody" else os.geteuid()
    if data.stat().st_uid == wanted:
        return
    group = launch.NOBODY if identity == "nobody" else os.getegid()
    for path in (data, *data.rglob("*")):
        os.chown(path, wanted, group, follow_symlinks=False)


def _check_version(folders: Folders, binaries: Path) -> None:
    found = (folders.data / "PG_VERSION").read_text().strip()
    banner = subprocess.run(  # noqa: S603  # our own binary
        [str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=True
    ).stdout
    running = banner.split(")")[-1].strip().split(".")[0]
    if found != running:
        raise Misconfigured(
            "embedded_data_version",
            "The data in {folder} were written by PostgreSQL {found}, the program here is version {running}. Move "
            "them with pg_dump and pg_restore, or install version {found} again.",
            folder=str(folders.data),
            found=found,
            running=running,
        )
