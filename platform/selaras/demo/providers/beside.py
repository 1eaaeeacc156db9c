"""The providers of a demo: the same ports, keys, clients and passwords on every run, kept in its home folder."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from selaras.demo.providers.canaille import Canaille
from selaras.demo.providers.directory import Client, Directory, User, new_password
from selaras.demo.providers.nanoidp import NanoIdp
from selaras.demo.providers.running import Provider, free_port, wait_until_it_answers
from selaras.errors import Misconfigured
from selaras.servers.folders import secret, write_private
from selaras.servers.supervise import Service

# Where they listen unless somebody else does; web and console take the two before.
WISHED = {"nanoidp": 8702, "canaille": 8703}


@dataclass(frozen=True)
class Guest:
    """An application that signs its people in at one of the providers, and who they are."""

    slug: str
    name: str
    provider: str
    origin: str
    people: tuple[tuple[str, str], ...]
    """User name and name."""


class Beside:
    """Both providers of one home folder."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "providers"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        ports = self._ports()
        self.providers: dict[str, Provider] = {
            "nanoidp": NanoIdp(self._folder / "nanoidp", ports["nanoidp"]),
            "canaille": Canaille(self._folder / "canaille", ports["canaille"]),
        }
        for provider in self.providers.values():
            provider.write(Directory())

    @property
    def password(self) -> str:
        """Everybody's password in this demo; another one in every home folder."""
        path = self._folder / "password"
        if not path.exists():
            write_private(path, new_password())
        return path.read_text().strip()

    @property
    def listed(self) -> Path:
        """A file that names everybody who can sign in."""
        return self._folder / "users.csv"

    def services(self) -> list[Service]:
        """Their commands."""
        return [provider.service() for provider in self.providers.values()]

    def client(self, guest: Guest) -> Client:
        """The guest's own client at its provider."""
        return Client(
            client_id=f"selaras-{guest.slug}",
            client_secret=secret(self._folder / f"client-{guest.slug}.key"),
            name=f"Selaras {guest.name}",
            redirect_uris=(f"{guest.origin}/sign-in/callback",),
            post_logout_redirect_uris=(f"{guest.origin}/sign-out/done",),
        )

    def welcome(self, guests: Sequence[Guest]) -> None:
        """Tell each provider of its guests' clients and people, and wait until it knows them."""
        for name, provider in self.providers.items():
            own = [guest for guest in guests if guest.provider == name]
            people = {user_name: person for guest in own for user_name, person in guest.people}
            users = tuple(self._user(user_name, person) for user_name, person in people.items())
            wait_until_it_answers(provider)
            provider.write(Directory(users, tuple(self.client(guest) for guest in own)))
            provider.reload()
        self._write_list(guests)

    def _write_list(self, guests: Sequence[Guest]) -> None:
        with StringIO() as text:
            lines = csv.writer(text)
            lines.writerow(("instansi", "penyedia", "nama_pengguna", "nama"))
            lines.writerows((guest.slug, guest.provider, *person) for guest in guests for person in guest.people)
            write_private(self.listed, text.getvalue())

    def _user(self, user_name: str, name: str) -> User:
        return User(user_name, self.password, name, str(uuid5(NAMESPACE_URL, f"urn:selaras:demo:{user_name}")))

    def _ports(self) -> dict[str, int]:
        """Which ports they have; agencies know their provider by its address, so it is the same one every time."""
        path = self._folder / "ports.json"
        if path.exists():
            kept: dict[str, int] = json.loads(path.read_text())
            for name, port in kept.items():
                if free_port(port) != port:
                    raise Misconfigured(
                        "demo_port_taken",
                        "Something listens at 127.0.0.1:{port}, where this demo's identity provider {name} is to be. "
                        "Stop it (perhaps another demo), or begin anew in another folder with SELARAS_HOME.",
                        port=port,
                        name=name,
                    )
            return kept
        ports = {name: free_port(wish) for name, wish in WISHED.items()}
        write_private(path, json.dumps(ports))
        return ports
