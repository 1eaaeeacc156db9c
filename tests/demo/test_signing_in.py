"""Signing in to the demo as its terminal tells a stranger: two agencies, two real providers, twice, nothing left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from factories.ports import free_port
from factories.provider_pages import browser, walk

ONLY = ("kemenkeu", "sidoarjo")
# Agency → what the table of the terminal says of it: its address, its provider, and three user names.
ROW = re.compile(r"│ \w+ +│ (http://(\w+)\.localhost:\d+)/ +│ (\w+) +│ (\S+) +│ (\d+) +│ (\d+) +│")
pytestmark = pytest.mark.timeout(600)
PASSWORD = re.compile(r"everybody's password: (\S+)")


@dataclass(frozen=True)
class Told:
    """What the terminal said of one agency."""

    origin: str
    provider: str
    names: tuple[str, ...]


@dataclass
class Demo:
    process: subprocess.Popen[bytes]
    home: Path
    said: Path

    def text(self) -> str:
        return self.said.read_text()

    def rows(self) -> dict[str, Told]:
        return {row[1]: Told(row[0], row[2], row[3:]) for row in ROW.findall(self.text())}

    def password(self) -> str:
        found = PASSWORD.search(self.text())
        assert found, self.text()
        return found[1]

    def stop(self, how: int) -> None:
        self.process.send_signal(how)
        self.process.wait(120)
        until(lambda: processes_of(self.home) == [], 90, str(processes_of(self.home)))


def until(check: object, seconds: float, what: str) -> None:
    began = time.monotonic()
    while not check():  # type: ignore[operator]  # wrong on purpose, or known better here
        assert time.monotonic() - began < seconds, what
        time.sleep(0.2)


def processes_of(home: Path) -> list[str]:
    """Commands of this home's processes that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                seen = (entry / "environ").read_bytes() + (entry / "cmdline").read_bytes()
                gone = (entry / "stat").read_text().rpartition(")")[2].split()[0] == "Z"
            except OSError:
                continue
            if str(home).encode() in seen and not gone:
                found.append((entry / "cmdline").name)
    return found


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo-home")


def start(home: Path, ports: tuple[int, int]) -> Demo:
    command = [str(Path(sys.executable).with_name("selaras")), "demo", "--people", "60"]
    for slug in ONLY:
        command += ["--only", slug]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
    own = {
        "SELARAS_HOME": str(home),
        "SELARAS_WEB_ADDRESS": f"127.0.0.1:{ports[0]}",
        "SELARAS_CONSOLE_ADDRESS": f"127.0.0.1:{ports[1]}",
        "SELARAS_WORKERS": "1",
    }
    said = home / "said"
    with said.open("wb") as output:
        made = Demo(subprocess.Popen(command, env=kept | own, stdout=output, stderr=subprocess.STDOUT), home, said)
    until(lambda: PASSWORD.search(made.text()) or made.process.poll() is not None, 280, "no table")
    assert made.process.poll() is None, made.text()
    until(lambda: answers(ports[0]), 180, "the web does not answer")
    return made


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/", trust_env=False, timeout=2).status_code > 0
    except httpx.TransportError:
        return False


@pytest.fixture(scope="module")
def ports() -> tuple[int, int]:
    return free_port(), free_port()


@pytest.fixture(scope="module")
def demo(home: Path, ports: tuple[int, int]) -> Iterator[Demo]:
    made = start(home, ports)
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


def sign_in(told: Told, name: str, password: str) -> tuple[int, str]:
    """As the terminal says; the status of the callback and who is signed in then."""
    with browser() as client:
        page = client.get(f"{told.origin}/sign-in").text
        way = re.search(r'href="(/sign-in/with/[^"]+)"', page)
        assert way, page
        back = f"{told.origin}/sign-in/callback"
        reached = walk(client, told.origin + way[1], back, username=name, login=name, password=password)
        if not reached.answer.is_redirect:
            return 0, ""
        status = client.get(reached.location).status_code
        return status, client.get(f"{told.origin}/api/v1/me").json().get("name", "")


@pytest.mark.slow
def test_the_terminal_alone_says_how_to_sign_in_at_each_agency(demo: Demo) -> None:
    rows = demo.rows()
    assert {slug: told.provider for slug, told in rows.items()} == {"kemenkeu": "canaille", "sidoarjo": "nanoidp"}
    for slug, told in rows.items():
        assert told.names[0] == f"pengelola.{slug}"
        for name in (*told.names, f"admin.{slug}"):
            status, who = sign_in(told, name, demo.password())
            assert status == 303, name
            assert who, name


@pytest.mark.slow
def test_nobody_gets_in_without_the_password_or_at_another_agency(demo: Demo) -> None:
    rows = demo.rows()
    assert sign_in(rows["sidoarjo"], "pengelola.sidoarjo", "salah-sekali")[0] == 0
    assert sign_in(rows["kemenkeu"], "pengelola.sidoarjo", demo.password())[0] == 0


@pytest.mark.slow
def test_secrets_lie_in_the_home_folder_for_its_owner_alone(demo: Demo) -> None:
    kept = [path for path in (demo.home / "providers").rglob("*") if path.is_file() and "lock" not in path.name]
    assert kept
    loose = {path.name for path in kept if path.stat().st_mode & 0o077}
    # What NanoIDP itself lets others read: its public key, that key's certificate and name.
    assert loose <= {"rsa_public.pem", "idp-cert.pem", "kid.txt", "keys.json"}
    assert (demo.home / "providers").stat().st_mode & 0o077 == 0
    listed = (demo.home / "providers" / "users.csv").read_text().splitlines()
    assert len(listed) > 100
    assert demo.password() not in "".join(listed)


@pytest.mark.slow
def test_it_stops_whole_and_comes_back_the_same(demo: Demo, ports: tuple[int, int]) -> None:
    password, rows = demo.password(), demo.rows()
    demo.stop(signal.SIGINT)
    assert demo.process.returncode == 0
    again = start(demo.home, ports)
    try:
        assert (again.password(), again.rows()) == (password, rows)
        for slug, told in rows.items():
            assert sign_in(told, f"pengelola.{slug}", password)[0] == 303
    finally:
        again.stop(signal.SIGKILL)


@pytest.mark.slow
def test_serve_on_the_same_folder_starts_no_provider(demo: Demo, ports: tuple[int, int]) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SELARAS_")}
    own = {
        "SELARAS_HOME": str(demo.home),
        "SELARAS_WEB_ADDRESS": f"127.0.0.1:{ports[0]}",
        "SELARAS_CONSOLE_ADDRESS": f"127.0.0.1:{ports[1]}",
    }
    command = [str(Path(sys.executable).with_name("selaras")), "serve"]
    with (demo.home / "served").open("wb") as output:
        process = subprocess.Popen(command, env=kept | own, stdout=output, stderr=subprocess.STDOUT)
    try:
        until(lambda: answers(ports[0]), 180, "the web does not answer")
        issuers = [line for line in (demo.home / "providers" / "ports.json").read_text().strip("{}").split(",")]
        assert not any(answers(int(line.rpartition(":")[2])) for line in issuers)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(40)
