"""Both kinds of provider alike: what can be done with one, and waiting until it answers."""

from __future__ import annotations

import socket
import time
from typing import Protocol

import httpx

from selaras.demo.providers.canaille import LOOPBACK
from selaras.demo.providers.directory import Client, Directory, User
from selaras.errors import Unavailable
from selaras.servers.supervise import Service

PATIENCE = 60.0
PAUSE = 0.05


class Provider(Protocol):
    """An OpenID provider that runs beside us."""

    @property
    def name(self) -> str: ...

    @property
    def issuer(self) -> str: ...

    @property
    def discovery(self) -> str: ...

    def write(self, directory: Directory) -> None: ...

    def service(self) -> Service: ...

    def reload(self) -> None: ...

    def register(self, client: Client) -> None: ...

    def add_user(self, user: User) -> None: ...

    def rotate_keys(self) -> None: ...


def wait_until_it_answers(provider: Provider, patience: float = PATIENCE) -> None:
    """Return when its discovery does; `Unavailable` after so many seconds."""
    deadline = time.monotonic() + patience
    while not _answers(provider):
        if time.monotonic() > deadline:
            raise Unavailable(
                "demo_provider_silent",
                "The identity provider {name} does not answer at {issuer} after {seconds} seconds; its log lies in "
                "the folder logs of SELARAS_HOME.",
                name=provider.name,
                issuer=provider.issuer,
                seconds=int(patience),
            )
        time.sleep(PAUSE)


def _answers(provider: Provider) -> bool:
    try:
        answer = httpx.get(provider.discovery, timeout=5, trust_env=False)
    except httpx.TransportError:
        return False
    return answer.status_code == 200 and answer.json().get("issuer") == provider.issuer


def free_port(*wished: int) -> int:
    """The first of the wished loopback ports at which nobody listens just now, else any."""
    for port in (*wished, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((LOOPBACK, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise AssertionError("no port at all is free")
