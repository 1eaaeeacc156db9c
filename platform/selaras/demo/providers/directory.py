"""What a provider is told: who may sign in there, and which applications may ask it to."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

EASILY_READ = "abcdefghijkmnpqrstuvwxyz23456789"


@dataclass(frozen=True)
class User:
    """Somebody with a password. `subject` is the `sub` where the provider lets it differ from the user name."""

    user_name: str
    password: str
    name: str
    subject: str = ""
    claims: Mapping[str, str] = field(default_factory=dict)
    totp_secret: str = ""

    @property
    def email(self) -> str:
        """An address that nobody can have (RFC 2606)."""
        return f"{self.user_name}@surel.example"


@dataclass(frozen=True)
class Client:
    """An application. A trusted one is not asked for the user's consent, where the provider knows consent."""

    client_id: str
    client_secret: str
    name: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...] = ()
    trusted: bool = True


@dataclass(frozen=True)
class Directory:
    """Everything that one provider knows."""

    users: tuple[User, ...] = ()
    clients: tuple[Client, ...] = ()


def new_password() -> str:
    """Easy to type from a terminal, and never the same on two machines."""
    return "-".join("".join(secrets.choice(EASILY_READ) for _ in range(4)) for _ in range(3))
