"""NanoIDP as a process: its files, its command, and its interface for management."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from selaras.demo.providers.directory import Client, Directory, User
from selaras.servers.folders import secret, write_private
from selaras.servers.supervise import Service

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class NanoIdp:
    """One NanoIDP whose files, keys and secrets lie in `folder`. `sub` and `preferred_username` are the user name."""

    folder: Path
    port: int

    @property
    def name(self) -> str:
        """What people call it."""
        return "nanoidp"

    @property
    def issuer(self) -> str:
        """Who it says that it is; discovery lies below."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def discovery(self) -> str:
        """Where it describes itself."""
        return f"{self.issuer}/.well-known/openid-configuration"

    def write(self, directory: Directory) -> None:
        """Lay out its files; keys and secrets that are there already stay. It reads them when it starts."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        users = {"users": {user.user_name: _user(user) for user in directory.users}}
        # JSON is YAML, and quickly written.
        write_private(self.folder / "users.yaml", json.dumps(users))
        write_private(self.folder / "settings.yaml", json.dumps(self._settings(directory)))

    def service(self) -> Service:
        """The command to keep running."""
        command = ("-m", "nanoidp", "--config", str(self.folder), "--host", LOOPBACK, "--port", str(self.port))
        return Service(self.name, [sys.executable, *command, "--strict-config"])

    def reload(self) -> None:
        """Have the running process read its files again."""
        self._manage("/api/config/reload", {})

    def register(self, client: Client) -> None:
        """Tell the running process of one more application; forgotten when it ends."""
        self._manage("/api/runtime/clients", _client(client))

    def add_user(self, user: User) -> None:
        """Tell the running process of one more person; forgotten when it ends."""
        self._manage("/api/runtime/users", {"username": user.user_name, **_user(user)})

    def rotate_keys(self) -> None:
        """Sign with a new key from now on; the old one stays among the published."""
        self._manage("/api/keys/rotate", {})

    def _manage(self, path: str, body: dict[str, Any]) -> None:
        headers = {"X-Management-Secret": secret(self.folder / "management.key")}
        answer = httpx.post(f"{self.issuer}{path}", json=body, headers=headers, timeout=10, trust_env=False)
        answer.raise_for_status()

    def _settings(self, directory: Directory) -> dict[str, Any]:
        return {
            "server": {"host": LOOPBACK, "port": self.port},
            "oauth": {
                "issuer": self.issuer,
                "audience": "nanoidp",
                "require_pkce": True,
                "clients": [_client(client) for client in directory.clients],
            },
            "jwt": {"keys_dir": str(self.folder / "keys")},
            "login": {"totp": True},
            "logging": {"level": "INFO", "log_token_requests": False},
            "session": {
                "secret_key": secret(self.folder / "session.key"),
                "management_secret": secret(self.folder / "management.key"),
                "require_ui_login": True,
                "enforce_password_check": True,
            },
        }


def _user(user: User) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "password": user.password,
        "email": user.email,
        "attributes": {"name": user.name, **user.claims},
    }
    return entry | ({"totp_secret": user.totp_secret} if user.totp_secret else {})


def _client(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "client_secret": client.client_secret,
        "description": client.name,
        "show_description": True,
        "show_client_id": False,
        "redirect_uris": list(client.redirect_uris),
    }
