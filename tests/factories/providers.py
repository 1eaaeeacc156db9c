"""Fixtures `nanoidp` and `canaille`: two different real OpenID providers, each a process of its own for the whole run.

A folder that wants them imports both in its conftest. They answer on loopback alone and die with the test run.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest

from factories.ports import free_port
from selaras.demo.providers.canaille import Canaille
from selaras.demo.providers.directory import Client, Directory, User, new_password
from selaras.demo.providers.nanoidp import NanoIdp
from selaras.demo.providers.running import Provider, wait_until_it_answers
from selaras.servers.supervise import Supervisor

_numbers = itertools.count(1)


@dataclass
class RunningProvider:
    """A provider that answers. Users and clients may be added at any time; `users` is by user name."""

    provider: Provider
    users: dict[str, User] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.provider.name

    @property
    def issuer(self) -> str:
        return self.provider.issuer

    def register_client(
        self, redirect_uris: Sequence[str], post_logout_redirect_uris: Sequence[str] = (), *, trusted: bool = True
    ) -> Client:
        """A new application with a secret of its own; an untrusted one needs consent (canaille only)."""
        client = Client(
            client_id=f"selaras-{next(_numbers)}-{uuid4().hex[:6]}",
            client_secret=secrets.token_urlsafe(24),
            name="Selaras",
            redirect_uris=tuple(redirect_uris),
            post_logout_redirect_uris=tuple(post_logout_redirect_uris),
            trusted=trusted,
        )
        self.provider.register(client)
        return client

    def add_user(self, user_name: str, name: str = "Sari Wulandari", *, totp_secret: str = "", **claims: str) -> User:
        """Somebody who can sign in there, as a rule under a NIP; at nanoidp with further claims and a second factor."""
        user = User(user_name, new_password(), name, str(uuid4()), claims, totp_secret)
        self.provider.add_user(user)
        self.users[user_name] = user
        return user

    def subject(self, user: User) -> str:
        """The `sub` that this provider gives for them."""
        return user.user_name if isinstance(self.provider, NanoIdp) else user.subject

    def rotate_keys(self) -> None:
        """New signing key from now on; the old one stays published."""
        self.provider.rotate_keys()


def _run(provider: Provider, logs: Path) -> Iterator[RunningProvider]:
    provider.write(Directory())
    supervisor = Supervisor([provider.service()], logs=logs)
    supervisor.start()
    try:
        wait_until_it_answers(provider)
        yield RunningProvider(provider)
    finally:
        supervisor.stop()


@pytest.fixture(scope="session")
def nanoidp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    folder = tmp_path_factory.mktemp("nanoidp")
    yield from _run(NanoIdp(folder / "home", free_port()), folder)


@pytest.fixture(scope="session")
def canaille(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningProvider]:
    folder = tmp_path_factory.mktemp("canaille")
    yield from _run(Canaille(folder / "home", free_port()), folder)
