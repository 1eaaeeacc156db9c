"""The operators' own identity provider in the demo: a real one, beside those of the agencies, with a second factor."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from selaras.clock import now
from selaras.config import Settings
from selaras.demo.operators import OPERATORS
from selaras.demo.providers.directory import Client, Directory, User, new_password
from selaras.demo.providers.nanoidp import NanoIdp
from selaras.demo.providers.running import free_port
from selaras.servers.folders import secret, write_private
from selaras.servers.supervise import Service

Maker = Callable[[], str]

# Unless somebody else listens there; the agencies' providers take the two before.
WISHED = 8704
STEP_SECONDS = 30
# What NanoIDP writes into a token after a one-time code.
METHOD = "otp"


class Desk:
    """One provider in the home folder: the same port, passwords and one-time secret on every run."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "operators"
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # An operator is bound to the provider by its address, so the port stays.
        self._provider = NanoIdp(self._folder / "nanoidp", int(self._kept("port", lambda: str(free_port(WISHED)))))

    @property
    def password(self) -> str:
        """Both operators' password."""
        return self._kept("password", new_password)

    @property
    def one_time_secret(self) -> str:
        """What an authenticator app is given."""
        return self._kept("totp", lambda: base64.b32encode(secrets.token_bytes(20)).decode())

    def code(self) -> str:
        """The one-time code of this half minute."""
        key = base64.b32decode(self.one_time_secret)
        kind = SHA1()  # noqa: S303  # RFC 6238, as authenticator apps do
        return TOTP(key, 6, kind, STEP_SECONDS).generate(int(now().timestamp())).decode()

    def settings(self, chosen: Settings) -> Settings:
        """The settings with this provider in them."""
        client = self._client(chosen)
        return replace(
            chosen,
            operator_issuer=self._provider.issuer,
            operator_client_id=client.client_id,
            operator_client_secret=client.client_secret,
            operator_amr=METHOD,
        )

    def service(self, chosen: Settings) -> Service:
        """The command to keep running, told of its people and of the console."""
        people = tuple(
            User(login, self.password, name, totp_secret=self.one_time_secret) for login, name, _ in OPERATORS
        )
        self._provider.write(Directory(people, (self._client(chosen),)))
        return replace(self._provider.service(), name="operators-provider")

    def _client(self, chosen: Settings) -> Client:
        origin = f"http://{chosen.console_host}:{chosen.console_address.rsplit(':', 1)[1]}"
        return Client(
            client_id="selaras-console",
            client_secret=secret(self._folder / "client.key"),
            name="Selaras, konsol pusat",
            redirect_uris=(f"{origin}/sign-in/callback",),
            post_logout_redirect_uris=(f"{origin}/sign-in",),
        )

    def _kept(self, name: str, make: Maker) -> str:
        path = self._folder / name
        if not path.exists():
            write_private(path, make())
        return path.read_text().strip()
