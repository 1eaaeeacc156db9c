"""An instance that runs: the servers its settings name, else embedded ones; the newest schema; its secrets."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace

from selaras.config import Settings, variable
from selaras.db.migrate import upgrade
from selaras.errors import Misconfigured
from selaras.servers import folders
from selaras.servers.instance import embedded_instance
from selaras.servers.keeping import kept_alive

DATABASES = ("migrator_database_url", "app_database_url", "console_database_url")


@dataclass(frozen=True)
class Running:
    """The whole settings of a running instance, and the same as environment variables for its processes."""

    settings: Settings

    @property
    def environment(self) -> Mapping[str, str]:
        """Every setting, as an environment variable."""
        return {
            variable(name): ("true" if value else "false") if isinstance(value, bool) else str(value)
            for name, value in vars(self.settings).items()
            if value != ""
        }

    def process_environment(self, *, database: str) -> dict[str, str]:
        """What one process is given: every setting but the database URLs of other roles and the console's client."""
        others = {variable(name) for name in DATABASES} - {variable(f"{database}_database_url")}
        if database != "console":
            others |= {name for name in self.environment if name.startswith(variable("operator_"))}
        return {name: value for name, value in self.environment.items() if name not in others}


@contextmanager
def running(settings: Settings) -> Iterator[Running]:
    """Have a database and a Redis until the block ends, the database at the newest schema.

    Settings that name servers are used as they are, all four or none; none means embedded servers under
    `settings.home`, which are started again if they fall. Raises `Unavailable` or `Misconfigured` in words.
    """
    home = settings.home.resolve()
    named = [name for name in (*DATABASES, "redis_url") if getattr(settings, name)]
    with ExitStack() as servers:
        if not named:
            embedded = servers.enter_context(embedded_instance(home))
            servers.enter_context(kept_alive())
            settings = replace(
                settings,
                migrator_database_url=embedded.urls.migrator,
                app_database_url=embedded.urls.app,
                console_database_url=embedded.urls.console,
                redis_url=embedded.valkey.url,
            )
        elif len(named) < len(DATABASES) + 1:
            raise Misconfigured(
                "servers_half_named",
                "Only {named} is set. Set the URLs of all three database roles and of Redis, or none of them (then "
                "embedded servers are started).",
                named=", ".join(variable(name) for name in named),
            )
        files = settings.files if settings.files != Settings().files else home / "files"
        key = settings.secret_key or folders.secret(home / "secret.key")
        sealing = settings.encryption_keys or folders.secret(home / "encryption.keys", _encryption_key)
        upgrade(settings.migrator_database_url)
        yield Running(replace(settings, home=home, files=files, secret_key=key, encryption_keys=sealing))


def _encryption_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
