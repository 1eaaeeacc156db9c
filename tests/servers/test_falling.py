"""Embedded servers killed while an instance serves: they come back by themselves, and so does signing in."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from factories.ports import free_port
from factories.provider_pages import browser, walk
from factories.providers import RunningProvider, nanoidp
from sqlalchemy.dialects.postgresql import Range

from selaras.config import Settings
from selaras.db.session import Database
from selaras.demo.providers.directory import User
from selaras.identity import providers
from selaras.identity.actor import system
from selaras.identity.egress import Egress
from selaras.identity.permissions import Role
from selaras.identity.providers import Wanted
from selaras.identity.service import ensure_account, grant_role
from selaras.identity.vault import Vault
from selaras.servers import folders, ownership
from selaras.servers.keeping import kept_alive
from selaras.servers.running import running
from selaras.servers.valkey import embedded_valkey
from selaras.tenancy.packs import load_packs
from selaras.tenancy.service import create_agency, from_pack

from .conftest import is_running

__all__ = ["nanoidp"]

SLUG = "kemenkeu"
# Seconds until a test gives up on what comes back by itself; how soon it does is not measured.
WITHIN = 90.0


@dataclass
class Serving:
    process: subprocess.Popen[bytes]
    home: Path
    port: int
    log: Path
    way: str
    user: User

    def pid(self, server: str) -> int:
        return int(folders.read_state(folders.Folders(self.home / server))["pid"])

    def sign_in(self) -> int:
        """Sign in anew at the agency's provider, as a browser does; the status of the last answer, 0 if none came."""
        origin = f"http://{SLUG}.localhost:{self.port}"
        callback, name = f"{origin}/sign-in/callback", self.user.user_name
        with browser() as client:
            try:
                reached = walk(client, origin + self.way, callback, username=name, password=self.user.password)
                if not reached.location.startswith(callback):
                    return reached.answer.status_code
                arrived = client.get(reached.location)
                if arrived.status_code != 303:
                    return arrived.status_code
                home = client.get(f"{origin}/")
                return 200 if "Pengelola Uji" in home.text else home.status_code * (home.status_code != 200)
            except httpx.HTTPError:
                return 0


def set_up(home: Path, port: int, nanoidp: RunningProvider) -> UUID:
    """The agency, its performance manager and its provider."""
    client = nanoidp.register_client([f"http://{SLUG}.localhost:{port}/sign-in/callback"])
    wanted = Wanted(
        name={"id": "Penyedia"}, issuer=nanoidp.issuer, client_id=client.client_id, client_secret=client.client_secret
    )
    with running(replace(Settings(), home=home)) as instance:
        console, app = Database(instance.settings.console_database_url), Database(instance.settings.app_database_url)
        packs = load_packs()
        with console.platform() as session:
            tenant = create_agency(session, "test", from_pack(packs[SLUG], packs))
        with app.tenant(tenant) as session:
            account = ensure_account(session, "pengelola", "Pengelola Uji")
            grant_role(session, account, Role.PERFORMANCE_MANAGER, Range(date(2015, 1, 1), None))
            vault = Vault(instance.settings.require("encryption_keys"))
            way = providers.register(session, system(tenant), vault, wanted)
            providers.check(session, system(tenant), vault, Egress.of(instance.settings), way)
            providers.switch_on(session, system(tenant), way)
        console.close()
        app.close()
    return way


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory, nanoidp: RunningProvider) -> Iterator[Serving]:
    """`selaras serve` with one agency, one account and the agency's provider, as an operator starts it."""
    home, port = tmp_path_factory.mktemp("falling"), free_port()
    way = set_up(home, port, nanoidp)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
    own = {
        "SELARAS_HOME": str(home),
        "SELARAS_WEB_ADDRESS": f"127.0.0.1:{port}",
        "SELARAS_CONSOLE_ADDRESS": f"127.0.0.1:{free_port()}",
        "SELARAS_WORKERS": "1",
    }
    log = home / "said"
    with log.open("wb") as said:
        command = [str(Path(sys.executable).with_name("selaras")), "serve"]
        process = subprocess.Popen(command, env=kept | own, stdout=said, stderr=subprocess.STDOUT)
    made = Serving(process, home, port, log, f"/sign-in/with/{way}", nanoidp.add_user("pengelola"))
    try:
        until(lambda: made.sign_in() == 200, WITHIN)
        yield made
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def until(check: Callable[[], bool], seconds: float) -> float:
    began = time.monotonic()
    while not check():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.parametrize(("server", "name"), [("postgres", "PostgreSQL"), ("valkey", "Valkey")])
def test_a_killed_server_comes_back_and_one_can_sign_in_again(serving: Serving, server: str, name: str) -> None:
    before = serving.pid(server)
    os.kill(before, signal.SIGKILL)
    until(lambda: not is_running(before), WITHIN)
    assert serving.sign_in() in (0, 200, 503), "while it is away, a page says so; it may be back already"
    until(lambda: serving.sign_in() == 200, WITHIN)
    until(lambda: f"{name}: runs again" in serving.log.read_text(), WITHIN)
    assert f"{name}: ended with status -9" in serving.log.read_text()
    assert serving.pid(server) != before
    assert is_running(serving.pid(server))


@pytest.mark.slow
def test_stopping_still_stops_everything(serving: Serving, gone: Callable[..., None]) -> None:
    pids = [serving.pid(server) for server in ("postgres", "valkey")]
    serving.process.send_signal(signal.SIGINT)
    assert serving.process.wait(90) == 0
    gone(*pids)
    left = [
        entry.name
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit() and str(serving.home) in _environment(entry) and is_running(int(entry.name))
    ]
    assert left == []


def _environment(entry: Path) -> str:
    try:
        return (entry / "environ").read_bytes().decode(errors="replace")
    except OSError:
        return ""


def test_between_falls_lies_a_pause_that_grows(tmp_path: Path) -> None:
    said: list[str] = []
    with embedded_valkey(tmp_path, durable=False) as first, kept_alive(said.append):
        pid = first.pid
        for _ in range(2):
            said.append("killed")
            os.kill(pid, signal.SIGKILL)
            until(lambda: said[-1] == "Valkey: runs again", WITHIN)
            pid = int(folders.read_state(folders.make(tmp_path, "valkey"))["pid"])
        assert ownership.fallen() == {}
    assert [line for line in said if "ended" in line] == [
        "Valkey: ended with status -9, starts again in 0.2 s",
        "Valkey: ended with status -9, starts again in 0.4 s",
    ]
    assert not is_running(pid)
