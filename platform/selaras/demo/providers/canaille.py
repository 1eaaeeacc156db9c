"""Canaille as a process: the file that it lives from, and its command."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from joserfc.jwk import RSAKey

from selaras.demo.providers.directory import Client, Directory, User
from selaras.servers.folders import secret, write_private
from selaras.servers.supervise import Service

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Canaille:
    """One Canaille in memory, filled from `folder/state.json`, which it reads again whenever that file changes.

    `preferred_username` is the user name, `sub` an identifier of its own.
    """

    folder: Path
    port: int

    @property
    def name(self) -> str:
        """What people call it."""
        return "canaille"

    @property
    def issuer(self) -> str:
        """Who it says that it is; discovery lies below."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def discovery(self) -> str:
        """Where it describes itself."""
        return f"{self.issuer}/.well-known/openid-configuration"

    @property
    def state(self) -> Path:
        """The file with its users, clients and keys."""
        return self.folder / "state.json"

    def write(self, directory: Directory) -> None:
        """Lay out its file; keys and secrets that are there already stay."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store(
            {
                "port": self.port,
                "secret_key": secret(self.folder / "session.key"),
                "keys": self._read().get("keys") or {"active": [_new_key()], "inactive": []},
                "users": [asdict(user) for user in directory.users],
                "clients": [asdict(client) for client in directory.clients],
            }
        )

    def service(self) -> Service:
        """The command to keep running."""
        program = ("-m", "selaras.demo.providers.canaille_server", str(self.state))
        return Service(self.name, [sys.executable, *program])

    def reload(self) -> None:
        """It follows its file by itself."""

    def register(self, client: Client) -> None:
        """One more application."""
        state = self._read()
        self._store(state | {"clients": [*state["clients"], asdict(client)]})

    def add_user(self, user: User) -> None:
        """One more person."""
        state = self._read()
        self._store(state | {"users": [*state["users"], asdict(user)]})

    def rotate_keys(self) -> None:
        """Sign with a new key from now on; the old one stays among the published."""
        state = self._read()
        old = state["keys"]
        self._store(state | {"keys": {"active": [_new_key()], "inactive": [*old["active"], *old["inactive"]][:2]}})

    def _read(self) -> dict[str, Any]:
        try:
            state: dict[str, Any] = json.loads(self.state.read_text())
        except FileNotFoundError:
            return {}
        return state

    def _store(self, state: dict[str, Any]) -> None:
        text = json.dumps(state)
        if not self.state.exists() or self.state.read_text() != text:
            write_private(self.state, text)


def _new_key() -> dict[str, Any]:
    return dict(RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True))
